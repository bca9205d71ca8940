"""Colour tables of the palette: what the browser and matplotlib both paint with."""

from functools import cache

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib import colormaps

from viz.palette import MAP_CATEGORIES, ROLES, SEQUENTIAL, SIGNED, rgb
from viz.panel import ScaleKind

# A patch without a value, laid on nothing: lighter than any end of the colour maps' dark side, and without a hue.
MISSING = "#D9D9D9"


@cache
def lut(kind: ScaleKind) -> UInt8[np.ndarray, "256 3"]:
    """The 256 colours of one kind of scale, RGB, read-only.

    Sequential and signed run from a scale's low end to its high end. Categorical has the colour of category i in row
    i, and starts again after the palette's last.

    Raises:
        ValueError: If there is no such kind.
    """
    if kind == "categorical":
        colours = np.array([rgb(MAP_CATEGORIES[index % len(MAP_CATEGORIES)]) for index in range(256)], np.uint8)
    elif kind in {"sequential", "signed"}:
        table = colormaps[SEQUENTIAL if kind == "sequential" else SIGNED]
        colours = np.round(table(np.linspace(0, 1, 256))[:, :3] * 255).astype(np.uint8)
    else:
        raise ValueError(f"kind must be sequential, signed or categorical, got {kind!r}")
    colours.flags.writeable = False
    return colours


def opacity(place: Float[np.ndarray, "..."], kind: ScaleKind) -> Float[np.ndarray, "..."]:
    """How opaque a colour lies over the photo, 0–1: what is near nothing lets the photo through.

    The browser has the same rule (page/js/draw/colour.js) for values that grow from nothing. Signed colours it
    multiplies with the light photo, which matplotlib can't.

    Args:
        place: Where values lie on their scale, 0–1.
    """
    if kind == "categorical":
        return np.ones_like(place)
    strength = np.abs(2 * place - 1) if kind == "signed" else place
    return np.minimum(1, 0.1 + 3 * strength)


def role_colour(role: str, default: str) -> str:
    """The colour of a role, or `default` for one that has none of its own (such as "" or "result")."""
    return ROLES.get(role, default)
