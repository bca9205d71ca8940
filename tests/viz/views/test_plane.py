"""The view of queries and keys: dots at their places, colours in one basis, and what is left out."""

import numpy as np
import pytest

import viz.views.plane as plane_view
from samvit.measures.pca import GREY
from samvit.measures.photo import patch_cells
from samvit.measures.plane import neighbour_plane, query_key_plane
from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, scene
from tests.viz.views.plain_scores import plain_scores
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.selection import Selection
from viz.views import view_by_id

QK_PLANE = view_by_id("qk_plane")
CHOSEN = Selection.of(block=GLOBAL, head=2, query=QUERY)


def test_dots_are_the_vectors_in_the_first_two_components():
    made = scene()
    scatter = english(QK_PLANE.panels(made, CHOSEN))[0]
    plane = query_key_plane(made, GLOBAL, 2)
    queries, keys, query, key = scatter.curves
    for curve, vectors in ((queries, plane.q), (keys, plane.k), (query, plane.q[QUERY]), (key, plane.k[QUERY])):
        places = (vectors.reshape(-1, vectors.shape[-1]) - plane.basis.mean) @ plane.basis.components.T
        np.testing.assert_allclose(np.stack([curve.x, curve.y]), places[:, :2].T, rtol=1e-4, atol=1e-4)
    assert (query.role, key.role) == ("query", "key") and query.label == "query of patch (4, 6)"


def test_many_dots_are_thinned_evenly(monkeypatch):
    monkeypatch.setattr(plane_view, "DOTS", 15)  # of 6 × 10
    scatter = english(QK_PLANE.panels(scene(), CHOSEN))[0]
    plane = query_key_plane(scene(), GLOBAL, 2)
    expected = plane.basis.scores(plane.k[::2, ::2].flatten(0, 1))[:, 0]
    np.testing.assert_allclose(scatter.curves[1].x, expected, rtol=1e-5)
    rows, cols, step, *corner = scatter.curves[1].patches
    assert (rows * cols, step, corner) == (len(scatter.curves[1].x), 2, [0, 0])
    dot = plane.basis.scores(plane.k[4, 6][None])[0, 0]  # patch (4, 6) is in the third row of dots, the fourth of it
    assert scatter.curves[1].x[2 * cols + 3] == pytest.approx(float(dot), rel=1e-5)
    assert scatter.curves[2].patches == (1, 1, 1, *QUERY)


def test_by_t_sne_the_nearest_patch_with_dots_stands_for_the_pinned_one(monkeypatch):
    monkeypatch.setattr(plane_view, "DOTS", 15)  # of 6 × 10: every second row and column
    scatter, *_, numbers = english(QK_PLANE.panels(scene(), CHOSEN.changed(plane="tsne", query=(5, 7))))
    queries, keys, query, key = scatter.curves
    places = neighbour_plane(scene(), GLOBAL, 2, 2)
    for curve, expected in ((queries, places[0]), (keys, places[1]), (query, places[0, 2, 4]), (key, places[1, 2, 4])):
        np.testing.assert_array_equal(np.stack([curve.x, curve.y], -1), expected.reshape(-1, 2))
    assert query.patches == (1, 1, 1, 4, 8) and query.label == "query of patch (4, 8)"
    assert [one.label for one in numbers.numbers] == ["variance in the colours", "weight that rel-pos moves"]
    assert "mean nothing" in numbers.note and scatter.x_label == "t-SNE, across"


def test_dots_take_the_colour_of_their_place_or_of_the_photo_there(monkeypatch):
    monkeypatch.setattr(plane_view, "DOTS", 15)
    of = {
        dots: english(QK_PLANE.panels(scene(), CHOSEN.changed(dots=dots)))[0].curves
        for dots in ("kind", "place", "content")
    }
    assert all(curve.colours is None for curve in of["kind"])
    photo = patch_cells(scene(), 1)[:6:2, ::2].reshape(-1, 3)
    place = of["place"][0].colours.reshape(3, 5, 3).astype(int)
    for curve in of["content"][:2]:
        assert np.array_equal(curve.colours, photo)
    assert (np.diff(place[..., 0], axis=1) > 0).all() and (np.diff(place[..., 2], axis=0) > 0).all()
    assert (place[..., 0] == place[:1, :, 0]).all() and (place[..., 2] == place[:, :1, 2]).all()
    assert np.array_equal(of["place"][0].colours, of["place"][1].colours)
    assert [curve.square for curve in of["place"]] == [False, True, False, True]
    assert of["place"][2].colours is None  # the pinned patch's keep their own


def test_colours_are_those_of_the_common_basis_and_padding_is_grey():
    plane = query_key_plane(scene(), GLOBAL, 2)
    _, q, k, _ = english(QK_PLANE.panels(scene(), CHOSEN))
    for picture, vectors in ((q, plane.q), (k, plane.k)):
        assert picture.on_grid and np.array_equal(picture.pixels[:6], plane.basis.colours(vectors))
        assert (picture.pixels[6:] == GREY).all()


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_it_says_how_much_of_the_weight_rel_pos_moves(block):
    numbers = english(QK_PLANE.panels(scene(), CHOSEN.changed(block=block)))[-1].numbers
    plain = plain_scores(scene(), block, QUERY)
    moved = (plain.weights() - plain.weights("c"))[2].clamp_min(0).sum()
    assert numbers[2].value == pytest.approx(float(moved), abs=1e-4)
    variance = query_key_plane(scene(), block, 2).basis.variance
    assert [one.value for one in numbers[:2]] == [pytest.approx(float(variance[:end].sum())) for end in (2, 3)]


def test_a_patch_of_image_padding_has_no_dots_of_its_own():
    scatter = english(QK_PLANE.panels(scene(), CHOSEN.changed(query=(8, 2))))[0]
    assert len(scatter.curves) == 2


def test_it_reads_what_it_says_and_changes_nothing():
    assert fields_read(QK_PLANE, scene(), CHOSEN) == QK_PLANE.uses
    assert_pure(QK_PLANE, scene(), CHOSEN)
    assert_has_texts(QK_PLANE)
