"""t-SNE in stages: as good a layout as scikit-learn's own in one go, the same each time, and of few points as well."""

import pytest
import torch
from sklearn.manifold import TSNE, trustworthiness

from samvit.measures.tsne import tsne
from samvit.progress import Stopped, listening


def clusters():
    """Five clusters of 40 points in 12 dimensions."""
    generator = torch.Generator().manual_seed(5)
    centres = 4 * torch.randn(5, 1, 12, generator=generator)
    return (centres + torch.randn(5, 40, 12, generator=generator)).flatten(0, 1)


def test_neighbours_stay_neighbours_as_well_as_in_scikit_learn_s_own_run():
    points = clusters()
    ours, theirs = tsne(points, points[:, :2]), TSNE(random_state=0).fit_transform(points.numpy())
    kept = [trustworthiness(points.numpy(), places, n_neighbors=10) for places in (ours.numpy(), theirs)]
    assert kept[0] > kept[1] - 0.01 and kept[0] > 0.9
    middles = ours.view(5, 40, 2).mean(1)
    apart = torch.cdist(ours, middles).argmin(1)
    assert torch.equal(apart, torch.arange(5).repeat_interleave(40))


def test_the_same_points_are_laid_out_the_same_each_time_and_are_not_changed():
    points = clusters()[:30]
    start, before = points[:, :2].clone(), points.clone()
    assert torch.equal(tsne(points, start), tsne(points, start))
    assert torch.equal(points, before) and torch.equal(start, points[:, :2])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_few_points_are_laid_out_as_well(count):
    places = tsne(clusters()[:count], clusters()[:count, :2])
    assert places.shape == (count, 2) and bool(places.isfinite().all())


def test_points_that_are_all_the_same_stay_finite():
    assert bool(tsne(torch.ones(9, 4), torch.zeros(9, 2)).isfinite().all())


def test_it_stops_between_stages_when_nobody_waits():
    told = []
    with listening(lambda *step: told.append(step), lambda: len(told) < 2), pytest.raises(Stopped):
        tsne(clusters()[:20], clusters()[:20, :2])
    assert told == [("t-SNE", 0, 4), ("t-SNE", 1, 4)]
