"""DICOM: one frame in the window that the file asks for; by pydicom, where it is installed."""

import logging
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
from jaxtyping import Float, Shaped, UInt8

from samvit.errors import ImageError
from samvit.photo.deep_files import JPEG_LS, jpeg_frame
from samvit.photo.fact import Fact, fact
from samvit.photo.pillow import bands_fact
from samvit.photo.reading import (
    DECODER_ERRORS,
    Reading,
    check_bytes,
    check_page,
    check_pixels,
    choose_bands,
    damaged,
)
from samvit.photo.samples import Samples

PREAMBLE, MARK = 128, b"DICM"
DEFLATED = b"1.2.840.10008.1.2.1.99"  # unpacked as a whole before anything of it is known
HEADER_BYTES = 1024  # of the file meta information, which names the coding
logging.getLogger("pydicom").addHandler(logging.NullHandler())
# Codings that pydicom alone can't decode: JPEG of 12 bits, lossless JPEG, JPEG-LS.
CODINGS: dict[str, Callable[[bytes], Any]] = {
    "1.2.840.10008.1.2.4.51": imagecodecs.jpeg_decode,
    "1.2.840.10008.1.2.4.57": imagecodecs.jpeg_decode,
    "1.2.840.10008.1.2.4.70": imagecodecs.jpeg_decode,
    "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_decode,
    "1.2.840.10008.1.2.4.81": imagecodecs.jpegls_decode,
}


def is_dicom(start: bytes) -> bool:
    """Whether a file begins as a DICOM file."""
    return start[PREAMBLE : PREAMBLE + len(MARK)] == MARK


def can_read() -> bool:
    """Whether pydicom is installed."""
    return find_spec("pydicom") is not None


def read_dicom(data: bytes, page: int | None, bands: Sequence[int] | None) -> Reading:
    """A frame's picture: grey in the file's first window, or in its own range where the file has none; or colours.

    Raises:
        ImageError: If it is damaged or too large, holds no picture, has no such frame, or is coded in a way that can't
            be read.
    """
    from pydicom import dcmread
    from pydicom.errors import BytesLengthException, InvalidDicomError

    if DEFLATED in data[:HEADER_BYTES]:
        raise ImageError("photo.dicom_coding", name="Deflated Explicit VR Little Endian")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd tags are no news to whoever opens a photo
            found = dcmread(BytesIO(data))
            if "PixelData" not in found:
                raise ImageError("photo.dicom_empty")
            rows, cols, samples = (int(found.get(name, 1)) for name in ("Rows", "Columns", "SamplesPerPixel"))
            frames = max(1, int(found.get("NumberOfFrames") or 1))
            index = check_page(1 if page is None else page, frames, "frame")
            check_pixels(rows, cols)
            check_bytes(8 * rows * cols * samples)  # grey becomes floats in its window
            picture, facts, count = frame_of(found, index, bands)
    except ImageError:
        raise
    except (InvalidDicomError, BytesLengthException, *DECODER_ERRORS):
        raise damaged("DICOM") from None
    of_frames = (fact("frame", frame=index + 1, frames=frames),) if frames > 1 else ()
    return Reading(picture, of_frames + facts, "DICOM", frames, count)


def frame_of(found: Any, index: int, bands: Sequence[int] | None) -> tuple[Samples, tuple[Fact, ...], int]:
    """One frame of a dataset, what to say of it, and how many bands it has."""
    values = decoded(found, index)
    kind = found.PhotometricInterpretation
    count = 1 if values.ndim == 2 else values.shape[2]
    chosen = choose_bands(count, bands)
    said: tuple[Fact, ...] = () if count == 3 and bands is None else (bands_fact(chosen, count),)
    if count > 1:
        return Samples(values[:, :, list(chosen)], int(found.BitsStored)), said, count
    slope, shift = (float(found.get(f"Rescale{name}") or usual) for name, usual in (("Slope", 1), ("Intercept", 0)))
    if (slope, shift) != (1.0, 0.0):
        values = values * slope + shift
        values = values.astype(np.int32) if slope.is_integer() and shift.is_integer() else values.astype(np.float32)
    inverted = kind == "MONOCHROME1"
    window = window_of(found)
    if window is None:
        nodata = None if "PixelPaddingValue" not in found else float(found.PixelPaddingValue) * slope + shift
        samples = Samples(values[:, :, None], int(found.BitsStored), nodata=nodata, white_is_zero=inverted)
        return samples, said, count
    centre, width, form = window
    said = (*said, fact("window", centre=centre, width=width))
    return Samples(windowed(values, centre, width, form)[:, :, None], 8, white_is_zero=inverted), said, count


def decoded(found: Any, index: int) -> Shaped[np.ndarray, "rows cols *samples"]:
    """A frame's stored values; colours as RGB."""
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import pixel_array

    syntax = found.file_meta.TransferSyntaxUID
    if syntax in CODINGS:
        return unpacked(found, index)
    try:
        values = pixel_array(found, index=index)
    except (RuntimeError, NotImplementedError):  # no decoder for it is installed
        if syntax.is_compressed:
            raise ImageError("photo.dicom_coding", name=syntax.name) from None
        raise
    if found.PhotometricInterpretation == "PALETTE COLOR":
        values = apply_color_lut(values, found)
        values = (values >> 8).astype(np.uint8) if values.dtype.itemsize == 2 else values
    return values


def unpacked(found: Any, index: int) -> Shaped[np.ndarray, "rows cols *samples"]:
    """A frame in one of `CODINGS`."""
    from pydicom.encaps import get_frame

    data = get_frame(found.PixelData, index, number_of_frames=int(found.get("NumberOfFrames") or 1))
    frame = jpeg_frame(data, frozenset([JPEG_LS]))
    if frame is None or frame[2:] != (found.Rows, found.Columns, found.SamplesPerPixel):
        raise damaged("DICOM")  # before anything of another size is made room for
    values = CODINGS[found.file_meta.TransferSyntaxUID](data)
    if found.get("PixelRepresentation") and values.dtype.kind == "u":  # the sign is the highest bit that is stored
        unused = 8 * values.dtype.itemsize - int(found.BitsStored)
        values = (values << unused).view(f"i{values.dtype.itemsize}") >> unused
    return values


def window_of(found: Any) -> tuple[float, float, str] | None:
    """Centre, width and form of the file's first window; None if it has none that can be used."""
    centre, width = (found.get(f"Window{name}") for name in ("Center", "Width"))
    centre, width = (next(iter(one), None) if isinstance(one, Sequence) else one for one in (centre, width))
    form = str(found.get("VOILUTFunction") or "LINEAR")
    if centre is None or width is None or not np.isfinite([float(centre), float(width)]).all() or float(width) <= 0:
        return None
    return float(centre), float(width), form


def windowed(
    values: Shaped[np.ndarray, "rows cols"], centre: float, width: float, form: str
) -> UInt8[np.ndarray, "rows cols"]:
    """Values in a window on 0–255, by one of the three functions of DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3."""
    given: Float[np.ndarray, "rows cols"] = values.astype(np.float64)
    if form == "SIGMOID":
        share = 1 / (1 + np.exp(np.clip(-4 * (given - centre) / width, -700, 700)))
    elif form == "LINEAR_EXACT":
        share = (given - centre) / width + 0.5
    elif width > 1:
        share = (given - (centre - 0.5)) / (width - 1) + 0.5
    else:  # a threshold
        share = np.where(given > centre - 0.5, 1.0, 0.0)
    return (np.clip(share, 0, 1) * 255).round().astype(np.uint8)
