"""JPEG, JPEG 2000 and PPM of more than 8 bits keep their depth."""

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.photo import open_photo
from tests.samvit.photo.files import noise

SHAPE = (33, 45)


def said(source: object) -> list[str]:
    return [str(fact) for fact in open_photo(source).facts]


@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("bands", [1, 3, 4])
@pytest.mark.parametrize("container", ["jp2", "j2k"])
def test_jpeg_2000_keeps_its_depth(bits, bands, container):
    values = noise((*SHAPE, bands), "u2", high=2**bits - 1)
    if bands == 4:
        values[:, :, 3] = 2**bits - 1
    data = imagecodecs.jpeg2k_encode(values.squeeze(), bitspersample=bits, level=0, codecformat=container)

    assert np.array_equal(open_photo(data).pixels[:, :, : min(bands, 3)], (values >> (bits - 8))[:, :, :3])
    assert f"{bits} bit, shown from 0 to {2**bits - 1:,}" in said(data)


def test_a_jpeg_of_12_bits_is_read():
    ramp = np.linspace(300, 900, 64).astype("u2")[None, :].repeat(32, 0)
    data = imagecodecs.jpeg_encode(np.dstack([ramp] * 3), level=98, bitspersample=12)

    assert abs(open_photo(data).pixels.astype(int) - open_photo(ramp).pixels).max() <= 12
    assert said(data)[0].startswith("12 bit, shown from ")


@pytest.mark.parametrize("bits", [8, 16])
def test_a_lossless_jpeg_is_read(bits):
    values = noise(SHAPE, f"u{bits // 8}")
    data = imagecodecs.ljpeg_encode(values)

    assert np.array_equal(open_photo(data).pixels[:, :, 0], values >> (bits - 8))


@pytest.mark.parametrize(("kind", "samples"), [(b"P5", 1), (b"P6", 3)])
@pytest.mark.parametrize("top", [1023, 4095, 65535])
@pytest.mark.parametrize("between", [b" ", b"\n# made by hand\n"])
def test_ppm_keeps_its_depth(kind, samples, top, between):
    values = noise((*SHAPE, samples), "u2", high=top)
    header = between.join((kind, b"45", b"33", str(top).encode())) + b"\n"

    shift = top.bit_length() - 8
    assert np.array_equal(open_photo(header + values.astype(">u2").tobytes()).pixels[:, :, :samples], values >> shift)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (lambda: imagecodecs.jpeg2k_encode(noise(SHAPE, "u2"), level=0), "JPEG2000"),
        (lambda: imagecodecs.jpeg_encode(noise((*SHAPE, 3), "u2", high=4095), bitspersample=12), "JPEG"),
        (lambda: b"P5 45 33 65535\n" + noise(SHAPE, "u2").tobytes(), "PPM"),
    ],
    ids=["JPEG 2000", "JPEG", "PPM"],
)
def test_a_deep_file_that_is_cut_is_damaged(data, kind):
    whole = data()
    with pytest.raises(ImageError, match=f"a {kind} that is truncated or damaged"):
        open_photo(whole[: len(whole) // 3])


@pytest.mark.parametrize("data", [b"P5 8001 8000 65535\n", b"P6 8001 8000 4095\n"])
def test_too_many_pixels_are_refused_by_the_header(data):
    with pytest.raises(ImageError, match="at most 64,000,000 pixels, got 8001×8000"):
        open_photo(data)


def test_a_deep_jpeg_is_turned_upright():
    values = noise(SHAPE, "u2", high=4095)
    exif = Image.Exif()
    exif[274] = 3
    data = imagecodecs.ljpeg_encode(values, bitspersample=12)
    body = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    turned = data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]

    assert np.array_equal(open_photo(turned).pixels, open_photo(data).pixels[::-1, ::-1])
