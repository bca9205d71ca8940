"""TIFF's colour spaces that aren't RGB or grey, and its orientations."""

import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image
from tifffile import COMPRESSION, PHOTOMETRIC, TiffPage

from samvit.photo.fact import Fact
from samvit.photo.pillow import cmyk_to_rgb

INK_SET, CMYK_INKS = 332, 1


def colour_samples(header: TiffPage) -> int | None:
    """How many samples of a pixel its colour space takes: palette 1, YCbCr, CIELAB 3, CMYK 4; None for RGB and grey."""
    whole = header.dtype is not None and header.dtype.kind in "iub" and header.dtype.itemsize <= 2
    match header.photometric:
        case PHOTOMETRIC.PALETTE if header.colormap is not None and whole:
            return 1
        case PHOTOMETRIC.YCBCR if whole and header.samplesperpixel >= 3 and header.compression != COMPRESSION.JPEG:
            return 3
        case PHOTOMETRIC.CIELAB | PHOTOMETRIC.ICCLAB if whole and header.samplesperpixel >= 3:
            return 3
        case PHOTOMETRIC.SEPARATED if whole and header.samplesperpixel >= 4:
            return 4 if header.tags.valueof(INK_SET, CMYK_INKS) == CMYK_INKS else None
    return None


def colour_to_rgb(
    header: TiffPage, values: Shaped[np.ndarray, "rows cols samples"]
) -> tuple[Image.Image, tuple[Fact, ...]]:
    """Palette indexes, YCbCr, CIELAB or CMYK as RGB, and what to say of it."""
    if header.photometric == PHOTOMETRIC.PALETTE:
        assert header.colormap is not None  # colour_samples says so
        colours = header.colormap.T  # (entries, 3), 16 bit
        table = (colours >> 8 if colours.max() > 255 else colours).astype(np.uint8)  # some writers give 8 bit
        return Image.fromarray(table[np.minimum(values[:, :, 0], len(table) - 1)]), ()
    eight = high_bytes(values)
    size = (eight.shape[1], eight.shape[0])
    if header.photometric == PHOTOMETRIC.SEPARATED:
        image = Image.frombytes("CMYK", size, eight.tobytes())
        if header.iccprofile:
            image.info["icc_profile"] = header.iccprofile
        return cmyk_to_rgb(image)
    if header.photometric == PHOTOMETRIC.YCBCR:
        return Image.frombytes("YCbCr", size, eight.tobytes()).convert("RGB"), ()
    if header.photometric == PHOTOMETRIC.ICCLAB:  # a* and b* from 0, where Pillow expects signed ones
        eight = eight ^ np.array([0, 128, 128], dtype=np.uint8)
    return Image.frombytes("LAB", size, eight.tobytes()).convert("RGB"), ()


def high_bytes(values: Shaped[np.ndarray, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
    """The upper 8 bits of 8- or 16-bit values; signed ones keep their two's complement."""
    return np.ascontiguousarray(values >> (8 * (values.dtype.itemsize - 1))).astype(np.uint8)


def upright(
    values: Shaped[np.ndarray, "rows cols *rest"], orientation: object
) -> Shaped[np.ndarray, "new_rows new_cols *rest"]:
    """Rows and columns turned as the Orientation tag says (TIFF 6.0, page 36; the same numbers as EXIF)."""
    match orientation:
        case 2:
            return values[:, ::-1]
        case 3:
            return values[::-1, ::-1]
        case 4:
            return values[::-1]
        case 5:
            return values.swapaxes(0, 1)
        case 6:
            return np.rot90(values, -1)
        case 7:
            return values[::-1, ::-1].swapaxes(0, 1)
        case 8:
            return np.rot90(values)
    return values
