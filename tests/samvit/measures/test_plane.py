"""Queries and keys in one plane: bringing them together changes no attention weight."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from samvit.measures.plane import matched, neighbour_plane, query_key_plane
from samvit.measures.tsne import tsne
from tests.viz.views.forward import GLOBAL, scene


def some_vectors():
    generator = torch.Generator().manual_seed(3)
    return torch.randn(20, 6, generator=generator) + 2, 9 * torch.randn(30, 6, generator=generator) - 5


def test_matching_leaves_every_attention_weight_as_it_is():
    q, k = some_vectors()
    q2, k2 = matched(q, k)
    torch.testing.assert_close((q2 @ k2.T).softmax(1), (q @ k.T).softmax(1), rtol=1e-3, atol=1e-5)


def test_matched_vectors_have_one_middle_and_one_size():
    q, k = matched(*some_vectors())
    torch.testing.assert_close(q.mean(0), k.mean(0), rtol=1e-4, atol=1e-4)
    spreads = [float((one - one.mean(0)).norm(dim=1).mean()) for one in (q, k)]
    assert spreads[0] == pytest.approx(spreads[1], rel=1e-4)


def test_keys_that_are_all_the_same_are_only_moved():
    q, _ = some_vectors()
    same, k = matched(q, torch.ones(4, 6))
    assert torch.equal(same, q)
    torch.testing.assert_close(k, q.mean(0).expand(4, -1))


def test_the_plane_is_that_of_queries_and_keys_together():
    made = scene()
    plane = query_key_plane(made, GLOBAL, 2)
    q, k = matched(made.q[GLOBAL][2, :6].flatten(0, 1), made.k[GLOBAL][2, :6].flatten(0, 1))
    assert torch.equal(plane.q.flatten(0, 1), q) and torch.equal(plane.k.flatten(0, 1), k)
    pca = PCA(3).fit(torch.cat([q, k]).double().numpy())
    assert np.abs((plane.basis.components.numpy() * pca.components_).sum(1)) == pytest.approx(1, abs=1e-4)


def test_a_head_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"^head must be in 0\.\.2, got 3$"):
        query_key_plane(scene(), GLOBAL, 3)


def test_equal_lengths_let_products_and_distances_go_together_almost_as_well_as_any_number_does():
    q, k = matched(scene().q[GLOBAL][1].flatten(0, 1), scene().k[GLOBAL][1].flatten(0, 1))
    q, k = q - q.mean(0), k - k.mean(0)

    def correlation(number):
        return float(
            torch.corrcoef(torch.stack([(q @ k.T).flatten(), torch.cdist(q * number, k / number).flatten()]))[0, 1]
        )

    best = min(correlation(number) for number in np.geomspace(0.25, 4, 41))
    assert correlation(1.0) < best + 0.01 < correlation(4.0)


def test_neighbours_are_laid_out_once_for_every_second_patch():
    places, told = neighbour_plane(scene(), GLOBAL, 2, 2), []
    assert places.shape == (2, 3, 5, 2)  # of 6 × 10 patches that hold photo
    assert neighbour_plane(scene(), GLOBAL, 2, 2) is places
    plane = query_key_plane(scene(), GLOBAL, 2)
    points = torch.cat([plane.q[::2, ::2].flatten(0, 1), plane.k[::2, ::2].flatten(0, 1)])
    assert torch.equal(tsne(points, plane.places(points), lambda *step: told.append(step)), places.reshape(-1, 2))
    assert told == [("t-SNE", stage, 4) for stage in range(4)]
