"""Patch embedding: the matrix product is what leaves the convolution of a real forward pass."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from samvit.encoder import build_encoder
from samvit.measures.patches import (
    extreme_patches,
    filter_colours,
    filter_levels,
    filters_by_norm,
    patch_product,
    patch_vectors,
)
from samvit.measures.similarity import cosines
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.replay import Replay
from samvit.tracing import trace
from tests.small import SMALL


@pytest.fixture
def scene(small_encoder):
    """A photo of 300×500 px: resized 96×160, so that 4 of 10 rows of patches are image padding."""
    pixels = np.random.default_rng(6).integers(0, 256, (300, 500, 3), dtype=np.uint8)
    return trace(small_encoder, preprocess(Image.fromarray(pixels), 160))


@pytest.mark.parametrize("patch", [(0, 0), (3, 7), (5, 9), (8, 2)], ids=str)
def test_the_product_is_what_the_convolution_gives(scene, patch):
    both, convolution = patch_product(scene, patch), scene.encoder.patch_embed.proj
    expected = convolution(scene.model_image())[0, :, patch[0], patch[1]].detach()

    torch.testing.assert_close(both.by_product, expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(both.by_convolution, expected)
    assert both.largest_difference < 1e-5
    assert torch.equal(both.bias, convolution.bias)


def test_the_two_ways_part_when_the_convolution_is_another(scene):
    hook = scene.encoder.patch_embed.proj.register_forward_hook(lambda module, args, out: out + 1)
    both = patch_product(replace(scene, replay=Replay()), (3, 7))  # nothing rebuilt yet
    hook.remove()

    assert both.largest_difference == pytest.approx(1, abs=1e-4)


def test_without_a_bias_the_products_are_all_there_is(scene):
    scene.encoder.patch_embed.proj.bias = None
    both = patch_product(replace(scene, replay=Replay()), (3, 7))

    assert not both.bias.any() and torch.equal(both.by_product, both.product)
    assert both.largest_difference < 1e-5


@pytest.mark.parametrize("size", [(160, 160), (80, 128)])
def test_patches_are_flattened_as_unfolding_flattens_them(small_encoder, size):
    image = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(1))
    expected = F.unfold(image, 16, stride=16)[0].T

    assert torch.equal(patch_vectors(trace(small_encoder, image)).flatten(0, 1), expected)


def test_padding_has_no_direction_in_pixels_and_one_and_the_same_as_tokens(scene):
    by_pixels, by_tokens = (cosines(vectors, (8, 2)) for vectors in (patch_vectors(scene), scene["patch_embed"]))

    assert by_pixels.isnan().all()
    assert by_tokens[9, 9] == pytest.approx(1, abs=1e-5)
    assert cosines(patch_vectors(scene), (3, 7))[6:].isnan().all()


def test_filters_are_ordered_by_the_length_of_their_weights(small_encoder):
    weights = small_encoder.patch_embed.proj.weight.detach()  # the same memory
    weights[5] *= 3
    weights[7] = 0
    order, lengths = filters_by_norm(small_encoder)

    assert (order[0], order[-1], lengths[-1]) == (5, 7, 0)
    expected = sorted(range(36), key=lambda index: -float(weights[index].double().square().sum()))
    assert order.tolist() == expected
    for index, length in zip(order.tolist(), lengths.tolist(), strict=True):
        assert length == pytest.approx(float(weights[index].double().square().sum().sqrt()), rel=1e-6)


def test_a_filters_colours_say_its_weights_to_half_a_level(small_encoder):
    with torch.no_grad():
        small_encoder.patch_embed.proj.weight[7] = 0
    weights = small_encoder.patch_embed.proj.weight.detach().permute(0, 2, 3, 1)

    for weight, shown in zip(weights, filter_colours(small_encoder), strict=True):
        top = float(weight.abs().max())
        assert ((shown - 127.5) / 127.5 * top - weight).abs().max() <= top * 0.51 / 127.5
    assert (filter_colours(small_encoder)[7] == 128).all()


@pytest.mark.parametrize(("in_chans", "shown"), [(1, [0, 0, 0]), (2, [0, 0, 0]), (4, [0, 1, 2])])
def test_filters_of_other_channels_are_shown_by_their_first_ones(in_chans, shown):
    encoder = fill_random(build_encoder(replace(SMALL, in_chans=in_chans)))

    assert filter_levels(encoder).shape[3] == in_chans
    assert torch.equal(filter_colours(encoder), filter_levels(encoder)[..., shown])


def test_extreme_patches_are_the_photos_largest_and_smallest_responses():
    response = torch.tensor([[5.0, 1.0, 99.0], [3.0, 5.0, -99.0], [-50.0, 70.0, 0.0]])
    largest, smallest = extreme_patches(response, (2, 2), 3)

    assert largest == [(0, 0), (1, 1), (1, 0)]  # of equal ones the first, row by row
    assert smallest == [(0, 1), (1, 0), (1, 1)]
    assert [len(part) for part in extreme_patches(response, (2, 2), 12)] == [4, 4]
