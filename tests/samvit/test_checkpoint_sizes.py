"""Sizes told by shapes alone, and what a person says where shapes can't tell."""

from dataclasses import replace

import pytest
import torch

from samvit.checkpoint_sizes import (
    exact_mlp_ratio,
    expected_shapes,
    recognise_config,
    recognise_spans,
    window_is_grid,
)
from samvit.config import CONFIGS, EncoderConfig
from samvit.errors import CheckpointError
from tests.small import SMALL

SLIM_SAM = replace(CONFIGS["vit_b"], name="vit_168x12", embed_dim=168, mlp_ratio=exact_mlp_ratio(696, 168))


def recognised(config: EncoderConfig) -> EncoderConfig:
    """What the shapes of an encoder of this config tell, under the config's own name."""
    return replace(recognise_config(expected_shapes(config)), name=config.name)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_four_sizes_are_recognised_by_name(name):
    assert recognise_config(expected_shapes(CONFIGS[name])) == CONFIGS[name]


def test_slimsams_pruned_width_is_recognised():
    shapes = expected_shapes(SLIM_SAM)
    assert shapes["blocks.0.mlp.lin1.weight"] == (696, 168)
    assert shapes["blocks.0.attn.rel_pos_h"] == (27, 14)

    config = recognise_config(shapes)

    assert config == SLIM_SAM
    assert (config.num_heads, config.head_dim, config.mlp_dim, config.window_size) == (12, 14, 696, 14)


@pytest.mark.parametrize(
    "change",
    [
        {"embed_dim": 48, "num_heads": 2},
        {"depth": 2, "global_attn_indexes": (0,)},
        {"patch_size": 8, "img_size": 96},
        {"in_chans": 1},
        {"out_chans": 24},
        {"mlp_ratio": 2.5},
        {"qkv_bias": False},
        {"use_abs_pos": False},
        {"window_size": 7},
        {"global_attn_indexes": ()},
        {"global_attn_indexes": (0,)},
        {"img_size": 256},
    ],
    ids=str,
)
def test_each_size_is_told_by_the_shapes(change):
    config = replace(SMALL, **change)

    assert recognised(config) == config


def test_two_digit_blocks_are_counted_as_numbers():
    config = replace(SMALL, depth=12, global_attn_indexes=(2, 10, 11))

    assert recognised(config) == config


# A block whose window is as large as the grid has the shapes of a global one.


def test_windows_of_14_on_a_grid_of_14_are_taken_for_sams_with_its_global_blocks():
    """A SAM fine-tuned at 224 px."""
    config = replace(CONFIGS["vit_b"], name="224", img_size=224)

    got = recognise_config(expected_shapes(config))

    assert replace(got, name="224") == config
    assert window_is_grid(expected_shapes(config), got)


@pytest.mark.parametrize("change", [{"depth": 12, "img_size": 256, "window_size": 16}, {"window_size": 10}], ids=str)
def test_other_windows_as_large_as_the_grid_count_as_global(change):
    config = replace(SMALL, **change)

    got = recognised(config)

    assert got == replace(config, global_attn_indexes=tuple(range(config.depth)))
    assert window_is_grid(expected_shapes(config), got)


@pytest.mark.parametrize("indexes", [(), (2,), (0, 1, 2, 3)])
def test_a_person_says_which_blocks_are_global(indexes):
    shapes = expected_shapes(replace(SMALL, window_size=10))

    got = recognise_config(shapes, {"global_attn_indexes": indexes})

    assert (got.window_size, got.global_attn_indexes) == (10, indexes)


def test_where_window_and_grid_differ_shapes_tell_them_apart():
    for name in CONFIGS:
        assert not window_is_grid(expected_shapes(CONFIGS[name]), CONFIGS[name])
    without = replace(SMALL, use_rel_pos=False, window_size=10)
    assert not window_is_grid(expected_shapes(without), without)


def test_every_block_global_is_recognised():
    config = replace(SMALL, global_attn_indexes=(0, 1, 2, 3))

    got = recognised(config)

    assert got.global_attn_indexes == (0, 1, 2, 3)
    assert expected_shapes(got) == expected_shapes(config)


@pytest.mark.parametrize(
    ("spans", "grid_size", "expected"),
    [
        ([14, 14, 64, 14], 64, (64, 14, (2,))),
        ([14, 64], None, (64, 14, (1,))),
        ([64, 14], None, (64, 14, (0,))),
        ([14, 14], 64, (64, 14, ())),
        ([14, 14], 14, (14, 14, (0, 1))),
        ([20, 10], 10, (10, 20, (1,))),
    ],
)
def test_spans_tell_windows_from_global_blocks(spans, grid_size, expected):
    assert recognise_spans(spans, grid_size) == expected


@pytest.mark.parametrize(
    ("spans", "grid_size", "message"),
    [
        ([14, 64], 32, "must have blocks that span its 32 tokens or one window size, got spans of 14, 64 tokens"),
        ([7, 14, 64], 64, "or one window size, got spans of 7, 14, 64 tokens"),
        ([14, 14], None, "without pos_embed must have two spans .* got 14 tokens; say img_size with --config"),
        (
            [7, 14, 64],
            None,
            "without pos_embed must have two spans .* got 7, 14, 64 tokens; say img_size with --config",
        ),
    ],
)
def test_spans_that_leave_it_open_are_refused(spans, grid_size, message):
    with pytest.raises(CheckpointError, match=message):
        recognise_spans(spans, grid_size)


def test_without_rel_pos_a_person_is_asked():
    shapes = expected_shapes(replace(SMALL, use_rel_pos=False))

    with pytest.raises(CheckpointError) as error:
        recognise_config(shapes)

    assert str(error.value) == (
        "checkpoint must hold relative position tables, got one without: its shapes can't tell num_heads, window_size, "
        "global_attn_indexes; say it with --config (config= in Python), such as --config vit_b or "
        "--config num_heads=12,window_size=14,global_attn_indexes=2+5+8+11"
    )


@pytest.mark.parametrize("change", [{}, {"use_abs_pos": False}, {"window_size": 0, "global_attn_indexes": ()}], ids=str)
def test_without_rel_pos_the_answers_of_a_person_are_used(change):
    config = replace(SMALL, use_rel_pos=False, **change)
    answers = {name: getattr(config, name) for name in ("num_heads", "window_size", "global_attn_indexes", "img_size")}

    assert replace(recognise_config(expected_shapes(config), answers), name=config.name) == config


@pytest.mark.parametrize(
    "answers", [{"num_heads": 5}, {"num_heads": 0}, {"global_attn_indexes": (4,)}, {"window_size": -1}], ids=str
)
def test_answers_that_no_encoder_can_have_are_refused(answers):
    shapes = expected_shapes(replace(SMALL, use_rel_pos=False))
    whole = {"num_heads": 3, "window_size": 4, "global_attn_indexes": (1,), **answers}

    with pytest.raises(
        CheckpointError, match=r"config must have heads that divide 36, .* global blocks in 0\.\.3, got"
    ):
        recognise_config(shapes, whole)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("patch_embed.proj.weight", (36, 768), "a patch_embed.proj.weight of 4 axes, got the shape 36×768"),
        ("patch_embed.proj.weight", (36, 3, 16, 0), "a patch_embed.proj.weight of 4 axes, got the shape 36×3×16×0"),
        ("blocks.0.mlp.lin1.weight", (), "a blocks.0.mlp.lin1.weight of 2 axes, got the shape a single number"),
        ("blocks.0.attn.rel_pos_h", (7, 0), "a blocks.0.attn.rel_pos_h of 2 axes, got the shape 7×0"),
        ("blocks.0.attn.rel_pos_h", (7, 5), "must have heads that divide 36, got heads of 5"),
        ("blocks.2.attn.rel_pos_w", (8, 12), r"tables of 2·S − 1 rows in each block, got 7, 8 in block 2"),
        ("blocks.2.attn.rel_pos_w", (9, 12), r"tables of 2·S − 1 rows in each block, got 7, 9 in block 2"),
        ("pos_embed", (1, 100, 36), "must have a pos_embed of 4 axes, got the shape 1×100×36"),
    ],
)
def test_shapes_no_encoder_has_are_refused(name, shape, message):
    with pytest.raises(CheckpointError, match=message):
        recognise_config({**expected_shapes(SMALL), name: shape})


def test_even_tables_are_refused():
    shapes = expected_shapes(SMALL)
    shapes |= {f"blocks.1.attn.rel_pos_{axis}": (8, 12) for axis in "hw"}

    with pytest.raises(CheckpointError, match=r"got 8 in block 1"):
        recognise_config(shapes)


def test_a_block_of_absurd_number_costs_nothing():
    shapes = {**expected_shapes(SMALL), "blocks.999999999.norm1.weight": (36,)}

    with pytest.raises(CheckpointError, match=r"no others in it, got 1 \(blocks.999999999.norm1.weight\) more"):
        recognise_config(shapes)


def test_the_mlp_ratio_gives_back_every_width_exactly():
    for embed_dim in (168, 144, 49, 93, 768, 1280):
        for mlp_dim in range(1, 4 * embed_dim + 1, 7):
            assert int(embed_dim * exact_mlp_ratio(mlp_dim, embed_dim)) == mlp_dim
    # The case the loop is for: the plain quotient loses one.
    assert any(int(embed_dim * (mlp_dim / embed_dim)) != mlp_dim for embed_dim in (49, 93) for mlp_dim in range(1, 400))


def test_expected_shapes_take_no_memory_and_no_random_numbers():
    before = torch.get_rng_state()
    assert len(expected_shapes(CONFIGS["vit_h"])) > 400

    assert torch.equal(torch.get_rng_state(), before)
