"""The four sizes that have names."""

from dataclasses import FrozenInstanceError, fields

import pytest

from samvit.config import CONFIGS, PIXEL_MEAN, PIXEL_STD, VIT_B, VIT_H, VIT_L, VIT_TINY, EncoderConfig, parse_config

# segment-anything build_sam.py, build_sam_vit_h, _l, _b; vit_tiny is ours.
SIZES = {
    "vit_tiny": (144, 12, 6, (2, 5, 8, 11)),
    "vit_b": (768, 12, 12, (2, 5, 8, 11)),
    "vit_l": (1024, 24, 16, (5, 11, 17, 23)),
    "vit_h": (1280, 32, 16, (7, 15, 23, 31)),
}


def test_the_named_sizes_are_those_of_build_sam():
    found = {
        name: (config.embed_dim, config.depth, config.num_heads, config.global_attn_indexes)
        for name, config in CONFIGS.items()
    }
    assert found == SIZES
    assert [config.name for config in (VIT_TINY, VIT_B, VIT_L, VIT_H)] == list(CONFIGS)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_what_build_sam_never_varies(config):
    assert (config.img_size, config.patch_size, config.in_chans, config.out_chans) == (1024, 16, 3, 256)
    assert (config.mlp_ratio, config.window_size) == (4, 14)
    assert config.qkv_bias and config.use_abs_pos and config.use_rel_pos and config.rel_pos_zero_init
    assert config.grid_size == 64


@pytest.mark.parametrize(
    ("config", "head_dim", "mlp_dim"), [(VIT_TINY, 24, 576), (VIT_B, 64, 3072), (VIT_L, 64, 4096), (VIT_H, 80, 5120)]
)
def test_widths_that_follow(config, head_dim, mlp_dim):
    assert (config.head_dim, config.mlp_dim) == (head_dim, mlp_dim)


def test_a_block_is_global_by_its_index_or_where_there_is_no_window():
    assert [block for block in range(VIT_B.depth) if VIT_B.is_global(block)] == [2, 5, 8, 11]
    no_window = EncoderConfig("no_window", 36, 4, 3, (), window_size=0)
    assert all(no_window.is_global(block) for block in range(no_window.depth))


def test_pixel_mean_and_std_are_build_sams():
    assert PIXEL_MEAN == (123.675, 116.28, 103.53)
    assert PIXEL_STD == (58.395, 57.12, 57.375)


def test_every_field_but_the_name_is_an_argument_of_the_encoder():
    arguments = dict(VIT_B.encoder_arguments())
    assert set(arguments) == {field.name for field in fields(EncoderConfig)} - {"name"}
    assert arguments["embed_dim"] == 768


def test_a_config_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        VIT_B.depth = 3


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("vit_b", {"num_heads": 12, "window_size": 14, "global_attn_indexes": (2, 5, 8, 11)}),
        ("vit_l, window_size=16", {"num_heads": 16, "window_size": 16, "global_attn_indexes": (5, 11, 17, 23)}),
        ("global_attn_indexes=1+3", {"global_attn_indexes": (1, 3)}),
        ("global_attn_indexes=none", {"global_attn_indexes": ()}),
        ("img_size=256,num_heads=4", {"img_size": 256, "num_heads": 4}),
    ],
)
def test_a_person_says_what_shapes_cannot_tell(text, answers):
    assert parse_config(text) == answers


@pytest.mark.parametrize("text", ["", "vit_x", "depth=3", "num_heads", "num_heads=", "num_heads=1+2", "window_size=-1"])
def test_what_is_not_understood_lists_what_would_be(text):
    with pytest.raises(
        ValueError, match="config must be one of vit_tiny, vit_b, vit_l, vit_h or num_heads=, window_size"
    ):
        parse_config(text)
