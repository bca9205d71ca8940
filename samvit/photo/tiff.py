"""TIFF: pages, bands and colours of every depth, by tifffile; Pillow misreads much of what goes beyond plain 8 bit."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, cast

import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, TiffFile, TiffPage

from samvit.config import COLOURS
from samvit.errors import ImageError
from samvit.photo.fact import Fact, fact
from samvit.photo.pillow import bands_fact, read_with_pillow
from samvit.photo.reading import (
    DECODER_ERRORS,
    MAX_PIXELS,
    Reading,
    Stream,
    check_page,
    check_pixels,
    choose_bands,
    damaged,
)
from samvit.photo.samples import Samples, on_white
from samvit.photo.tiff_colour import colour_samples, colour_to_rgb, upright
from samvit.photo.tiff_pages import Page, alike, channel_pages, headers, photo_pages, refuse_camera_raw
from samvit.photo.tiff_segments import read_bands

BEGINNINGS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
ORIENTATION, PHOTOMETRIC_INTERPRETATION, GDAL_NODATA = 274, 262, 42113
logging.getLogger("tifffile").addHandler(logging.NullHandler())  # odd tags are no news to whoever opens a photo


def read_tiff(
    stream: Stream, page: int | Sequence[int] | None, bands: Sequence[int] | None, channels: int = COLOURS
) -> Reading:
    """A TIFF's picture.

    Args:
        stream: The file, seekable.
        page: One page, counted from 1, or as many grey ones as there are channels. None: these, where the file has its
            channels as pages, else the first page.
        bands: Bands, counted from 1. None: the first three; of one or two the first.
        channels: How many pages make one picture.

    Raises:
        ImageError: If the file is a camera raw, damaged or too large, has no such page or bands, or holds pixels of a
            kind that can't be read; the sentence names it.
    """
    stream.seek(0)
    try:
        with TiffFile(cast(BinaryIO, stream)) as file:
            found = list(headers(file))
            refuse_camera_raw(found)
            pages = photo_pages(file, found)
            if page is None:
                together = bands is None if channels == COLOURS else channels > 1 and pages[0].is_grey
                page = (channel_pages(file, pages, channels) if together else None) or 1
            if isinstance(page, Sequence):
                return read_channels(stream, pages, page, channels)
            return read_page(stream, pages, check_page(page, len(pages)), bands)
    except ImageError:
        raise
    except DECODER_ERRORS:
        raise damaged("TIFF") from None


def read_channels(stream: Stream, pages: Sequence[Page], numbers: Sequence[int], channels: int = COLOURS) -> Reading:
    """Grey pages as channels, three as colours; each has its own range, since different dyes share no scale."""
    channels = COLOURS if channels == 1 else channels  # which are then made grey
    if len(numbers) != channels:
        if channels == COLOURS:
            raise ImageError("photo.three_pages", count=len(numbers))
        raise ImageError("photo.channel_pages", channels=channels, count=len(numbers))
    chosen = [pages[check_page(number, len(pages))] for number in numbers]
    if not alike(chosen):
        raise ImageError("photo.pages_alike")
    header = chosen[0].header
    check_pixels(header.imagelength, header.imagewidth)
    values = np.concatenate([read_bands(stream, page, [0]) for page in chosen], axis=2)
    samples = Samples(
        upright(values, header.tags.valueof(ORIENTATION)),
        bit_depth(header),
        nodata=nodata_value(header),
        white_is_zero=is_white_zero(header),
        pages=tuple(numbers),
    )
    if channels == COLOURS:
        red, green, blue = numbers
        said = fact("pages", red=red, green=green, blue=blue, pages=len(pages))
    else:
        said = fact("page_list", list=", ".join(map(str, numbers)), pages=len(pages), count=channels)
    return Reading(samples, (said,), "TIFF", len(pages), 1)


def read_page(stream: Stream, pages: Sequence[Page], index: int, bands: Sequence[int] | None) -> Reading:
    """One page, its bands chosen."""
    header = pages[index].header
    check_page_pixels(pages, header)
    said = (fact("page", page=index + 1, pages=len(pages)),) if len(pages) > 1 else ()
    if header.is_subsampled and header.compression != COMPRESSION.JPEG:
        return read_subsampled(stream, header, bands, said, len(pages))
    count = header.samplesperpixel
    colours = colour_samples(header)
    if colours is not None and bands is None:
        return read_colours(stream, pages[index], colours, said, len(pages))
    alpha = alpha_band(header) if bands is None else None
    shown = choose_bands(count - (alpha is not None), bands)
    if alpha is not None and alpha < len(shown):  # a file that lists transparency first
        shown = tuple(band for band in range(count) if band != alpha)[: len(shown)]
    values = upright(
        read_bands(stream, pages[index], (*shown, *(() if alpha is None else (alpha,)))),
        header.tags.valueof(ORIENTATION),
    )
    samples = Samples(
        values[:, :, : len(shown)],
        bit_depth(header),
        None if alpha is None else alpha_to_uint8(values[:, :, -1], bit_depth(header)),
        alpha is not None and header.extrasamples[alpha - count] == EXTRASAMPLE.ASSOCALPHA,
        nodata_value(header),
        is_white_zero(header),
    )
    plain = is_rgb(header) and bands is None and count - (alpha is not None) == 3
    which = () if plain else (bands_fact(shown, count - (alpha is not None and count == 2)),)
    return Reading(samples, said + which, "TIFF", len(pages), count)


def read_subsampled(
    stream: Stream, header: TiffPage, bands: Sequence[int] | None, said: tuple[Fact, ...], pages: int
) -> Reading:
    """A page whose colours are coarser than its brightness: Pillow's libtiff knows most kinds, tifffile JPEG's only."""
    try:
        read = read_with_pillow(stream, ("TIFF",), int(header.index) + 1, bands)
    except ImageError:
        read = None
    if read is None:
        raise ImageError("photo.subsampled")
    facts = tuple(one for one in read.facts if one.key != "frame")
    return replace(read, facts=said + facts, pages=pages)


def check_page_pixels(pages: Sequence[Page], header: TiffPage) -> None:
    """Raise ImageError if a page is too large, and name the largest one that isn't (slides come in several sizes)."""
    try:
        check_pixels(header.imagelength, header.imagewidth)
    except ImageError as error:
        sizes = [(page.header.imagelength * page.header.imagewidth, -at) for at, page in enumerate(pages)]
        fitting = [size for size in sizes if 0 < size[0] <= MAX_PIXELS]
        if not fitting:
            raise
        at = -max(fitting)[1]
        fits = pages[at].header
        size = {"cols": fits.imagewidth, "rows": fits.imagelength}
        raise ImageError("photo.pixels_page", problem=error.phrase, page=at + 1, **size) from None


def read_colours(stream: Stream, page: Page, colours: int, said: tuple[Fact, ...], pages: int) -> Reading:
    """A page whose colours are palette indexes, CIELAB or CMYK."""
    header = page.header
    alpha = alpha_band(header)
    wanted = (*range(colours), *(() if alpha is None else (alpha,)))
    values = upright(read_bands(stream, page, wanted), header.tags.valueof(ORIENTATION))
    picture, facts = colour_to_rgb(header, values[:, :, :colours])
    if alpha is not None:
        mask = Image.fromarray(alpha_to_uint8(values[:, :, -1], bit_depth(header)))
        picture, more = on_white(picture, mask)
        facts += more
    return Reading(picture, said + facts, "TIFF", pages, header.samplesperpixel)


def alpha_band(header: TiffPage) -> int | None:
    """Which sample of a pixel the file itself calls transparency; a band without that name is a band."""
    first = header.samplesperpixel - len(header.extrasamples)
    for at, kind in enumerate(header.extrasamples):
        if kind in (EXTRASAMPLE.ASSOCALPHA, EXTRASAMPLE.UNASSALPHA) and first + at > 0:
            return first + at
    return None


def alpha_to_uint8(values: Shaped[np.ndarray, "rows cols"], bits: int) -> UInt8[np.ndarray, "rows cols"]:
    """Transparency on 0–255: floats count from 0 to 1, integers use all their bits."""
    if values.dtype.kind == "f":
        return (np.clip(np.nan_to_num(values), 0, 1) * 255).round().astype(np.uint8)
    if values.dtype.kind == "u" and bits >= 8:
        return np.ascontiguousarray(values >> (bits - 8)).astype(np.uint8)
    return np.where(values > 0, 255, 0).astype(np.uint8)  # of a few bits, or signed


def bit_depth(header: TiffPage) -> int:
    """Bits of a value; pixels packed as 5, 6 and 5 bits are unpacked to 8."""
    return header.bitspersample if isinstance(header.bitspersample, int) else 8


def is_rgb(header: TiffPage) -> bool:
    """Whether three bands are red, green and blue; JPEG's YCbCr is made RGB while decoding."""
    return header.photometric in (PHOTOMETRIC.RGB, PHOTOMETRIC.YCBCR)


def is_white_zero(header: TiffPage) -> bool:
    """Whether the file says that 0 is white; tifffile also reports so where the tag is missing."""
    return header.photometric == PHOTOMETRIC.MINISWHITE and PHOTOMETRIC_INTERPRETATION in header.tags


def nodata_value(header: TiffPage) -> float | None:
    """What GDAL_NODATA names, if it is a number."""
    text = str(header.tags.valueof(GDAL_NODATA, "")).strip("\0 ").replace(",", ".")
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None
