"""Lengths, cosines and correlations, one vector at a time."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from samvit.measures.similarity import channel_correlations, cosine, cosines, norms, relative_spread

GRID = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(4)) + 0.5


def test_norms_are_the_vectors_lengths():
    for row in range(3):
        for col in range(5):
            assert float(norms(GRID)[row, col]) == pytest.approx(float(GRID[row, col].norm()), rel=1e-6)


@pytest.mark.parametrize("patch", [(0, 0), (1, 4), (2, 3)])
def test_cosines_are_those_of_every_patch_with_one(patch):
    expected = [[float(F.cosine_similarity(GRID[r, c], GRID[patch], dim=0)) for c in range(5)] for r in range(3)]
    torch.testing.assert_close(cosines(GRID, patch), torch.tensor(expected))
    assert float(cosines(GRID, patch)[patch]) == pytest.approx(1)


def test_a_vector_of_zeros_points_nowhere():
    vectors = GRID.clone()
    vectors[1, 2] = 0
    found = cosines(vectors, (0, 0))
    assert found.isnan().nonzero().tolist() == [[1, 2]]
    assert cosines(vectors, (1, 2)).isnan().all()
    assert norms(vectors)[1, 2] == 0
    assert cosine(vectors, GRID).isnan().nonzero().tolist() == [[1, 2]]


@pytest.mark.parametrize("patch", [(3, 0), (0, 5), (-1, 0)])
def test_a_patch_beside_the_grid_is_refused(patch):
    with pytest.raises(ValueError, match=r"patch must be in \(0\.\.2, 0\.\.4\), got"):
        cosines(GRID, patch)


def test_cosine_compares_position_by_position():
    other = GRID.flip(0)
    expected = [[float(F.cosine_similarity(GRID[r, c], other[r, c], dim=0)) for c in range(5)] for r in range(3)]
    torch.testing.assert_close(cosine(GRID, other), torch.tensor(expected))


@pytest.mark.parametrize("chosen", [0, 2])
def test_channel_correlations_are_numpys(chosen):
    expected = np.corrcoef(GRID.flatten(1).numpy())[chosen]
    np.testing.assert_allclose(channel_correlations(GRID, chosen).numpy(), expected, atol=1e-6)


def test_a_constant_map_has_no_correlation():
    channels = GRID.clone()
    channels[1] = 0.1  # no sum of it is exact
    assert channel_correlations(channels, 0).isnan().tolist() == [False, True, False]
    assert channel_correlations(channels, 1).isnan().all()


def test_a_channel_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"channel must be in 0\.\.2, got 3"):
        channel_correlations(GRID, 3)


def test_relative_spread_is_the_deviation_over_the_mean():
    lengths = norms(GRID)
    mean = float(lengths.mean())
    deviation = (sum((float(length) - mean) ** 2 for length in lengths.flatten()) / lengths.numel()) ** 0.5
    assert float(relative_spread(lengths)) == pytest.approx(deviation / mean, rel=1e-5)
    assert relative_spread(torch.zeros(2, 3)).isnan()
