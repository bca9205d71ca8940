"""The position embedding's views: equal to what a real forward pass adds, and to torch's own interpolation."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from viz.panel import Curves, Maps, Numbers, Picture, Table
from viz.selection import SIZES, Selection
from viz.views import view_by_id
from viz.views.position import MAX_LENGTH

QUERY = (3, 7)


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


def panels(scene, name, query=QUERY, length=0):
    return view_by_id(name).panels(scene, Selection.of(query=query, length=length))


@pytest.mark.parametrize("query", [(0, 0), QUERY, (4, 2)], ids=str)
def test_similarity_is_the_cosine_before_of_the_table_and_after(scene, query):
    maps, curves = panels(scene, "position_similarity", query)
    assert isinstance(maps, Maps) and isinstance(curves, Curves)
    before, after = forward_pass(scene)

    for values, vectors in zip(maps.values, (before, after - before, after), strict=True):
        expected = F.cosine_similarity(vectors.double(), vectors[query].double(), dim=-1)
        np.testing.assert_allclose(values, expected, atol=1e-5)
    assert maps.labels == ("token before", "position", "token after")
    along_row, along_col = curves.curves
    assert np.array_equal(along_row.y, maps.values[1][query[0]])
    assert np.array_equal(along_col.y, maps.values[1][:, query[1]])
    assert [place for place, _ in curves.marks] == [query[1], query[0]]
    assert along_row.y[query[1]] == along_col.y[query[0]] == pytest.approx(1, abs=1e-5)


def added_panels(scene):
    *pictures, lengths, means = panels(scene, "position_added")
    assert isinstance(lengths, Maps) and isinstance(means, Numbers)
    assert all(isinstance(picture, Picture) and picture.on_grid for picture in pictures)
    return pictures, lengths, means


def test_lengths_are_those_of_the_vectors_that_were_added(scene):
    _, lengths, means = added_panels(scene)
    rows, cols = scene.photo_grid
    before, after = forward_pass(scene)

    steps = (before, after - before, after)
    for values, mean, vectors in zip(lengths.values, means.numbers, steps, strict=True):
        expected = vectors.square().sum(-1).sqrt()
        np.testing.assert_allclose(values, expected, rtol=1e-4)
        assert mean.value == pytest.approx(float(expected[:rows, :cols].mean()), rel=1e-4)


def test_colours_are_the_strongest_directions_of_the_sum_and_the_pictures_add_up(scene):
    pictures, *_ = added_panels(scene)
    rows, cols = scene.photo_grid
    before, after = (tokens[:rows, :cols].double().numpy() for tokens in forward_pass(scene))
    flat = (after - after.mean((0, 1))).reshape(-1, after.shape[-1])
    directions = np.linalg.svd(flat, full_matrices=False)[2][:3]

    shown = []
    for picture, vectors in zip(pictures, (before, after - before, after), strict=True):
        scores = (vectors - vectors.mean((0, 1))) @ directions.T
        tops = np.percentile(np.abs(flat @ directions.T), 99, axis=0)
        unit = np.clip(scores / tops, -1, 1)
        colours = (picture.pixels[:rows, :cols].astype(float) - 127.5) / 127.5
        signs = np.sign((unit * colours).sum((0, 1)))  # PCA leaves them free
        np.testing.assert_allclose(colours, unit * signs, atol=1.5 / 127.5)
        assert np.array_equal(signs, shown[0][0]) if shown else True
        shown.append((signs, colours))
    whole = np.all([np.abs(colours) < 0.99 for _, colours in shown], axis=0)  # where nothing was clipped
    total = shown[0][1] + shown[1][1]
    assert whole.mean() > 0.5
    np.testing.assert_allclose(total[whole], shown[2][1][whole], atol=2 / 127.5)


def test_image_padding_has_no_colour(small_encoder):
    scene = trace(small_encoder, preprocess(noise(300, 500), 160))
    pictures, *_ = added_panels(scene)

    assert all((picture.pixels[6:] == 128).all() for picture in pictures)
    assert all((picture.pixels[:6] != 128).any() for picture in pictures)


def table_panels(scene, length=0):
    *pictures, curves = panels(scene, "position_table", length=length)
    assert isinstance(curves, Curves) and all(isinstance(picture, Picture) for picture in pictures)
    return {picture.pixels.shape[:2]: picture for picture in pictures}, curves


def test_the_table_is_shown_at_every_size_on_offer_and_at_this_images(scene):
    pictures, curves = table_panels(scene)

    assert set(pictures) == {(10, 10), scene.grid, *((size // 16, size // 16) for size in SIZES)}
    assert [curve.label for curve in curves.curves] == [f"{rows}×{cols}" for rows, cols in pictures]
    assert "as learned" in pictures[10, 10].note and "stretched" in pictures[32, 32].note
    assert pictures[32, 32].title == "32×32 tokens: 512×512 px"


@pytest.mark.parametrize("length", [1, 5, 23, MAX_LENGTH])
def test_every_picture_is_the_interpolated_table_in_the_learned_tables_directions(small_encoder, small_image, length):
    scene = trace(small_encoder, small_image)
    pictures, curves = table_panels(scene, length)
    table = small_encoder.pos_embed.detach()
    flat = table[0].double().numpy().reshape(100, -1)
    directions = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:3]
    tops = np.percentile(np.abs((flat - flat.mean(0)) @ directions.T), 99, axis=0)

    assert (length, length) in pictures
    signs = None
    for (rows, cols), curve in zip(pictures, curves.curves, strict=True):
        resized = F.interpolate(table.permute(0, 3, 1, 2), size=(rows, cols), mode="bicubic", align_corners=False)
        scores = (resized[0].permute(1, 2, 0).double().numpy() - flat.mean(0)) @ directions.T
        colours = (pictures[rows, cols].pixels.astype(float) - 127.5) / 127.5
        if signs is None:  # the same for all pictures: one basis
            signs = np.sign((scores * colours).sum((0, 1)))
        np.testing.assert_allclose(colours, np.clip(scores / tops, -1, 1) * signs, atol=1.5 / 127.5)
        np.testing.assert_allclose(curve.y, scores[rows // 2, :, 0] * signs[0], atol=1e-3)
        np.testing.assert_allclose(curve.x, (np.arange(cols) + 0.5) / cols, rtol=1e-6)


def test_the_resized_table_is_what_the_forward_pass_adds(small_encoder):
    scene = trace(small_encoder, preprocess(noise(300, 500), 128))
    pictures, _ = table_panels(scene)
    before, after = forward_pass(scene)
    learned = small_encoder.pos_embed.detach()[0].double().numpy()
    mean = learned.mean((0, 1))
    directions = np.linalg.svd((learned - mean).reshape(100, -1), full_matrices=False)[2][:3]
    added = ((after - before).double().numpy() - mean) @ directions.T
    shown = pictures[8, 8].pixels.astype(float) - 127.5

    for component in range(3):
        assert abs(np.corrcoef(added[..., component].ravel(), shown[..., component].ravel())[0, 1]) > 0.99


@pytest.mark.parametrize("length", [-1, MAX_LENGTH + 1, 10**9])
def test_a_length_out_of_range_is_told_before_any_memory_is_taken(small_encoder, small_image, length):
    with pytest.raises(ValueError, match=rf"length must be in 1\.\.{MAX_LENGTH}.*got {length}"):
        table_panels(trace(small_encoder, small_image), length)


@pytest.mark.parametrize("name", ["position_similarity", "position_added", "position_table"])
def test_an_encoder_without_a_table_says_so(name, small_image):
    scene = trace(fill_random(build_encoder(replace(SMALL, use_abs_pos=False))), small_image)

    with pytest.raises(ValueError, match="use_abs_pos=False"):
        panels(scene, name)


def class_token_panels(scene, query=QUERY):
    index, numbers, table = panels(scene, "class_token", query)
    assert isinstance(index, Maps) and isinstance(numbers, Numbers) and isinstance(table, Table)
    return index, numbers, table


def test_every_token_is_a_patch_and_keeps_its_index_when_flattened(scene):
    index, numbers, _ = class_token_panels(scene)
    _, after = forward_pass(scene)
    rows, cols, dim = after.shape
    flat = after.reshape(-1, dim)

    patches, tokens, embedding, pinned = (int(number.value) for number in numbers.numbers)
    assert patches == tokens == embedding == flat.shape[0] == rows * cols
    assert torch.equal(flat[pinned], after[QUERY])
    assert pinned == index.values[0][QUERY]
    assert torch.equal(flat[torch.from_numpy(index.values[0]).long()], after)


def test_a_token_without_a_patch_would_be_counted(small_encoder, small_image):
    scene = trace(small_encoder, small_image)
    object.__setattr__(scene, "stream", (F.pad(scene.stream[0], (0, 0, 0, 0, 0, 1)), *scene.stream[1:]))
    _, numbers, _ = class_token_panels(scene)

    patches, tokens, embedding, _ = (int(number.value) for number in numbers.numbers)
    assert patches == embedding == 100 and tokens == 110 and not numbers.note


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ({}, ["window partition", "relative position", "neck's 3×3 convolution"]),
        ({"use_rel_pos": False}, ["window partition", "neck's 3×3 convolution"]),
        ({"window_size": 0}, ["relative position", "neck's 3×3 convolution"]),
        ({"use_abs_pos": False}, ["window partition", "relative position", "neck's 3×3 convolution"]),
    ],
    ids=str,
)
def test_only_steps_that_this_encoder_takes_are_listed(small_image, change, steps):
    scene = trace(fill_random(build_encoder(replace(SMALL, **change))), small_image)
    *_, table = class_token_panels(scene)

    assert [row[0] for row in table.rows] == steps


@pytest.mark.parametrize("name", ["position_similarity", "class_token"])
def test_a_patch_outside_the_grid_is_told_in_a_sentence(small_encoder, small_image, name):
    with pytest.raises(ValueError, match=r"row must be in 0\.\.9, got 12"):
        panels(trace(small_encoder, small_image), name, query=(12, 0))
