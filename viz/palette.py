"""Colour has one meaning each: the same in the diagram, on the photo, in plots and in exports."""

from collections.abc import Sequence

# matplotlib's names; perceptual, and legible to colour-blind eyes.
SEQUENTIAL, SIGNED = "inferno", "RdBu_r"

# Okabe and Ito's palette, for categories and for curves without a role.
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")

# Four more of Paul Tol's, for maps with many categories: wine, olive, indigo, grey.
MAP_CATEGORIES = (*CATEGORIES, "#882255", "#999933", "#332288", "#AAAAAA")

ROLES = {
    "query": "#00B8D9",
    "key": "#E6007E",
    "other": "#8BC34A",
    "red": "#B5292B",
    "green": "#3B7D3A",
    "blue": "#2F5FA8",
    "windowed": "#0072B2",
    "global": "#B84F00",
}
ALIKE = 100  # two colours nearer than this, of 442 from black to white, aren't told apart as thin lines


def curve_colours(roles: Sequence[str]) -> list[str]:
    """A colour for each curve of a chart, by its role; those without one get categories that no role here resembles.

    Black is left out, since a page may be dark. When colours run out they begin again.
    """
    taken = [rgb(ROLES[role]) for role in roles if role in ROLES]
    free = [colour for colour in CATEGORIES[:-1] if all(_apart(rgb(colour), other) > ALIKE for other in taken)]
    free = free or list(CATEGORIES[:-1])
    without = iter(range(len(roles)))
    return [ROLES[role] if role in ROLES else free[next(without) % len(free)] for role in roles]


def rgb(colour: str) -> tuple[int, int, int]:
    """A colour `#RRGGBB` as 0–255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _apart(one: Sequence[int], other: Sequence[int]) -> float:
    """How far two colours lie apart in the RGB cube."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
