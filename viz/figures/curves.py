"""Lines and dots over two axes, and the quiet axes that matrices share."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from viz.figures.page import Dash, Page, Part, Swatch, draw_legend, legend_rows
from viz.figures.typesetting import FAMILY, INK, QUIET, RULE, SMALL, line_height, number, text_width
from viz.palette import ROLES, curve_colours
from viz.panel import Curves

LEFT_OF_AXES, BELOW_AXES = 0.75, 0.5  # room for ticks and labels, in inches
DASHES: tuple[Dash, ...] = ("-", "--", ":")  # one after the other when the palette's colours run out


def curves_part(panel: Curves, unit: float, most: float) -> Part:
    """Lines or dots over one axis, their legend above."""
    width = min(max(4.2 * unit, 3.4), most)
    height = max(2.5 * unit, 1.9)
    styles = curve_styles(panel)
    named = [
        Swatch(str(curve.label), colour if curve.colours is None else QUIET, dash=None if panel.points else dash)
        for curve, (colour, dash) in zip(panel.curves, styles, strict=True)
        if curve.label
    ]
    legend = legend_rows(named, width)
    words = mark_words(panel, width - LEFT_OF_AXES)
    above = 0.06 + (len(legend) + 1 + max((word.line for word in words), default=-1)) * line_height(SMALL)

    def draw(page: Page, left: float, top: float) -> None:
        draw_legend(page, left, top, legend)
        draw_curves(page.axes(left + LEFT_OF_AXES, top + above, width - LEFT_OF_AXES, height), panel, styles, words)

    return Part(str(panel.title), "", width, above + height + BELOW_AXES, draw)


@dataclass(frozen=True)
class MarkWord:
    """Where the word of one vertical line stands: on which line above the axes (0 is the lowest), on which side."""

    line: int
    align: str


def mark_words(panel: Curves, width: float) -> list[MarkWord]:
    """Places for the marks' words so that none overlap or stick out on the right.

    Args:
        width: Of the axes, in inches.
    """
    low, high = x_limits(panel)
    free: list[float] = []  # where each line is free again, in inches; words run from left to right
    places: dict[int, MarkWord] = {}
    for index in sorted(range(len(panel.marks)), key=lambda index: panel.marks[index][0]):
        x, word = panel.marks[index]
        start, length = (x - low) / (high - low) * width, text_width(word, SMALL)
        align = "right" if start + length > width and start > length else "left"
        if align == "right":
            start -= length
        line = next((line for line, until in enumerate(free) if until <= start), len(free))
        free[line : line + 1] = [start + length + 0.1]
        places[index] = MarkWord(line, align)
    return [places[index] for index in range(len(panel.marks))]


def x_limits(panel: Curves) -> tuple[float, float]:
    """Smallest and largest x of all curves and marks, with a little room; what has no y isn't drawn."""
    drawn = [curve.x[np.isfinite(curve.y)] for curve in panel.curves]
    xs = np.concatenate([*drawn, [x for x, _ in panel.marks]]).astype(float)
    xs = xs[np.isfinite(xs)]
    low, high = (float(xs.min()), float(xs.max())) if xs.size else (0.0, 1.0)
    room = 0.03 * (high - low) or 0.5
    return low - room, high + room


def curve_styles(panel: Curves) -> list[tuple[str, Dash]]:
    """Colour and dash of each curve; a colour that comes again gets another dash, unless it is a role's."""
    colours = curve_colours([curve.role for curve in panel.curves])
    before = [0 if curve.role in ROLES else colours[:i].count(colours[i]) for i, curve in enumerate(panel.curves)]
    return [(colour, DASHES[count % len(DASHES)]) for colour, count in zip(colours, before, strict=True)]


def draw_curves(axes: Axes, panel: Curves, styles: list[tuple[str, Dash]], words: list[MarkWord]) -> None:
    """The curves themselves, and vertical lines at the marks with their words above."""
    for curve, (colour, dash) in zip(panel.curves, styles, strict=True):
        (line,) = axes.plot(curve.x, curve.y, color=colour, linewidth=1.8, linestyle=dash, gid=curve.label, zorder=3)
        if panel.points:
            marker = "s" if curve.square else "o"
            line.set(linestyle="none", marker=marker, markersize=3.5)
            if curve.colours is not None:
                line.set(marker="none")
                axes.scatter(curve.x, curve.y, s=12, c=curve.colours / 255, marker=marker, linewidths=0, zorder=3)
    ruled_axes(axes, str(panel.x_label), str(panel.y_label))
    if panel.y_names:
        axes.set_yticks(range(len(panel.y_names)), [str(name) for name in panel.y_names])
    axes.grid(axis="y", color=RULE, linewidth=0.7, zorder=0)
    axes.set_xlim(*x_limits(panel))
    for (x, word), place in zip(panel.marks, words, strict=True):
        axes.axvline(x, color=QUIET, linewidth=1, linestyle=(0, (2, 2)), zorder=2)
        axes.annotate(
            str(word),
            (x, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + place.line * line_height(SMALL) * 72),
            textcoords="offset points",
            fontsize=SMALL,
            fontfamily=FAMILY,
            color=QUIET,
            ha=place.align,
            parse_math=False,
        )


def ruled_axes(axes: Axes, x_label: str, y_label: str) -> None:
    """Quiet axes with ticks and labels."""
    for side, locator_of in (("bottom", axes.xaxis), ("left", axes.yaxis)):
        axes.spines[side].set(visible=True, color=QUIET, linewidth=0.8)
        locator_of.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        locator_of.set_major_formatter(FuncFormatter(lambda value, _: number(value, 4)))
    axes.tick_params(labelsize=SMALL, labelfontfamily=FAMILY[0], colors=QUIET, length=3, width=0.8)
    axes.set_xlabel(x_label, fontsize=SMALL, fontfamily=FAMILY, color=INK, parse_math=False)
    axes.set_ylabel(y_label, fontsize=SMALL, fontfamily=FAMILY, color=INK, parse_math=False)
