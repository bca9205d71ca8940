"""Relative position: tables, indexes, gathers and stretched tables equal what loops and plain torch make of them."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores, vectors
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import number_text, percent_text
from viz.panel import Curves, Maps, Matrix, Numbers, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.words import say

REL_POS, GET_REL_POS = view_by_id("rel_pos"), view_by_id("get_rel_pos")
RESIZE, BLOCKS = view_by_id("rel_pos_resize"), view_by_id("rel_pos_blocks")
VIEWS = (REL_POS, GET_REL_POS, RESIZE, BLOCKS)
WITH_TABLES = [name for name in SCENES if not name.startswith("no rel-pos")]
RECTANGLE = "a tensor, not square"  # 6 × 10 patches, tables made for 10 × 10


def show(view, made, block=WINDOWED, query=QUERY, **others):
    return english(view.panels(made, Selection.of(block=block, query=query, head=1, **others)))


def close(values, expected):
    torch.testing.assert_close(torch.as_tensor(values), expected.detach(), rtol=1e-4, atol=1e-4, equal_nan=True)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", WITH_TABLES)
def test_the_sum_map_and_the_curves_are_the_pinned_querys_biases(name, block):
    made = scene(name)
    plain = plain_scores(made, block, corner_patch(made))
    maps, curves, *_ = show(REL_POS, made, block, corner_patch(made))

    assert isinstance(maps, Maps) and isinstance(curves, Curves)
    bias = plain.on_grid(plain.total("hw"))[1]
    photo = bias[: made.photo_grid[0], : made.photo_grid[1]]
    close(maps.values[0], bias - (bias if photo.isnan().all() else photo).nanmean())
    assert maps.scales[0].unit == "score, less its mean over the photo"
    for curve, axis, term in zip(curves.curves, (0, 1), (plain.rel_h[1], plain.rel_w[1]), strict=True):
        expected = torch.full((made.grid[axis],), torch.nan)
        inside = slice(plain.corner[axis], plain.corner[axis] + plain.inside[axis])
        expected[inside] = term[: plain.inside[axis]]
        close(curve.y, expected)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_the_heat_maps_are_the_learned_tables_with_distance_0_marked(block):
    made = scene()
    attn = made.encoder.blocks[block].attn
    tables = show(REL_POS, made, block)[2:]
    for matrix, table in zip(tables, (attn.rel_pos_h, attn.rel_pos_w), strict=True):
        assert isinstance(matrix, Matrix)
        assert matrix.title.endswith(f"{len(table)} rows of {table.shape[1]} numbers")
        close(matrix.values, table)
        assert matrix.row_mark == (len(table) - 1) / 2
    assert tables[0].scale == tables[1].scale
    assert [matrix.title.split(":")[0] for matrix in tables] == ["rel_pos_h", "rel_pos_w"]


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", WITH_TABLES)
def test_the_pinned_query_gathers_the_table_rows_that_the_index_matrix_names(name, block):
    made = scene(name)
    query = corner_patch(made)
    table, indexes, gathered, *_ = show(GET_REL_POS, made, block, query)
    side = len(plain_scores(made, block, query).rel_h[0])
    place = query[0] % side

    assert indexes.values.tolist() == [[q - k + side - 1 for k in range(side)] for q in range(side)]
    assert indexes.row_mark == place and table.row_mark == side - 1  # distance 0
    assert np.array_equal(gathered.values, table.values[indexes.values[place].astype(int)])
    close(gathered.values, torch.stack(vectors(made.encoder.blocks[block].attn.rel_pos_h, place, side)))
    assert table.scale == gathered.scale


def test_a_table_that_does_not_fit_is_shown_stretched_and_says_so():
    made = scene(RECTANGLE)
    table = show(GET_REL_POS, made, GLOBAL)[0]
    assert table.values.shape == (11, 12)
    assert table.title == str(say("panel.get_rel_pos.stretched", learned=19, rows=11, side=6))
    assert show(GET_REL_POS, scene(), GLOBAL)[0].title == str(say("panel.get_rel_pos.table", rows=19, side=10))


def test_the_worked_examples_are_written_out_in_numbers():
    *_, small, unequal = show(GET_REL_POS, scene(), GLOBAL)
    assert small.values.tolist() == [[2, 1, 0], [3, 2, 1], [4, 3, 2]]
    # Four queries at 0, 1, 2, 3; two keys stretched to 0 and 2; shifted by (2 − 1) · 2.
    assert unequal.values.tolist() == [[2, 0], [3, 1], [4, 2], [5, 3]]
    assert small.numbers and unequal.numbers
    assert (small.scale.high, unequal.scale.high) == (4, 6)


@pytest.mark.parametrize("length", [1, 3, 10, 16])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_stretched_tables_are_torchs_linear_interpolation(block, length):
    made = scene()
    attn, q = made.encoder.blocks[block].attn, plain_scores(made, block, QUERY).q[1]
    *curves, before, after, _ = show(RESIZE, made, block, length=length)

    for panel, table in zip(curves, (attn.rel_pos_h, attn.rel_pos_w), strict=True):
        new = F.interpolate(table.T[None], size=2 * length - 1, mode="linear")[0].T
        close(panel.curves[0].y, table @ q)
        close(panel.curves[-1].y, new @ q)
    close(before.values, attn.rel_pos_h)
    close(after.values, F.interpolate(attn.rel_pos_h.T[None], size=2 * length - 1, mode="linear")[0].T)


def test_a_table_that_fits_is_drawn_once():
    assert [len(panel.curves) for panel in show(RESIZE, scene(), GLOBAL)[:2]] == [1, 1]


@pytest.mark.parametrize("length", [2, 7, 13, 40])
def test_every_stretched_point_lies_on_the_line_between_learned_ones(length):
    for panel in show(RESIZE, scene(), GLOBAL, length=length)[:2]:
        learned, stretched = panel.curves
        assert len(stretched.x) == 2 * length - 1
        np.testing.assert_allclose(stretched.y, np.interp(stretched.x, learned.x, learned.y), rtol=1e-4, atol=1e-4)
        assert learned.x.tolist() == list(range(-9, 10))


@pytest.mark.parametrize(
    "name, block, length, note",
    [
        ("landscape photo", GLOBAL, 0, "fits"),
        ("landscape photo", WINDOWED, 0, "fits"),
        ("landscape photo", GLOBAL, 10, "fits"),
        (RECTANGLE, GLOBAL, 0, "stretched"),
        (RECTANGLE, WINDOWED, 0, "fits"),
        ("landscape photo", GLOBAL, 7, "what_if"),
        ("landscape photo", WINDOWED, 10, "what_if"),
    ],
)
def test_the_view_says_whether_the_block_really_stretches_its_table(name, block, length, note):
    verdict = show(RESIZE, scene(name), block, length=length)[-1]
    assert isinstance(verdict, Numbers)
    own = 4 if block == WINDOWED else scene(name).grid[0]
    assert verdict.note == str(say(f"note.rel_pos_resize.{note}", side=own))
    assert [n.value for n in verdict.numbers] == [4 if block == WINDOWED else 10, own, length or own]


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_block_has_tables_and_its_spread_is_that_of_the_plain_bias(name):
    made = scene(name)
    dots, table = show(BLOCKS, made, GLOBAL)
    assert isinstance(dots, Curves) and isinstance(table, Table)
    spreads = {int(x): float(y) for curve in dots.curves for x, y in zip(curve.x, curve.y, strict=True)}
    kinds = {int(x): curve.role for curve in dots.curves for x in curve.x}
    assert sorted(spreads) == list(range(made.depth)) and table.marked == (GLOBAL,)
    for index, block in enumerate(made.encoder.blocks):
        plain = plain_scores(made, index, QUERY)
        rows, cols = plain.inside
        bias = plain.total("hw")[:, :rows, :cols].flatten(1).std(1, correction=0).mean()
        content = plain.content[:, :rows, :cols].flatten(1).std(1, correction=0).mean()
        assert spreads[index] == pytest.approx(float(bias), rel=1e-4)
        kind = "windowed" if block.window_size else "global"
        assert kinds[index] == kind
        size = plain.content.shape[1:]
        lengths = len(block.attn.rel_pos_h), len(block.attn.rel_pos_w)
        expected = (
            str(index),
            kind,
            f"{size[0]}×{size[1]}",
            f"{lengths[0]}\u00a0+\u00a0{lengths[1]}",
            number_text(float(content)),
            number_text(float(bias)),
        )
        assert table.rows[index][:6] == expected


def test_the_weight_that_the_bias_moves_is_the_difference_to_a_softmax_without_it():
    made = scene()
    table = show(BLOCKS, made)[1]
    plain = plain_scores(made, 3, QUERY)  # a global block: no window padding
    moved = (plain.weights() - plain.weights("c")).abs().sum((1, 2)).mean() / 2
    assert table.rows[3][6] == percent_text(float(moved)) and moved > 0.01


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_an_encoder_without_rel_pos_is_told_apart_in_words(view):
    (panel,) = show(view, scene("no rel-pos, position or qkv bias"))
    assert isinstance(panel, Numbers) and panel.note == str(say("error.no_rel_pos"))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_views_of_rel_pos_read_what_they_say_and_change_nothing(view):
    made, selection = scene(), Selection.of(block=GLOBAL, query=QUERY, length=7)
    assert fields_read(view, made, selection) == view.uses - {"overlay"}
    assert_pure(view, made, selection)
    assert_has_texts(view)
