"""Photos that Pillow reads well: 8 bits a colour, palettes, CMYK, animations, and grey of any depth."""

from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO, cast

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from samvit.config import COLOURS
from samvit.errors import ImageError
from samvit.photo.fact import Fact, fact
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

ORIENTATION = 274  # EXIF's tag


def read_with_pillow(
    stream: Stream, formats: tuple[str, ...], page: int | None, bands: Sequence[int] | None
) -> Reading | None:
    """A file's picture; None if it is of none of these formats.

    Raises:
        ImageError: If the file is damaged or too large, or has no such page or bands.
    """
    stream.seek(0)
    try:
        image = Image.open(cast(BinaryIO, stream), formats=formats)
    except UnidentifiedImageError:
        return None
    except Image.DecompressionBombError:  # Pillow gives up by itself at twice its own limit
        at_least = 2 * (Image.MAX_IMAGE_PIXELS or MAX_PIXELS) // 1_000_000
        raise ImageError("photo.pixels_over", most=MAX_PIXELS, millions=at_least) from None
    except DECODER_ERRORS:
        raise ImageError("photo.header") from None
    with image:
        return read_image(image, page, bands, in_place=True)


def read_image(image: Image.Image, page: int | None, bands: Sequence[int] | None, in_place: bool = False) -> Reading:
    """An opened picture, its frame chosen (else the one it stands at), turned upright by its EXIF orientation.

    Args:
        in_place: Whether turning may change `image` itself.

    Raises:
        ImageError: If it is damaged or too large, or has no such frame or bands.
    """
    kind = image.format or "picture"
    check_pixels(image.height, image.width)
    try:
        frames = int(getattr(image, "n_frames", 1))
    except DECODER_ERRORS:
        raise damaged(kind) from None
    index = min(image.tell(), frames - 1) if page is None else check_page(page, frames, "frame")
    try:
        if frames > 1:
            image.seek(index)
            check_pixels(image.height, image.width)
        image.load()
        if in_place:
            ImageOps.exif_transpose(image, in_place=True)
        elif image.getexif().get(ORIENTATION, 1) != 1:
            image = ImageOps.exif_transpose(image)
        picture, facts, count = decoded(image, bands)
    except ImageError:
        raise
    except DECODER_ERRORS:
        raise damaged(kind) from None
    frame = (fact("frame", frame=index + 1, frames=frames),) if frames > 1 else ()
    return Reading(picture, frame + facts, kind, frames, count)


def decoded(image: Image.Image, bands: Sequence[int] | None) -> tuple[Samples | Image.Image, tuple[Fact, ...], int]:
    """A decoded picture of any Pillow mode, what to say of it, and how many bands it has."""
    if image.mode.startswith("I") or image.mode == "F":
        choose_bands(1, bands)
        return deep_grey(image), (fact("grey"),), 1
    grey = image.mode in ("1", "L", "LA", "La")
    facts: tuple[Fact, ...] = (fact("grey"),) if grey else ()
    picture = image
    if image.mode == "CMYK":
        picture, facts = cmyk_to_rgb(image)
    elif image.has_transparency_data:
        rgba = image.convert("RGBA")
        picture, more = on_white(rgba.convert("RGB"), rgba.getchannel("A"))
        facts += more
    chosen = choose_bands(1 if grey else 3, bands)
    if picture.mode != "RGB" or type(picture) is not Image.Image:  # a file's own class keeps a hold on the file
        picture = picture.convert("RGB")
    if bands is None or (grey and len(chosen) in (1, COLOURS)):
        return picture, facts, 1 if grey else 3
    facts = (*facts, bands_fact(chosen, 3))
    return Samples(np.asarray(picture)[:, :, list(chosen)], 8), facts, 3


def bands_fact(chosen: Sequence[int], count: int) -> Fact:
    """Which bands are shown, of how many; counted from 1."""
    if len(chosen) == 1:
        return fact("grey") if count == 1 else fact("band", band=chosen[0] + 1, bands=count)
    if len(chosen) != COLOURS:
        return fact("band_list", list=", ".join(str(band + 1) for band in chosen), bands=count, count=len(chosen))
    red, green, blue = (band + 1 for band in chosen)
    return fact("bands", red=red, green=green, blue=blue, bands=count)


def deep_grey(image: Image.Image) -> Samples:
    """Grey of 16 and more bits, or floats. In a PNG one grey value may stand for transparency."""
    values = np.asarray(image)
    bits = 16 if image.mode.startswith("I;16") else 32
    alpha = None
    if isinstance(see_through := image.info.get("transparency"), int):
        alpha = np.where(values == see_through, 0, 255).astype(np.uint8)
    return Samples(values[:, :, None], bits, alpha)


def cmyk_to_rgb(image: Image.Image) -> tuple[Image.Image, tuple[Fact, ...]]:
    """A CMYK picture as sRGB through its own colour profile; plainly, if it has none that works."""
    if profile := image.info.get("icc_profile"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, *DECODER_ERRORS):
            converted = None
        if converted is not None:
            return converted, (fact("cmyk_profile"),)
    return image.convert("RGB"), (fact("cmyk"),)
