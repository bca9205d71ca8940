"""Sizes told by shapes alone, names of every layout, and models that aren't SAM's."""

from dataclasses import replace

import pytest
import torch

from samvit.checkpoint_layout import (
    encoder_keys,
    exact_mlp_ratio,
    expected_shapes,
    recognise_config,
    recognise_spans,
    segment_anything_name,
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


def test_windows_as_large_as_the_grid_count_as_global():
    """A SAM fine-tuned at 224 px: 14×14 tokens and windows of 14. At its own size both are the same computation."""
    config = replace(SMALL, img_size=224, window_size=14)

    assert recognised(config) == replace(config, global_attn_indexes=(0, 1, 2, 3))


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
        ([14, 14], None, "without pos_embed must have two spans .* got 14 tokens; give a config"),
        ([7, 14, 64], None, "without pos_embed must have two spans .* got 7, 14, 64 tokens; give a config"),
    ],
)
def test_spans_that_leave_it_open_are_refused(spans, grid_size, message):
    with pytest.raises(CheckpointError, match=message):
        recognise_spans(spans, grid_size)


def test_without_rel_pos_a_config_is_asked_for():
    shapes = expected_shapes(replace(SMALL, use_rel_pos=False))

    with pytest.raises(CheckpointError) as error:
        recognise_config(shapes)

    assert str(error.value) == (
        "checkpoint must hold relative position tables, got one without; give a config, because heads, window size "
        "and global blocks can't be told from its shapes"
    )


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("patch_embed.proj.weight", (36, 768), "a patch_embed.proj.weight of 4 axes, got the shape 36×768"),
        ("patch_embed.proj.weight", (36, 3, 16, 0), "a patch_embed.proj.weight of 4 axes, got the shape 36×3×16×0"),
        ("blocks.0.mlp.lin1.weight", (), "a blocks.0.mlp.lin1.weight of 2 axes, got the shape a single number"),
        ("blocks.0.attn.rel_pos_h", (7, 0), "a blocks.0.attn.rel_pos_h of 2 axes, got the shape 7×0"),
        ("blocks.0.attn.rel_pos_h", (7, 5), "must have heads that divide 36, got heads of 5"),
        ("blocks.2.attn.rel_pos_w", (8, 12), r"tables of 2·S − 1 rows in each block, got 7 and 8 in block 2"),
        ("blocks.2.attn.rel_pos_w", (9, 12), r"tables of 2·S − 1 rows in each block, got 7 and 9 in block 2"),
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


# Names.


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("layers.11.layer_norm1.weight", "blocks.11.norm1.weight"),
        ("layers.0.layer_norm2.bias", "blocks.0.norm2.bias"),
        ("layers.3.attn.rel_pos_h", "blocks.3.attn.rel_pos_h"),
        ("layers.3.mlp.lin1.weight", "blocks.3.mlp.lin1.weight"),
        ("patch_embed.projection.bias", "patch_embed.proj.bias"),
        ("neck.conv1.weight", "neck.0.weight"),
        ("neck.layer_norm1.weight", "neck.1.weight"),
        ("neck.conv2.weight", "neck.2.weight"),
        ("neck.layer_norm2.bias", "neck.3.bias"),
        ("pos_embed", "pos_embed"),
    ],
)
def test_transformers_names_become_segment_anythings(theirs, ours):
    assert segment_anything_name(theirs) == ours
    assert segment_anything_name(ours) == ours


def test_every_name_of_the_encoder_stays_itself():
    assert list(encoder_keys(expected_shapes(SMALL))) == list(expected_shapes(SMALL))


@pytest.mark.parametrize(
    ("keys", "model"),
    [
        (["image_encoder.trunk.blocks.0.norm1.weight", "memory_encoder.out_proj.weight"], "SAM 2"),
        (["vision_encoder.backbone.blocks.0.attn.qkv.weight"], "SAM 2"),
        (["image_encoder.patch_embed.seq.0.c.weight", "image_encoder.layers.0.blocks.0.conv1.c.weight"], "MobileSAM"),
        (["module.image_encoder.patch_embed.seq.0.c.weight"], "MobileSAM"),
        (["patch_embed.seq.0.c.weight", "layers.0.blocks.0.conv1.c.weight"], "MobileSAM"),
        (["detector.backbone.vision_backbone.trunk.blocks.0.norm1.weight"], "SAM 3"),
        (["detector_model.vision_encoder.backbone.layers.0.layer_norm1.weight"], "SAM 3"),
        (["cls_token", "pos_embed", "blocks.0.norm1.weight"], "a plain ViT with a class token"),
    ],
)
def test_other_models_are_told_by_name(keys, model):
    with pytest.raises(CheckpointError) as error:
        encoder_keys(keys)

    assert str(error.value) == (
        f"checkpoint must hold SAM's own image encoder; this is {model}, whose encoder is another architecture"
    )


@pytest.mark.parametrize(
    ("keys", "got"),
    [
        (["conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "fc.bias"], "4 (conv1.weight, bn1.weight, "),
        (["mask_decoder.iou_token.weight"], "1 (mask_decoder.iou_token.weight)"),
        (["image_encoder.pos_embed"], "1 (image_encoder.pos_embed)"),
    ],
)
def test_a_file_with_nothing_of_the_encoder_is_refused(keys, got):
    with pytest.raises(CheckpointError) as error:
        encoder_keys(keys)

    assert str(error.value).startswith(
        f"checkpoint must hold keys such as image_encoder.blocks.0.norm1.weight, got {got}"
    )


def test_expected_shapes_take_no_memory_and_no_random_numbers():
    before = torch.get_rng_state()
    assert len(expected_shapes(CONFIGS["vit_h"])) > 400

    assert torch.equal(torch.get_rng_state(), before)
