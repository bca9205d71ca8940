"""How two panels of the same view differ: A − B as a panel, and how alike they are, in words."""

import math
from dataclasses import replace

import numpy as np
import torch

from samvit.measures.comparison import correlation, farthest_apart
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Table
from viz.session.names import stable_name
from viz.views.scales import signed_scale
from viz.words import Words, joined, number, say


def difference_of(one: Panel, other: Panel, seen: tuple[int, int], grid: tuple[int, int]) -> Panel | None:
    """A − B of two panels of the same shape, as a panel; None where their contents can't be taken from each other.

    Maps and matrices become signed ones with zero in the middle; curves of the same points become curves; named
    numbers become a table. Colours of pictures, categories and other tables have no difference.

    Args:
        seen: The (rows, cols) of patches that hold photo on both sides: correlations count these only.
        grid: The patch grid: maps of another size, such as filters, count whole.
    """
    if isinstance(one, Maps) and isinstance(other, Maps):
        return _maps_difference(one, other, seen, grid)
    if isinstance(one, Matrix) and isinstance(other, Matrix):
        return _matrix_difference(one, other)
    if isinstance(one, Curves) and isinstance(other, Curves):
        return _curves_difference(one, other)
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return _numbers_difference(one, other)
    return None


def _maps_difference(one: Maps, other: Maps, seen: tuple[int, int], grid: tuple[int, int]) -> Maps | None:
    categorical = any(scale.kind == "categorical" for scale in (*one.scales, *other.scales))
    if one.values.shape != other.values.shape or categorical:
        return None
    values = one.values - other.values
    kept = counted(values, seen, grid)
    note, percent = say("scale.per_map") if len(one.scales) > 1 else say("scale.shared"), one.scales[0].percent
    scales = tuple(
        signed_scale(part, scale.unit, note, percent)
        for scale, part in zip(one.scales, kept if len(one.scales) > 1 else (kept,), strict=True)
    )
    return replace(
        one,
        title=say("panel.compare.difference", what=one.title),
        values=values,
        scales=scales,
        notes=tuple(likeness_of(a, b, percent) for a, b in map_pairs(one, other, seen, grid)),
        picks="",
        sight=one.sight if one.sight == other.sight else None,
    )


def map_pairs(
    one: Maps, other: Maps, seen: tuple[int, int], grid: tuple[int, int]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each map of both sides, of the patches that count."""
    return list(zip(counted(one.values, seen, grid), counted(other.values, seen, grid), strict=True))


def counted(values: np.ndarray, seen: tuple[int, int], grid: tuple[int, int]) -> np.ndarray:
    """Of maps (…, rows, cols) on the patch grid, the patches that hold photo on both sides; others whole."""
    return values[..., : seen[0], : seen[1]] if values.shape[-2:] == grid else values


def _matrix_difference(one: Matrix, other: Matrix) -> Matrix | None:
    if one.values.shape != other.values.shape:
        return None
    values = one.values - other.values
    likeness = likeness_of(one.values, other.values, one.scale.percent)
    title = joined(say("panel.compare.difference", what=one.title), likeness)
    return replace(one, title=title, values=values, scale=signed_scale(values, one.scale.unit))


def _curves_difference(one: Curves, other: Curves) -> Curves | None:
    same = len(one.curves) == len(other.curves) and all(
        np.array_equal(a.x, b.x) for a, b in zip(one.curves, other.curves, strict=True)
    )
    if not same or one.points or one.y_names:
        return None
    curves = tuple(
        Curve(a.label, a.x, a.y - b.y, a.role)
        for a, b in zip(one.curves, other.curves, strict=True)
        if np.isfinite(a.y - b.y).any()
    )
    title = say("panel.compare.difference", what=one.title)
    return replace(one, title=title, curves=curves, marks=()) if curves else None


def _numbers_difference(one: Numbers, other: Numbers) -> Table | None:
    ours, theirs = ({_number_key(named): named for named in side.numbers} for side in (one, other))
    both = [(ours[key], theirs[key]) for key in ours if key in theirs]
    if not both:
        return None
    columns = (say("column.compare.what"), say("label.side.a"), say("label.side.b"), say("label.compare.difference"))
    rows = tuple(
        (
            say("label.compare.with_unit", label=a.label, unit=a.unit) if a.unit else a.label,
            number(a.value, a.form),
            number(b.value, b.form),
            number(a.value - b.value, a.form),
        )
        for a, b in both
    )
    return Table(say("panel.compare.difference", what=one.title), columns, rows)


def _number_key(named: Number) -> str:
    """What a number is of, whatever block or head its label names."""
    return stable_name(named.label)


def likeness_of(one: np.ndarray, other: np.ndarray, percent: bool) -> Words:
    """Correlation of two arrays and their largest difference, with its place."""
    first, second = torch.from_numpy(np.asarray(one)), torch.from_numpy(np.asarray(other))
    alike, apart = correlation(first, second), farthest_apart(first, second)
    if apart is None:
        return say("note.compare.nothing")
    value, place = apart
    size = number(value, "percent" if percent else "number")
    if math.isnan(alike):
        return say("note.compare.largest", size=size, place=place)
    return say("note.compare.map", r=alike, size=size, place=place)
