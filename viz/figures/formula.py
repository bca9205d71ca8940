"""Formulas as inline SVG: drawn by matplotlib's mathtext, so that no page needs a script or a font for them."""

import re
from functools import lru_cache
from html import escape
from math import ceil, floor

import numpy as np
from jaxtyping import Float
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath, text_to_path

from viz.figures.lock import DRAWING

MARK = re.compile(r"⟦([^|⟧]+)(?:\|([^⟧]+))?⟧")  # a symbol's name, and its mathtext where that is another
EM = 100  # units of the SVG's viewBox to one em
FONT = FontProperties(family="DejaVu Sans", math_fontfamily="stix")
COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}


@lru_cache(maxsize=512)
def formula_svg(mathtext: str) -> str:
    """A formula as an `<svg>` to put into a line of HTML.

    It has the size and the colour of the text around it and stands on that text's baseline. Nothing in it can run,
    load or clash: one path, no ids, and its source, escaped, as the name that a screen reader reads.

    Args:
        mathtext: Text with formulas between dollar signs, as matplotlib writes them. A symbol between ⟦ and ⟧, as in
            ⟦rel_h⟧ or ⟦k|k_{r',c'}⟧ where its name is another, becomes a group of its own that can be pointed at.

    Raises:
        ValueError: If it is empty or isn't mathtext.
    """
    if not mathtext.strip():
        raise ValueError("formula must not be empty")
    marked, mathtext = symbols_of(mathtext), MARK.sub(lambda found: found[2] or found[1], mathtext)
    with DRAWING:
        try:
            width, height, depth = text_to_path.get_text_width_height_descent(mathtext, _sized(EM), ismath=True)
            path = TextPath((0, 0), mathtext, size=EM, prop=FONT)
            body = _groups(mathtext, marked) if marked else f'<path d="{path_data(path)}"/>'
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
        f'fill="currentColor" xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    )


def symbols_of(mathtext: str) -> list[tuple[str, str]]:
    """The symbols that are marked in a formula, in their order: name and mathtext of each."""
    return [(found[1], found[2] or found[1]) for found in MARK.finditer(mathtext)]


def _groups(mathtext: str, marked: list[tuple[str, str]]) -> str:
    """The formula's ink: one path for what isn't marked, and a group for each symbol, with a box to point at.

    A symbol's glyphs are found among the formula's, which come in the order of the source.
    """
    glyphs, outlines, rules = text_to_path.get_glyphs_mathtext(FONT, mathtext)
    names, start, groups, taken = [glyph[0] for glyph in glyphs], 0, [], set()
    for name, source in marked:
        wanted = [glyph[0] for glyph in text_to_path.get_glyphs_mathtext(FONT, f"${source}$")[0]]
        places = range(start, len(names) - len(wanted) + 1)
        at = next((place for place in places if names[place : place + len(wanted)] == wanted), None)
        if at is None:
            raise ValueError(f"symbol {name!r} isn't in the formula as {source!r}")
        start = at + len(wanted)
        taken |= set(range(at, start))
        groups.append((name, [_placed(outlines, glyph) for glyph in glyphs[at:start]]))
    rest = [_placed(outlines, glyph) for index, glyph in enumerate(glyphs) if index not in taken]
    rest += [Path(vertices, codes) for vertices, codes in rules]
    parts = [f'<path d="{path_data(Path.make_compound_path(*rest))}"/>'] if rest else []
    for name, paths in groups:
        ink = Path.make_compound_path(*paths)
        box = ink.get_extents()
        sides = f'x="{box.x0:.1f}" y="{-box.y1:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        parts.append(
            f'<g class="sx-symbol" data-symbol="{escape(name)}"><rect {sides} fill="none" pointer-events="all"/>'
            f'<path d="{path_data(ink)}"/></g>'
        )
    return "".join(parts)


def _placed(outlines: dict[str, tuple[np.ndarray, np.ndarray]], glyph: tuple[str, float, float, float]) -> Path:
    """One glyph's outline at its place in the formula."""
    name, x, y, scale = glyph
    vertices, codes = outlines[name]
    return Path(vertices * scale + [x, y], codes)


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
