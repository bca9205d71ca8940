"""A table of numbers as colours."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from viz.figures.colour import MISSING
from viz.figures.curves import BELOW_AXES, LEFT_OF_AXES, ruled_axes
from viz.figures.maps import (
    BAR,
    GREY,
    SMALLEST_WIDTH,
    category_swatches,
    colours_of,
    draw_bar,
    legend_words,
    map_size,
)
from viz.figures.page import Page, Part, draw_legend, legend_rows
from viz.figures.typesetting import FAMILY, INK, SMALL, line_height, text_width
from viz.numbers import number_text
from viz.palette import ROLES
from viz.panel import Matrix


def matrix_part(panel: Matrix, unit: float, most: float) -> Part:
    """A table of numbers as colours, its colour bar below."""
    rows, cols = panel.values.shape
    room = most - LEFT_OF_AXES
    if panel.numbers:
        widest = max((text_width(number_text(value), SMALL) for value in panel.values.ravel().tolist()), default=0.2)
        width, height = min(cols * (widest + 0.16), room), rows * 0.3
    else:
        # A long table keeps readable sides; its cells are then not square.
        aspect = min(max(cols / max(rows, 1), 0.55), 2.2)
        width, height = map_size(2.6 * unit, 1, aspect, room)
    block = max(width + LEFT_OF_AXES, min(SMALLEST_WIDTH, most))
    swatches = legend_rows(category_swatches(panel.scale), block) if panel.scale.kind == "categorical" else []
    legend = len(swatches) * line_height(SMALL) if swatches else BAR + 1.3 * line_height(SMALL)

    def draw(page: Page, left: float, top: float) -> None:
        axes = page.axes(left + LEFT_OF_AXES, top, width, height)
        draw_matrix(axes, panel)
        below = top + height + BELOW_AXES + 0.05
        if swatches:
            draw_legend(page, left, below, swatches)
        elif panel.scale.kind != "categorical":
            draw_bar(page, left + LEFT_OF_AXES, below, width, panel.scale, panel.values)

    return Part(str(panel.title), legend_words(panel.scale), block, height + BELOW_AXES + 0.05 + legend, draw)


def draw_matrix(axes: Axes, panel: Matrix) -> None:
    """Cells as colours (and numbers), rows counted down from 0; one row and one column may be framed."""
    rows, cols = panel.values.shape
    colours, norm = colours_of(panel.scale)
    axes.set_facecolor(MISSING)
    axes.patch.set_visible(True)
    axes.imshow(panel.values, cmap=colours, norm=norm, aspect="auto", interpolation="none")
    ruled_axes(axes, str(panel.col_label), str(panel.row_label))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
    axes.spines[:].set_visible(False)
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5))
    frames = []
    if panel.row_mark is not None:
        frames.append(("query", (-0.5, panel.row_mark - 0.5), cols, 1))
    if panel.col_mark is not None:
        frames.append(("key", (panel.col_mark - 0.5, -0.5), 1, rows))
    for role, corner, width, height in frames:
        axes.add_patch(
            Rectangle(
                corner,
                width,
                height,
                fill=False,
                edgecolor=ROLES[role],
                linewidth=1.6,
                clip_on=False,
                gid=role,
                zorder=4,
            )
        )
    if not panel.numbers:
        return
    painted = colours(norm(np.ma.masked_invalid(panel.values)))[..., :3] @ np.array(GREY)
    for row, col in np.ndindex(rows, cols):
        value = panel.values[row, col]
        ink = INK if painted[row, col] > 0.5 or not math.isfinite(value) else "white"
        axes.text(
            col, row, number_text(float(value)), fontsize=SMALL, fontfamily=FAMILY, color=ink, ha="center", va="center"
        )
