"""What a deep picture's file holds, and how it becomes RGB."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped, UInt8
from PIL import Image

from samvit.config import COLOURS
from samvit.photo.fact import Fact, fact
from samvit.photo.shown_range import choose_scale, is_plain, plain_to_uint8, range_facts, spread_to_uint8

# A picture is called nearly black where this share of its values is no brighter than that.
DARK_SHARE, DARK = 0.99, 15


@dataclass(frozen=True, eq=False)
class Samples:
    """A picture's values as its file holds them, upright.

    Args:
        values: One band, grey, or three: red, green and blue. Any integers or floats.
        bits: How many bits the file gives each value.
        alpha: 0 transparent to 255 opaque.
        premultiplied: Whether the values have been multiplied by alpha already.
        nodata: The value that stands for none, if the file names one.
        white_is_zero: Whether the smallest value is white.
        pages: Where the bands are pages of a stack, which ones: each then has a range of its own.
    """

    values: Shaped[np.ndarray, "rows cols bands"]
    bits: int
    alpha: UInt8[np.ndarray, "rows cols"] | None = None
    premultiplied: bool = False
    nodata: float | None = None
    white_is_zero: bool = False
    pages: tuple[int, ...] | None = None


def samples_to_rgb(samples: Samples) -> tuple[Image.Image, tuple[Fact, ...]]:
    """The picture on 0–255 laid on white, and what to say of its range and transparency."""
    shown, facts = samples_to_uint8(samples)
    picture = Image.fromarray(np.ascontiguousarray(as_rgb(shown)))
    if samples.alpha is None:
        return picture, facts
    picture, more = on_white(picture, Image.fromarray(samples.alpha), samples.premultiplied)
    return picture, facts + more


def samples_to_uint8(samples: Samples) -> tuple[UInt8[np.ndarray, "rows cols bands"], tuple[Fact, ...]]:
    """Every band on 0–255, and what to say of their range."""
    if not is_plain(samples.values.dtype, samples.bits):
        return deep_to_uint8(samples)
    shown = plain_to_uint8(samples.values, samples.bits)
    return 255 - shown if samples.white_is_zero else shown, ()


def as_rgb(values: UInt8[np.ndarray, "rows cols bands"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """Bands as a person sees them: the first three as red, green and blue; of one or two the first as grey."""
    count = values.shape[2]
    return values if count == COLOURS else values[:, :, [0, 1, 2] if count > COLOURS else [0, 0, 0]]


def deep_to_uint8(samples: Samples) -> tuple[UInt8[np.ndarray, "rows cols bands"], tuple[Fact, ...]]:
    """Values deeper than 8 bits on 0–255, all bands by one scale, or each page by its own."""
    values = samples.values
    facts: tuple[Fact, ...] = ()
    bits = samples.bits
    if values.dtype.kind == "c":
        values, bits, facts = np.abs(values), bits // 2, (fact("magnitude"),)
    if samples.pages is not None:
        shown = np.empty(values.shape, dtype=np.uint8)
        for band, page in enumerate(samples.pages):
            scale = choose_scale(values[:, :, band], bits, samples.nodata)
            shown[:, :, band] = spread_to_uint8(values[:, :, band], scale, bits, samples.white_is_zero)
            facts += range_facts(values[:, :, band], scale, bits, page)
        return shown, facts
    seen = None
    if samples.alpha is not None and samples.alpha.any():
        seen = np.broadcast_to((samples.alpha > 0)[:, :, None], values.shape)
    scale = choose_scale(values, bits, samples.nodata, seen)
    shown = spread_to_uint8(values, scale, bits, samples.white_is_zero)
    return shown, facts + range_facts(values, scale, bits)


def on_white(
    picture: Image.Image, alpha: Image.Image, premultiplied: bool = False
) -> tuple[Image.Image, tuple[Fact, ...]]:
    """An RGB picture laid on white by its alpha, and what to say of it.

    An alpha of 0 everywhere is left out: programs that mean no transparency write it (32-bit BMP), and a blank photo
    helps nobody.
    """
    faintest, strongest = alpha.getextrema()
    if strongest == 0:
        return picture, (fact("alpha_ignored"),)
    if faintest == 255:
        return picture, ()
    if premultiplied:
        laid = np.asarray(picture).astype(np.uint16) + (255 - np.asarray(alpha).astype(np.uint16))[:, :, None]
        return Image.fromarray(np.minimum(laid, 255).astype(np.uint8)), (fact("alpha_on_white"),)
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=alpha)
    return white, (fact("alpha_on_white"),)


def darkness(picture: Image.Image) -> tuple[Fact, ...]:
    """What to say of an RGB picture on which little can be seen: one single grey, or nearly black."""
    counts = np.array(picture.histogram()).reshape(3, 256).sum(axis=0)  # how often each value occurs in any colour
    (present,) = counts.nonzero()
    if len(present) == 1:
        return (fact("flat", value=int(present[0])),)
    share = float(counts[: DARK + 1].sum() / counts.sum())
    return (fact("dark", share=share, high=DARK),) if share >= DARK_SHARE else ()
