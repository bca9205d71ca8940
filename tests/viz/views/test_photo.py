"""The photo's views: what is shown is what the encoder got, and padding is where no photo is."""

import numpy as np
import pytest
import torch
from PIL import Image

from samvit.encoder import build_encoder
from samvit.measures.photo import photo_pixels
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.views.reading import english
from viz.palette import CATEGORIES, ROLES, rgb
from viz.panel import Curves, Numbers, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id

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
    resized, before, after, padded, pixel = english(view_by_id("photo").panels(scene, Selection.of(query=query)))
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
    assert "160×160 px, 40.0 %" in padded.note


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
        value, mean, std, result = (float(cell.replace("−", "-")) for cell in cells[1:])
        assert value == scene.image.pixels[row, col, index]
        assert (mean, std) == (MEAN[index], STD[index])
        assert result == pytest.approx(entered[index, row, col], abs=5e-5)
        assert result == pytest.approx((value - mean) / std, abs=5e-5)


def test_medsams_way_of_normalising_is_named_and_gives_what_the_encoder_received(small_encoder):
    made = trace(small_encoder, preprocess(noise(300, 500), 160, way="medsam"))
    _, before, after, _, table = photo_panels(made, (5, 9))
    entered = received(small_encoder, made.model_image())

    assert table.columns[2:4] == ("− the photo's darkest value", "÷ (brightest − darkest)")
    assert "darkest" in after.x_label and after.x_label != before.x_label
    for index, cells in enumerate(table.rows):
        value, low, span, result = map(float, cells[1:])
        assert result == pytest.approx((value - low) / span, abs=5e-5)
        assert result == pytest.approx(entered[index, 5 * 16 + 8, 9 * 16 + 8], abs=5e-5)


def test_a_pixel_of_image_padding_is_zero_and_has_no_value(scene):
    *_, table = photo_panels(scene, (7, 3))

    assert all(cells[1] == "image padding" and cells[-1] == "0.0000" for cells in table.rows)


def test_a_bare_tensor_is_all_photo_and_says_that_nothing_is_behind_it(small_encoder, small_image):
    bare = trace(small_encoder, small_image[:, :, :96])
    resized, before, _, padded, _ = photo_panels(bare)

    assert "no photo's size" in resized.note and "96×160" in resized.note
    assert padded.pixels.shape == resized.pixels.shape == (96, 160, 3)
    assert "no image padding" in padded.note
    assert sum(curve.y.sum() for curve in before.curves) == pytest.approx(300, abs=1e-2)
    assert len(english(view_by_id("image_padding").panels(bare, Selection.of(query=(2, 3))))) == 2


def padding_panels(scene, query=(2, 3)):
    picture, numbers, back = english(view_by_id("image_padding").panels(scene, Selection.of(query=query)))
    assert isinstance(picture, Picture) and isinstance(numbers, Numbers) and isinstance(back, Table)
    return picture, numbers, back


def test_patches_are_counted_by_kind_and_the_three_add_up_to_the_tokens(small_encoder):
    _, numbers, _ = padding_panels(trace(small_encoder, preprocess(noise(333, 500), 160)))  # 107 rows: 6 and 11 px

    counted = {number.label: number.value for number in numbers.numbers}
    assert counted == {"all photo": 60, "partly photo": 10, "image padding": 30, "tokens, 10 × 10": 100}


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
    assert (top, left, bottom + 1, right + 1) == scene.geometry.patch_box(2, 3)


def test_a_patch_of_image_padding_sees_no_original_pixel(scene):
    *_, back = padding_panels(scene, (8, 3))

    assert [cells[1] for cells in back.rows] == ["image padding", "image padding"]
