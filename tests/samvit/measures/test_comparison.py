"""Correlation and largest difference, against numpy's own."""

import math

import numpy as np
import pytest
import torch

from samvit.measures.comparison import correlation, farthest_apart


def two(seed=0, shape=(6, 9)):
    numbers = np.random.default_rng(seed)
    one = numbers.normal(size=shape).astype(np.float32)
    other = (0.3 * one + numbers.normal(size=shape)).astype(np.float32)
    return one, other


def test_the_correlation_is_numpys():
    one, other = two()
    expected = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert correlation(torch.from_numpy(one), torch.from_numpy(other)) == pytest.approx(expected, abs=1e-6)
    assert abs(expected) > 0.1  # or zero would do as well


def test_only_places_with_both_values_count():
    one, other = two(1)
    one[0, 0], other[3, 4] = np.nan, np.nan
    both = np.isfinite(one) & np.isfinite(other)
    expected = np.corrcoef(one[both], other[both])[0, 1]
    assert correlation(torch.from_numpy(one), torch.from_numpy(other)) == pytest.approx(expected, abs=1e-6)
    value, place = farthest_apart(torch.from_numpy(one), torch.from_numpy(other))
    difference = np.where(both, one - other, 0)
    assert place == np.unravel_index(np.abs(difference).argmax(), one.shape)
    assert value == pytest.approx(difference[place], rel=1e-6)


def test_a_negative_difference_keeps_its_sign():
    assert farthest_apart(torch.tensor([[0.0, 1.0], [2.0, 3.0]]), torch.tensor([[0.0, 5.0], [1.0, 3.0]])) == (
        -4.0,
        (0, 1),
    )


def test_small_weights_are_not_lost_in_rounding():
    one, other = (np.abs(part) * 1e-30 for part in two(2))
    assert correlation(torch.from_numpy(one), torch.from_numpy(other)) == pytest.approx(
        np.corrcoef(one.ravel().astype(float), other.ravel().astype(float))[0, 1], abs=1e-6
    )


def test_where_nothing_varies_or_nothing_is_shared_there_is_no_number():
    flat, some = torch.full((3, 3), 0.1), torch.arange(9.0).view(3, 3)
    assert math.isnan(correlation(flat, some)) and math.isnan(correlation(some, flat))
    nothing = torch.full((3, 3), math.nan)
    assert math.isnan(correlation(nothing, some)) and farthest_apart(nothing, some) is None
    assert farthest_apart(some, some) == (0.0, (0, 0))


def test_shapes_must_be_equal():
    for function in (correlation, farthest_apart):
        with pytest.raises(ValueError, match=r"same shape, got \(2, 3\) and \(3, 2\)"):
            function(torch.zeros(2, 3), torch.zeros(3, 2))
