"""The views of layers: they show their measures, each block's at its place."""

import numpy as np
import pytest
import torch

from samvit.measures.layers import cosines_through_depth, layer_cka, levelled, outliers, own_bases, shared_basis
from samvit.measures.pca import photo_colours
from tests.viz.views.forward import QUERY, fresh_scene, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import number_text, percent_text
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.layers import GAP_PX, TILE_PX, tiles_across, wall

LAYERS, NORMS, COSINES, CKA = map(view_by_id, ("layers", "token_norms", "layer_cosines", "cka"))
CHOSEN = Selection.of(block=2, query=QUERY)


def test_the_chosen_block_s_colours_are_those_of_both_bases():
    made = scene()
    shared_wall, own_wall, shared, own = english(LAYERS.panels(made, CHOSEN))
    expected = photo_colours(levelled(made.stream[3], made.photo_grid), made.photo_grid, shared_basis(made))
    assert np.array_equal(shared.pixels, expected)
    assert np.array_equal(own.pixels, photo_colours(made.stream[3], made.photo_grid, own_bases(made)[2]))
    assert shared.on_grid and own.on_grid
    assert percent_text(float(shared_basis(made).variance.sum())) in shared_wall.note
    assert "block 2 is framed" in own_wall.note


def test_the_wall_holds_every_picture_in_order_and_frames_one():
    pictures = [torch.full((10, 10, 3), 40 * index, dtype=torch.uint8) for index in range(5)]
    shown, zoom = wall(pictures, (6, 10), 3), TILE_PX // 10
    tall, wide = 6 * zoom + GAP_PX, 10 * zoom + GAP_PX
    across = shown.shape[1] // wide
    for index in range(5):
        bottom, right = (index // across + 1) * tall - 1, (index % across + 1) * wide - 1  # clear of the number
        assert (shown[bottom, right] == 40 * index).all()
        assert (shown[bottom, index % across * wide] == (0 if index == 3 else 255)).all()


def test_lengths_are_those_of_each_block_s_output():
    made = scene()
    maps = english(NORMS.panels(made, CHOSEN))[0]
    for block in range(made.depth):
        lengths = made.stream[block + 1].norm(dim=-1)
        torch.testing.assert_close(torch.from_numpy(maps.values[block]), lengths)
        photo = lengths[:6]
        assert maps.notes[block].startswith(
            f"median {number_text(float(photo.median()))}, largest {number_text(float(photo.max()))}"
        )
    assert (maps.picks, maps.chosen) == ("block", 2)


def test_an_outlier_is_marked_listed_and_asked_where_it_looks():
    made = fresh_scene("landscape photo")
    made.stream[3][1, 7] *= 50
    made.stream[3][4, 2] *= 30
    made.stream[3][9, 9] *= 90  # image padding: no outlier of the photo
    _, marked, looks, table = english(NORMS.panels(made, CHOSEN))
    assert np.argwhere(marked.values[0]).tolist() == outliers(made.stream[3].norm(dim=-1), (6, 10)).nonzero().tolist()
    assert table.rows[0] == ("(1, 7)", number_text(float(made.stream[3][1, 7].norm())))
    expected = made.attention(2, (1, 7)).weights.mean(0).numpy()
    np.testing.assert_allclose(looks.values[0], expected, rtol=1e-5)
    assert "patch (1, 7)" in looks.title and table.rows[1][0] == "(4, 2)"


def test_a_block_without_outliers_says_the_rule():
    made = fresh_scene("square photo")
    made.stream[3].copy_(torch.nn.functional.normalize(made.stream[3], dim=-1))
    *_, none = english(NORMS.panels(made, CHOSEN))
    assert none.title == "Block 2 has no outlier" and none.numbers[0].value == pytest.approx(1, abs=1e-3)


def test_cosines_with_the_mean_and_without_it():
    made = scene()
    for panel, centred in zip(english(COSINES.panels(made, CHOSEN)), (False, True), strict=True):
        assert np.array_equal(panel.values, cosines_through_depth(made, QUERY, centred), equal_nan=True)
        assert (panel.picks, panel.chosen) == ("block", 2)


def test_cka_is_shown_with_the_chosen_block_outlined():
    made = scene()
    table, row = english(CKA.panels(made, CHOSEN))
    assert np.array_equal(table.values, layer_cka(made))
    (curve,) = row.curves
    assert curve.x.tolist() == [0, 1, 2, 3, 4] and np.array_equal(curve.y, layer_cka(made)[2])
    assert row.marks == ((2, "block 2"),) and row.title == "Linear CKA of block 2's output and every layer's"
    assert (table.row_mark, table.col_mark) == (2, 2) and "4 is the image embedding" in table.row_label


@pytest.mark.parametrize("view", [LAYERS, NORMS, COSINES, CKA], ids=lambda view: view.id)
def test_they_read_what_they_say_and_change_nothing(view):
    made = scene()
    assert fields_read(view, made, CHOSEN) == view.uses - {"overlay"}
    assert_pure(view, made, CHOSEN)
    assert_has_texts(view)


@pytest.mark.parametrize("aspect", [2 / 3, 1, 3 / 2])
def test_hardly_a_place_of_a_wall_of_layers_stays_empty(aspect):
    for depth in (12, 24, 32):
        across = tiles_across(depth, aspect)
        down = -(-depth // across)
        assert across * down <= depth * 9 / 8 and 1 <= across / (down * aspect) <= 2.5
    assert tiles_across(12, aspect) * -(-12 // tiles_across(12, aspect)) == 12
