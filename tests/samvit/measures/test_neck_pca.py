"""The neck's colours of a foreground and of two photos: against plain thresholds and scikit-learn's PCA of both."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.decomposition import PCA

from samvit.measures.neck_pca import FOREGROUNDS, foreground, neck_pca, otsu, shared_neck_pca
from samvit.measures.tensor_pca import tensor_pca
from tests.viz.views.forward import QUERY, SCENES, scene
from viz import selection


def plain_otsu(values):
    """Every threshold between two neighbours tried: the least variance within the groups."""
    ordered = np.unique(values)
    tried = (ordered[1:] + ordered[:-1]) / 2
    within = [sum(part.var() * len(part) for part in (values[values <= at], values[values > at])) for at in tried]
    return tried[int(np.argmin(within))]


@pytest.mark.parametrize("seed", range(4))
def test_the_threshold_parts_values_with_the_least_variance_within(seed):
    drawn = np.random.default_rng(seed)
    values = np.concatenate([drawn.normal(0, 1, 40), drawn.normal(5, 2, 15)])
    assert otsu(torch.from_numpy(values).float()) == pytest.approx(plain_otsu(values), abs=1e-5)


def test_values_that_repeat_are_never_parted_from_each_other():
    assert otsu(torch.tensor([1.0, 1, 1, 1, 2, 2])) == 1.5
    assert otsu(torch.ones(5)) < 1  # all of them lie above


@pytest.mark.parametrize("name", ["landscape photo", "square photo"])
@pytest.mark.parametrize("query", [QUERY, (0, 0), (8, 2)])
def test_the_foreground_is_the_pinned_patch_s_side_of_the_first_component(name, query):
    made = scene(name)
    rows, cols = made.photo_grid
    ground = foreground(made, query, "component")
    vectors = made.embedding.permute(1, 2, 0).double()
    points = vectors[:rows, :cols].reshape(-1, vectors.shape[-1])
    pca = PCA(1).fit(points.numpy())
    scores = ((vectors - points.mean(0)) @ torch.from_numpy(pca.components_[0])).numpy()
    threshold = plain_otsu(scores[:rows, :cols].ravel())
    expected = (scores > threshold) == (scores[query] > threshold)
    expected[rows:] = expected[:, cols:] = False
    assert np.array_equal(ground.wanted.numpy(), expected)
    assert abs(ground.threshold) == pytest.approx(abs(threshold), rel=1e-3, abs=1e-4)


def test_the_foreground_is_what_is_more_like_the_pinned_patch_than_a_threshold():
    made = scene()
    rows, cols = made.photo_grid
    vectors = made.embedding.permute(1, 2, 0)
    vectors = vectors - vectors[:rows, :cols].mean((0, 1))
    cosines = F.cosine_similarity(vectors, vectors[QUERY].expand_as(vectors), dim=-1)[:rows, :cols]
    ground = foreground(made, QUERY, "likeness")
    assert torch.equal(ground.wanted[:rows, :cols], cosines > ground.threshold) and not ground.wanted[rows:].any()
    assert ground.threshold == pytest.approx(plain_otsu(cosines.numpy().ravel()), abs=1e-5)
    assert ground.wanted[QUERY] and 1 < int(ground.wanted.sum()) < rows * cols


@pytest.mark.parametrize("name", SCENES)
def test_of_the_whole_photo_colours_are_those_of_its_own_components(name):
    made = scene(name)
    for step in neck_pca(made, QUERY, "all", 3).steps:
        own = tensor_pca(made, step.name)
        assert torch.equal(step.colours, own.colours) and torch.equal(step.scores, own.scores)


@pytest.mark.parametrize("rule", FOREGROUNDS)
def test_two_photos_share_the_components_of_all_their_patches_together(rule):
    photos = ((scene(), QUERY), (scene("square photo"), (2, 2)))
    both = shared_neck_pca(photos, rule, 3)
    for index in range(4):
        one, other = (found.steps[index] for found in both)
        assert one.basis is other.basis
        parts = []
        for (trace, query), found in zip(photos, both, strict=True):
            assert torch.equal(found.ground.wanted, foreground(trace, query, rule).wanted)
            parts.append(trace[one.name].permute(1, 2, 0)[found.ground.wanted].double())
        points = torch.cat(parts).numpy()
        pca = PCA(3).fit(points)
        assert np.abs((one.basis.components.numpy() * pca.components_).sum(1)) == pytest.approx(1, abs=1e-3)
        np.testing.assert_allclose(one.variance, pca.explained_variance_ratio_, rtol=1e-3)


def test_the_rest_of_the_photo_is_black_and_image_padding_grey():
    found = neck_pca(scene(), QUERY, "component", 3)
    for step in found.steps:
        assert (step.colours[:6][~found.ground.wanted[:6]] == 0).all()
        assert (step.colours[6:] == 128).all()


def test_what_is_no_rule_is_refused_and_a_link_knows_all_rules():
    with pytest.raises(ValueError, match=r"^foreground must be one of all, component, likeness, got 'sky'$"):
        foreground(scene(), QUERY, "sky")
    assert selection.FOREGROUNDS == FOREGROUNDS
