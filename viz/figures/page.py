"""A figure as a sheet of paper measured in inches from its top left corner, and the parts that lie on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from viz.figures.typesetting import FAMILY, INK, LABEL, SMALL, line_height, printable, text_width, wrap

Dash = Literal["-", "--", ":"]

ASCENT = 0.95  # of a line's first baseline below its top, in font sizes
GAP = 0.38  # between parts, in inches
SWATCH = 0.13  # side of a legend's coloured square, in inches


@dataclass(frozen=True)
class Page:
    """A figure and its size in inches; places count from the top left corner, down and right."""

    figure: Figure
    width: float
    height: float

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Empty axes: no ticks, no frame."""
        place = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(place)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        return axes

    def text(
        self,
        left: float,
        top: float,
        lines: str | Sequence[str],
        points: float = LABEL,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> float:
        """Write lines, each as it is; `left` is where `align` holds them. Returns the top of what comes below."""
        for line in [lines] if isinstance(lines, str) else lines:
            self.figure.text(
                left / self.width,
                1 - (top + ASCENT * points / 72) / self.height,
                printable(line),
                fontsize=points,
                fontfamily=FAMILY,
                fontweight="bold" if bold else "normal",
                color=colour,
                ha=align,
                va="baseline",
                parse_math=False,
            )
            top += line_height(points)
        return top

    def rule(self, left: float, top: float, width: float, colour: str, points: float = 0.8) -> None:
        """A horizontal line."""
        ends = (left / self.width, (left + width) / self.width)
        y = 1 - top / self.height
        self.figure.add_artist(Line2D(ends, (y, y), color=colour, linewidth=points, solid_capstyle="butt"))

    def rectangle(self, left: float, top: float, width: float, height: float, face: str, edge: str = "none") -> None:
        """A filled rectangle, behind text."""
        corner = (left / self.width, 1 - (top + height) / self.height)
        size = (width / self.width, height / self.height)
        self.figure.add_artist(Rectangle(corner, *size, facecolor=face, edgecolor=edge, linewidth=1.6, zorder=0.5))


@dataclass(frozen=True)
class Part:
    """One panel made ready for a page: its heading, its body's size in inches, and what draws the body.

    `draw` gets the page and the left and top of the body.
    """

    title: str
    subtitle: str
    width: float
    height: float
    draw: Callable[[Page, float, float], None]


@dataclass(frozen=True)
class Swatch:
    """One entry of a legend: a colour and its name; `outline` colours the square's border only, `dash` makes a line."""

    name: str
    colour: str
    outline: bool = False
    dash: Dash | None = None


def legend_rows(swatches: Sequence[Swatch], width: float, points: float = SMALL) -> list[list[Swatch]]:
    """Entries in lines no wider than `width` inches."""
    rows: list[list[Swatch]] = [[]]
    used = 0.0
    for swatch in swatches:
        needed = _entry_width(swatch, points)
        if rows[-1] and used + needed > width:
            rows.append([])
            used = 0.0
        rows[-1].append(swatch)
        used += needed
    return rows if swatches else []


def draw_legend(page: Page, left: float, top: float, rows: list[list[Swatch]], points: float = SMALL) -> float:
    """Draw lines of entries; returns the top of what comes below."""
    for row in rows:
        x = left
        middle = top + (ASCENT - 0.36) * points / 72
        for swatch in row:
            if swatch.dash:
                line = ((x / page.width, (x + 2 * SWATCH) / page.width), (1 - middle / page.height,) * 2)
                page.figure.add_artist(Line2D(*line, color=swatch.colour, linewidth=2, linestyle=swatch.dash))
            else:
                face, edge = ("none", swatch.colour) if swatch.outline else (swatch.colour, "none")
                page.rectangle(x, middle - SWATCH / 2, SWATCH, SWATCH, face, edge)
            page.text(x + (2.6 if swatch.dash else 1.6) * SWATCH, top, swatch.name, points)
            x += _entry_width(swatch, points)
        top += line_height(points)
    return top


def _entry_width(swatch: Swatch, points: float) -> float:
    """Width of one legend entry with the gap after it."""
    return (2.6 if swatch.dash else 1.6) * SWATCH + text_width(swatch.name, points) + 2 * SWATCH


def headings(row: Sequence[Part], title_points: float) -> list[tuple[list[str], list[str]]]:
    """Title and subtitle lines of the parts in one row."""
    return [(wrap(p.title, p.width, title_points, bold=True), wrap(p.subtitle, p.width, SMALL)) for p in row]


def flow(parts: Sequence[Part], width: float) -> list[list[Part]]:
    """Parts in rows, as words are laid in lines of `width` inches."""
    rows: list[list[Part]] = [[]]
    for part in parts:
        used = sum(other.width + GAP for other in rows[-1])
        if rows[-1] and used + part.width > width + 1e-6:
            rows.append([])
        rows[-1].append(part)
    return rows
