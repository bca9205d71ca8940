"""Model images: equal to transformers' Pillow processor, and every patch finds its way back to the photo."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.transform import resize as skimage_resize
from transformers import SamImageProcessorPil

from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.errors import ImageError
from samvit.photo import open_photo
from samvit.preprocess import MEDSAM, WAYS, ImageGeometry, preprocess, resized_shape

# (rows, cols): both orientations, square, sides that round down, up and from a half, larger and smaller than 1024.
SHAPES = [
    (300, 451),
    (451, 300),
    (1024, 1024),
    (683, 1024),
    (1365, 2048),
    (7, 5),
    (1200, 1601),
    (20, 3000),
    (2048, 1025),
]


def random_photo(rows: int, cols: int, seed: int = 0) -> Image.Image:
    """Noise: every pixel tells a shifted or wrongly filtered resize apart."""
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, cols, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("img_size", [1024, 512])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]}x{shape[1]}")
def test_the_model_image_equals_transformers_pillow_processor(shape, img_size):
    processor = SamImageProcessorPil(size={"longest_edge": img_size}, pad_size={"height": img_size, "width": img_size})
    photo = random_photo(*shape)
    expected = processor(photo, input_data_format="channels_last", return_tensors="pt")

    model_image = preprocess(photo, img_size)

    assert list(model_image.geometry.resized) == expected["reshaped_input_sizes"][0].tolist()
    assert list(model_image.geometry.original) == expected["original_sizes"][0].tolist()
    # transformers divides by 255 first and so rounds elsewhere: 1e-5 is 1/700 of one grey level.
    torch.testing.assert_close(model_image.tensor(), expected["pixel_values"], atol=1e-5, rtol=0)


def test_padding_comes_after_normalising_and_is_exactly_zero():
    model_image = preprocess(random_photo(60, 100), img_size=160)
    tensor = model_image.tensor()

    assert tensor.shape == (1, 3, 160, 160)
    assert tensor.dtype == torch.float32
    assert model_image.geometry.resized == (96, 160)
    assert torch.equal(tensor[:, :, 96:], torch.zeros(1, 3, 64, 160))
    assert torch.equal(tensor[:, :, :96], model_image.normalised())


def test_normalising_uses_the_0_to_255_scale():
    photo = Image.new("RGB", (16, 16), (10, 100, 250))

    pixel = preprocess(photo, img_size=32).normalised()[0, :, 3, 5]

    expected = (torch.tensor([10.0, 100.0, 250.0]) - torch.tensor(PIXEL_MEAN)) / torch.tensor(PIXEL_STD)
    torch.testing.assert_close(pixel, expected, atol=0, rtol=0)


def test_each_call_of_tensor_is_new_and_bit_for_bit_the_same():
    model_image = preprocess(random_photo(50, 70), img_size=128)
    first = model_image.tensor()
    kept = first.clone()
    first.zero_()

    assert torch.equal(model_image.tensor(), kept)


def test_pixels_are_bytes_and_read_only():
    model_image = preprocess(random_photo(50, 70), img_size=128)

    assert model_image.pixels.dtype == np.uint8
    assert model_image.pixels.shape == (91, 128, 3)
    with pytest.raises(ValueError, match="read-only"):
        model_image.pixels[0, 0, 0] = 1


def test_preprocessing_leaves_the_photo_unmodified():
    photo = random_photo(40, 30)
    before = np.array(photo)
    preprocess(photo, img_size=64)

    assert np.array_equal(np.array(photo), before)


@pytest.mark.parametrize(
    ("original", "resized"),
    [
        ((1024, 1024), (1024, 1024)),
        ((1, 1), (1024, 1024)),
        ((480, 640), (768, 1024)),
        ((1365, 2048), (683, 1024)),  # 682.5 rounds up
        ((1, 5000), (1, 1024)),  # 0.2 would vanish
        ((64_000_000, 1), (1024, 1)),
    ],
)
def test_sides_round_half_up_and_never_below_one(original, resized):
    assert resized_shape(original, 1024) == resized


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
def test_extreme_aspect_ratios_make_a_whole_model_image(shape):
    tensor = preprocess(random_photo(*shape), img_size=256).tensor()

    assert tensor.shape == (1, 3, 256, 256)
    assert tensor.isfinite().all()


def test_a_photo_is_taken_as_a_file_its_bytes_a_picture_or_an_array(tmp_path):
    photo = random_photo(30, 50)
    file = tmp_path / "photo.png"
    photo.save(file)
    expected = preprocess(photo, img_size=64).pixels

    for source in (file, str(file), file.read_bytes(), np.asarray(photo), open_photo(file)):
        assert np.array_equal(preprocess(source, img_size=64).pixels, expected)


def test_grey_becomes_rgb():
    grey = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 50), dtype=np.uint8))

    assert np.array_equal(preprocess(grey, img_size=64).pixels, preprocess(grey.convert("RGB"), img_size=64).pixels)


def test_what_is_no_photo_is_refused():
    with pytest.raises(ImageError, match="photo must be an array of rows × cols"):
        preprocess(np.zeros(4))


def test_a_photo_2_px_high_has_a_row_of_patches_that_lead_back_to_it():
    geometry = preprocess(random_photo(2, 3000)).geometry

    assert geometry.resized == (1, 1024)
    assert geometry.photo_grid == (1, 64)
    assert geometry.patch_box(0, 63) == (0, 2953, 2, 3000)


# MedSAM's way.


@pytest.mark.parametrize("shape", [(60, 90), (500, 333), (64, 64), (7, 5), (1, 40), (300, 900)])
def test_medsams_way_equals_its_own_code(shape):
    """Its lines, with scikit-image as it calls it (MedSAM_Inference.py, image preprocessing)."""
    photo = np.asarray(random_photo(*shape))
    resized = skimage_resize(photo, (64, 64), order=3, preserve_range=True, anti_aliasing=True).astype(np.uint8)
    expected = (resized - resized.min()) / np.clip(resized.max() - resized.min(), a_min=1e-8, a_max=None)

    model_image = preprocess(photo, img_size=64, way="medsam")

    assert np.array_equal(model_image.pixels, resized)
    torch.testing.assert_close(
        model_image.tensor(), torch.tensor(expected).float().permute(2, 0, 1)[None], atol=1e-7, rtol=0
    )


def test_a_squashed_photo_has_no_padding_and_its_patches_lead_back_by_two_scales():
    geometry = preprocess(random_photo(100, 400), img_size=64, patch_size=16, way=MEDSAM).geometry

    assert not geometry.image_padding().any()
    assert geometry.patch_box(0, 0) == (0, 0, 25, 100)
    assert geometry.patch_box(3, 1) == (75, 100, 100, 200)


def test_a_photo_of_one_colour_is_zero_in_medsams_way():
    assert preprocess(Image.new("RGB", (20, 10), "red").convert("L"), 32, way="medsam").tensor().abs().max() == 0


def test_segment_anythings_way_is_the_default_and_every_way_is_found_by_its_name():
    assert preprocess(random_photo(8, 8), img_size=32).way is WAYS["segment-anything"]
    assert [preprocess(random_photo(8, 8), img_size=32, way=name).way.name for name in WAYS] == list(WAYS)


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="way must be one of segment-anything, medsam, got 'imagenet'"):
        preprocess(random_photo(8, 8), way="imagenet")


@pytest.mark.parametrize(
    ("img_size", "patch_size", "message"),
    [
        (1000, 16, "img_size must be a multiple of 16, got 1000"),
        (0, 16, "img_size must be a multiple of 16, got 0"),
        (-16, 16, "img_size must be a multiple of 16, got -16"),
        (64, 0, "patch_size must be at least 1, got 0"),
    ],
)
def test_patches_must_tile_the_model_image(img_size, patch_size, message):
    with pytest.raises(ValueError, match=message):
        preprocess(random_photo(8, 8), img_size, patch_size)


# Geometry: from a patch back to the photo's pixels.


def test_a_photo_at_its_own_size_has_boxes_of_one_patch():
    geometry = ImageGeometry((1024, 1024), (1024, 1024), 1024, 16)

    assert geometry.grid == geometry.photo_grid == (64, 64)
    assert geometry.patch_box(2, 5) == (32, 80, 48, 96)
    assert not geometry.image_padding().any()


def test_boxes_at_the_photos_edge_are_clipped_and_beyond_it_none():
    geometry = ImageGeometry((1366, 2048), (683, 1024), 1024, 16)  # 683 = 42 patches and 11 px

    assert geometry.photo_grid == (43, 64)
    assert geometry.patch_box(41, 0) == (1312, 0, 1344, 32)
    assert geometry.patch_box(42, 63) == (1344, 2016, 1366, 2048)
    assert geometry.patch_box(43, 0) is None
    assert geometry.patch_box(63, 63) is None


def test_a_tiny_photos_patches_share_its_pixels():
    geometry = preprocess(random_photo(1, 3), img_size=96, patch_size=16).geometry  # one pixel is two patches wide

    assert [geometry.patch_box(0, col) for col in range(6)] == [
        (0, 0, 1, 1),
        (0, 0, 1, 1),
        (0, 1, 1, 2),
        (0, 1, 1, 2),
        (0, 2, 1, 3),
        (0, 2, 1, 3),
    ]


@pytest.mark.parametrize("shape", [*SHAPES, (1, 1), (1, 4000), (4000, 1), (3999, 4001)])
def test_boxes_cover_the_photo_and_padding_is_where_there_is_no_box(shape):
    geometry = ImageGeometry(shape, resized_shape(shape, 1024), 1024, 16)
    covered = np.zeros(shape, dtype=bool)
    without_box = np.zeros(geometry.grid, dtype=bool)
    for row in range(64):
        for col in range(64):
            box = geometry.patch_box(row, col)
            if box is None:
                without_box[row, col] = True
                continue
            top, left, bottom, right = box
            assert 0 <= top < bottom <= shape[0]
            assert 0 <= left < right <= shape[1]
            covered[top:bottom, left:right] = True

    assert covered.all()
    assert np.array_equal(without_box, geometry.image_padding())
    photo_rows, photo_cols = geometry.photo_grid
    assert (~without_box).sum() == photo_rows * photo_cols


def test_image_padding_marks_the_patches_whose_pixels_are_all_zero():
    model_image = preprocess(random_photo(33, 70), img_size=128)
    patches = model_image.tensor()[0].unfold(1, 16, 16).unfold(2, 16, 16)  # (3, grid_h, grid_w, 16, 16)

    all_zero = (patches == 0).all(dim=(0, 3, 4))

    assert np.array_equal(all_zero.numpy(), model_image.geometry.image_padding())


def test_a_mark_painted_in_a_patch_box_appears_in_that_patch():
    """The way back and the way there agree: a white box of the photo lights up its own patch, and no other."""
    photo = Image.new("RGB", (640, 480), "black")
    geometry = preprocess(photo, img_size=256).geometry
    top, left, bottom, right = geometry.patch_box(7, 11)
    photo.paste("white", (left, top, right, bottom))

    grey = preprocess(photo, img_size=256).pixels[:, :, 0].astype(float)

    brightness = grey.reshape(12, 16, 16, 16).mean(axis=(1, 3))
    assert np.unravel_index(brightness.argmax(), brightness.shape) == (7, 11)
    assert brightness[7, 11] > 240
    brightness[7, 11] = 0
    assert brightness.max() < 20


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ((64, 0), "row must be in 0..63, got 64"),
        ((-1, 0), "row must be in 0..63, got -1"),
        ((0, 64), "col must be in 0..63, got 64"),
        ((0, -1), "col must be in 0..63, got -1"),
    ],
)
def test_patches_outside_the_grid_are_refused(patch, message):
    geometry = ImageGeometry((10, 20), (512, 1024), 1024, 16)
    with pytest.raises(ValueError, match=message):
        geometry.patch_box(*patch)


@pytest.mark.parametrize(
    ("original", "resized", "message"),
    [
        ((0, 10), (1, 32), "original sides must be at least 1 px"),
        ((10, 10), (0, 32), r"resized sides must be in 1..32 px, got \(0, 32\)"),
        ((10, 10), (32, 33), r"resized sides must be in 1..32 px, got \(32, 33\)"),
    ],
)
def test_a_geometry_that_cannot_be_is_refused(original, resized, message):
    with pytest.raises(ValueError, match=message):
        ImageGeometry(original, resized, 32, 16)
