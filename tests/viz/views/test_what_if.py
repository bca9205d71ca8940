"""The view of what-ifs: it shows the measure and says everywhere what was changed."""

import numpy as np
import pytest

from samvit.measures.what_if import CHANGES, Change, cosines_with_true
from tests.viz.views.forward import QUERY, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.selection import WHAT_IFS, Selection
from viz.views import view_by_id

WHAT_IF = view_by_id("what_if")


def chosen(kind):
    return Selection.of(what_if=kind, block=2, head=1, query=QUERY)


def test_a_link_can_ask_for_every_change_that_there_is():
    assert WHAT_IFS == CHANGES


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("head_off", "without head 1 of block 2"),
        ("block_off", "without block 2"),
        ("covered", "5×5 patches around (4, 6) covered"),
        ("none_global", "no block global"),
    ],
)
def test_every_panel_says_what_was_changed_and_shows_how_far_tokens_turn(kind, name):
    maps, depth, embedding = english(WHAT_IF.panels(scene(), chosen(kind)))
    assert name in maps.title and name in depth.title and name in embedding.note
    turned = 1 - cosines_with_true(scene(), Change(kind, 2, 1, QUERY)).numpy()
    assert np.array_equal(maps.values, turned)
    assert maps.labels[2] == "block 2" and maps.labels[-1] == "image embedding"
    mean, pinned = depth.curves
    np.testing.assert_allclose(mean.y, turned[:-1, :6].mean((1, 2)), rtol=1e-4, atol=1e-6)
    assert np.array_equal(pinned.y, turned[:-1, QUERY[0], QUERY[1]])
    assert embedding.numbers[0].value == pytest.approx(turned[-1, :6].mean(), rel=1e-4)
    assert embedding.numbers[1].value == pytest.approx(turned[-1, QUERY[0], QUERY[1]])


def test_it_reads_what_it_says_and_changes_nothing():
    assert fields_read(WHAT_IF, scene(), chosen("head_off")) == WHAT_IF.uses - {"overlay"}
    assert_pure(WHAT_IF, scene(), chosen("covered"))
    assert_has_texts(WHAT_IF)
