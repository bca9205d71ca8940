"""Windows: places and counts equal what `window_partition` does in a real forward pass."""

import numpy as np
import pytest
import torch

from samvit.measures import windows as measured
from samvit.measures.windows import Place, partition, pixels_in_windows, place_in_windows, score_entries
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, scene

WITH_WINDOWS = [name for name, (config, _, _) in SCENES.items() if config.window_size]


@pytest.mark.parametrize("grid", [(10, 10), (6, 10), (8, 8), (3, 5)])
@pytest.mark.parametrize("window", [4, 14])
def test_every_patch_has_a_place_of_its_own_in_batch_order(grid, window):
    across = -(-grid[1] // window)
    for row in range(grid[0]):
        for col in range(grid[1]):
            expected = Place(row // window * across + col // window, row % window, col % window)
            assert place_in_windows((row, col), grid, window) == expected


@pytest.mark.parametrize("name", WITH_WINDOWS)
def test_the_windows_are_what_attention_gets_and_the_pinned_token_stands_in_its_place(name):
    made = scene(name)
    cut, seen = partition(made, WINDOWED), forward_pass(made)
    place = place_in_windows(QUERY, made.grid, made.windows[WINDOWED])
    into_attention = seen[f"blocks.{WINDOWED}.attn"][0]

    torch.testing.assert_close(cut.windows, into_attention, rtol=1e-5, atol=1e-5)
    token = seen[f"blocks.{WINDOWED}.norm1"][1][0][QUERY]
    assert torch.equal(into_attention[place.index, place.row, place.col], token)


@pytest.mark.parametrize("name", WITH_WINDOWS)
def test_windows_with_padding_are_those_that_reach_beyond_the_grid(name):
    made = scene(name)
    cut = partition(made, WINDOWED)
    window, (rows, cols) = made.windows[WINDOWED], made.grid
    corners = [(top, left) for top in range(0, rows, window) for left in range(0, cols, window)]

    assert len(cut.windows) == len(corners)
    assert cut.padded_windows == sum(top + window > rows or left + window > cols for top, left in corners)
    assert cut.padded == (corners[-1][0] + window, corners[-1][1] + window)


def test_cutting_and_putting_back_changes_nothing():
    cut = partition(scene(), WINDOWED)

    assert cut.token_difference(QUERY) == cut.grid_difference == 0
    assert torch.equal(cut.back, cut.tokens)


def test_the_proofs_fail_when_windows_are_cut_or_put_back_in_another_order(monkeypatch):
    real = measured.window_unpartition
    monkeypatch.setattr(
        measured, "window_unpartition", lambda cut, *sizes: real(cut.transpose(1, 2).contiguous(), *sizes)
    )
    cut = partition(scene(), WINDOWED)
    assert cut.grid_difference > 0.1
    monkeypatch.setattr(measured, "place_in_windows", lambda patch, grid, window: Place(0, *patch[::-1]))
    assert cut.token_difference((1, 2)) > 0.1


def test_a_global_block_has_no_windows():
    with pytest.raises(ValueError, match=f"block must be windowed, got {GLOBAL}"):
        partition(scene(), GLOBAL)
    with pytest.raises(ValueError, match=r"block must be in 0\.\.3, got 4"):
        partition(scene(), 4)


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_score_entries_are_queries_times_keys_of_what_attention_gets(name, block):
    made = scene(name)
    attended, rows, cols, _ = forward_pass(made)[f"blocks.{block}.attn"][0].shape

    assert score_entries(made.grid, made.windows[block]) == attended * (rows * cols) ** 2


@pytest.mark.parametrize(("side", "count"), [(64, 25), (32, 9), (48, 16)])
def test_sams_sizes_have_the_known_numbers_of_score_entries(side, count):
    assert score_entries((side, side), 14) == count * 196**2
    assert score_entries((side, side), None) == side**4


@pytest.mark.parametrize(("grid", "window"), [((3, 5), 2), ((4, 4), 4), ((2, 3), 14)])
def test_a_picture_is_cut_where_its_patches_are(grid, window):
    cell = 3
    pixels = np.random.default_rng(0).integers(1, 256, (grid[0] * cell, grid[1] * cell, 3), dtype=np.uint8)
    tiles, padding = pixels_in_windows(torch.from_numpy(pixels), grid, window)
    side, across = window * cell, -(-grid[1] // window)

    for index, (tile, beyond) in enumerate(zip(tiles.numpy(), padding.numpy(), strict=True)):
        top, left = index // across * side, index % across * side
        part = pixels[top : top + side, left : left + side]
        np.testing.assert_array_equal(tile[: part.shape[0], : part.shape[1]], part)
        expected = np.ones((side, side), bool)
        expected[: part.shape[0], : part.shape[1]] = False
        np.testing.assert_array_equal(beyond, expected)
        assert not tile[beyond].any()
