"""Colours of curves: roles keep theirs, and nothing else in the chart looks like one."""

from pathlib import Path

import pytest

from viz.palette import ALIKE, CATEGORIES, ROLES, curve_colours, rgb


def test_curves_without_a_role_get_the_categories_in_turn():
    assert curve_colours(["", "", ""]) == list(CATEGORIES[:3])
    assert curve_colours([""] * 8)[7] == CATEGORIES[0]  # seven, since black is left out; then again


@pytest.mark.parametrize("role", ROLES)
def test_no_colour_resembles_a_role_of_the_same_chart(role):
    own, *others = curve_colours([role, "", "", ""])
    assert own == ROLES[role]
    for other in others:
        squares = [(a - b) ** 2 for a, b in zip(rgb(own), rgb(other), strict=True)]
        assert sum(squares) > ALIKE**2


@pytest.mark.parametrize("role", ["windowed", "global"])
def test_the_page_fills_blocks_with_the_palettes_own_colours(role):
    style = (Path(__file__).parents[2] / "viz" / "page" / "css" / "base.css").read_text(encoding="utf-8")
    assert f"--{role}-fill: {ROLES[role].lower()};" in style
    assert f"--{role}: {ROLES[role].lower()};" in style
    frame = (Path(__file__).parents[2] / "viz" / "page" / "css" / "frame.css").read_text(encoding="utf-8")
    assert f"var(--{role}-fill)" in frame and ROLES[role].lower() not in frame
