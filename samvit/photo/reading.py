"""What every reader of photos shares: what it hands back, and what it refuses."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from typing import BinaryIO, Literal

import numpy as np
from PIL import Image

from samvit.errors import ImageError
from samvit.photo.fact import Fact
from samvit.photo.samples import Samples

# A file that can be read and sought; both names, since neither type knows the other.
Stream = BinaryIO | BufferedIOBase

# A closed list: Pillow also opens EPS (by running Ghostscript) and formats that nobody's camera writes.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "PPM", "JPEG2000")

# Judged by the header, before any pixel is decoded: a 64-megapixel photo needs 256 MB in Pillow.
MAX_PIXELS = 64_000_000
# What one photo may take decoded: 64 megapixels of three floats fit, all bands of a hyperspectral scene don't.
MAX_BYTES = 1 << 30

# What decoders let out on damaged files.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    ImportError,  # imagecodecs, of a codec it was built without
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a reader found in a file.

    Args:
        picture: Values that are still to be made RGB, or the RGB picture.
        facts: What is to be said of how it was read.
        format: The file's format, as Pillow names it.
        pages: How many pages or frames there are to choose from.
        bands: How many bands there are to choose from.
    """

    picture: Samples | Image.Image
    facts: tuple[Fact, ...]
    format: str
    pages: int = 1
    bands: int = 3


def check_pixels(rows: int, cols: int) -> None:
    """Raise ImageError if a photo has no pixels, or more than `MAX_PIXELS`."""
    if min(rows, cols) < 1:
        raise ImageError("photo.empty", cols=cols, rows=rows)
    if rows * cols > MAX_PIXELS:
        raise ImageError("photo.pixels", most=MAX_PIXELS, cols=cols, rows=rows, count=rows * cols)


def check_bytes(count: int) -> None:
    """Raise ImageError if decoding would take more than `MAX_BYTES`."""
    if count > MAX_BYTES:
        raise ImageError("photo.memory", most=MAX_BYTES / 1e9, count=count / 1e9)


def check_page(page: int, pages: int, name: Literal["page", "frame"] = "page") -> int:
    """A page or frame counted from 1, as an index; ImageError if there is none of that number."""
    if not is_between(page, 1, pages):
        raise ImageError(f"photo.{name}", pages=pages, got=page)
    return int(page) - 1


def check_bands(bands: Sequence[int], count: int) -> tuple[int, ...]:
    """Bands counted from 1, as indexes; ImageError if there are none of those numbers."""
    for band in bands:
        if not is_between(band, 1, count):
            raise ImageError("photo.band", bands=count, got=band)
    return tuple(int(band) - 1 for band in bands)


def is_between(number: object, low: int, high: int) -> bool:
    """Whether something is a whole number (NumPy's too) from low to high."""
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool) and low <= int(number) <= high


def choose_bands(count: int, bands: Sequence[int] | None) -> tuple[int, ...]:
    """Which of a picture's bands to show, as indexes: those asked for, else the first three, else the first."""
    if bands is not None:
        return check_bands(bands, count)
    return (0, 1, 2) if count >= 3 else (0,)


def damaged(format: str) -> ImageError:
    """What to say of a file whose pixels can't be decoded."""
    return ImageError("photo.damaged", format=format)
