import numpy as np
import pytest
from PIL import Image

from training.textures import load_photos, octave_noise, photo_crop, standardised, stripes


@pytest.mark.parametrize("size", [(40, 70), (300, 20)])
def test_a_crop_has_the_size_asked_for_and_the_photos_pixels(size):
    # Red tells the row and green the column, so that every pixel of a crop says where it was.
    ramp = np.zeros((256, 256, 3), dtype=np.uint8)
    ramp[:, :, 0] = np.arange(256)[:, None]
    ramp[:, :, 1] = np.arange(256)
    photo = Image.fromarray(np.pad(ramp, ((0, 256), (0, 0), (0, 0)), mode="symmetric"))
    for seed in range(8):
        crop = photo_crop(np.random.default_rng(seed), photo, size)
        assert crop.shape == (*size, 3)
        assert crop.min() >= 0 and crop.max() <= 1
        # Along each side of a crop one of the two, and only one, stands still.
        still = [np.ptp(crop[:, 0, channel]) < 0.01 for channel in (0, 1)]
        assert sum(still) == 1
        assert [np.ptp(crop[0, :, channel]) < 0.01 for channel in (0, 1)] == still[::-1]


@pytest.mark.parametrize("make", [octave_noise, stripes])
def test_patterns_vary_and_stay_bounded(make):
    for seed in range(8):
        pattern = make(np.random.default_rng(seed), (48, 33))
        assert pattern.shape == (48, 33) and pattern.dtype == np.float32
        assert pattern.std() > 0.05
        assert np.abs(pattern).max() < 3


def test_a_flat_pattern_becomes_zeros_and_others_unit_variance():
    assert (standardised(np.full((5, 5), 7, dtype=np.float32)) == 0).all()
    pattern = standardised(np.arange(12, dtype=np.float32).reshape(3, 4))
    assert abs(pattern.mean()) < 1e-6 and abs(pattern.std() - 1) < 1e-6


def test_small_photos_are_continued_by_their_mirror_image(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "small.png")
    (photo,) = load_photos(tmp_path, ["small.png"])
    grown = np.asarray(photo)
    assert grown.shape == (1024, 1024, 3)
    np.testing.assert_array_equal(grown[:40, :60], pixels)
    np.testing.assert_array_equal(grown[40:80, :60], pixels[::-1])


def test_missing_photos_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing: absent\.png"):
        load_photos(tmp_path, ["absent.png"])
