"""Rollout: equal to the product of whole matrices, windows and their padding included."""

from functools import cache

import pytest
import torch

from samvit.measures.rollout import rollout
from tests.viz.views.forward import QUERY, SCENES, fresh_scene, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores


@cache
def whole_matrix(made, block):
    """One block's attention, heads averaged, (tokens, tokens), row by row; zeros outside windows."""
    rows = []
    for patch in torch.cartesian_prod(*map(torch.arange, made.grid)).tolist():
        plain = plain_scores(made, block, tuple(patch))
        rows.append(plain.on_grid(plain.weights()).nan_to_num(0).mean(0).flatten())
    return torch.stack(rows)


def product(made, query, residual):
    """The pinned row of the product of all blocks' matrices, the last block's on the left."""
    total = torch.eye(made.grid[0] * made.grid[1])
    for block in range(made.depth):
        matrix = whole_matrix(made, block)
        total = ((matrix + torch.eye(len(matrix))) / 2 if residual else matrix) @ total
    return total[query[0] * made.grid[1] + query[1]].view(made.grid)


@pytest.mark.parametrize("query", ["inside", "corner"])
@pytest.mark.parametrize("name", ["landscape photo", "a tensor, not square"])
def test_rollout_is_the_product_of_the_matrices_of_all_blocks(name, query):
    made = scene(name)
    query = QUERY if query == "inside" else corner_patch(made)
    for residual, shares in zip((True, False), rollout(made, query), strict=True):
        torch.testing.assert_close(shares, product(made, query, residual), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("name", SCENES)
def test_only_window_padding_takes_a_share_away(name):
    totals = rollout(scene(name), QUERY).sum((1, 2))
    rows, cols = scene(name).grid
    padded = any(window and (rows % window or cols % window) for window in scene(name).windows)
    assert (totals < 1 - 1e-4).all() if padded else torch.allclose(totals, torch.ones(2), atol=1e-5)


def test_each_block_is_told_once_and_a_second_call_computes_nothing():
    made, told = fresh_scene("landscape photo"), []
    first = rollout(made, QUERY, lambda name, done, total: told.append((name, done, total)))
    assert told == [("block 3", 1, 4), ("block 2", 2, 4), ("block 1", 3, 4), ("block 0", 4, 4)]
    assert rollout(made, QUERY, lambda *step: told.append(step)) is first and len(told) == 4


def test_a_patch_off_the_grid_is_refused():
    with pytest.raises(ValueError, match=r"^row must be in 0\.\.9, got 10$"):
        rollout(scene(), (10, 0))
