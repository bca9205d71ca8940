"""Attention weights and how far they reach: equal to the whole softmax of a forward pass."""

import numpy as np
import pytest
import torch

from samvit.measures.distance import distances_by_block
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import percent_text
from viz.panel import Curves, Maps, Matrix, Numbers
from viz.selection import Selection
from viz.views import view_by_id

HEADS, REACH = view_by_id("heads"), view_by_id("reach")


def heads(made, block=WINDOWED, query=QUERY, **others):
    return english(HEADS.panels(made, Selection.of(block=block, query=query, **others)))


def reach(made, query=QUERY, **others):
    return english(REACH.panels(made, Selection.of(block=GLOBAL, query=query, **others)))


def close(values, expected):
    torch.testing.assert_close(torch.as_tensor(values), expected, rtol=1e-4, atol=1e-5, equal_nan=True)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_all_heads_are_the_softmax_of_the_pinned_query(name, block):
    made = scene(name)
    plain = plain_scores(made, block, corner_patch(made))
    (maps,) = heads(made, block, corner_patch(made), head=1)
    assert isinstance(maps, Maps)
    close(maps.values, plain.on_grid(plain.weights()))
    assert (maps.picks, maps.chosen) == ("head", 1)


def test_maps_are_cut_to_the_window_outside_of_which_the_query_sees_nothing():
    made = scene()
    (windowed,), (of_all,) = heads(made, WINDOWED), heads(made, GLOBAL)
    sight = windowed.sight
    assert of_all.sight is None and sight.rows == sight.cols == made.windows[WINDOWED]
    inside = np.zeros(made.grid, bool)
    inside[sight.row : sight.row + sight.rows, sight.col : sight.col + sight.cols] = True
    assert np.array_equal(np.isfinite(windowed.values[0]), inside)
    assert sight.words == (
        f"the query’s window: rows {sight.row} to {sight.row + sight.rows - 1}, "
        f"columns {sight.col} to {sight.col + sight.cols - 1}"
    )
    last = made.grid[0] - 1
    (padded,) = heads(made, WINDOWED, (last, last))
    assert padded.sight.row + padded.sight.rows > made.grid[0]
    assert padded.sight.words.endswith(f"columns {padded.sight.col} to {last}, and window padding (hatched)")


@pytest.mark.parametrize("mode, pooled", [("mean", torch.mean), ("max", torch.amax)])
def test_heads_are_pooled_by_mean_or_maximum(mode, pooled):
    made = scene()
    plain = plain_scores(made, WINDOWED, QUERY)
    (maps,) = heads(made, heads=mode)
    close(maps.values, pooled(plain.on_grid(plain.weights()), dim=0, keepdim=True))


def test_one_head_is_shown_alone():
    made = scene()
    plain = plain_scores(made, GLOBAL, QUERY)
    (maps,) = heads(made, GLOBAL, heads="one", head=2)
    close(maps.values, plain.on_grid(plain.weights())[2:])
    assert maps.labels == ("head 2",)


def test_a_second_query_gets_maps_of_its_own():
    made = scene()
    plain = plain_scores(made, GLOBAL, (1, 2))
    _, other = heads(made, GLOBAL, against_query=(1, 2))
    close(other.values, plain.on_grid(plain.weights()))


def test_shares_of_padding_are_written_under_each_map():
    made, query = scene(), corner_patch(scene())
    plain = plain_scores(made, WINDOWED, query)
    on_grid = plain.on_grid(plain.weights())
    rows, cols = made.photo_grid
    for head, note in enumerate(heads(made, WINDOWED, query)[0].notes):
        image = on_grid[head, rows:].nansum() + on_grid[head, :rows, cols:].nansum()
        window = 1 - on_grid[head].nansum()
        assert (
            note == f"{percent_text(float(window))} to window padding · {percent_text(float(image))} to image padding"
        )


def test_nothing_is_written_about_padding_where_there_is_none():
    assert set(heads(scene("square photo"), GLOBAL)[0].notes) == {""}


@pytest.mark.parametrize("key, shown", [((5, 7), True), ((9, 9), False)])
def test_the_weight_on_a_pinned_key_is_written_where_there_is_one(key, shown):
    made = scene()
    plain = plain_scores(made, WINDOWED, QUERY)
    for head, note in enumerate(heads(made, key=key)[0].notes):
        if shown:
            share = plain.on_grid(plain.weights())[(head, *key)]
            assert note.startswith(f"{percent_text(float(share))} on the key")
        else:
            assert "on the key" not in note


@pytest.mark.parametrize("name", SCENES)
def test_dots_and_table_are_the_mean_distances_over_the_photo(name):
    made = scene(name)
    query = corner_patch(made)
    dots, table, _ = reach(made, query, head=2)
    assert isinstance(dots, Curves) and isinstance(table, Matrix)
    expected, _ = distances_by_block(made, query, photo_only=True)
    close(table.values, expected.T)
    for block, window in enumerate(made.windows):
        (curve,) = [curve for curve in dots.curves if curve.role == ("windowed" if window else "global")]
        close(curve.y[curve.x == block], expected[block])
    assert (table.row_mark, table.col_mark) == (2, GLOBAL)


def test_equal_weights_reach_the_mean_distance_of_the_photos_patches_in_sight():
    even = reach(scene())[2]  # 6 of 10 rows hold photo
    assert isinstance(even, Numbers)

    def mean_distance(rows, cols):
        return np.mean([np.hypot(row - QUERY[0], col - QUERY[1]) for row in rows for col in cols])

    windowed, all_over = (number.value for number in even.numbers)
    assert windowed == pytest.approx(mean_distance(range(4, 6), range(4, 8)), rel=1e-5)
    assert all_over == pytest.approx(mean_distance(range(6), range(10)), rel=1e-5)
    assert "image padding is left out" in even.note


def test_an_encoder_of_global_blocks_only_has_one_kind_of_dot():
    dots, _, even = reach(scene("every block global"))
    assert [curve.role for curve in dots.curves] == ["global"]
    assert len(even.numbers) == 1


def test_views_of_weights_read_what_they_say_and_change_nothing():
    made = scene()
    modes = [Selection.of(block=GLOBAL, query=QUERY, key=(1, 1), heads=mode) for mode in ("all", "one", "mean")]
    for view in (HEADS, REACH):
        assert fields_read(view, made, *modes) == view.uses - {"overlay"}
        assert_pure(view, made, modes[0])
        assert_has_texts(view)
