"""The view of what-ifs: it shows the measure and says what was changed."""

import numpy as np
import pytest

from samvit.measures.what_if import cosines_with_true
from samvit.tracing import trace
from samvit.what_if import KINDS, WhatIf
from tests.viz.views.forward import QUERY, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.selection import Selection
from viz.texts import text
from viz.views import view_by_id
from viz.what_if import NAMES

WHAT_IF = view_by_id("what_if")
PINNED = Selection.of(query=QUERY)


def changed(changes):
    return trace(scene().encoder, scene().image, what_if=WhatIf.parse(changes))


def test_every_change_has_a_name():
    assert NAMES.keys() == KINDS.keys()
    assert all(text("en", f"change.{kind}") for kind in KINDS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("head_off.2.1", "What if: head 1 of block 2 removed; the weights were not trained for it."),
        ("grey,block_off.2", "What if: block 2 removed, photo without colours; the weights were not trained for it."),
        ("covered.4.6", "What if: 5×5 patches around (4, 6) covered; the weights were not trained for it."),
        ("", "Nothing is changed yet: the menu “What if” at the top holds the changes."),
    ],
)
def test_it_shows_how_far_tokens_turn_and_says_what_was_changed(changes, said):
    made = changed(changes)
    maps, depth, embedding = english(WHAT_IF.panels(made, PINNED))
    assert embedding.note == said
    turned = 1 - cosines_with_true(made).numpy()
    assert np.array_equal(maps.values, turned)
    assert maps.labels[2] == "block 2" and maps.labels[-1] == "image embedding"
    mean, pinned = depth.curves
    np.testing.assert_allclose(mean.y, turned[:-1, :6].mean((1, 2)), rtol=1e-4, atol=1e-6)
    assert np.array_equal(pinned.y, turned[:-1, QUERY[0], QUERY[1]])
    assert embedding.numbers[0].value == pytest.approx(turned[-1, :6].mean(), rel=1e-4)
    assert embedding.numbers[1].value == pytest.approx(turned[-1, QUERY[0], QUERY[1]])


def test_it_reads_what_it_says_and_changes_nothing():
    made = changed("rel_pos_off")
    assert fields_read(WHAT_IF, made, PINNED) == WHAT_IF.uses - {"overlay"}
    assert_pure(WHAT_IF, made, PINNED)
    assert_has_texts(WHAT_IF)
