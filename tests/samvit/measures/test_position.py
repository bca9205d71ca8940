"""Position embedding: equal to what a real forward pass adds, and to torch's own interpolation."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from samvit.encoder import build_encoder
from samvit.measures.position import (
    addition,
    addition_colours,
    learned_table,
    table_basis,
    table_scores,
    token_counts,
)
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL


def noise(rows, cols):
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (rows, cols, 3), dtype=np.uint8))


# The table's own size, a smaller image, which needs a resized table, and a bare tensor that is not square.
@pytest.fixture(scope="module", params=["own", "smaller", "oblong"])
def scene(request):
    encoder = fill_random(build_encoder(SMALL))
    if request.param == "oblong":
        return trace(encoder, torch.randn(1, 3, 80, 160, generator=torch.Generator().manual_seed(1)))
    return trace(encoder, preprocess(noise(300, 500), 160 if request.param == "own" else 128))


def forward_pass(scene):
    """Tokens before and after adding positions, as hooks of a plain forward pass see them."""
    seen = []
    hooks = [
        scene.encoder.patch_embed.register_forward_hook(lambda module, args, out: seen.append(out[0])),
        scene.encoder.blocks[0].register_forward_pre_hook(lambda module, args: seen.append(args[0][0])),
    ]
    with torch.inference_mode():
        scene.encoder(scene.model_image())
    for hook in hooks:
        hook.remove()
    return seen


def test_what_is_added_is_the_difference_between_the_tokens_after_and_before(scene):
    added, (before, after) = addition(scene), forward_pass(scene)

    torch.testing.assert_close(added.before, before)
    torch.testing.assert_close(added.after, after)
    torch.testing.assert_close(added.position, after - before, atol=1e-5, rtol=1e-4)
    assert torch.equal(added.stacked()[1], added.position)


def test_colours_are_the_strongest_directions_of_the_sum_and_the_pictures_add_up(scene):
    rows, cols = scene.photo_grid
    before, after = (tokens[:rows, :cols].double().numpy() for tokens in forward_pass(scene))
    flat = (after - after.mean((0, 1))).reshape(-1, after.shape[-1])
    directions = np.linalg.svd(flat, full_matrices=False)[2][:3]
    drawn = (addition_colours(scene)[:, :rows, :cols].double().numpy() - 127.5) / 127.5

    signs, tops = None, np.percentile(np.abs(flat @ directions.T), 99, axis=0)
    for colours, vectors in zip(drawn, (before, after - before, after), strict=False):
        unit = np.clip((vectors - vectors.mean((0, 1))) @ directions.T / tops, -1, 1)
        if signs is None:  # PCA leaves them free, but they are the same in all pictures
            signs = np.sign((unit * colours).sum((0, 1)))
        np.testing.assert_allclose(colours, unit * signs, atol=1.5 / 127.5)
    whole = np.all(np.abs(drawn[:3]) < 0.99, axis=0)  # where nothing was clipped
    assert whole.mean() > 0.5
    np.testing.assert_allclose((drawn[0] + drawn[1])[whole], drawn[2][whole], atol=2 / 127.5)


def test_the_last_picture_is_position_alone_as_large_as_colours_allow(small_encoder, small_image):
    small_encoder.pos_embed.detach().mul_(1 / 50)
    _, beside_tokens, _, alone = addition_colours(trace(small_encoder, small_image)).double() - 127.5

    assert beside_tokens.abs().max() < 40  # nearly grey
    assert alone.abs().amax((0, 1)).min() > 127
    assert torch.corrcoef(torch.stack([beside_tokens.flatten(), alone.flatten()]))[0, 1] > 0.9  # the same, only larger


def test_image_padding_has_no_colour(small_encoder):
    colours = addition_colours(trace(small_encoder, preprocess(noise(300, 500), 160)))

    assert (colours[:, 6:] == 128).all()
    assert all((picture != 128).any() for picture in colours[:, :6])


@pytest.mark.parametrize("grid", [(10, 10), (1, 1), (5, 23), (64, 64)], ids=str)
def test_resized_components_are_those_of_the_interpolated_table(small_encoder, grid):
    table, basis = small_encoder.pos_embed.detach(), table_basis(small_encoder)
    flat = table[0].double().numpy().reshape(100, -1)
    directions = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:3]
    resized = F.interpolate(table.permute(0, 3, 1, 2), size=grid, mode="bicubic", align_corners=False)
    expected = (resized[0].permute(1, 2, 0).double().numpy() - flat.mean(0)) @ directions.T
    scores = table_scores(small_encoder, basis, grid).double().numpy()

    signs = np.sign((directions * basis.components.double().numpy()).sum(1))
    np.testing.assert_allclose(scores, expected * signs, atol=1e-3)


def test_the_resized_table_is_what_the_forward_pass_adds(small_encoder):
    scene = trace(small_encoder, preprocess(noise(300, 500), 128))
    before, after = forward_pass(scene)
    basis = table_basis(small_encoder)

    torch.testing.assert_close(
        table_scores(small_encoder, basis, (8, 8)), basis.scores(after - before), atol=1e-3, rtol=1e-3
    )


def test_an_encoder_without_a_table_says_so(small_image):
    scene = trace(fill_random(build_encoder(replace(SMALL, use_abs_pos=False))), small_image)

    with pytest.raises(ValueError, match="use_abs_pos=False"):
        learned_table(scene.encoder)
    with pytest.raises(KeyError, match="pos_embed"):
        addition(scene)


def test_a_token_without_a_patch_would_be_counted(small_encoder, small_image):
    made = trace(small_encoder, small_image[:, :, :96])
    assert token_counts(made) == (60, 60, 60)
    # A frozen trace of tensors that fit together can't be given another stream, save by force.
    object.__setattr__(made, "stream", (F.pad(made.stream[0], (0, 0, 0, 0, 0, 1)), *made.stream[1:]))
    assert token_counts(made) == (60, 70, 60)
