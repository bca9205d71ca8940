"""Colour tables that browser and figures share."""

import numpy as np
import pytest
from matplotlib import colormaps

from viz.figures.colour import lut, role_colour
from viz.figures.maps import dimmed, lightened
from viz.palette import MAP_CATEGORIES, ROLES, SEQUENTIAL, SIGNED, rgb


@pytest.mark.parametrize(("kind", "name"), [("sequential", SEQUENTIAL), ("signed", SIGNED)])
def test_a_table_is_matplotlibs_colour_map_to_the_nearest_of_256_levels(kind, name):
    expected = colormaps[name](np.arange(256))[:, :3] * 255
    assert lut(kind).shape == (256, 3)
    assert np.abs(lut(kind) - expected).max() <= 0.5 + 1e-9


def test_the_sequential_table_grows_brighter_all_the_way():
    brightness = lut("sequential") @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(brightness) > -1).all()
    assert brightness[-1] > brightness[0] + 200


def test_the_signed_table_is_lightest_in_the_middle():
    brightness = lut("signed") @ np.array([0.299, 0.587, 0.114])
    assert 120 <= brightness.argmax() <= 135


def test_categories_have_the_palettes_colours_and_start_again_after_the_last():
    table = lut("categorical")
    for index, colour in enumerate(MAP_CATEGORIES):
        assert tuple(table[index]) == rgb(colour)
        assert tuple(table[index + len(MAP_CATEGORIES)]) == rgb(colour)


def test_tables_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        lut("signed")[0] = 0


def test_roles_have_their_colour_and_others_the_default():
    assert role_colour("query", "#000000") == ROLES["query"]
    assert role_colour("", "#123456") == "#123456"
    assert rgb("#00B8D9") == (0, 184, 217)


def test_under_a_signed_map_the_photo_is_light_so_that_zero_looks_as_in_the_legend():
    photo = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    zero = lut("signed")[127:129].mean()
    assert (lightened(photo)[..., 0] == lightened(photo)[..., 2]).all()
    assert lightened(photo).min() >= 158 and dimmed(photo).max() < 116
    assert abs(lightened(photo).mean() - zero) < abs(dimmed(photo).mean() - zero)
