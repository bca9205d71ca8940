"""What encoders of other than three channels take of a photo: its brightness, or as many of its bands."""

import numpy as np
import pytest
import torch
from PIL import Image

from samvit.config import PIXEL_MEAN, PIXEL_STD, pixel_constants
from samvit.errors import ImageError
from samvit.photo import open_photo
from samvit.preprocess import preprocess
from tests.samvit.photo.files import noise, pillow, png, tiff, tiff_pages

RGB = noise((20, 30, 3))
FOUR = noise((20, 30, 4))
LUMA = np.asarray(Image.fromarray(RGB).convert("L"))


def said(photo):
    return [str(fact) for fact in photo.facts]


def test_one_channel_takes_the_brightness_of_a_colour_photo_and_shows_it():
    photo = open_photo(pillow(Image.fromarray(RGB), "PNG"), channels=1)

    assert np.array_equal(photo.channels(1)[:, :, 0], LUMA)
    assert np.array_equal(photo.pixels, LUMA[:, :, None].repeat(3, 2))
    assert said(photo) == ["shown in grey, for the encoder takes one channel"]


def test_one_channel_takes_a_grey_photo_and_a_chosen_band_as_they_are():
    grey = open_photo(pillow(Image.fromarray(LUMA), "PNG"), channels=1)
    band = open_photo(tiff(FOUR, photometric="minisblack", planarconfig="contig"), bands=(4,), channels=1)

    assert np.array_equal(grey.channels(1)[:, :, 0], LUMA) and said(grey) == ["grey"]
    assert np.array_equal(band.channels(1)[:, :, 0], FOUR[:, :, 3])
    assert said(band) == ["band 4 of 4, shown as grey"]


def test_a_stack_of_three_pages_is_no_colour_photo_for_one_channel():
    pages = tiff_pages(*((RGB[:, :, page], {}) for page in range(3)))

    assert np.array_equal(open_photo(pages, channels=1).channels(1)[:, :, 0], RGB[:, :, 0])


@pytest.mark.parametrize(
    "source",
    [
        FOUR,
        tiff(FOUR, photometric="rgb", extrasamples=["unassalpha"]),
        tiff(FOUR, photometric="minisblack", planarconfig="contig"),
    ],
    ids=["array", "fourth band called transparency", "four grey bands"],
)
def test_four_channels_take_four_bands(source):
    photo = open_photo(source, channels=4)

    assert np.array_equal(photo.channels(4), FOUR)
    assert np.array_equal(photo.pixels, FOUR[:, :, :3])
    assert said(photo) == ["bands 1, 2, 3, 4 of 4 for the encoder's 4 channels"]


def test_bands_can_be_chosen_and_deep_ones_share_a_range():
    many = noise((20, 30, 6), "u2", high=4000)
    photo = open_photo(tiff(many, photometric="minisblack", planarconfig="contig"), bands=(6, 1, 2, 3), channels=4)

    # Order is kept in every band, and one scale serves all: the brightest of all is white, whichever band holds it.
    chosen = many[:, :, [5, 0, 1, 2]].astype(int)
    order = np.argsort(chosen.ravel(), kind="stable")
    assert (np.diff(photo.channels(4).ravel()[order].astype(int)) >= 0).all()
    assert "bands 6, 1, 2, 3 of 6 for the encoder's 4 channels" in said(photo)
    assert any(one.startswith("16 bit, shown from ") for one in said(photo))


def test_grey_pages_can_be_channels():
    pages = tiff_pages(*((FOUR[:, :, page], {}) for page in range(4)))
    photo, turned = (open_photo(pages, page=page, channels=4) for page in (None, (4, 3, 2, 1)))

    assert np.array_equal(photo.channels(4), FOUR)
    assert said(photo) == ["pages 1, 2, 3, 4 of 4 for the encoder's 4 channels"]
    assert np.array_equal(turned.channels(4), FOUR[:, :, ::-1])
    assert said(turned) == ["pages 4, 3, 2, 1 of 4 for the encoder's 4 channels"]
    with pytest.raises(ImageError, match="which takes 2 channels, got 1"):
        open_photo(pages, channels=2)  # nothing says that two of these four belong together


def test_two_channels_take_the_first_two_colours():
    photo = open_photo(pillow(Image.fromarray(RGB), "PNG"), channels=2)

    assert np.array_equal(photo.channels(2), RGB[:, :, :2])
    assert np.array_equal(photo.pixels, RGB[:, :, [0, 0, 0]])


@pytest.mark.parametrize(
    ("source", "bands"),
    [
        (pillow(Image.fromarray(RGB), "JPEG"), 3),
        (pillow(Image.fromarray(FOUR, "RGBA"), "PNG"), 3),
        (pillow(Image.fromarray(FOUR, "CMYK"), "JPEG"), 3),
        (pillow(Image.fromarray(LUMA), "PNG"), 1),
        (png(16, 2, noise((9, 7, 3), "u2")), 3),
        (tiff(RGB, photometric="rgb"), 3),
        (RGB, 3),
    ],
    ids=["JPEG", "transparent PNG", "CMYK", "grey", "deep PNG", "TIFF", "array"],
)
def test_a_photo_of_too_few_bands_is_refused_by_what_the_encoder_takes(source, bands):
    with pytest.raises(ImageError, match=f"which takes 4 channels, got {bands}: open a TIFF"):
        open_photo(source, channels=4)


def test_another_number_of_bands_or_pages_than_channels_is_refused():
    with pytest.raises(ImageError, match="bands must be 4 for an encoder of 4 channels, got 3"):
        open_photo(FOUR, bands=(1, 2, 3), channels=4)
    pages = tiff_pages(*((FOUR[:, :, page], {}) for page in range(4)))
    with pytest.raises(ImageError, match="pages must be one, or 4 for an encoder of 4 channels, got 2"):
        open_photo(pages, page=(1, 2), channels=4)
    with pytest.raises(ImageError, match="bands must be one, shown as grey, or three"):
        open_photo(FOUR, bands=(1, 2, 3, 4))


def test_a_photo_that_was_opened_for_three_channels_gives_its_brightness_and_no_fourth_band():
    photo = open_photo(FOUR)

    assert np.array_equal(photo.channels(1), open_photo(FOUR, channels=1).channels(1))
    with pytest.raises(ImageError, match="must be opened for an encoder of 4 channels"):
        preprocess(photo, 32, channels=4)


def test_cmyk_has_three_colours_to_choose_from():
    cmyk = Image.fromarray(FOUR, "CMYK")

    assert np.array_equal(open_photo(cmyk, bands=(3,)).pixels[:, :, 0], open_photo(cmyk).pixels[:, :, 2])
    with pytest.raises(ImageError, match=r"bands must be in 1\.\.3, got 4"):
        open_photo(cmyk, bands=(4,))


@pytest.mark.parametrize("channels", [1, 2, 4, 5])
def test_each_channel_is_resized_alone_and_normalised_by_its_constants(channels):
    values = noise((40, 60, channels))
    image = preprocess(values, 32, channels=channels)
    mean, std = pixel_constants(channels)

    assert image.shown.shape == (21, 32, 3)
    for channel in range(channels):
        alone = Image.fromarray(values[:, :, channel]).resize((32, 21), Image.Resampling.BILINEAR)
        expected = (torch.tensor(np.asarray(alone)) - mean[channel]) / std[channel]
        assert torch.allclose(image.tensor()[0, channel, :21], expected)
    assert not image.tensor()[0, :, 21:].any()


def test_colours_keep_their_own_constants_and_others_get_the_average():
    average = pytest.approx(sum(PIXEL_MEAN) / 3), pytest.approx(sum(PIXEL_STD) / 3)

    assert pixel_constants(3) == (PIXEL_MEAN, PIXEL_STD)
    for channels in (1, 2, 4, 6):
        mean, std = pixel_constants(channels)
        colours = 3 if channels > 3 else 0
        assert len(mean) == len(std) == channels
        assert (mean[:colours], std[:colours]) == (PIXEL_MEAN[:colours], PIXEL_STD[:colours])
        assert all((one, other) == average for one, other in zip(mean[colours:], std[colours:], strict=True))


@pytest.mark.parametrize("channels", [1, 4])
def test_medsams_way_squashes_every_channel(channels):
    image = preprocess(noise((40, 60, channels)), 32, way="medsam", channels=channels)

    assert image.pixels.shape == (32, 32, channels)
    assert (float(image.tensor().min()), float(image.tensor().max())) == (0, 1)
