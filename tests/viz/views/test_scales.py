"""What views lay out alike: scales from the values on show, the window's words, and the bias's two curves."""

import numpy as np
import pytest
import torch

from tests.viz.views.forward import GLOBAL, WINDOWED, scene
from viz.selection import Selection
from viz.views.scales import (
    bias_curves,
    centred_scale,
    on_photo,
    own_scales,
    scale_from_zero,
    sequential_scale,
    signed_scale,
    window_sight,
)
from viz.words import say, symbol

EDGE = (1, 9)  # in a window at the grid's right side: rows 0 to 3, and of its four columns two are patches


@pytest.mark.parametrize("scale", ["linear", "log", "clip"])
def test_each_map_has_its_own_top_and_where_it_is_clipped_a_hundredth_lies_above(scale):
    steps = np.linspace(0, 1, 1001)[None]
    values = np.concatenate([steps, np.where(steps > 0.2, np.nan, steps)]).reshape(2, 7, 143)
    made = own_scales(values, Selection.of(scale=scale), symbol("weight"))
    for one, top in zip(made, (1.0, 0.2), strict=True):
        assert one.high == pytest.approx(0.99 * top if scale == "clip" else top, abs=1e-6)
        assert one.log == (scale == "log") and (0 < one.low < one.high / 1000 if one.log else one.low == 0)


def test_a_sequential_scale_runs_from_the_smallest_to_the_largest_value_and_others_are_fixed_to_zero():
    values = np.array([np.nan, -3.0, 2.0])
    ends = [(one.low, one.high) for one in (of(values, "") for of in (sequential_scale, scale_from_zero, signed_scale))]
    assert ends == [(-3, 2), (0, 2), (-3, 3)]


def test_image_padding_never_sets_a_scale():
    made = scene()  # of 10 × 10 patches 6 × 10 hold photo
    maps = np.zeros((2, *made.grid), np.float32)
    maps[1, 5, 9], maps[0, 6, 0] = -2, 50
    assert centred_scale(made, maps, "").high == 2
    assert on_photo(maps, made).max() == 0


def test_the_window_that_maps_are_cut_to_is_named_by_its_rows_and_columns():
    made = scene()
    sight = window_sight(made, made.attention(WINDOWED, EDGE))
    assert (sight.row, sight.col, sight.rows, sight.cols) == (0, 8, 4, 4)
    assert "rows 0 to 3, columns 8 to 9" in str(sight.words)
    assert window_sight(made, made.attention(GLOBAL, EDGE)) is None


def test_the_biases_curves_are_the_heads_own_with_the_querys_row_and_column_marked():
    row = scene().attention(GLOBAL, EDGE)
    curves = bias_curves(row, Selection.of(head=2, query=EDGE), say("label.mean"))
    for curve, label, bias in zip(curves.curves, ("rel_h", "rel_w"), (row.rel_h, row.rel_w), strict=True):
        assert label in str(curve.label)
        torch.testing.assert_close(torch.from_numpy(curve.y), bias[2])
    assert {str(word): at for at, word in curves.marks} == {"query's row": 1, "query's column": 9}
