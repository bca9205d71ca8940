"""Small picture files, made as the tests need them."""

import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image


def tiff(values: np.ndarray, **options: object) -> bytes:
    """A TIFF by tifffile, with its tags and nothing else (no description of its own)."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **{"metadata": None, **options})
    return stream.getvalue()


def tiff_pages(*pages: tuple[np.ndarray, dict[str, object]]) -> bytes:
    """A TIFF of several pages, each with its own options."""
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for values, options in pages:
            writer.write(values, **{"metadata": None, **options})
    return stream.getvalue()


def pillow(image: Image.Image, file_format: str, **options: object) -> bytes:
    """A file by Pillow."""
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def png(bits: int, colour: int, rows: np.ndarray, *chunks: tuple[bytes, bytes], after: tuple = ()) -> bytes:
    """A PNG from its values, rows × cols × samples; with other chunks before the pixels, and after them."""
    big = rows.astype(">u2" if bits == 16 else "u1")
    pixels = b"".join(b"\0" + row.tobytes() for row in big)
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], bits, colour, 0, 0, 0)
    parts = ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(pixels)), *after, (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def noise(shape: tuple[int, ...], dtype: str = "u1", low: float = 0, high: float | None = None) -> np.ndarray:
    """Random values, by default over all of an integer type."""
    high = float(np.iinfo(dtype).max) if high is None else high
    return np.random.default_rng(4).uniform(low, high, shape).astype(dtype)
