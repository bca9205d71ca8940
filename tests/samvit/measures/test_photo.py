"""The photo's own pixels: they normalise to what enters the encoder, and kinds of patches follow from them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.measures.photo import (
    BINS,
    holds_photo,
    level_shares,
    middle_pixel,
    model_levels,
    normalisation,
    own_levels,
    own_pixels,
    padding_share,
    patch_cells,
    patch_kinds,
    patch_pixels,
    patch_values,
    photo_pixels,
)
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL

MEAN, STD = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])  # segment-anything, build_sam.py


def noise(rows, cols):
    return Image.fromarray(np.random.default_rng(5).integers(0, 256, (rows, cols, 3), dtype=np.uint8))


def scene_of(rows, cols, way="segment-anything"):
    return trace(fill_random(build_encoder(SMALL)), preprocess(noise(rows, cols), 160, way=way))


@pytest.fixture(scope="module")
def scene():
    """A photo of 300×500 px: resized 96×160, so that 4 of 10 rows of patches are image padding."""
    return scene_of(300, 500)


@pytest.fixture(scope="module")
def bare():
    """What a person may hand over who normalised a photo of their own: 96×160 px, no photo behind it."""
    levels = np.asarray(noise(96, 160)).astype(np.float32)
    image = torch.from_numpy((levels - MEAN) / STD).float().permute(2, 0, 1)[None].contiguous()
    return trace(fill_random(build_encoder(SMALL)), image), levels


def test_pixels_are_the_photo_in_the_corner_and_the_mean_colour_elsewhere(scene):
    pixels = photo_pixels(scene)

    assert np.array_equal(pixels[:96], scene.photo)
    assert torch.equal(own_pixels(scene), pixels[:96])
    assert pixels.shape == (160, 160, 3) and (pixels[96:] == torch.tensor([124, 116, 104])).all()
    assert padding_share(scene) == pytest.approx(0.4)


def test_changing_the_pixels_leaves_the_photo_as_it_is(scene):
    before = scene.photo.copy()
    photo_pixels(scene).zero_()

    assert np.array_equal(scene.photo, before)


def test_a_bare_tensor_becomes_the_levels_that_it_was_normalised_from(bare):
    made, levels = bare

    assert np.array_equal(photo_pixels(made), levels)
    assert np.array_equal(own_pixels(made), levels)
    assert padding_share(made) == 0 and not patch_kinds(made).any()


@pytest.mark.parametrize(("in_chans", "shown"), [(1, [0, 0, 0]), (4, [0, 1, 2])])
def test_other_channels_keep_their_levels_and_are_shown_by_the_first_ones(in_chans, shown):
    encoder = ImageEncoderViT(32, 16, in_chans=in_chans, embed_dim=12, depth=1, num_heads=2, out_chans=4)
    values = np.random.default_rng(3).integers(0, 256, (16, 32, in_chans), dtype=np.uint8)
    image = preprocess(values, 32, channels=in_chans)
    mean, std = normalisation(made := trace(encoder, image))

    assert np.array_equal(own_levels(made), values) and np.array_equal(own_pixels(made), values[:, :, shown])
    assert torch.equal(model_levels(made)[16, 0], mean.round().to(torch.uint8))  # padding is the mean
    assert torch.allclose(made.model_image()[0, :, :16].permute(1, 2, 0), (torch.tensor(values) - mean) / std)
    _, shares = level_shares(made, normalised=False)
    assert shares.shape[0] == in_chans and torch.allclose(shares.sum(1), torch.ones(in_chans))
    assert torch.equal(model_levels(trace(encoder, image.tensor())), model_levels(made))  # a bare tensor as well


def test_a_patch_is_cut_by_row_and_then_by_column(scene):
    assert np.array_equal(patch_pixels(scene, (2, 7)), scene.photo[32:48, 112:128])
    assert torch.equal(patch_values(scene, (2, 7)), scene.model_image()[0, :, 32:48, 112:128])
    assert not patch_values(scene, (8, 7)).any()
    assert middle_pixel(scene, (2, 7)) == (40, 120)


def test_a_pixel_holds_photo_up_to_the_photos_last_row_and_column(scene):
    assert holds_photo(scene, (95, 159)) and not holds_photo(scene, (96, 0))
    assert not holds_photo(scene_of(500, 300), (0, 96))


@pytest.mark.parametrize("way", ["segment-anything", "medsam"])
def test_normalising_by_mean_and_deviation_gives_what_enters_the_encoder(way):
    made = scene_of(300, 500, way)
    mean, std = normalisation(made)
    expected = (own_pixels(made).permute(2, 0, 1) - mean[:, None, None]) / std[:, None, None]
    rows, cols = made.geometry.resized

    torch.testing.assert_close(made.model_image()[0, :, :rows, :cols], expected)
    if way == "segment-anything":
        assert (mean.tolist(), std.tolist()) == (pytest.approx(PIXEL_MEAN), pytest.approx(PIXEL_STD))


@pytest.mark.parametrize("way", ["segment-anything", "medsam"])
@pytest.mark.parametrize("normalised", [False, True])
def test_shares_of_levels_are_those_of_a_plain_count(way, normalised):
    made = scene_of(300, 500, way)
    middles, shares = level_shares(made, normalised)
    rows, cols = made.geometry.resized
    mean, std = (part.double().numpy() for part in normalisation(made)) if normalised else (np.zeros(3), np.ones(3))

    assert middles.shape == shares.shape == (3, BINS)
    for channel in range(3):
        levels = photo_pixels(made)[:rows, :cols, channel].flatten().tolist()
        counts = [sum(level // 4 == index for level in levels) for index in range(BINS)]
        np.testing.assert_allclose(shares[channel], np.array(counts) / len(levels), rtol=1e-5)
        expected = (np.arange(BINS) * 4 + 1.5 - mean[channel]) / std[channel]  # levels 0 to 3 lie around 1.5
        np.testing.assert_allclose(middles[channel], expected, atol=1e-4)


# Original photo (rows, cols): wide, high, square, ending inside a patch, one row of pixels.
@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (40, 40), (333, 500), (500, 207), (3, 500)])
def test_kinds_of_patches_follow_from_the_pixels_that_hold_photo(shape):
    made = scene_of(*shape)
    holds = np.zeros((160, 160), bool)
    holds[: made.photo.shape[0], : made.photo.shape[1]] = True
    share = holds.reshape(10, 16, 10, 16).mean((1, 3))

    assert np.array_equal(patch_kinds(made), np.where(share == 1, 0, np.where(share > 0, 1, 2)))
    assert torch.equal(patch_kinds(made) == 2, made.image_padding())


@pytest.mark.parametrize(("patch", "cell"), [(16, 8), (8, 8), (20, 20)])
def test_cells_are_the_means_of_squares_and_as_they_are_where_the_side_does_not_divide(patch, cell):
    encoder = fill_random(build_encoder(replace(SMALL, patch_size=patch, img_size=8 * patch)))
    made = trace(encoder, preprocess(noise(5 * patch, 8 * patch), 8 * patch, patch))
    step = patch // cell
    squares = photo_pixels(made).double().view(8 * cell, step, 8 * cell, step, 3).mean((1, 3))

    assert patch_cells(made).shape == (8 * cell, 8 * cell, 3)
    assert (patch_cells(made) - squares).abs().max() <= 0.51
