"""The closed set of things a view can show. Each has one drawer for the browser, one for matplotlib, one for data."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8

ScaleKind = Literal["sequential", "signed", "categorical"]


@dataclass(frozen=True)
class Scale:
    """How values become colours, and what the legend says.

    Attributes:
        kind: One colour map each. Signed has zero in the middle: low is −high.
        low, high: Values at the ends of the colour map; values beyond take the end's colour.
        unit: What a value is, as the legend names it: "attention weight".
        note: What else the legend must say: "shared by all heads", "per head", "clipped at the 99th percentile".
        percent: A value is a share of one: captions and tooltips write it in percent.
        log: Colours follow the logarithm of the value; low must be above 0.
        categories: Names of the values 0, 1, 2 … of a categorical scale.
    """

    kind: ScaleKind
    low: float
    high: float
    unit: str = ""
    note: str = ""
    log: bool = False
    percent: bool = False
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Maps:
    """Small multiples on the patch grid: one value for each patch, NaN where there is none.

    Attributes:
        values: What a tooltip reads; never rescaled.
        scales: One for all maps, or one for each.
        labels: A short name for each map.
        notes: A line under each map, or none at all.
        over_photo: Lie over the dimmed photo; otherwise stand alone.
        picks: The selection's field that clicking a map's label sets to its index (`head`, `channel`), or "".
        chosen: Index of the map that the selection singles out, or None.
    """

    title: str
    values: Float[np.ndarray, "maps grid_h grid_w"]
    scales: tuple[Scale, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()
    over_photo: bool = True
    picks: str = ""
    chosen: int | None = None


@dataclass(frozen=True, eq=False)
class Picture:
    """Colours that are the values themselves.

    Attributes:
        pixels: RGB.
        on_grid: Each pixel is one patch of the grid, so the picture is laid out, hovered and clicked as a map is.
        note: A line under the picture.
    """

    title: str
    pixels: UInt8[np.ndarray, "rows cols 3"]
    on_grid: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of `Curves`; `role` gives its colour: query, key, windowed, global, red, green, blue, or ""."""

    label: str
    x: Float[np.ndarray, " points"]
    y: Float[np.ndarray, " points"]
    role: str = ""


@dataclass(frozen=True, eq=False)
class Curves:
    """Lines over one axis; `marks` are vertical lines (x, label); `points` draws dots instead of lines.

    `y_names` stand at 0, 1, 2 … of the y axis instead of numbers.
    """

    title: str
    curves: tuple[Curve, ...]
    x_label: str
    y_label: str
    marks: tuple[tuple[float, str], ...] = ()
    points: bool = False
    y_names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Matrix:
    """A table of numbers as colours: row 0 on top. `row_mark`, `col_mark` outline one row and one column.

    `numbers` writes each value into its cell; only for small ones.
    """

    title: str
    values: Float[np.ndarray, "rows cols"]
    scale: Scale
    row_label: str
    col_label: str
    row_mark: int | None = None
    col_mark: int | None = None
    numbers: bool = False


@dataclass(frozen=True)
class Table:
    """Words and numbers in rows; `marked` rows stand out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[int, ...] = ()


@dataclass(frozen=True)
class Number:
    """One named value; `role` gives its colour: query, key, result, or ""."""

    label: str
    value: float
    unit: str = ""
    role: str = ""


@dataclass(frozen=True)
class Numbers:
    """Named values in a line, and the sentence that they make together."""

    title: str
    numbers: tuple[Number, ...]
    note: str = ""


Panel = Maps | Picture | Curves | Matrix | Table | Numbers
