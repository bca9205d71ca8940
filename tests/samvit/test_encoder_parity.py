"""The encoder against segment-anything and transformers, on random weights that bite."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from samvit.config import VIT_B, VIT_H, VIT_L, VIT_TINY, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.random_weights import fill_random
from tests.samvit.reference import (
    difference,
    resized_segment_anything_encoder,
    segment_anything,
    segment_anything_encoder,
    transformers_encoder,
    two_blocks,
)
from tests.small import SMALL

FLOAT32_DIFFERENCE = 1e-4  # of the output's standard deviation
FLOAT64_DIFFERENCE = 1e-9  # leaves no room for a slightly other formula: eps 1e-5 instead of 1e-6 moves it by 1e-6

ODD_CONFIGS = {
    "window does not divide the grid": {},
    "window divides the grid": {"window_size": 5},
    "window of one token": {"window_size": 1},
    "window larger than the grid": {"window_size": 14},
    "no window": {"window_size": 0},
    "windowed blocks only": {"global_attn_indexes": ()},
    "global blocks only": {"global_attn_indexes": (0, 1, 2, 3)},
    "no rel-pos": {"use_rel_pos": False},
    "no rel-pos, no window": {"use_rel_pos": False, "window_size": 0},
    "no abs-pos": {"use_abs_pos": False},
    "no qkv bias": {"qkv_bias": False},
    "no position at all, no bias": {"use_rel_pos": False, "use_abs_pos": False, "qkv_bias": False},
    "one input channel": {"in_chans": 1},
    "four input channels": {"in_chans": 4},
    "patch 8": {"patch_size": 8, "img_size": 80},
    "patch 32": {"patch_size": 32, "img_size": 320},
    "image that patches don't fill": {"img_size": 175, "patch_size": 16},
    "one head": {"num_heads": 1},
    "five heads": {"num_heads": 5, "embed_dim": 40},
    "seven heads of odd width": {"num_heads": 7, "embed_dim": 35},
    "narrow MLP and output": {"mlp_ratio": 1.5, "out_chans": 7},
}


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(7))


def random_encoder(config: EncoderConfig) -> ImageEncoderViT:
    return fill_random(build_encoder(config), seed=1)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("changes", ODD_CONFIGS.values(), ids=ODD_CONFIGS.keys())
def test_small_odd_encoders_equal_segment_anything(changes, batch):
    config = replace(SMALL, **changes)
    ours = random_encoder(config).double()
    theirs = segment_anything_encoder(ours)
    side = config.grid_size * config.patch_size
    image = noise(batch, config.in_chans, side, side).double()
    with torch.no_grad():
        assert difference(ours(image), theirs(image)) < FLOAT64_DIFFERENCE


@pytest.mark.parametrize("grid", [(5, 5), (13, 13), (6, 17), (11, 3), (1, 1)], ids=str)
def test_other_input_sizes_equal_segment_anything_with_resized_positions(grid):
    ours = random_encoder(SMALL).double()
    theirs = resized_segment_anything_encoder(ours, grid)
    image = noise(2, 3, grid[0] * 16, grid[1] * 16).double()
    with torch.no_grad():
        assert difference(ours(image), theirs(image)) < FLOAT64_DIFFERENCE


def test_small_encoder_equals_transformers():
    ours = random_encoder(SMALL).double()
    image = noise(2, 3, 160, 160).double()
    with torch.no_grad():
        theirs = transformers_encoder(ours)(image).last_hidden_state
        # transformers does its softmax in float32, whatever comes in
        assert difference(ours(image), theirs) < FLOAT32_DIFFERENCE


@pytest.mark.slow
def test_vit_b_at_1024_px_equals_segment_anything():
    encoder, image = random_encoder(VIT_B), noise(1, 3, 1024, 1024)
    with torch.no_grad():
        embedding, theirs = encoder(image), segment_anything_encoder(encoder)(image)
    assert embedding.shape == (1, 256, 64, 64)
    assert difference(embedding, theirs) < FLOAT32_DIFFERENCE


@pytest.mark.slow
def test_vit_b_equals_transformers():
    """At 512 px, for the size is the same code in both: 32×32 patches, of which 5 of 9 windows are padded."""
    encoder, image = random_encoder(replace(VIT_B, img_size=512)), noise(1, 3, 512, 512)
    with torch.no_grad():
        theirs = transformers_encoder(encoder)(image).last_hidden_state
        assert difference(encoder(image), theirs) < FLOAT32_DIFFERENCE


def test_vit_tiny_equals_segment_anything():
    config = replace(VIT_TINY, img_size=512)  # grid 32, window 14: 9 windows, 5 of them padded
    ours = random_encoder(config)
    image = noise(1, 3, 512, 512)
    with torch.no_grad():
        assert difference(ours(image), segment_anything_encoder(ours)(image)) < FLOAT32_DIFFERENCE


@pytest.mark.parametrize("config", [VIT_L, VIT_H], ids=lambda config: config.name)
def test_two_blocks_at_true_width_equal_segment_anything(config):
    ours = random_encoder(two_blocks(config, img_size=512))
    image = noise(1, 3, 512, 512)
    with torch.no_grad():
        assert difference(ours(image), segment_anything_encoder(ours)(image)) < FLOAT32_DIFFERENCE


@pytest.mark.huge
@pytest.mark.parametrize("config", [VIT_L, VIT_H], ids=lambda config: config.name)
def test_full_depth_equals_segment_anything(config):
    ours = random_encoder(config)
    image = noise(1, 3, 1024, 1024)
    with torch.no_grad():
        assert difference(ours(image), segment_anything_encoder(ours)(image)) < FLOAT32_DIFFERENCE


@pytest.mark.parametrize("seed", [0, 1])
def test_weights_go_back_and_forth_under_segment_anythings_names(seed):
    ours = fill_random(build_encoder(SMALL), seed=seed)
    arguments = dict(SMALL.encoder_arguments())
    theirs = segment_anything().ImageEncoderViT(**arguments)
    theirs.load_state_dict(ours.state_dict(), strict=True)
    again = build_encoder(SMALL)
    again.load_state_dict(theirs.state_dict(), strict=True)
    shapes = {name: tensor.shape for name, tensor in ours.state_dict().items()}
    assert {name: tensor.shape for name, tensor in theirs.state_dict().items()} == shapes
    assert all(torch.equal(ours.state_dict()[name], tensor) for name, tensor in again.state_dict().items())
