"""PNG: only the chunks that pixels need; and 16-bit colour, which Pillow cuts to 8."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO

import imagecodecs
from PIL import Image

from samvit.photo.deep_files import decoded, deep_reading
from samvit.photo.reading import DECODER_ERRORS, Reading, damaged

BEGINNING = b"\x89PNG\r\n\x1a\n"
# What decides how the pixels look. All else, texts of any length and profiles among them, is left unread.
PIXEL_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT")
TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
ORIENTATION_TEXTS = (b"Raw profile type exif", b"XML:com.adobe.xmp")
TEXT_BYTES = 1 << 18  # Pillow refuses a file whose text takes 1 MB unpacked
RGB, GREY_ALPHA, RGBA = 2, 4, 6


def needed_chunks(data: bytes) -> bytes:
    """A PNG without what says nothing about its pixels: Pillow refuses long texts, as too much memory.

    What may tell the orientation comes first, wherever it stood: the standard lets it follow the pixels.
    """
    parts = list(chunks(data))
    upright = [body for kind, body in parts if kind == b"eXIf" or tells_orientation(kind, body)]
    pixels = [body for kind, body in parts if kind in PIXEL_CHUNKS]
    return b"".join((BEGINNING, *pixels[:1], *upright, *pixels[1:]))


def chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Each chunk's kind and its bytes, length and checksum included; the last may be cut."""
    at, view = len(BEGINNING), memoryview(data)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, view[at : at + 12 + length]
        at += 12 + length


def tells_orientation(kind: bytes, body: memoryview) -> bool:
    """Whether a chunk is a short text in which programs put EXIF or XMP."""
    if kind not in TEXT_CHUNKS or len(body) > TEXT_BYTES:
        return False
    keyword, _, rest = bytes(body[8:-4]).partition(b"\0")
    if keyword not in ORIENTATION_TEXTS:
        return False
    packed = rest[1:] if kind == b"zTXt" else b""  # a byte for the method, then deflate
    try:
        return len(zlib.decompressobj().decompress(packed, TEXT_BYTES)) < TEXT_BYTES and rest[:1] != b"\1"
    except zlib.error:
        return False


def read_deep_png(data: bytes, bands: Sequence[int] | None) -> Reading | None:
    """A PNG of 16 bits with colour or transparency; None for other PNGs.

    Args:
        data: As `needed_chunks` returns it.

    Raises:
        ImageError: If it is damaged or too large, or has no such bands.
    """
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    cols, rows, bits, colour = struct.unpack_from(">IIBB", data, 16)
    if bits != 16 or colour not in (RGB, GREY_ALPHA, RGBA):
        return None
    samples = {RGB: 3, GREY_ALPHA: 2, RGBA: 4}[colour]
    values = decoded(imagecodecs.png_decode, data, "PNG", (rows, cols, samples))
    return deep_reading(values, 16, "PNG", bands, values.shape[2] in (2, 4), orientation(data))


def orientation(data: bytes) -> int:
    """The EXIF orientation that stands before the pixels, 1 if none."""
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            return Image.Image.getexif(image).get(274, 1)  # PngImageFile's own would decode the pixels first
    except DECODER_ERRORS:
        raise damaged("PNG") from None
