"""Padding's share: what is measured is laid out by head, with the numbers beside it."""

import numpy as np
import pytest
import torch

from samvit.config import EncoderConfig
from samvit.encoder import build_encoder
from samvit.measures.padding import padding_weights, value_lengths
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import percent_text
from viz.panel import Maps, Numbers, Table
from viz.selection import Selection
from viz.views import view_by_id

PADDING = view_by_id("padding")
CORNER = (5, 9)  # landscape photo: 6 of 10 rows hold photo; this one sees both kinds of padding


def padding(made, block=WINDOWED, query=CORNER, **chosen):
    return english(PADDING.panels(made, Selection.of(block=block, query=query, **chosen)))


def test_at_1024_px_960_of_4096_queries_see_window_padding():
    config = EncoderConfig("four numbers", 4, 1, 1, ())
    made = trace(fill_random(build_encoder(config)), torch.randn(1, 3, 1024, 1024))
    numbers = {number.label: number.value for number in padding(made, block=0, query=(60, 60))[-1].numbers}
    assert numbers["queries that see window padding"] == 960
    assert numbers["queries in all"] == 4096


def test_a_windowed_block_shows_both_kinds_on_scales_from_zero():
    made = scene()
    window, image, table, numbers = padding(made)
    assert [type(panel) for panel in (window, image, table, numbers)] == [Maps, Maps, Table, Numbers]
    np.testing.assert_array_equal(window.values, padding_weights(made, WINDOWED)[0].weight.numpy())
    np.testing.assert_array_equal(image.values, padding_weights(made, WINDOWED)[1].weight.numpy())
    rows, cols = made.photo_grid
    for maps in (window, image):
        (scale,) = maps.scales
        assert scale.low == 0 and scale.high == pytest.approx(np.nanmax(maps.values[:, :rows, :cols]))
        assert maps.picks == "head" and maps.chosen == 0


def test_a_global_block_has_image_padding_only():
    maps, table, numbers = padding(scene(), GLOBAL)
    assert maps.title == "Weight on image padding"
    assert np.isfinite(maps.values).all()
    assert table.columns == ("head", "on image padding, pinned patch", "on image padding, mean")
    assert [n.label for n in numbers.numbers] == ["queries in all", "queries that see image padding"]


def test_without_any_padding_there_is_nothing_but_a_sentence():
    (panel,) = padding(scene("square photo"), GLOBAL)
    assert isinstance(panel, Numbers)
    assert panel.numbers == ()
    assert "fills the model image" in panel.note


def test_the_table_gives_each_heads_share_beside_equal_weights():
    made = scene()
    table = padding(made, head=2)[2]
    rows, cols = made.photo_grid
    assert table.columns[1:] == (
        "on window padding, pinned patch",
        "on window padding, mean",
        "on image padding, pinned patch",
        "on image padding, mean",
    )
    for head, cells in enumerate(table.rows[:3]):
        expected = [str(head)]
        for share in padding_weights(made, WINDOWED):
            photo = share.weight[head, :rows, :cols]
            expected += [percent_text(float(share.weight[head][CORNER]))]
            expected += [percent_text(float(photo[~photo.isnan()].mean()))]
        assert list(cells) == expected
        for panel, (pinned, mean) in zip(padding(made)[:2], (expected[1:3], expected[3:]), strict=True):
            assert panel.notes[head] == f"pinned patch {pinned} · mean {mean}"
    # The corner's window: 4×4 tokens, 2 columns of them beyond the grid; 2 of its 4 rows hold no photo.
    assert (table.rows[3][0], table.rows[3][1], table.rows[3][3]) == ("if all weights were equal", "50.0 %", "25.0 %")
    assert table.marked == (2, 3)


def test_a_patch_that_sees_no_padding_has_a_dash():
    window, image, table, _ = padding(scene(), query=(0, 0))
    assert all(row[1] == row[3] == "–" for row in table.rows)
    assert all(note.startswith("pinned patch –") for note in (*window.notes, *image.notes))


@pytest.mark.parametrize(("heads", "pooled"), [("mean", np.mean), ("max", np.max)])
def test_heads_are_pooled_into_one_map(heads, pooled):
    made = scene()
    maps = padding(made, heads=heads)[0]
    expected = pooled(padding_weights(made, WINDOWED)[0].weight.numpy(), axis=0)
    np.testing.assert_allclose(maps.values[0], expected, rtol=1e-6)
    assert maps.labels == (f"{heads} of heads",) and maps.chosen is None


def test_one_head_is_shown_alone():
    made = scene()
    maps = padding(made, heads="one", head=2)[0]
    np.testing.assert_array_equal(maps.values, padding_weights(made, WINDOWED)[0].weight.numpy()[2:3])
    assert maps.labels == ("head 2",) and maps.picks == ""


def test_paddings_value_is_shown_for_the_chosen_head_where_window_padding_is_seen():
    made = scene()
    of_padding, of_patches = value_lengths(made, WINDOWED)
    numbers = {number.label: number.value for number in padding(made, head=1)[-1].numbers}
    assert numbers["length of window padding's value vector, head 1"] == pytest.approx(float(of_padding[1]))
    assert numbers["mean length of the patches' value vectors, head 1"] == pytest.approx(float(of_patches[1]))
    assert len({*of_padding.tolist(), *of_patches.tolist()}) == 6  # another head's would be seen


def test_the_view_reads_what_it_says_and_changes_nothing():
    selections = [Selection.of(block=WINDOWED, query=QUERY, heads=heads) for heads in ("all", "one", "mean")]
    assert fields_read(PADDING, scene(), *selections) == PADDING.uses - {"overlay"}
    assert_pure(PADDING, scene(), selections[0])
    assert_has_texts(PADDING)
