"""A TIFF's pixels, strip by strip or tile by tile, so that only what is shown gets decoded and memory stays bounded."""

from collections.abc import Sequence
from io import BytesIO
from math import prod

import numpy as np
from jaxtyping import Shaped
from PIL import Image
from tifffile import COMPRESSION, PHOTOMETRIC, TIFF, TiffPage

from samvit.errors import ImageError
from samvit.photo.reading import Stream, check_bytes, check_pixels, damaged, is_between
from samvit.photo.tiff_pages import Page

MAX_SEGMENTS = 1_000_000  # at some 10 µs each
SAMPLE_FORMAT = 339
# Whole pictures inside a TIFF, whose decoders take any size they name: it is read with Pillow first.
INNER_PICTURES = (
    COMPRESSION.WEBP,
    COMPRESSION.PNG,
    COMPRESSION.JPEG2000,
    COMPRESSION.APERIO_JP2000_RGB,
    COMPRESSION.APERIO_JP2000_YCBC,
    COMPRESSION.JPEG_2000_LOSSY,
)
REFUSED_COLOURS = (PHOTOMETRIC.ITULAB, PHOTOMETRIC.LOGL, PHOTOMETRIC.LOGLUV)
LAB = (PHOTOMETRIC.CIELAB, PHOTOMETRIC.ICCLAB)  # inside a JPEG its decoder would take it for YCbCr
# Their size can't be told without decoding them.
REFUSED = (COMPRESSION.JPEGXL, COMPRESSION.JPEGXL_DNG, COMPRESSION.JPEGXR, COMPRESSION.JPEGXR_NDPI, COMPRESSION.LERC)


def read_bands(stream: Stream, page: Page, bands: Sequence[int]) -> Shaped[np.ndarray, "rows cols bands"]:
    """Bands of a page, by index, as the file orders its rows and columns.

    Raises:
        ImageError: If it would take too much memory, or its pixels are of a kind that can't be read; or it is damaged.
        Exception: What tifffile and imagecodecs raise on damaged pixels.
    """
    header = page.header
    check_kind(header)
    rows, cols = header.imagelength, header.imagewidth
    assert header.dtype is not None  # check_kind refuses such files
    check_bytes(rows * cols * len(bands) * header.dtype.itemsize)
    values = np.full((rows, cols, len(bands)), header.nodata, dtype=header.dtype)
    for index in range(segment_count(header)):
        _, place, shape = header.decode(None, index)
        if header.planarconfig == 2 and place[0] not in bands:
            continue
        if not place[1] <= page.depth < place[1] + shape[0]:
            continue
        segment = decode_segment(stream, page, index)
        if segment is None:  # GDAL leaves tiles out where all is nodata
            continue
        block = segment[page.depth - place[1]][: rows - place[2], : cols - place[3]]
        span = values[place[2] : place[2] + block.shape[0], place[3] : place[3] + block.shape[1]]
        for at, band in enumerate(bands):
            if header.planarconfig != 2:
                span[:, :, at] = block[:, :, band]
            elif place[0] == band:
                span[:, :, at] = block[:, :, 0]
    return values


def check_kind(header: TiffPage) -> None:
    """Raise ImageError, which names it, for pixels that can't be read."""
    bits, formats = header.bitspersample, header.tags.valueof(SAMPLE_FORMAT, 1)
    for number in (*(bits if isinstance(bits, tuple) else (bits,)), header.compression):
        if not is_between(number, 1, 65535):
            raise damaged("TIFF")
    if isinstance(formats, tuple) and len(set(formats)) > 1:
        raise ImageError("photo.sample_formats", formats=formats)
    if header.dtype is None:
        raise ImageError("photo.depth", bits=bits, format=formats if isinstance(formats, int) else formats[0])
    if header.photometric in REFUSED_COLOURS or (header.photometric in LAB and header.compression == COMPRESSION.JPEG):
        name = getattr(header.photometric, "name", header.photometric)
        raise ImageError("photo.colours", name=name)
    if header.compression != COMPRESSION.NONE and (header.compression in REFUSED or not can_decode(header)):
        name = getattr(header.compression, "name", int(header.compression))
        raise ImageError("photo.compression", name=name)
    check_segments(header)


def can_decode(header: TiffPage) -> bool:
    """Whether there is a decoder for a page's compression."""
    try:
        return TIFF.DECOMPRESSORS[header.compression] is not None
    except KeyError:
        return False


def check_segments(header: TiffPage) -> None:
    """Raise ImageError if strips or tiles are too many, too large, or fewer than the picture needs."""
    count = segment_count(header)
    if count > MAX_SEGMENTS:
        raise ImageError("photo.segments", most=MAX_SEGMENTS, count=count)
    if min(len(header.dataoffsets), len(header.databytecounts)) < count:
        raise damaged("TIFF")
    length, width = (
        (header.tilelength, header.tilewidth) if header.is_tiled else (header.rowsperstrip, header.imagewidth)
    )
    samples = header.samplesperpixel if header.planarconfig == 1 else 1
    assert header.dtype is not None
    check_bytes(length * width * max(1, header.tiledepth) * samples * header.dtype.itemsize)


def segment_count(header: TiffPage) -> int:
    """How many strips or tiles hold a page, all planes together."""
    return prod(header.chunked)


def decode_segment(stream: Stream, page: Page, index: int) -> Shaped[np.ndarray, "depth rows cols samples"] | None:
    """One strip or tile; None if the file leaves it out."""
    header = page.header
    size = header.databytecounts[index]
    if size == 0:
        return None
    stream.seek(header.dataoffsets[index] + page.shift)
    data = stream.read(size)
    if len(data) < size and header.compression != COMPRESSION.NONE:
        raise damaged("TIFF")
    if header.compression in INNER_PICTURES:
        with Image.open(BytesIO(data), formats=("WEBP", "PNG", "JPEG2000")) as inner:
            check_pixels(inner.height, inner.width)
    tables = {"jpegtables": header.jpegtables, "jpegheader": header.jpegheader}
    return header.decode(data, index, **tables)[0]
