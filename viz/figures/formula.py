"""Formulas as inline SVG: drawn by matplotlib's mathtext, so that no page needs a script or a font for them."""

from functools import lru_cache
from html import escape
from math import ceil, floor

import numpy as np
from jaxtyping import Float
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath, text_to_path

from viz.figures.lock import DRAWING

EM = 100  # units of the SVG's viewBox to one em
FONT = FontProperties(family="DejaVu Sans", math_fontfamily="stix")
COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}


@lru_cache(maxsize=512)
def formula_svg(mathtext: str) -> str:
    """A formula as an `<svg>` to put into a line of HTML.

    It has the size and the colour of the text around it and stands on that text's baseline. Nothing in it can run,
    load or clash: one path, no ids, and its source, escaped, as the name that a screen reader reads.

    Args:
        mathtext: Text with formulas between dollar signs, as matplotlib writes them.

    Raises:
        ValueError: If it is empty or isn't mathtext.
    """
    if not mathtext.strip():
        raise ValueError("formula must not be empty")
    with DRAWING:
        try:
            width, height, depth = text_to_path.get_text_width_height_descent(mathtext, _sized(EM), ismath=True)
            path = TextPath((0, 0), mathtext, size=EM, prop=FONT)
        except ValueError as error:
            raise ValueError(f"formula must be mathtext, got {mathtext!r}: {_reason(error)}") from None
    # Ink may lean a little out of its box, as an italic f does.
    ink = path.get_extents()
    left, right = floor(min(0.0, ink.x0)), ceil(max(width, ink.x1))
    below, above = ceil(max(depth, -ink.y0)), ceil(max(height - depth, ink.y1))
    box = f"{left} {-above} {right - left} {above + below}"
    style = f"height:{(above + below) / EM:.2f}em;width:{(right - left) / EM:.2f}em;vertical-align:{-below / EM:.2f}em"
    return (
        f'<svg role="img" aria-label="{escape(mathtext)}" viewBox="{box}" style="{style}" '
        f'fill="currentColor" xmlns="http://www.w3.org/2000/svg"><path d="{path_data(path)}"/></svg>'
    )


def path_data(path: Path) -> str:
    """A matplotlib path as the `d` of an SVG path, y pointing down."""
    parts = []
    for vertices, code in path.iter_segments(simplify=False, curves=True):
        points = "" if code == Path.CLOSEPOLY else " ".join(f"{value:g}" for value in _flipped(vertices))
        parts.append(COMMANDS[code] + points)
    return "".join(parts)


def _flipped(vertices: Float[np.ndarray, " coordinates"]) -> list[float]:
    """x, y, x, y … with every y negated, at a tenth of a unit, and no minus zero."""
    values = [round(float(value), 1) for value in vertices]
    return [value if index % 2 == 0 else (-value or 0.0) for index, value in enumerate(values)]


def _sized(size: float) -> FontProperties:
    """The formulas' font at one size."""
    font = FONT.copy()
    font.set_size(size)
    return font


def _reason(error: ValueError) -> str:
    """The last line of mathtext's message: the lines above it draw an arrow under the source."""
    return str(error).strip().splitlines()[-1]
