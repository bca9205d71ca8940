"""PNG: long texts don't matter, and 16-bit colour keeps its depth."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.photo import open_photo
from tests.samvit.photo.files import noise, pillow, png

RGB, GREY_ALPHA, RGBA = 2, 4, 6
LONG = 30_000_000


def said(source: object) -> list[str]:
    return [str(fact) for fact in open_photo(source).facts]


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"tEXt", b"workflow\0" + b"x" * LONG)],
        [(b"tEXt", b"workflow\0" + b"x" * LONG)] * 3,
        [(b"zTXt", b"workflow\0\0" + zlib.compress(b"x" * LONG))],
        [(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(b"x" * LONG))],
        [(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"x" * LONG))],
        [(b"iCCP", b"profile\0\0" + zlib.compress(b"x" * LONG))],
        [(b"prVt", b"x" * LONG)],
    ],
    ids=["text", "90 MB of text", "packed", "international", "packed EXIF", "profile", "private"],
)
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("where", ["before", "after"])
def test_long_chunks_that_say_nothing_of_the_pixels_dont_matter(chunks, bits, where):
    values = noise((9, 7, 3), "u2" if bits == 16 else "u1")
    data = png(bits, RGB, values, *chunks) if where == "before" else png(bits, RGB, values, after=tuple(chunks))

    assert np.array_equal(open_photo(data).pixels, values >> (bits - 8))


@pytest.mark.parametrize(("colour", "samples"), [(RGB, 3), (RGBA, 4), (GREY_ALPHA, 2)])
def test_16_bit_colour_follows_the_same_rule_as_grey(colour, samples):
    values = noise((9, 7, samples), "u2", 312, 3041)
    if samples != 3:
        values[:, :, -1] = 65535

    shown = open_photo(png(16, colour, values))

    assert np.array_equal(shown.pixels, open_photo(values[:, :, : 3 if samples >= 3 else 1]).pixels)
    assert any(str(fact).startswith("16 bit, shown from 3") for fact in shown.facts)


def test_16_bit_transparency_is_laid_on_white():
    values = np.array([[[65535, 0, 0, 65535], [65535, 0, 0, 0], [0, 0, 0, 32768]]], dtype="u2")

    assert open_photo(png(16, RGBA, values)).pixels.tolist() == [[[255, 0, 0], [255, 255, 255], [127, 127, 127]]]


def test_the_16_bit_colour_that_stands_for_nothing_becomes_white():
    values = np.array([[[1000, 2000, 3000], [0, 60000, 0]]], dtype="u2")
    data = png(16, RGB, values, (b"tRNS", struct.pack(">3H", 1000, 2000, 3000)))

    assert open_photo(data).pixels[0, 0].tolist() == [255, 255, 255]


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return exif.tobytes().removeprefix(b"Exif\0\0")


EXIF_TEXT = b"\nexif\n      26\n" + exif_of(6).hex().encode()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(b"eXIf", exif_of(6))], []),
        ([], [(b"eXIf", exif_of(6))]),
        ([(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)], []),
        ([(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(EXIF_TEXT))], []),
    ],
    ids=["EXIF", "EXIF after the pixels", "XMP", "EXIF as text"],
)  # fmt: skip
def test_the_orientation_is_found_wherever_it_stands(bits, before, after):
    values = noise((9, 7, 3), "u2" if bits == 16 else "u1")
    data = png(bits, RGB, values, *before, after=tuple(after))

    assert np.array_equal(open_photo(data).pixels, np.rot90(values >> (bits - 8), -1))


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_that_is_cut_is_damaged(bits):
    data = png(bits, RGB, noise((90, 70, 3), "u2" if bits == 16 else "u1"))
    with pytest.raises(ImageError, match="a PNG that is truncated or damaged"):
        open_photo(data[: len(data) // 2])


def test_plain_pngs_say_nothing():
    assert said(pillow(Image.fromarray(noise((9, 7, 3))), "PNG")) == []
    assert said(pillow(Image.fromarray(noise((9, 7))), "PNG")) == ["grey"]
