"""Colours of curves: roles keep theirs, and nothing else in the chart looks like one."""

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
