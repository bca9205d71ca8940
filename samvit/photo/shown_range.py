"""Deep pictures on 0–255: one rule of range for grey and colour, integers and floats.

1. Unsigned values of 8 and fewer bits are shown as they are, on the whole scale of their bits.
2. Of all others NaN, infinities, nodata and wholly transparent pixels are left out; the range then runs from the value
   below which a thousandth of the rest lies to the one above which a thousandth lies, over all shown bands together,
   so that colours keep their balance and a few hot pixels don't make the rest black.
3. Where that range fills at least half of a scale that pictures are commonly stored on (0–1 for floats, 0–255, all 9
   to 16 bits), the whole scale is shown: a photo saved with 16 bits is then the same picture as with 8.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Shaped, UInt8

from samvit.photo.fact import Fact, fact

TAIL = 0.001
# Larger pictures are judged by this many evenly spaced values: the thousandths then lie within 0.01 % of their place.
JUDGED = 1 << 21
PIECE = 1 << 20  # float64 for a 64-megapixel picture would take 0.5 GB a band

# What programs write where nothing was measured (GDAL, ESRI, netCDF), often without the file saying so.
CUSTOMARY_NODATA = (-9999.0, -99999.0, -32768.0, -32767.0, float(np.finfo("f4").min), float(np.finfo("f4").max), 1e20)


@dataclass(frozen=True)
class Scale:
    """Which values become 0 and 255.

    Args:
        kind: "range", the values' own; "whole", a common scale that they fill; "single", where all have one value;
            "empty", where none is left.
        low: Becomes 0.
        high: Becomes 255.
        nodata: The value that stands for none, if any does.
        assumed: Whether nodata was told by the values, not by the file.
    """

    kind: Literal["range", "whole", "single", "empty"]
    low: float
    high: float
    nodata: float | None = None
    assumed: bool = False


def is_plain(dtype: np.dtype, bits: int) -> bool:
    """Whether values need no range: unsigned, of at most 8 bits."""
    return dtype.kind in "bu" and bits <= 8


def plain_to_uint8(values: Shaped[np.ndarray, "*shape"], bits: int) -> UInt8[np.ndarray, "*shape"]:
    """Values of 1 to 8 bits on 0–255: 0 stays 0, and the largest of that many bits becomes 255."""
    if bits == 8:
        return values.astype(np.uint8, copy=False)
    top = 2**bits - 1
    table = np.array([round(value * 255 / top) for value in range(top + 1)], dtype=np.uint8)
    return table[np.minimum(values.astype(np.uint8, copy=False), top)]


def choose_scale(
    values: Shaped[np.ndarray, "*shape"],
    bits: int,
    nodata: float | None = None,
    seen: Bool[np.ndarray, "*shape"] | None = None,
) -> Scale:
    """The scale of values deeper than 8 bits, by the rule at this file's head.

    Args:
        values: Numbers, no complex ones.
        bits: How many bits the file gives each value.
        nodata: The value that stands for none, if the file names one.
        seen: False where a pixel is wholly transparent.
    """
    step = 1 if values.size <= JUDGED else (values.size // JUDGED) | 1  # odd: no band and no even column is skipped
    judged = values.reshape(-1)[::step]
    good = np.isfinite(judged)
    if seen is not None:
        good &= seen.reshape(-1)[::step]
    ordered = np.sort(judged[good]).astype(np.float64)
    nodata = held_by(values.dtype, nodata)
    assumed = nodata is None
    if assumed:
        nodata = customary_nodata(ordered)
    if nodata is not None:
        ordered = ordered[ordered != nodata]
    kind, low, high = scale_of(ordered, values.dtype, bits)
    return Scale(kind, low, high, nodata, assumed and nodata is not None)


def scale_of(
    ordered: Shaped[np.ndarray, " count"], dtype: np.dtype, bits: int
) -> tuple[Literal["range", "whole", "single", "empty"], float, float]:
    """Kind, low and high of a scale for values in ascending order."""
    alone = 1.0 if dtype.kind == "f" else 65535.0  # where white lies for one value, which has no range of its own
    if not ordered.size:
        return "empty", 0.0, alone
    tail = int(TAIL * ordered.size)
    low, high = float(ordered[tail]), float(ordered[-1 - tail])
    if low == high:  # nearly all values are the same: what the few others are is all there is to see
        low, high = float(ordered[0]), float(ordered[-1])
    if low == high:
        return "single", 0.0, alone
    for top in common_scales(dtype, bits):
        if low >= 0 and high <= top and high - low >= top / 2:
            return "whole", 0.0, top
    return "range", low, high


def common_scales(dtype: np.dtype, bits: int) -> tuple[float, ...]:
    """The largest values of the scales that pictures of this type are commonly stored on, from 0, smallest first."""
    if dtype.kind == "f":
        return 1.0, 255.0
    return (255.0, 2.0**bits - 1) if dtype.kind == "u" and 8 < bits <= 16 else (255.0,)


def held_by(dtype: np.dtype, nodata: float | None) -> float | None:
    """A nodata value as this type holds it; None if it can't (files name −9999 for unsigned bytes, too)."""
    if nodata is None or np.isnan(nodata):
        return None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return float(dtype.type(nodata))
    if not np.isfinite(nodata) or nodata != int(nodata):
        return None
    limits = np.iinfo(dtype)
    return int(nodata) if limits.min <= nodata <= limits.max else None


def customary_nodata(ordered: Shaped[np.ndarray, " count"]) -> float | None:
    """A value that programs write for "nothing", if it lies further from all others than they from each other."""
    for end, side in ((0, "right"), (-1, "left")):
        if not ordered.size or ordered[end] not in CUSTOMARY_NODATA:
            continue
        cut = int(np.searchsorted(ordered, ordered[end], side))  # type: ignore[call-overload]
        others = ordered[cut:] if end == 0 else ordered[:cut]
        if others.size and abs(others[end] - ordered[end]) > others[-1] - others[0]:
            return float(ordered[end])
    return None


def spread_to_uint8(
    values: Shaped[np.ndarray, "*shape"], scale: Scale, bits: int, white_is_zero: bool = False
) -> UInt8[np.ndarray, "*shape"]:
    """Values on 0–255: the scale's ends become 0 and 255, what lies beyond goes to the ends, NaN and nodata to 0.

    All bits of an unsigned integer: its high byte, as Pillow and OpenCV do.
    """
    spread = np.empty(values.shape, dtype=np.uint8)
    flat_in, flat_out = values.reshape(-1), spread.reshape(-1)
    keep_high_byte = scale.kind == "whole" and values.dtype.kind == "u" and scale.high > 255
    for start in range(0, values.size, PIECE):
        piece = flat_in[start : start + PIECE]
        grey = piece >> (bits - 8) if keep_high_byte else stretched(piece, scale)
        hidden = np.isnan(piece)
        if scale.nodata is not None:
            hidden |= piece == values.dtype.type(scale.nodata)
        flat_out[start : start + PIECE] = np.where(hidden, 0, 255 - grey if white_is_zero else grey)
    return spread


def stretched(values: Shaped[np.ndarray, "*shape"], scale: Scale) -> Shaped[np.ndarray, "*shape"]:
    """Values between a scale's ends as whole numbers from 0 to 255; NaN stays NaN."""
    shrink = 1.0 if np.isfinite(scale.high - scale.low) else 0.25  # float64 may reach from −1.7e308 to 1.7e308
    low, high = scale.low * shrink, scale.high * shrink
    with np.errstate(invalid="ignore"):
        return np.clip((values.astype(np.float64) * shrink - low) * (255 / (high - low)), 0, 255).round()


def range_facts(
    values: Shaped[np.ndarray, "*shape"], scale: Scale, bits: int, page: int | None = None
) -> tuple[Fact, ...]:
    """What to say of a deep picture's range, its nodata and its NaN; of which page, where each has its own range."""
    number: type[float] | type[int] = float if values.dtype.kind == "f" else int
    facts = []
    if scale.kind in ("range", "whole"):
        key = ("range" if page is None else "page_range") + ("_float" if number is float else "")
        of_page = {} if page is None else {"page": page}
        facts.append(fact(key, bits=bits, low=number(scale.low), high=number(scale.high), **of_page))
    if scale.kind == "single":
        good = values[np.isfinite(values) & (values != (np.nan if scale.nodata is None else scale.nodata))]
        facts.append(fact("flat", value=number(good[0])))
    if scale.nodata is not None:
        count = int(np.count_nonzero(values == values.dtype.type(scale.nodata)))
        key = "nodata_assumed" if scale.assumed else "nodata"
        facts += [fact(key, value=number(scale.nodata), share=count / values.size)] if count else []
    lost = values.size - int(np.count_nonzero(np.isfinite(values))) if values.dtype.kind == "f" else 0
    return (*facts, fact("not_finite", share=lost / values.size)) if lost else tuple(facts)
