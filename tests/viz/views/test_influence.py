"""The view of reach and influence: it shows its measures, and names the blocks that let patches in."""

import numpy as np
import pytest

from samvit.measures.reach import first_reached, influence, within_reach
from tests.viz.views.forward import QUERY, fresh_scene, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.selection import Selection
from viz.views import view_by_id

INFLUENCE = view_by_id("influence")
CHOSEN = Selection.of(query=QUERY, block=3)


def test_each_patch_has_the_name_of_the_block_that_lets_it_in():
    made = scene()
    reach, _, growth, _ = english(INFLUENCE.panels(made, CHOSEN))
    names = {-1: "the patch itself", 0: "from block 0 on", 1: "from block 1 on"}
    shown = [reach.scales[0].categories[int(value)] for value in reach.values.flatten()]
    assert shown == [names[int(block)] for block in first_reached(made, QUERY).flatten()]
    assert growth.curves[0].y.tolist() == [16, 100, 100, 100]
    assert growth.marks == ((3.0, "block 3"),) and reach.notes == ("after block 3: 100 patches",)


def test_the_chosen_block_lets_no_more_patches_in_than_it_can():
    reach, _, growth, _ = english(INFLUENCE.panels(scene(), CHOSEN.changed(block=0)))
    assert np.array_equal(~np.isnan(reach.values[0]), within_reach(scene(), QUERY, 0).numpy())
    assert reach.notes == ("after block 0: 16 patches",) and growth.marks == ((0.0, "block 0"),)
    assert len(reach.scales[0].categories) == 3  # colours mean the same in every block


def test_a_patch_that_no_block_lets_in_is_empty():
    made = fresh_scene("landscape photo")
    for block in (1, 3):
        made.encoder.blocks[block].window_size = 4
    reach, *_ = english(INFLUENCE.panels(made, CHOSEN))
    assert np.isnan(reach.values).sum() == 84 and len(reach.scales[0].categories) == 2


def test_gradients_and_their_shares():
    made = scene()
    _, gradient, _, shares = english(INFLUENCE.panels(made, CHOSEN))
    moves = influence(made, QUERY)
    assert np.array_equal(gradient.values[0], moves)
    total = float(moves.sum())
    in_window = float(moves[within_reach(made, QUERY, 0)].sum())
    expected = [float(moves[QUERY]) / total, in_window / total, float(moves[6:].sum()) / total]
    assert [number.value for number in shares.numbers] == [pytest.approx(share) for share in expected]


def test_it_reads_what_it_says_and_changes_nothing():
    assert fields_read(INFLUENCE, scene(), CHOSEN) == INFLUENCE.uses - {"overlay"}
    assert_pure(INFLUENCE, scene(), CHOSEN)
    assert_has_texts(INFLUENCE)
