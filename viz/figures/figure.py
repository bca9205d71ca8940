"""Panels to a matplotlib Figure: a slide with headings, legends and a caption. Knows neither models nor gradio."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from viz.figures.draw import panel_part
from viz.figures.export import png
from viz.figures.lock import DRAWING
from viz.figures.maps import Marks, Scene
from viz.figures.page import GAP, Page, Part, Swatch, draw_legend, flow, headings, legend_rows
from viz.figures.typesetting import QUIET, SMALL, TITLE, line_height, wrap
from viz.palette import ROLES
from viz.panel import Maps, Panel, Picture

SLIDE = (40 / 3, 7.5)  # 16:9, in inches
NARROWEST = 6.0  # a page, in inches, so that captions keep readable lines
MARGIN = 0.45
PAPER_WIDTHS = (2.0, 20.0)  # inches
PAPER_MARGIN = 0.04  # a paper's column has its own
PAPER_TYPE = 0.6  # of a slide's letters, which are read from afar: 5.4 to 7.8 points
PAPER_UNIT = 0.4  # parts don't become smaller than that: their words keep their size
PAPER_ASPECT = 1.0  # of the parts' height to the column's width, where they can be made so small
NOTEBOOK_DPI = 100
HEAD_GAP = 0.1  # between a heading and its body
# A slide's parts shrink together until all fit; below the smallest unit maps can't be read, and the slide grows.
UNITS = tuple(1.9 * 0.97**step for step in range(32))
GROWTH = tuple(1.06**step for step in range(28))


class ShownFigure(Figure):
    """A figure that a notebook shows by itself, without pyplot."""

    def _repr_png_(self) -> bytes:
        return png(self, dpi=NOTEBOOK_DPI)


def figure(
    panels: Sequence[Panel],
    photo: UInt8[np.ndarray, "rows cols 3"] | None = None,
    caption: str = "",
    marks: Marks | None = None,
    overlay: int = 75,
    width_in: float | None = None,
) -> Figure:
    """Draw panels as large as they fit on one slide, 16:9; with more of them than are legible there, the slide grows.

    What a slide would leave empty at its right and bottom is trimmed. For a paper, `width_in` says how wide the figure
    is; it becomes as high as it must.

    Neither pyplot nor matplotlib's global settings are touched; threads that draw at the same time take turns.

    Args:
        photo: The resized photo without image padding, 0–255; it lies under maps, covering `marks.photo_extent`.
        caption: Written below, wrapped; any text, never read as mathtext.
        marks: Patches to outline, and how far the photo reaches.
        overlay: How strongly maps cover the photo, in percent.
        width_in: A column's or a page's width, in inches: 3.25 is a column of most conferences.

    Raises:
        ValueError: If there is no panel, or overlay or width_in lies outside its range.
    """
    return figure_of_scenes([(panel, Scene(photo, marks or Marks(), overlay)) for panel in panels], caption, width_in)


def figure_of_scenes(shown: Sequence[tuple[Panel, Scene]], caption: str = "", width_in: float | None = None) -> Figure:
    """The same, of panels that lie over photos of their own.

    Raises:
        ValueError: As `figure`.
    """
    if not shown:
        raise ValueError("a figure needs at least one panel, got none")
    for _, scene in shown:
        if not 0 <= scene.overlay <= 100:
            raise ValueError(f"overlay must be in 0..100, got {scene.overlay}")
    if width_in is not None and not PAPER_WIDTHS[0] <= width_in <= PAPER_WIDTHS[1]:
        raise ValueError(f"width_in must be in {PAPER_WIDTHS[0]:g}..{PAPER_WIDTHS[1]:g} inches, got {width_in:g}")
    with DRAWING:
        swatches = _mark_swatches(shown)
        if width_in is None:
            rows, margin = _fit(shown, caption, swatches), MARGIN
            inner = max(NARROWEST, *(_row_width(row) for row in rows))
        else:
            margin, inner = PAPER_MARGIN, width_in / PAPER_TYPE - 2 * PAPER_MARGIN
            rows = _fit_width(shown, inner)
        height = _height(rows) + _foot_height(caption, swatches, inner) + 2 * margin
        drawn = _drawn(rows, Sheet(inner + 2 * margin, height, margin), caption, swatches)
        return drawn if width_in is None else _shrunk(drawn, PAPER_TYPE)


@dataclass(frozen=True)
class Sheet:
    """A figure's size and the margin on all its sides, in inches."""

    width: float
    height: float
    margin: float


def _drawn(rows: Sequence[Sequence[Part]], sheet: Sheet, caption: str, swatches: Sequence[Swatch]) -> Figure:
    """Rows of parts from the top, and the foot below."""
    drawn = ShownFigure(figsize=(sheet.width, sheet.height), facecolor="white")
    FigureCanvasAgg(drawn)
    page = Page(drawn, sheet.width, sheet.height)
    top = sheet.margin
    for row in rows:
        top = _draw_row(page, row, sheet.margin, top)
    _draw_foot(page, sheet.margin, top, caption, swatches)
    return drawn


def _fit(shown: Sequence[tuple[Panel, Scene]], caption: str, swatches: Sequence[Swatch]) -> list[list[Part]]:
    """Rows of the largest parts that fit on the smallest slide that holds them all."""
    for growth in GROWTH:
        inner = SLIDE[0] * growth - 2 * MARGIN
        room = SLIDE[1] * growth - 2 * MARGIN - _foot_height(caption, swatches, inner)
        for unit in UNITS:
            rows = flow([panel_part(panel, unit, inner, scene) for panel, scene in shown], inner)
            if _height(rows) <= room:
                return rows
    return rows  # a table of hundreds of rows: taller than a slide


def _fit_width(shown: Sequence[tuple[Panel, Scene]], inner: float) -> list[list[Part]]:
    """Rows of the largest parts in a column `inner` inches wide that isn't much higher than wide, if that can be."""
    for unit in (unit for unit in UNITS if unit >= PAPER_UNIT):
        rows = flow([panel_part(panel, unit, inner, scene) for panel, scene in shown], inner)
        if _height(rows) <= PAPER_ASPECT * inner:
            break
    return rows


def _shrunk(drawn: Figure, factor: float) -> Figure:
    """The same figure, smaller, with its letters; frames and curves keep their strength."""
    drawn.set_size_inches(drawn.get_figwidth() * factor, drawn.get_figheight() * factor)
    for axes in drawn.axes:
        axes.tick_params(labelsize=SMALL * factor)
    for text in _texts(drawn):
        text.set_fontsize(float(text.get_fontsize()) * factor)
    return drawn


def _texts(drawn: Figure) -> list[Text]:
    """All that is written, but for the numbers at ticks."""
    return [*drawn.texts, *(text for axes in drawn.axes for text in (*axes.texts, axes.xaxis.label, axes.yaxis.label))]


def _row_width(row: Sequence[Part]) -> float:
    """Width of one row of parts, in inches."""
    return sum(part.width for part in row) + GAP * (len(row) - 1)


def _height(rows: Sequence[Sequence[Part]]) -> float:
    """Height of all rows with the gaps between them, in inches."""
    return sum(_row_height(row) for row in rows) + GAP * (len(rows) - 1)


def _row_height(row: Sequence[Part]) -> float:
    """Height of one row of parts with their headings, in inches."""
    return _head_height(row) + max(part.height for part in row)


def _head_height(row: Sequence[Part]) -> float:
    """Height of the tallest heading in a row, in inches."""
    heads = headings(row, TITLE)
    return HEAD_GAP + max(len(t) * line_height(TITLE) + len(s) * line_height(SMALL) for t, s in heads)


def _draw_row(page: Page, row: Sequence[Part], left: float, top: float) -> float:
    """Headings side by side, bodies on one line below them; returns the top of the next row."""
    for part, (title, subtitle) in zip(row, headings(row, TITLE), strict=True):
        below = page.text(left, top, title, TITLE, bold=True)
        page.text(left, below, subtitle, SMALL, QUIET)
        part.draw(page, left, top + _head_height(row))
        left += part.width + GAP
    return top + _row_height(row) + GAP


def _foot_height(caption: str, swatches: Sequence[Swatch], width: float) -> float:
    """Height of the legend of marks and the caption with the gap above them, in inches."""
    lines = len(legend_rows(swatches, width)) + len(wrap(caption, width, SMALL))
    return GAP + line_height(SMALL) * lines if lines else 0.0


def _draw_foot(page: Page, left: float, top: float, caption: str, swatches: Sequence[Swatch]) -> None:
    """What the outlined patches are, and the caption."""
    inner = page.width - 2 * left
    top = draw_legend(page, left, top, legend_rows(swatches, inner))
    page.text(left, top, wrap(caption, inner, SMALL), SMALL, QUIET)


def _mark_swatches(shown: Sequence[tuple[Panel, Scene]]) -> list[Swatch]:
    """The legend of the outlined patches, each once."""
    found: dict[str, Swatch] = {}
    for panel, scene in shown:
        if _has_grid(panel):
            for role, name, patch in reversed(scene.marks.patches):
                found.setdefault(f"{name} {patch}", Swatch(f"{name} {patch}", ROLES[role], outline=True))
    return list(found.values())


def _has_grid(panel: Panel) -> bool:
    """Whether a panel shows the patch grid, on which marks lie."""
    return isinstance(panel, Maps) or (isinstance(panel, Picture) and panel.on_grid)
