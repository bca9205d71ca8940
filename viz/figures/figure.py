"""Panels to a matplotlib Figure: a slide with headings, legends and a caption. Knows neither models nor gradio."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

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
) -> Figure:
    """Draw panels as large as they fit on one slide, 16:9; with more of them than are legible there, the slide grows.

    What a slide would leave empty at its right and bottom is trimmed.

    Neither pyplot nor matplotlib's global settings are touched; threads that draw at the same time take turns.

    Args:
        photo: The resized photo without image padding, 0–255; it lies under maps, covering `marks.photo_extent`.
        caption: Written below, wrapped; any text, never read as mathtext.
        marks: Patches to outline, and how far the photo reaches.
        overlay: How strongly maps cover the photo, in percent.

    Raises:
        ValueError: If there is no panel, or overlay is not in 0..100.
    """
    if not panels:
        raise ValueError("a figure needs at least one panel, got none")
    if not 0 <= overlay <= 100:
        raise ValueError(f"overlay must be in 0..100, got {overlay}")
    scene = Scene(photo, marks or Marks(), overlay)
    with DRAWING:
        shown = scene.marks if _has_grid(panels) else Marks()
        rows = _fit(panels, caption, shown, scene)
        inner = max(NARROWEST, *(_row_width(row) for row in rows))
        width, height = inner + 2 * MARGIN, _height(rows) + _foot_height(caption, shown, inner) + 2 * MARGIN
        drawn = ShownFigure(figsize=(width, height), facecolor="white")
        FigureCanvasAgg(drawn)
        page = Page(drawn, width, height)
        top = MARGIN
        for row in rows:
            top = _draw_row(page, row, top)
        _draw_foot(page, top, caption, shown)
        return drawn


def _fit(panels: Sequence[Panel], caption: str, marks: Marks, scene: Scene) -> list[list[Part]]:
    """Rows of the largest parts that fit on the smallest slide that holds them all."""
    for growth in GROWTH:
        inner = SLIDE[0] * growth - 2 * MARGIN
        room = SLIDE[1] * growth - 2 * MARGIN - _foot_height(caption, marks, inner)
        for unit in UNITS:
            rows = flow([panel_part(panel, unit, inner, scene) for panel in panels], inner)
            if _height(rows) <= room:
                return rows
    return rows  # a table of hundreds of rows: taller than a slide


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


def _draw_row(page: Page, row: Sequence[Part], top: float) -> float:
    """Headings side by side, bodies on one line below them; returns the top of the next row."""
    left = MARGIN
    for part, (title, subtitle) in zip(row, headings(row, TITLE), strict=True):
        below = page.text(left, top, title, TITLE, bold=True)
        page.text(left, below, subtitle, SMALL, QUIET)
        part.draw(page, left, top + _head_height(row))
        left += part.width + GAP
    return top + _row_height(row) + GAP


def _foot_height(caption: str, marks: Marks, width: float) -> float:
    """Height of the legend of marks and the caption with the gap above them, in inches."""
    lines = len(legend_rows(_mark_swatches(marks), width)) + len(wrap(caption, width, SMALL))
    return GAP + line_height(SMALL) * lines if lines else 0.0


def _draw_foot(page: Page, top: float, caption: str, marks: Marks) -> None:
    """What the outlined patches are, and the caption."""
    inner = page.width - 2 * MARGIN
    top = draw_legend(page, MARGIN, top, legend_rows(_mark_swatches(marks), inner))
    page.text(MARGIN, top, wrap(caption, inner, SMALL), SMALL, QUIET)


def _mark_swatches(marks: Marks) -> list[Swatch]:
    """The legend of the outlined patches."""
    return [Swatch(f"{name} {patch}", ROLES[role], outline=True) for role, name, patch in reversed(marks.patches)]


def _has_grid(panels: Sequence[Panel]) -> bool:
    """Whether any panel shows the patch grid, on which marks lie."""
    return any(isinstance(panel, Maps) or (isinstance(panel, Picture) and panel.on_grid) for panel in panels)
