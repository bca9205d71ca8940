"""What if: each change against an encoder that is built or run in that way by plain means."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from samvit.encoder import build_encoder
from samvit.measures.what_if import CHANGES, Change, changed_encoder, changed_image, cosines_with_true
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.views.forward import BARE, fresh_scene, scene

CHANGED = {
    "rel_pos_off": {"use_rel_pos": False},
    "abs_pos_off": {"use_abs_pos": False},
    "windows_8": {"window_size": 8},
    "all_global": {"window_size": 0},
    "none_global": {"global_attn_indexes": ()},
}


@pytest.mark.parametrize("kind", CHANGED)
def test_a_change_is_what_the_constructor_would_have_built(kind):
    true = fill_random(build_encoder(SMALL))
    built = build_encoder(replace(SMALL, **CHANGED[kind]))
    known = built.state_dict().keys()
    fits = {name: value for name, value in true.state_dict().items() if name in known}
    for name, value in fits.items():  # tables of another size are stretched, linearly, as they are when they are read
        if value.shape != built.state_dict()[name].shape:
            rows = len(built.state_dict()[name])
            fits[name] = F.interpolate(value.T[None], size=rows, mode="linear")[0].T
    built.load_state_dict(fits)
    image = scene().model_image()
    with torch.no_grad():
        torch.testing.assert_close(changed_encoder(true, Change(kind))(image), built(image), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("axis", ["h", "w"])
def test_one_axis_of_relative_position_can_be_taken_away(axis):
    true = scene().encoder
    changed = changed_encoder(true, Change(f"rel_{axis}_off"))
    for block, own in zip(true.blocks, changed.blocks, strict=True):
        for name in ("h", "w"):
            table, kept = getattr(own.attn, f"rel_pos_{name}"), getattr(block.attn, f"rel_pos_{name}")
            assert not table.any() if name == axis else table is kept


def test_a_head_that_is_off_leaves_the_sum_of_the_others():
    made = scene()
    changed = changed_encoder(made.encoder, Change("head_off", block=1, head=2))
    x, true = made.stream[1], made.encoder.blocks[1]
    with torch.no_grad():
        heads = made["blocks.1.attn.heads"].clone()
        heads[..., 24:] = 0  # the last of three heads of 12
        residual = x + true.attn.proj(heads)
        expected = residual + true.mlp(true.norm2(residual))
        torch.testing.assert_close(changed.blocks[1](x[None])[0], expected, rtol=1e-4, atol=1e-4)
        assert torch.equal(changed.blocks[3](x[None]), made.encoder.blocks[3](x[None]))


def test_a_block_that_is_off_hands_its_input_on():
    changed = changed_encoder(scene().encoder, Change("block_off", block=2))
    x = scene().stream[2][None]
    with torch.no_grad():
        assert torch.equal(changed.blocks[2](x), x) and not torch.equal(changed.blocks[1](x), x)


@pytest.mark.parametrize("kind", CHANGES)
def test_the_true_encoder_stays_and_shares_what_is_not_changed(kind):
    true = fill_random(build_encoder(SMALL))
    before = {name: value.clone() for name, value in true.state_dict().items()}
    changed = changed_encoder(true, Change(kind, block=1, head=1))
    assert all(torch.equal(value, before[name]) for name, value in true.state_dict().items())
    assert [block.window_size for block in true.blocks] == [4, 0, 4, 0]
    assert changed.blocks[0].mlp.lin1.weight is true.blocks[0].mlp.lin1.weight


def test_a_grey_photo_has_equal_channels_and_a_covered_one_a_hole():
    made = scene()  # 96 × 160 pixels hold photo, of 160 × 160
    image = made.model_image()
    grey = changed_image(made, Change("grey"))
    levels = [grey[0, c, :96] * std + mean for c, (mean, std) in enumerate(
        [(123.675, 58.395), (116.28, 57.12), (103.53, 57.375)])]  # fmt: skip
    torch.testing.assert_close(levels[0], levels[1], rtol=1e-4, atol=1e-2)
    torch.testing.assert_close(levels[0], levels[2], rtol=1e-4, atol=1e-2)
    assert torch.equal(grey[..., 96:, :], image[..., 96:, :])
    covered = changed_image(made, Change("covered", patch=(1, 5)))
    hole = (slice(0, 64), slice(48, 128))
    assert not covered[0][:, *hole].any()
    covered[0][:, *hole] = image[0][:, *hole]
    assert torch.equal(covered, image)


def test_cosines_compare_each_layer_with_the_true_one():
    made, told = fresh_scene("landscape photo"), []
    change = Change("rel_pos_off")
    cosines = cosines_with_true(made, change, lambda name, done, total: told.append((name, done, total)))
    other = trace(changed_encoder(made.encoder, change), made.image)
    for block in range(made.depth):
        expected = F.cosine_similarity(other.stream[block + 1], made.stream[block + 1], dim=-1)
        torch.testing.assert_close(cosines[block], expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(
        cosines[-1], F.cosine_similarity(other.embedding, made.embedding, dim=0), atol=1e-4, rtol=0
    )
    assert told == [*((f"block {block}", block + 1, 5) for block in range(4)), ("neck", 5, 5)]
    assert cosines_with_true(made, replace(change, block=3)) is cosines


def test_layers_before_a_change_stay_as_they_are():
    cosines = cosines_with_true(scene(), Change("block_off", block=2))
    assert cosines[:2].min() > 1 - 1e-5 and cosines[2].min() < 0.999


def test_where_there_is_nothing_to_take_away_nothing_changes():
    made = scene("no rel-pos, position or qkv bias")
    assert not BARE.use_rel_pos
    assert cosines_with_true(made, Change("rel_pos_off")).min() > 1 - 1e-5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change("colder"), "change must be one of head_off, .*, got 'colder'"),
        (Change("block_off", block=4), r"block must be in 0\.\.3, got 4"),
        (Change("head_off", head=3), r"head must be in 0\.\.2, got 3"),
        (Change("covered", patch=(0, 10)), r"col must be in 0\.\.9, got 10"),
    ],
)
def test_what_does_not_exist_is_refused(change, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        cosines_with_true(scene(), change)
