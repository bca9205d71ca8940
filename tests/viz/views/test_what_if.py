"""The view of what-ifs: it shows the measure and says what was changed."""

import numpy as np
import pytest

from samvit.measures.what_if import cosines_with_true, true_attention
from samvit.tracing import trace
from samvit.what_if import KINDS, WhatIf
from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import FORMS
from viz.selection import Selection
from viz.texts import text
from viz.views import view_by_id
from viz.what_if import NAMES

WHAT_IF = view_by_id("what_if")
PINNED = Selection.of(query=QUERY, block=GLOBAL)


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
    maps, _, depth, embedding = english(WHAT_IF.panels(made, PINNED))
    assert embedding.note == said
    turned = 1 - cosines_with_true(made).numpy()
    assert np.array_equal(maps.values, turned)
    assert maps.labels[2] == "block 2" and maps.labels[-1] == "image embedding"
    mean, pinned = depth.curves
    np.testing.assert_allclose(mean.y, turned[:-1, :6].mean((1, 2)), rtol=1e-4, atol=1e-6)
    assert np.array_equal(pinned.y, turned[:-1, QUERY[0], QUERY[1]])
    assert embedding.numbers[0].value == pytest.approx(turned[-1, :6].mean(), rel=1e-4)
    assert embedding.numbers[1].value == pytest.approx(turned[-1, QUERY[0], QUERY[1]])


@pytest.mark.parametrize(("block", "changes"), [(GLOBAL, "rel_pos_off"), (WINDOWED, "windows_8"), (WINDOWED, "")])
def test_it_shows_what_changes_in_one_head_s_attention(block, changes):
    made = changed(changes)
    attention = english(WHAT_IF.panels(made, PINNED.changed(block=block, head=2)))[1]
    true, other = true_attention(made, block, QUERY), made.attention(block, QUERY)
    for values, row in zip(attention.values, (true, other), strict=False):
        assert np.array_equal(values, row.weights[2].numpy(), equal_nan=True)
    old, new = (row.weights[2].nan_to_num(0).numpy() for row in (true, other))
    seen = ~(true.weights[2].isnan() & other.weights[2].isnan()).numpy()
    np.testing.assert_allclose(attention.values[2][seen], (new - old)[seen])
    assert np.isnan(attention.values[2][~seen]).all()
    padding = [float(row.window_padding[2]) for row in (true, other)]
    moved = (np.abs(new - old).sum() + abs(padding[1] - padding[0])) / 2
    assert attention.notes[2] == f"{FORMS['percent'](float(moved))} of the weight lies on other keys"
    assert (moved > 0.001) == bool(changes)
    assert attention.scales[0] == attention.scales[1] and attention.scales[0].high == pytest.approx(
        max(old.max(), new.max())
    )


def test_it_reads_what_it_says_and_changes_nothing():
    made = changed("rel_pos_off")
    assert fields_read(WHAT_IF, made, PINNED) == WHAT_IF.uses - {"overlay"}
    assert_pure(WHAT_IF, made, PINNED)
    assert_has_texts(WHAT_IF)
