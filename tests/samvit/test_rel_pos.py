"""Decomposed relative position: which row of the table each pair reads, stretching, the sum of both axes."""

import pytest
import torch
from jaxtyping import TypeCheckError

from samvit.rel_pos import (
    add_decomposed_rel_pos,
    decomposed_rel_pos,
    get_rel_pos,
    relative_coords,
    resize_rel_pos,
)
from tests.samvit.reference import segment_anything


def test_three_tokens_read_five_rows_by_query_minus_key():
    # S = 3: row 2 is distance 0; a key further along (larger index) reads a lower row.
    assert relative_coords(3, 3).tolist() == [[2, 1, 0], [3, 2, 1], [4, 3, 2]]
    table = torch.tensor([[10.0], [11.0], [12.0], [13.0], [14.0]])
    assert get_rel_pos(3, 3, table)[:, :, 0].tolist() == [[12, 11, 10], [13, 12, 11], [14, 13, 12]]


def test_the_shorter_axis_is_stretched_to_the_longers_units():
    # Two queries over four keys stand at 0 and 2; four queries over two keys meet keys at 0 and 2.
    assert relative_coords(2, 4).tolist() == [[3, 2, 1, 0], [5, 4, 3, 2]]
    assert relative_coords(4, 2).tolist() == [[2, 0], [3, 1], [4, 2], [5, 3]]


def test_a_table_of_another_length_is_stretched_linearly():
    table = torch.tensor([[0.0], [3.0], [6.0]])
    assert resize_rel_pos(table, 3) is table
    # half-pixel centres, as F.interpolate(align_corners=False): ends repeat, the middle stays
    torch.testing.assert_close(resize_rel_pos(table, 5)[:, 0], torch.tensor([0.0, 1.2, 3.0, 4.8, 6.0]))


@pytest.mark.parametrize("rows", [1, 7, 13, 127])
@pytest.mark.parametrize(("q_size", "k_size"), [(1, 1), (4, 4), (4, 8), (8, 4), (3, 5), (5, 3), (14, 14), (64, 32)])
def test_get_rel_pos_equals_segment_anythings(q_size, k_size, rows):
    table = torch.randn(rows, 6)
    ours = get_rel_pos(q_size, k_size, table)
    assert ours.shape == (q_size, k_size, 6)
    torch.testing.assert_close(ours, segment_anything().get_rel_pos(q_size, k_size, table))


@pytest.mark.parametrize("sizes", [(0, 3), (3, 0), (-1, 2)])
def test_sizes_below_one_are_refused(sizes):
    with pytest.raises(ValueError, match=f"q_size and k_size must be at least 1, got {sizes[0]} and {sizes[1]}"):
        get_rel_pos(*sizes, torch.zeros(5, 2))


def test_the_two_biases_in_numbers():
    # One query row of two columns, two key rows: q is (1, 2) then (3, 4), as it comes, without 1/√head_dim.
    q = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]])
    table_h = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    table_w = torch.tensor([[2.0, 0.0], [0.0, 2.0], [5.0, 5.0]])
    rel_h, rel_w = decomposed_rel_pos(q, table_h, table_w, (1, 2), (2, 2))
    # Rows: query row 0 is stretched over keys 0 and 1, reads table rows 1 and 0 -> (q·(0,1), q·(1,0)).
    assert rel_h.tolist() == [[[[2.0, 1.0], [4.0, 3.0]]]]
    # Columns: query 0 reads rows 1, 0; query 1 reads rows 2, 1.
    assert rel_w.tolist() == [[[[4.0, 2.0], [35.0, 8.0]]]]


def test_scores_get_one_bias_of_their_key_row_and_one_of_their_key_column():
    q_size, k_size = (3, 4), (3, 4)
    q, scores = torch.randn(2, 12, 5), torch.randn(2, 12, 12)
    table_h, table_w = torch.randn(5, 5), torch.randn(7, 5)
    summed = add_decomposed_rel_pos(scores, q, table_h, table_w, q_size, k_size)
    for query in range(12):
        for key in range(12):
            (q_row, q_col), (k_row, k_col) = divmod(query, 4), divmod(key, 4)
            bias = q[:, query] @ (table_h[q_row - k_row + 2] + table_w[q_col - k_col + 3])
            torch.testing.assert_close(summed[:, query, key], scores[:, query, key] + bias)


@pytest.mark.parametrize(
    ("q_size", "k_size"), [((3, 5), (3, 5)), ((4, 2), (2, 4)), ((2, 3), (4, 6)), ((1, 7), (7, 1))], ids=str
)
def test_add_decomposed_rel_pos_equals_segment_anythings(q_size, k_size):
    q_tokens, k_tokens = q_size[0] * q_size[1], k_size[0] * k_size[1]
    q, scores = torch.randn(3, q_tokens, 4), torch.randn(3, q_tokens, k_tokens)
    tables = torch.randn(9, 4), torch.randn(11, 4)
    before = scores.clone()
    ours = add_decomposed_rel_pos(scores, q, *tables, q_size, k_size)
    theirs = segment_anything().add_decomposed_rel_pos(scores.clone(), q, *tables, q_size, k_size)
    torch.testing.assert_close(ours, theirs)
    assert torch.equal(scores, before)


def test_scores_that_are_not_contiguous_get_the_same_bias():
    scores, q, tables = torch.randn(1, 6, 6), torch.randn(1, 6, 4), (torch.randn(3, 4), torch.randn(5, 4))
    turned = scores.transpose(1, 2).contiguous().transpose(1, 2)
    expected = add_decomposed_rel_pos(scores, q, *tables, (2, 3), (2, 3))
    assert torch.equal(add_decomposed_rel_pos(turned, q, *tables, (2, 3), (2, 3)), expected)


def test_tables_of_another_head_width_are_caught_by_their_annotation():
    # That the import hook of conftest.py is at work: shapes named alike must agree.
    with pytest.raises(TypeCheckError):
        decomposed_rel_pos(torch.zeros(1, 4, 3), torch.zeros(3, 2), torch.zeros(3, 2), (2, 2), (2, 2))
