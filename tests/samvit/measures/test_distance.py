"""How far attention reaches: equal to a sum patch by patch over the plain softmax."""

import math

import numpy as np
import pytest
import torch

from samvit.measures.distance import distances_by_block, mean_distances
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores


def mean_distance(weights, query, photo_grid):
    """Of one head's weights on the grid: patch by patch, as far as the photo reaches."""
    total = mass = 0.0
    for (row, col), weight in np.ndenumerate(weights.numpy()):
        if not math.isnan(weight) and row < photo_grid[0] and col < photo_grid[1]:
            total += weight * math.dist((row, col), query)
            mass += weight
    return total / mass if mass else math.nan


@pytest.mark.parametrize("photo_only", [False, True])
@pytest.mark.parametrize("query", ["inside", "corner"])
@pytest.mark.parametrize("name", SCENES)
def test_the_mean_distance_counts_each_patch_by_its_weight(name, query, photo_only):
    made = scene(name)
    query = QUERY if query == "inside" else corner_patch(made)
    counted = made.photo_grid if photo_only else made.grid
    reach, even = distances_by_block(made, query, photo_only)
    for block in range(made.depth):
        plain = plain_scores(made, block, query)
        expected = [mean_distance(head, query, counted) for head in plain.on_grid(plain.weights())]
        assert reach[block].tolist() == pytest.approx(expected, rel=1e-3, nan_ok=True)
        evenly = mean_distance(plain.on_grid(torch.ones_like(plain.content))[0], query, counted)
        assert float(even[block]) == pytest.approx(evenly, rel=1e-5, nan_ok=True)


def test_leaving_image_padding_out_changes_the_distance_where_there_is_some():
    row = scene().attention(GLOBAL, QUERY)
    with_padding, even_with = mean_distances(row)
    without, even_without = mean_distances(row, scene().image_padding())
    assert (with_padding - without).abs().max() > 0.1 and even_with != even_without


def test_a_window_without_any_photo_has_no_distance():
    made = scene()  # 6 of 10 rows hold photo; the window of (9, 1) begins in row 8
    reach, even = mean_distances(made.attention(WINDOWED, (9, 1)), made.image_padding())
    assert reach.isnan().all() and even.isnan()
    assert mean_distances(made.attention(WINDOWED, (9, 1)))[0].isfinite().all()
