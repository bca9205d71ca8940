"""Regions: what k-means must find where there is no doubt, and what holds of any division into regions."""

import pytest
import torch

from samvit.measures.regions import embedding_regions, regions
from tests.viz.views.forward import scene


def test_patches_of_clearly_different_kinds_are_told_apart_and_numbered_by_size():
    vectors = torch.zeros(6, 5, 3)
    vectors[0, :2, 0] = 10  # 2 patches
    vectors[3:, :, 1] = 10  # 15 patches; 13 stay
    vectors += torch.randn(vectors.shape, generator=torch.Generator().manual_seed(0)) / 10
    found = regions(vectors, 3)
    assert found.sizes.tolist() == [15, 13, 2]
    assert (found.index[3:] == 0).all() and (found.index[1:3] == 1).all() and (found.index[0, :2] == 2).all()


@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_every_patch_belongs_to_the_nearest_centre_and_centres_are_means(count):
    made = scene()
    found = embedding_regions(made, count)
    vectors = made.embedding[:, :6].permute(1, 2, 0).flatten(0, 1)
    index = found.index.flatten()
    assert torch.equal(torch.cdist(vectors, found.centres).argmin(1), index)
    for region in range(count):
        torch.testing.assert_close(found.centres[region], vectors[index == region].mean(0), rtol=1e-3, atol=1e-3)
    within = (vectors - found.centres[index]).square().sum()
    assert found.explained == pytest.approx(float(1 - within / (vectors - vectors.mean(0)).square().sum()), abs=1e-4)
    assert found.sizes.tolist() == sorted(found.sizes.tolist(), reverse=True)


def test_the_same_vectors_give_the_same_regions():
    vectors = scene().embedding.permute(1, 2, 0)
    assert torch.equal(regions(vectors, 5).index, regions(vectors.clone(), 5).index)


@pytest.mark.parametrize("count", [0, 61])
def test_more_regions_than_patches_are_refused(count):
    with pytest.raises(ValueError, match=rf"^count must be in 1\.\.60, got {count}$"):
        embedding_regions(scene(), count)
