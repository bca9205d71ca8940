"""The views across depth: they show their measures, head by head at the right place."""

import numpy as np
import pytest
import torch

from samvit.measures.depth import KINDS, head_facts, head_kinds
from tests.viz.views.forward import QUERY, scene
from tests.viz.views.plain_scores import plain_scores
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.selection import Selection
from viz.views import view_by_id

MODEL_VIEW, DISTANCE = view_by_id("model_view"), view_by_id("distance")
CHOSEN = Selection.of(block=2, head=1, query=QUERY)


def test_every_map_is_its_block_s_and_head_s():
    made = scene()
    every, of_head, of_block = english(MODEL_VIEW.panels(made, CHOSEN))
    for block in range(made.depth):
        plain = plain_scores(made, block, QUERY)
        weights = plain.on_grid(plain.weights())
        for head in range(made.heads):
            index = block * made.heads + head
            shown = torch.from_numpy(every.values[index])
            torch.testing.assert_close(shown, weights[head], rtol=1e-4, atol=1e-5, equal_nan=True)
            assert every.labels[index] == f"block {block}, head {head}"
    assert (every.chosen, of_head.chosen, of_block.chosen) == (2 * 3 + 1, 2, 1)
    assert every.rows == tuple(map(str, range(made.depth))) and every.cols == tuple(map(str, range(made.heads)))
    assert (every.picks, of_head.picks, of_block.picks) == ("", "block", "head")
    assert np.array_equal(of_head.values, every.values[1::3], equal_nan=True)
    assert np.array_equal(of_block.values, every.values[6:9], equal_nan=True)


def test_maps_of_windowed_blocks_are_cut_to_the_window_and_those_of_global_ones_are_whole():
    made = scene()
    every, of_head, of_block = english(MODEL_VIEW.panels(made, CHOSEN))
    is_global = [window is None for window in made.windows]
    assert of_head.whole == tuple(np.flatnonzero(is_global))
    assert every.whole == tuple(np.flatnonzero(np.repeat(is_global, made.heads)))
    span = made.attention(made.windows.index(None) - 1, QUERY).span  # the block before is windowed
    for panel in (every, of_head, of_block):
        assert (panel.sight.row, panel.sight.col) == (span.row, span.col)
        assert (panel.sight.rows, panel.sight.cols) == span.size
        assert panel.sight.words.startswith("in windowed blocks, the query’s window: rows ")
    assert english(MODEL_VIEW.panels(made, CHOSEN.changed(block=1)))[2].sight is None


def test_dots_stand_at_their_block_and_are_coloured_by_its_kind():
    made = scene()
    facts = head_facts(made)
    panels = english(DISTANCE.panels(made, CHOSEN))
    expected = (facts.distance, facts.content_distance, facts.entropy, facts.content_entropy)
    for panel, values in zip(panels[:4], expected, strict=True):
        windowed, over_all = panel.curves[:2]
        assert (windowed.role, over_all.role) == ("windowed", "global") and panel.points
        assert windowed.x.tolist() == [0, 0, 0, 2, 2, 2] and over_all.x.tolist() == [1, 1, 1, 3, 3, 3]
        assert np.array_equal(windowed.y, values[[0, 2]].flatten()) and np.array_equal(
            over_all.y, values[[1, 3]].flatten()
        )
    assert np.array_equal(panels[0].curves[2].y, facts.farthest)
    assert np.array_equal(panels[2].curves[2].y, facts.even_entropy)


def test_the_chosen_head_s_numbers_and_every_head_s_kind():
    made = scene()
    facts = head_facts(made)
    numbers, kinds, rules = english(DISTANCE.panels(made, CHOSEN))[4:]
    expected = (facts.distance, facts.entropy, facts.padding, facts.moved, facts.likeness)
    assert [one.value for one in numbers.numbers] == [pytest.approx(float(fact[2, 1])) for fact in expected]
    assert [one.unit for one in numbers.numbers] == ["px", "bits", "", "", ""]
    assert numbers.title == "Block 2, head 1" and kinds.marked == (2,)
    indexes = head_kinds(facts, made.patch_size)
    for block, row in enumerate(kinds.rows):
        assert row == (f"block {block}", *(KINDS[index].replace("_", " ") for index in indexes[block]))
    assert [row[1] for row in rules.rows] == [kind.replace("_", " ") for kind in KINDS]


@pytest.mark.parametrize("view", [MODEL_VIEW, DISTANCE], ids=lambda view: view.id)
def test_they_read_what_they_say_and_change_nothing(view):
    made = scene()
    assert fields_read(view, made, CHOSEN) == view.uses - {"overlay"}
    assert_pure(view, made, CHOSEN)
    assert_has_texts(view)
