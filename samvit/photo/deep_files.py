"""JPEG, JPEG 2000 and PPM of more than 8 bits, which Pillow cuts to 8 or doesn't open."""

import re
import struct
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import imagecodecs
import numpy as np
from jaxtyping import Shaped
from PIL import Image

from samvit.photo.fact import Fact
from samvit.photo.pillow import bands_fact
from samvit.photo.reading import DECODER_ERRORS, Reading, check_bytes, check_pixels, choose_bands, damaged
from samvit.photo.samples import Samples
from samvit.photo.tiff_colour import upright

JPEG_BEGINNING, J2K_BEGINNINGS = b"\xff\xd8\xff", (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
J2K_SIZE = b"\xff\x4f\xff\x51"  # start of codestream, then the marker of its sizes
PPM_HEADER = re.compile(rb"P([56])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s")
# Start of frame: baseline, extended, progressive, lossless, Huffman and arithmetic; C4, C8 and CC are something else.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_LOSSLESS, JPEG_LS = 0xC3, 0xF7
JPEG_END, TRAILING_BYTES = b"\xff\xd9", 1 << 16


def decoded(
    decode: Callable[..., Any], data: bytes, kind: str, shape: tuple[int, int, int]
) -> Shaped[np.ndarray, "rows cols samples"]:
    """What a decoder of values up to 16 bits makes of a file.

    Args:
        shape: Rows, cols and samples, as the file's header tells.

    Raises:
        ImageError: If it would take too much memory, or the file is damaged.
    """
    check_pixels(*shape[:2])
    check_bytes(4 * prod(shape))  # the values, and what their decoder needs meanwhile
    try:
        values = decode(data)
    except DECODER_ERRORS:
        raise damaged(kind) from None
    if values.ndim == 2:
        values = values[:, :, None]
    if values.shape[:2] != shape[:2]:
        raise damaged(kind)
    return values


def deep_reading(
    values: Shaped[np.ndarray, "rows cols samples"],
    bits: int,
    kind: str,
    bands: Sequence[int] | None,
    has_alpha: bool = False,
    orientation: int = 1,
) -> Reading:
    """Values of up to 16 bits, the last of which may be transparency, turned upright."""
    count = values.shape[2] - has_alpha
    chosen = choose_bands(count, bands)
    turned = upright(values, orientation)
    alpha = np.ascontiguousarray(turned[:, :, -1] >> max(0, bits - 8)).astype(np.uint8) if has_alpha else None
    said: tuple[Fact, ...] = () if count == 3 and bands is None else (bands_fact(chosen, count),)
    return Reading(Samples(turned[:, :, list(chosen)], bits, alpha), said, kind, 1, count)


def read_deep_jpeg2000(data: bytes, bands: Sequence[int] | None) -> Reading | None:
    """A JPEG 2000 of more than 8 bits; None for others."""
    at = data.find(J2K_SIZE, 0, 1 << 16)
    if at < 0 or len(data) < at + 43:
        return None
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    samples, depth = struct.unpack_from(">HB", data, at + 40)
    bits = (depth & 0x7F) + 1
    if not 8 < bits <= 16:
        return None
    values = decoded(imagecodecs.jpeg2k_decode, data, "JPEG2000", (bottom - top, right - left, samples))
    return deep_reading(values, bits, "JPEG2000", bands, samples in (2, 4))


def read_deep_jpeg(data: bytes, bands: Sequence[int] | None) -> Reading | None:
    """A JPEG of 9 to 16 bits, or a lossless one; None for others."""
    frame = jpeg_frame(data)
    if frame is None or frame[1] > 16 or (frame[1] <= 8 and frame[0] != JPEG_LOSSLESS):
        return None
    _, bits, rows, cols, samples = frame
    if JPEG_END not in data[-TRAILING_BYTES:]:  # its decoder would make up what is cut off
        raise damaged("JPEG")
    values = decoded(imagecodecs.jpeg_decode, data, "JPEG", (rows, cols, samples))
    return deep_reading(values, bits, "JPEG", bands, orientation=jpeg_orientation(data))


def jpeg_frame(data: bytes, more: frozenset[int] = frozenset()) -> tuple[int, int, int, int, int] | None:
    """Marker, bits, rows, cols and samples of a JPEG's frame; None if it can't be found.

    Args:
        more: Markers of frames that only some readers know, such as JPEG-LS's.
    """
    at = 2
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if marker in JPEG_FRAMES or marker in more:
            return marker, *struct.unpack_from(">BHHB", data, at + 4)
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker == 0xDA:  # pixels
            return None
        else:
            at += 2 + length
    return None


def jpeg_orientation(data: bytes) -> int:
    """The orientation that a JPEG's EXIF tells, 1 if none; Pillow doesn't open such a file."""
    at = data.find(b"Exif\0\0", 0, 1 << 16)
    exif = Image.Exif()
    if at >= 0:
        try:
            exif.load(data[at : at + (1 << 16)])
        except DECODER_ERRORS:
            raise damaged("JPEG") from None
    return exif.get(274, 1)


def read_deep_ppm(data: bytes, bands: Sequence[int] | None) -> Reading | None:
    """A binary PGM or PPM of more than 8 bits; None for others.

    Source: https://netpbm.sourceforge.net/doc/ppm.html: two bytes a value, the larger first.
    """
    header = PPM_HEADER.match(data[: 1 << 16])
    if header is None or not 255 < int(header[4]) < 65536:
        return None
    samples, cols, rows = 3 if header[1] == b"6" else 1, int(header[2]), int(header[3])
    check_pixels(rows, cols)
    pixels = data[header.end() : header.end() + 2 * rows * cols * samples]
    if len(pixels) < 2 * rows * cols * samples:
        raise damaged("PPM")
    values = np.frombuffer(pixels, ">u2").reshape(rows, cols, samples).astype(np.uint16)
    return deep_reading(values, int(header[4]).bit_length(), "PPM", bands)


# How such a file begins, and its reader.
DEEP_READERS: tuple[tuple[tuple[bytes, ...], Callable[[bytes, Sequence[int] | None], Reading | None]], ...] = (
    (J2K_BEGINNINGS, read_deep_jpeg2000),
    ((JPEG_BEGINNING,), read_deep_jpeg),
    ((b"P5", b"P6"), read_deep_ppm),
)
