"""The closed set of things a view can show. Each has one drawer for the browser, one for matplotlib, one for data.

A view fills texts with `Words`; `spoken` writes them in a language, and drawers get panels that were spoken.
"""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np
from jaxtyping import Float, UInt8

from viz.numbers import FORMS
from viz.words import Text, Words, say, written

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
    unit: Text = ""
    note: Text = ""
    log: bool = False
    percent: bool = False
    categories: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Sight:
    """A part of the patch grid, in patches, and in words which one; it may reach beyond, into window padding."""

    row: int
    col: int
    rows: int
    cols: int
    words: Text


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
        rows, cols: Names of the rows and columns of a table that the maps fill row by row, such as blocks and heads;
            without them maps stand as there is room.
        sight: Of maps over the photo, the part that is drawn, where the rest would be photo without a value.
        titled: The title says what a lone map is, so that the page leaves out the map's name, which would say it again.
        whole: Indices of maps that are drawn whole all the same, as those of global blocks among windowed ones.
    """

    title: Text
    values: Float[np.ndarray, "maps grid_h grid_w"]
    scales: tuple[Scale, ...]
    labels: tuple[Text, ...]
    notes: tuple[Text, ...] = ()
    over_photo: bool = True
    picks: str = ""
    chosen: int | None = None
    rows: tuple[Text, ...] = ()
    cols: tuple[Text, ...] = ()
    sight: Sight | None = None
    whole: tuple[int, ...] = ()
    titled: bool = False


@dataclass(frozen=True, eq=False)
class Picture:
    """Colours that are the values themselves.

    Attributes:
        pixels: RGB.
        on_grid: Each pixel is one patch of the grid, so the picture is laid out, hovered and clicked as a map is.
        note: A line under the picture.
    """

    title: Text
    pixels: UInt8[np.ndarray, "rows cols 3"]
    on_grid: bool = False
    note: Text = ""


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of `Curves`; `role` gives its colour: query, key, windowed, global, red, green, blue, or "".

    Attributes:
        patches: Of dots, which patches they are: (rows, cols, step, top, left) of a grid of every step-th patch, row by
            row, from patch (top, left) on.
        colours: Of dots, a colour of its own for each; RGB.
        square: Dots are small squares.
    """

    label: Text
    x: Float[np.ndarray, " points"]
    y: Float[np.ndarray, " points"]
    role: str = ""
    patches: tuple[int, int, int, int, int] | tuple[()] = ()
    colours: UInt8[np.ndarray, "points 3"] | None = None
    square: bool = False


@dataclass(frozen=True, eq=False)
class Curves:
    """Lines over one axis; `marks` are vertical lines (x, label); `points` draws dots instead of lines.

    `y_names` stand at 0, 1, 2 … of the y axis instead of numbers.
    """

    title: Text
    curves: tuple[Curve, ...]
    x_label: Text
    y_label: Text
    marks: tuple[tuple[float, Text], ...] = ()
    points: bool = False
    y_names: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Matrix:
    """A table of numbers as colours: row 0 on top. `row_mark`, `col_mark` outline one row and one column.

    `numbers` writes each value into its cell; only for small ones.
    """

    title: Text
    values: Float[np.ndarray, "rows cols"]
    scale: Scale
    row_label: Text
    col_label: Text
    row_mark: int | None = None
    col_mark: int | None = None
    numbers: bool = False


@dataclass(frozen=True)
class Places:
    """A table's cell that names stages of the forward pass; pointing at it lights them in the pipeline.

    `texts` are the stages' names once they were spoken.
    """

    stages: tuple[str, ...]
    texts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " · ".join(self.texts)


Cell = Text | Places


@dataclass(frozen=True)
class Table:
    """Words and numbers in rows; `marked` rows stand out. A number alone is `words.number(value, form)`."""

    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]
    marked: tuple[int, ...] = ()


@dataclass(frozen=True)
class Number:
    """One named value.

    Attributes:
        role: Gives its colour: query, key, result, or "".
        form: How it is written: one of `viz.numbers.FORMS`.
        text: As written, once it was spoken.
    """

    label: Text
    value: float
    unit: Text = ""
    role: str = ""
    form: str = "number"
    text: str = ""


@dataclass(frozen=True)
class Numbers:
    """Named values in a line, and the sentence that they make together."""

    title: Text
    numbers: tuple[Number, ...]
    note: Text = ""


Panel = Maps | Picture | Curves | Matrix | Table | Numbers

Spoken = TypeVar("Spoken")


def spoken(value: Spoken, language: str) -> Spoken:
    """A panel, or anything made of panels, with all its words written in a language; arrays stay as they are."""
    return _spoken(value, language)


def _spoken(value: Any, language: str) -> Any:
    if isinstance(value, Words):
        return written(value, language)
    if isinstance(value, Places):
        return replace(value, texts=tuple(written(say(f"stage.{stage}"), language) for stage in value.stages))
    if isinstance(value, tuple | list):
        return type(value)(_spoken(part, language) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        said = {field.name: _spoken(getattr(value, field.name), language) for field in fields(value)}
        if isinstance(value, Number):
            said["text"] = FORMS[value.form](value.value)
        return replace(value, **said)
    return value
