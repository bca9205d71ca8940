"""Relative position tables: what is read and stretched equals loops and plain torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from samvit.measures.rel_pos import learned_distances, products_with_query, score_spreads, table_rows, tables_at
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import plain_scores


def close(values, expected):
    torch.testing.assert_close(values, expected.detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("block", "side"), [(WINDOWED, 4), (GLOBAL, 10)])
def test_a_pairs_table_rows_are_query_minus_key_shifted_by_the_side_less_one(block, side):
    row = scene().attention(block, QUERY)
    rows, cols = row.span.slices
    for key_row in range(rows.start, rows.stop):
        for key_col in range(cols.start, cols.stop):
            expected = (QUERY[0] - key_row + side - 1, QUERY[1] - key_col + side - 1)
            assert table_rows(row, (key_row, key_col)) == expected


@pytest.mark.parametrize("key", [(3, 5), (4, 3), (8, 5), (4, 8)])
def test_a_key_outside_the_window_reads_no_row(key):
    with pytest.raises(ValueError, match="^the key must lie in the query's window"):
        table_rows(scene().attention(WINDOWED, QUERY), key)


@pytest.mark.parametrize("size", [(1, 3), (10, 10), (16, 7)])
def test_tables_at_another_size_are_torchs_linear_interpolation(size):
    attn = scene().encoder.blocks[GLOBAL].attn
    learned = (attn.rel_pos_h.detach(), attn.rel_pos_w.detach())
    for new, table, side in zip(tables_at(learned, size), learned, size, strict=True):
        rows = 2 * side - 1
        expected = table if rows == len(table) else F.interpolate(table.T[None], size=rows, mode="linear")[0].T
        close(new, expected)
    assert tables_at(learned, (10, 10))[0] is learned[0]


@pytest.mark.parametrize("rows", [1, 3, 13, 19, 25, 79])
def test_stretched_rows_lie_on_the_line_between_learned_ones(rows):
    learned = torch.randn(19, 1, generator=torch.Generator().manual_seed(3))
    new = F.interpolate(learned.T[None], size=rows, mode="linear")[0, 0]
    at = learned_distances(rows, 19)
    assert learned_distances(19, 19).tolist() == list(range(-9, 10))
    np.testing.assert_allclose(new, np.interp(at.numpy(), np.arange(-9, 10), learned[:, 0].numpy()), atol=1e-5)


def test_products_are_those_of_the_unscaled_query_of_one_head():
    made = scene()
    table, q = made.encoder.blocks[GLOBAL].attn.rel_pos_w, plain_scores(made, GLOBAL, QUERY).q[2]
    products = products_with_query(made, GLOBAL, 2, QUERY, table.detach())
    close(products, torch.stack([vector @ q for vector in table]))


@pytest.mark.parametrize("query", [QUERY, (9, 9)])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", [name for name in SCENES if "square" not in name])
def test_spreads_are_standard_deviations_over_the_patches_in_sight(name, block, query):
    made = scene(name)
    query = (min(query[0], made.grid[0] - 1), min(query[1], made.grid[1] - 1))
    plain = plain_scores(made, block, query)
    rows, cols = plain.inside
    spreads = score_spreads(made.attention(block, query))
    for spread, terms in zip(spreads, ("c", "hw"), strict=True):
        patches = plain.total(terms)[:, :rows, :cols].flatten(1)
        close(spread, ((patches - patches.mean(1, keepdim=True)) ** 2).mean(1).sqrt())
