"""The photo's views: what is shown is what the encoder got, and padding is where no photo is."""

import numpy as np
import pytest
import torch
from PIL import Image

from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.measures.photo import patch_kinds, photo_pixels
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from viz.palette import CATEGORIES, ROLES, rgb
from viz.panel import Curves, Numbers, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.photo import SHOWN_PX, shrunk

MEAN, STD = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])  # segment-anything, build_sam.py


def noise(rows, cols):
    return Image.fromarray(np.random.default_rng(5).integers(0, 256, (rows, cols, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def scene():
    """A photo of 300×500 px: resized 96×160, so that 4 of 10 rows of patches are image padding."""
    return trace(fill_random(build_encoder(SMALL)), preprocess(noise(300, 500), 160))


def received(encoder, image):
    """The tensor that really enters the patch embedding."""
    seen = []
    hook = encoder.patch_embed.register_forward_pre_hook(lambda module, args: seen.append(args[0][0]))
    with torch.inference_mode():
        encoder(image)
    hook.remove()
    return seen[0].numpy()


def photo_panels(scene, query=(2, 3)):
    resized, before, after, padded, pixel = view_by_id("photo").panels(scene, Selection.of(query=query))
    assert isinstance(resized, Picture) and isinstance(padded, Picture)
    assert isinstance(before, Curves) and isinstance(after, Curves) and isinstance(pixel, Table)
    return resized, before, after, padded, pixel


def test_the_resized_picture_is_the_photo_and_its_note_says_both_sizes(scene):
    resized, *_ = photo_panels(scene)

    assert np.array_equal(resized.pixels, scene.image.pixels)
    assert "300×500 px" in resized.note and "96×160 px" in resized.note


def test_the_padded_picture_normalises_to_what_the_encoder_received(scene):
    *_, padded, _ = photo_panels(scene)
    entered = received(scene.encoder, scene.model_image())

    shown = (padded.pixels - MEAN) / STD
    np.testing.assert_allclose(shown.transpose(2, 0, 1)[:, :96], entered[:, :96], atol=1e-5)
    # Padding is drawn in the nearest colour that bytes have to the mean: half a grey level off at most.
    assert not entered[:, 96:].any()
    assert np.abs(shown[96:] * STD).max() <= 0.5
    assert "160×160 px, 40%" in padded.note


def test_histograms_count_the_pixels_that_entered_the_encoder(scene):
    _, before, after, _, _ = photo_panels(scene)
    entered = received(scene.encoder, scene.model_image())[:, :96]

    for index, (levels, normalised) in zip((2, 0, 1), zip(before.curves, after.curves, strict=True), strict=True):
        assert levels.label == normalised.label == ("red", "green", "blue")[index]
        counts, _ = np.histogram(entered[index] * STD[index] + MEAN[index], np.arange(-0.5, 256, 4))
        np.testing.assert_allclose(levels.y, 100 * counts / (96 * 160), rtol=1e-5)
        np.testing.assert_allclose(normalised.y, levels.y)
        np.testing.assert_allclose(normalised.x, (levels.x - MEAN[index]) / STD[index], atol=1e-5)
        assert levels.y.sum() == pytest.approx(100, abs=1e-3)


@pytest.mark.parametrize("query", [(0, 0), (2, 3), (5, 9)])
def test_the_pixel_in_numbers_is_the_middle_one_of_the_pinned_patch(scene, query):
    *_, table = photo_panels(scene, query)
    row, col = query[0] * 16 + 8, query[1] * 16 + 8
    entered = received(scene.encoder, scene.model_image())

    for index, cells in enumerate(table.rows):
        value, mean, std, result = map(float, cells[1:])
        assert value == scene.image.pixels[row, col, index]
        assert (mean, std) == (MEAN[index], STD[index])
        assert result == pytest.approx(entered[index, row, col], abs=5e-5)
        assert result == pytest.approx((value - mean) / std, abs=5e-5)


def test_a_pixel_of_image_padding_is_zero_and_has_no_value(scene):
    *_, table = photo_panels(scene, (7, 3))

    assert all(cells[1] == "image padding" and cells[-1] == "0.0000" for cells in table.rows)


def test_large_pictures_are_shrunk_by_the_mean_of_squares():
    pixels = np.asarray(noise(8, 2 * SHOWN_PX))
    squares = pixels.reshape(4, 2, SHOWN_PX, 2, 3).astype(float).mean((1, 3))

    assert shrunk(pixels).shape == (4, SHOWN_PX, 3)
    assert np.abs(shrunk(pixels) - squares).max() <= 0.51


def test_a_bare_tensor_is_all_photo_and_says_that_nothing_is_behind_it(small_encoder, small_image):
    bare = trace(small_encoder, small_image[:, :, :96])
    resized, before, _, padded, _ = photo_panels(bare)

    assert "no photo's size" in resized.note and "96×160" in resized.note
    assert padded.pixels.shape == resized.pixels.shape == (96, 160, 3)
    assert "no image padding" in padded.note
    assert sum(curve.y.sum() for curve in before.curves) == pytest.approx(300, abs=1e-2)
    assert len(view_by_id("image_padding").panels(bare, Selection.of(query=(2, 3)))) == 2


def test_four_channels_are_no_photo():
    encoder = ImageEncoderViT(32, 16, in_chans=4, embed_dim=12, depth=1, num_heads=2, out_chans=4)
    four = trace(encoder, torch.zeros(1, 4, 32, 32))

    with pytest.raises(ValueError, match="a photo has 3 channels, got 4"):
        view_by_id("photo").panels(four, Selection.of(query=(0, 0)))


@pytest.mark.parametrize("name", ["photo", "image_padding"])
def test_a_patch_outside_the_grid_is_told_in_a_sentence(scene, name):
    with pytest.raises(ValueError, match=r"row must be in 0\.\.9, got 10"):
        view_by_id(name).panels(scene, Selection.of(query=(10, 0)))


def padding_panels(scene, query=(2, 3)):
    picture, numbers, back = view_by_id("image_padding").panels(scene, Selection.of(query=query))
    assert isinstance(picture, Picture) and isinstance(numbers, Numbers) and isinstance(back, Table)
    return picture, numbers, back


# Original photo (rows, cols): wide, high, square, ending inside a patch, one row of pixels.
@pytest.mark.parametrize("shape", [(300, 500), (500, 300), (40, 40), (333, 500), (500, 207), (3, 500)])
def test_kinds_of_patches_follow_from_the_pixels_that_hold_photo(small_encoder, shape):
    scene = trace(small_encoder, preprocess(noise(*shape), 160))
    holds = np.zeros((160, 160), bool)
    holds[: scene.image.pixels.shape[0], : scene.image.pixels.shape[1]] = True
    share = holds.reshape(10, 16, 10, 16).mean((1, 3))
    expected = np.where(share == 1, 0, np.where(share > 0, 1, 2))

    assert np.array_equal(patch_kinds(scene), expected)
    _, numbers, _ = padding_panels(scene, (0, 0))
    assert [number.value for number in numbers.numbers] == [*np.bincount(expected.ravel(), minlength=3), 100]


def test_padding_is_hatched_partly_filled_patches_tinted_and_the_query_framed(small_encoder):
    scene = trace(small_encoder, preprocess(noise(333, 500), 160))  # resized to 107 rows: 6 whole ones and 11 px
    picture, _, _ = padding_panels(scene)
    inside = picture.pixels.reshape(10, 8, 10, 8, 3)[:, 1:, :, 1:]  # without the grid's lines
    expected = np.array(Image.fromarray(photo_pixels(scene).numpy()).reduce(2)).reshape(10, 8, 10, 8, 3)[:, 1:, :, 1:]

    assert np.array_equal(inside[:6, :, 5:], expected[:6, :, 5:])
    assert (inside[7:] == 40).all(-1).mean() == pytest.approx(0.25, abs=0.05)
    orange = np.array(rgb(CATEGORIES[1]))
    np.testing.assert_allclose(inside[6], (expected[6] + orange.astype(float)) / 2, atol=1)
    frame = rgb(ROLES["query"])
    assert np.argwhere((picture.pixels == frame).all(-1)).min(0).tolist() == [2 * 8 - 3, 3 * 8 - 3]
    assert np.argwhere((picture.pixels == frame).all(-1)).max(0).tolist() == [3 * 8 + 2, 4 * 8 + 2]


def test_the_original_pixels_named_are_those_that_reach_the_pinned_patch(small_encoder):
    scene = trace(small_encoder, preprocess(noise(300, 500), 160))
    *_, back = padding_panels(scene)
    (top, bottom), (left, right) = (map(int, cells[1].split(" … ")) for cells in back.rows)
    painted = np.zeros((300, 500, 3), np.uint8)
    painted[top : bottom + 1, left : right + 1] = 255
    resized = preprocess(Image.fromarray(painted), 160).pixels

    assert resized[2 * 16 + 1 : 3 * 16 - 1, 3 * 16 + 1 : 4 * 16 - 1].min() == 255
    assert resized[: 2 * 16 - 1].max() == resized[:, 4 * 16 + 1 :].max() == 0
    assert [cells[2] for cells in back.rows] == ["300", "500"]


def test_a_patch_of_image_padding_sees_no_original_pixel(scene):
    *_, back = padding_panels(scene, (8, 3))

    assert [cells[1] for cells in back.rows] == ["image padding", "image padding"]
