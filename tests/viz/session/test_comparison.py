"""Two sides of a view: what belongs together, in which colours, and how it differs, against plain numpy."""

from dataclasses import replace

import numpy as np
import pytest

from samvit.encoder import build_encoder
from samvit.measures.neck_pca import shared_neck_pca
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.photos import noise_photo
from tests.viz.views.forward import QUERY, scene
from viz.numbers import number_text, percent_text
from viz.panel import Curves, Maps, Matrix, Number, Numbers, Picture, Scale, Sight, Table, spoken
from viz.selection import Selection
from viz.session.comparison import Side, compared, in_one_scale, paired, shared_photo, spanning
from viz.session.differences import difference_of
from viz.views import VIEWS

BASE = Selection.of(block=1, head=1, query=QUERY, image="one")
GRID, SEEN = (10, 10), (6, 10)  # of the scene and of the part of it that holds photo


def sides(view="heads", other=None, **differs):
    """A scene against itself or another trace, in a view, apart from what differs."""
    one = BASE.changed(view=view)
    return Side(scene(), one), Side(other or scene(), one.changed(**differs))


def words(panel):
    return spoken(panel, "en")


def test_panels_of_the_same_kind_and_title_key_are_a_pair_whatever_block_they_name():
    one, other = sides("layers", block=3)
    assert paired(one.panels(), other.panels()) == [(index, index) for index in range(4)]


def test_what_only_one_side_has_stands_alone():
    first, second, third = (Maps(key, np.zeros((1, 2, 2)), (), ()) for key in ("a", "b", "a"))
    picture = Picture("a", np.zeros((2, 2, 3), np.uint8))
    assert paired([first, second, third], [picture, third, second]) == [(0, 1), (1, 2), (2, None), (None, 0)]


def test_maps_differ_by_what_numpy_says():
    one, other = sides(block=3)
    found = compared(one, other, "own")
    a, b = found.one[0].values, found.other[0].values
    difference = words(found.pairs[0].difference)
    np.testing.assert_array_equal(difference.values, a - b)
    assert np.abs(a - b).max() > 1e-3
    for index, note in enumerate(difference.notes):
        first, second = a[index, :6].ravel().astype(float), b[index, :6].ravel().astype(float)
        r = np.corrcoef(first, second)[0, 1]
        at = np.abs(first - second).argmax()
        size = percent_text((first - second)[at])
        assert note == f"correlation {number_text(r)}, largest difference {size} at {divmod(int(at), 10)}"
    assert {scale.kind for scale in difference.scales} == {"signed"}
    tops = np.abs((a - b)[:, :6]).max((1, 2))
    assert [scale.high for scale in difference.scales] == pytest.approx(list(tops))
    assert words(found.summary) == f"A and B, head 1: {difference.notes[1]}."


def test_places_outside_a_window_have_no_difference():
    one = Side(scene(), BASE.changed(block=0, query=(0, 0)))
    other = Side(scene(), BASE.changed(block=1, query=(0, 0)))
    difference = compared(one, other, "own").pairs[0].difference
    assert np.isnan(difference.values[:, 5, 5]).all() and np.isfinite(difference.values[:, 3, 3]).all()


def test_two_queries_in_two_windows_share_no_place_and_it_is_said():
    one, other = Side(scene(), BASE.changed(block=0, query=(0, 0))), Side(scene(), BASE.changed(block=0, query=(5, 9)))
    found = compared(one, other, "one")
    assert words(found.summary) == "A and B, head 1: no patch has a value on both sides."


@pytest.mark.parametrize("scale", ["linear", "log", "clip"])
def test_in_one_scale_a_colour_is_the_same_value_on_both_sides(scale):
    one, other = (Side(scene(), side.selection.changed(scale=scale)) for side in sides(block=3))
    own, shared = compared(one, other, "own"), compared(one, other, "one")
    assert any(a != b for a, b in zip(own.one[0].scales, own.other[0].scales, strict=True))
    assert shared.one[0].scales == shared.other[0].scales
    for a, b, both in zip(own.one[0].scales, own.other[0].scales, shared.one[0].scales, strict=True):
        assert (both.low, both.high) == (min(a.low, b.low), max(a.high, b.high))
        assert (both.kind, both.log, both.percent) == (a.kind, a.log, a.percent)


def test_scales_of_different_kinds_stay_as_they_are():
    (maps, *_), (cosines, *_) = sides()[0].panels(), sides("layer_cosines")[0].panels()
    one = replace(cosines, values=cosines.values[:1], scales=cosines.scales[:1])
    both = in_one_scale(replace(maps, scales=maps.scales[:1]), one)
    assert both[0].scales == maps.scales[:1] and both[1].scales == one.scales


def test_percents_and_other_numbers_and_logarithms_never_share_a_scale():
    plain = Scale("sequential", 0.1, 1.0)
    both = spanning(plain, replace(plain, low=0.05, high=0.5))
    assert (both.low, both.high) == (0.05, 1.0)
    assert [spanning(plain, replace(plain, **{what: True})) for what in ("log", "percent")] == [None, None]
    assert spanning(plain, replace(plain, kind="categorical")) is None


def test_of_two_photos_only_the_patches_that_both_have_count():
    landscape, portrait = scene(), scene("no rel-pos, position or qkv bias")  # 6 × 10 and 10 × 6 of 10 × 10 patches
    assert shared_photo(Side(landscape, BASE), Side(portrait, BASE)) == (6, 6)
    values = np.zeros((1, *GRID), np.float32)
    maps = Maps("maps", values, (Scale("signed", -1, 1),), ("",), sight=Sight(0, 0, 4, 4, ""))
    values = values.copy()
    values[0, 5, 5], values[0, 5, 6] = 2, 9
    difference = difference_of(maps, replace(maps, values=values), (6, 6), GRID)
    assert difference.scales[0].high == 2 and difference.sight == maps.sight
    elsewhere = replace(maps, sight=Sight(4, 4, 4, 4, ""))
    assert difference_of(maps, elsewhere, (6, 6), GRID).sight is None


def test_a_matrix_differs_cell_by_cell():
    one, other = sides("cka", other=scene("square photo"))
    pair = compared(one, other, "one").pairs[0]
    a, b = (side.panels()[0].values for side in (one, other))
    assert isinstance(pair.difference, Matrix)
    np.testing.assert_array_equal(pair.difference.values, a - b)
    assert pair.difference.scale.kind == "signed" and pair.difference.scale.low == -pair.difference.scale.high


def test_curves_of_the_same_points_differ_point_by_point():
    one, other = sides("neck_pca", other=scene("square photo"))
    found = compared(one, other, "one")
    at = next(index for index, panel in enumerate(found.one) if isinstance(panel, Curves))
    difference = next(pair.difference for pair in found.pairs if pair.one == at)
    for curve, a, b in zip(difference.curves, found.one[at].curves, found.other[at].curves, strict=True):
        np.testing.assert_array_equal(curve.y, a.y - b.y)


def test_named_numbers_become_a_table_of_both_and_their_difference():
    one, other = sides("distance", head=2)
    found = compared(one, other, "one")
    table = next(pair.difference for pair in found.pairs if isinstance(pair.difference, Table))
    at = next(pair.one for pair in found.pairs if pair.difference is table)
    first, second = found.one[at].numbers, found.other[at].numbers
    for row, a, b in zip(words(table).rows, first, second, strict=True):
        assert row[1:] == (number_text(a.value), number_text(b.value), number_text(a.value - b.value))


def test_colours_and_categories_have_no_difference():
    one, other = sides("regions", other=scene("square photo"))
    for pair, panel in zip(compared(one, other, "one").pairs, one.panels(), strict=False):
        colours = isinstance(panel, Picture) or (isinstance(panel, Maps) and panel.scales[0].kind == "categorical")
        assert pair.difference is None or not colours


def test_different_grids_are_said_and_shown_without_a_difference():
    small = trace(
        fill_random(build_encoder(SMALL)), preprocess(noise_photo(90, 150), 80)
    )  # the same photo on a grid of 5 × 5
    found = compared(*sides(other=small, query=(2, 3)), "one")
    assert found.pairs[0].difference is None
    assert "different sizes (3 × 10 × 10 and 3 × 5 × 5)" in words(found.summary)


def test_a_difference_of_two_photos_lies_over_neither():
    same, apart = sides(block=3), sides(other=scene("square photo"), image="other")
    assert compared(*same, "one").pairs[0].difference.over_photo
    assert not compared(*apart, "one").pairs[0].difference.over_photo


def test_maps_off_the_patch_grid_count_whole():
    first = Maps("x", np.arange(18.0).reshape(1, 3, 6), sides()[0].panels()[0].scales[:1], ("x",))
    values = first.values.copy()
    values[0, 2, 5] -= 50
    difference = words(difference_of(first, replace(first, values=values), (1, 1), GRID))
    assert difference.notes[0].endswith("at (2, 5)") and difference.scales[0].high == 50


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_every_view_can_be_compared_with_itself_and_then_nothing_differs(view):
    found = compared(*sides(view.id), "one")
    assert [(pair.one, pair.other) for pair in found.pairs] == [(index, index) for index in range(len(found.one))]
    for pair in found.pairs:
        if isinstance(pair.difference, Maps | Matrix):
            assert np.nanmax(np.abs(pair.difference.values)) == 0
    assert words(found.summary)


def test_two_photos_share_one_basis_of_colours_where_that_is_chosen():
    one, other = sides("neck_pca", other=scene("square photo"))
    own = compared(one, other, "one")
    shared = [replace(side, selection=side.selection.changed(basis="shared")) for side in (one, other)]
    both = compared(*shared, "one")
    found = shared_neck_pca(((one.trace, QUERY), (other.trace, QUERY)), "all", 10)
    for panels, before, pca in zip((both.one, both.other), (own.one, own.other), found, strict=True):
        for index in range(4):
            assert np.array_equal(panels[index].pixels, pca.steps[index].colours)
        assert any(not np.array_equal(panels[index].pixels, before[index].pixels) for index in range(4))
        assert words(panels[4]).note == "Both photos share one basis: the components of all their patches together."


def test_two_encoders_keep_their_own_bases_and_say_why():
    one, other = sides("neck_pca", other=scene("square photo"), model="another")
    shared = [replace(side, selection=side.selection.changed(basis="shared")) for side in (one, other)]
    both = compared(*shared, "one")
    assert np.array_equal(both.other[0].pixels, other.panels()[0].pixels)
    assert words(both.one[4]).note.startswith("Each side is in its own basis")


def test_shares_stay_percents_in_the_table_of_both():
    one, other = (Numbers("n", (Number("share", value, form="percent"),)) for value in (0.5, 0.125))
    (row,) = words(difference_of(one, other, SEEN, GRID)).rows
    assert row[1:] == ("50.0 %", "12.5 %", "37.5 %")
