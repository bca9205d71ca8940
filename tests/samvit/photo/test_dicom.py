"""DICOM: one frame in the window that the file asks for, by pydicom; without it a sentence says what to install."""

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import apply_windowing
from pydicom.uid import (
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    JPEGLosslessSV1,
    JPEGLSLossless,
)

from samvit.errors import ImageError
from samvit.photo import open_photo
from samvit.photo import photo as opening
from tests.samvit.photo.files import dicom, noise

SHAPE = (20, 30)


def said(photo):
    return [str(fact) for fact in photo.facts]


@pytest.mark.parametrize("form", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_grey_is_shown_in_the_files_first_window(form):
    values = noise(SHAPE, "u2", high=4095)
    tags = {"WindowCenter": [1040, 2000], "WindowWidth": [400, 800], "VOILUTFunction": form, "BitsStored": 12}
    photo = open_photo(dicom(values, RescaleSlope=1, RescaleIntercept=-1024, **tags))

    one = Dataset()
    one.WindowCenter, one.WindowWidth, one.VOILUTFunction = 1040, 400, form
    one.BitsStored, one.PixelRepresentation, one.PhotometricInterpretation = 16, 1, "MONOCHROME2"
    expected = apply_windowing(values.astype(np.int32) - 1024, one)  # on −32768 … 32767
    assert abs(photo.pixels[:, :, 0] - (expected + 32768) / 65535 * 255).max() <= 0.51
    assert said(photo) == ["grey", "in the file's own window, centre 1,040, width 400"]


def test_without_a_window_the_values_own_range_is_shown_in_their_unit():
    values = np.linspace(0, 4000, 600).astype("u2").reshape(SHAPE)
    photo = open_photo(dicom(values, RescaleSlope=1, RescaleIntercept=-1024, BitsStored=12))

    assert said(photo) == ["grey", "12 bit, shown from −1,024 to 2,976"]
    assert (np.diff(photo.pixels[:, :, 0].ravel().astype(int)) >= 0).all()
    assert (photo.pixels.min(), photo.pixels.max()) == (0, 255)


def test_what_pads_the_picture_is_left_out_of_its_range():
    values = np.linspace(500, 4000, 600).astype("i2").reshape(SHAPE)
    values[:5] = -2000
    photo = open_photo(dicom(values, PixelPaddingValue=-2000))

    assert not photo.pixels[:5].any()
    assert any(one.startswith("nodata (−2,000) left out") for one in said(photo))


def test_monochrome1_has_its_white_at_zero():
    values = noise(SHAPE)
    tags = {"WindowCenter": 128, "WindowWidth": 256}
    plain, inverted = (
        open_photo(dicom(values, PhotometricInterpretation=f"MONOCHROME{kind}", **tags)) for kind in (2, 1)
    )

    assert np.array_equal(plain.pixels, 255 - inverted.pixels)


def test_colours_are_shown_as_they_are_and_bands_can_be_chosen():
    values = noise((*SHAPE, 3))
    photo, band = open_photo(dicom(values)), open_photo(dicom(values), bands=(3,))

    assert np.array_equal(photo.pixels, values) and said(photo) == []
    assert np.array_equal(band.pixels[:, :, 0], values[:, :, 2]) and said(band) == ["band 3 of 3, shown as grey"]


def test_one_frame_of_several_is_shown():
    values = noise((3, *SHAPE))
    data = dicom(values, NumberOfFrames=3, WindowCenter=128, WindowWidth=256)
    photo = open_photo(data, page=2)

    assert abs(photo.pixels[:, :, 0].astype(int) - values[1]).max() <= 1
    assert photo.pages == 3 and said(photo)[0] == "frame 2 of 3"
    with pytest.raises(ImageError, match=r"frame must be in 1\.\.3, got 4"):
        open_photo(data, page=4)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEGLosslessSV1, lambda values: imagecodecs.ljpeg_encode(values, bitspersample=16)),
        (JPEGLSLossless, imagecodecs.jpegls_encode),
    ],
    ids=["lossless JPEG", "JPEG-LS"],
)
def test_lossless_codings_keep_every_value_and_its_sign(syntax, encode):
    values = np.linspace(-1000, 3000, 600).astype("i2").reshape(SHAPE)
    plain, packed = open_photo(dicom(values)), open_photo(dicom(values, syntax, encode(values.view("u2"))))

    assert np.array_equal(plain.pixels, packed.pixels)
    assert said(plain) == said(packed) == ["grey", "16 bit, shown from −1,000 to 3,000"]


def test_a_file_that_also_begins_as_a_tiff_is_read_as_the_dicom_it_is():
    values = noise((*SHAPE, 3))

    assert np.array_equal(open_photo(dicom(values, preamble=b"II*\0" + bytes(124))).pixels, values)


def test_what_cannot_be_shown_is_called_what_it_is():
    values = noise(SHAPE)
    for data, sentence in (
        (dicom(None), "that holds a picture, got one without"),
        (
            dicom(values, DeflatedExplicitVRLittleEndian),
            "got a DICOM file in Deflated Explicit VR Little Endian: save it",
        ),
        (dicom(values, MPEG2MPML, b"\0\0\1\xb3"), "got a DICOM file in MPEG2 Main Profile"),
        (dicom(values)[:-100], "got a DICOM that is truncated or damaged"),
        (dicom(values, Rows=30000, Columns=30000), "at most 64,000,000 pixels"),
    ):
        with pytest.raises(ImageError, match=sentence):
            open_photo(data)


def test_damaged_files_are_a_picture_or_one_sentence():
    data = bytearray(dicom(noise(SHAPE, "u2"), WindowCenter=100, WindowWidth=50))
    random = np.random.default_rng(4)
    refused = 0
    for _ in range(150):
        changed = bytearray(data)
        for at in random.integers(132, 700, 3):
            changed[at] = random.integers(256)
        try:
            assert open_photo(bytes(changed)).image.mode == "RGB"
        except ImageError:
            refused += 1
    assert 0 < refused < 150


def test_without_pydicom_a_dicom_file_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(opening, "can_read", lambda: False)
    for preamble in (bytes(128), b"II*\0" + bytes(124)):
        with pytest.raises(
            ImageError, match="got a DICOM file, for which pydicom isn't installed: pip install pydicom"
        ):
            open_photo(dicom(noise(SHAPE), preamble=preamble))
