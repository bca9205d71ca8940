"""Cutting into windows and back: order, padding, the way home, errors."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from samvit.windows import window_partition, window_unpartition
from tests.samvit.reference import segment_anything


@given(
    batch=st.integers(1, 3),
    rows=st.integers(1, 12),
    cols=st.integers(1, 12),
    window=st.integers(1, 14),
)
def test_unpartition_of_partition_is_the_grid_itself(batch, rows, cols, window):
    grid = torch.arange(1.0, batch * rows * cols * 2 + 1).view(batch, rows, cols, 2)
    windows, padded = window_partition(grid, window)
    assert torch.equal(window_unpartition(windows, window, padded, (rows, cols)), grid)
    assert padded[0] % window == padded[1] % window == 0
    assert rows <= padded[0] < rows + window and cols <= padded[1] < cols + window
    assert (windows == 0).all(-1).sum() == batch * (padded[0] * padded[1] - rows * cols)


def test_windows_are_ordered_batch_then_row_then_column():
    # Each token says where it stands: batch, row, column.
    batch, row, col = torch.meshgrid(torch.arange(2), torch.arange(4), torch.arange(6), indexing="ij")
    windows, padded = window_partition(torch.stack([batch, row, col], dim=-1).float(), 2)
    assert padded == (4, 6)
    expected = [[b, r, c] for b in (0, 1) for r in (0, 2) for c in (0, 2, 4)]
    assert windows[:, 0, 0].tolist() == expected
    assert windows[:, 1, 0].tolist() == [[b, r + 1, c] for b, r, c in expected]
    assert windows[:, 0, 1].tolist() == [[b, r, c + 1] for b, r, c in expected]


def test_padding_is_zeros_at_the_bottom_and_right():
    windows, padded = window_partition(torch.ones(1, 5, 3, 1), 4)
    assert padded == (8, 4)
    assert windows[0, :, :, 0].tolist() == [[1, 1, 1, 0]] * 4
    assert windows[1, :, :, 0].tolist() == [[1, 1, 1, 0]] + [[0, 0, 0, 0]] * 3


@pytest.mark.parametrize(
    ("image_px", "windows_made", "windows_padded"), [(1024, 25, 9), (768, 16, 7), (512, 9, 5), (896, 16, 0)]
)
def test_a_square_photo_has_this_many_windows_and_padded_ones(image_px, windows_made, windows_padded):
    grid = image_px // 16
    windows, _ = window_partition(torch.ones(1, grid, grid, 1), 14)
    assert len(windows) == windows_made
    assert (windows == 0).flatten(1).any(1).sum() == windows_padded


def test_960_of_4096_queries_share_a_window_with_padding():
    windows, _ = window_partition(torch.ones(1, 64, 64, 1), 14)
    padded = (windows == 0).flatten(1).any(1)
    assert windows[padded].sum() == 960


@pytest.mark.parametrize(("rows", "cols", "window"), [(10, 10, 4), (64, 64, 14), (3, 9, 5), (8, 8, 4)])
def test_windows_equal_segment_anythings(rows, cols, window):
    grid = torch.randn(2, rows, cols, 3)
    windows, padded = window_partition(grid, window)
    their_windows, their_padded = segment_anything().window_partition(grid, window)
    assert padded == their_padded
    assert torch.equal(windows, their_windows)
    theirs = segment_anything().window_unpartition(their_windows, window, their_padded, (rows, cols))
    assert torch.equal(window_unpartition(windows, window, padded, (rows, cols)), theirs)


def test_a_grid_that_is_not_contiguous_is_cut_all_the_same():
    grid = torch.randn(1, 3, 10, 10).permute(0, 2, 3, 1)
    assert torch.equal(window_partition(grid, 5)[0], window_partition(grid.contiguous(), 5)[0])


@pytest.mark.parametrize("window", [0, -1])
def test_a_window_without_tokens_is_refused(window):
    with pytest.raises(ValueError, match=f"window_size must be at least 1, got {window}"):
        window_partition(torch.ones(1, 4, 4, 1), window)


def test_windows_that_do_not_fill_the_padded_grid_are_refused():
    with pytest.raises(ValueError, match="windows must be a multiple of 2×2, got 3"):
        window_unpartition(torch.ones(3, 2, 2, 1), 2, (4, 4), (4, 4))
