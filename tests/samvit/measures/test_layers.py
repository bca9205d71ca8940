"""The layers beside one another: against plain formulas, scikit-learn and numpy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.decomposition import PCA

import samvit.measures.layers as layers
from samvit.measures.layers import (
    block_colours,
    cosines_through_depth,
    layer_cka,
    levelled,
    linear_cka,
    neck_colours,
    outlier_threshold,
    outliers,
    own_bases,
    shared_basis,
)
from samvit.measures.pca import photo_basis, photo_colours, principal_components
from samvit.replay import Replay
from tests.viz.views.forward import QUERY, fresh_scene, scene


def photo_tokens(made, tokens):
    rows, cols = made.photo_grid
    return tokens[:rows, :cols].flatten(0, 1)


def levelled_plainly(made, tokens):
    centred = photo_tokens(made, tokens).double() - photo_tokens(made, tokens).double().mean(0)
    return centred / (centred**2).sum(1).mean().sqrt()


def test_levelled_layers_have_no_mean_and_the_same_size():
    made = scene()
    for tokens in made.stream[1:]:
        level = photo_tokens(made, levelled(tokens, made.photo_grid))
        torch.testing.assert_close(level, levelled_plainly(made, tokens).float(), rtol=1e-4, atol=1e-5)


def test_the_shared_basis_is_scikit_learn_s_of_all_levelled_layers():
    made = scene()
    every = torch.cat([levelled_plainly(made, tokens) for tokens in made.stream[1:]]).numpy()
    pca = PCA(3).fit(every)
    basis = shared_basis(made)
    assert np.abs((basis.components.numpy() * pca.components_).sum(1)) == pytest.approx(1, abs=1e-4)
    assert basis.variance.numpy() == pytest.approx(pca.explained_variance_ratio_, abs=1e-4)


def test_a_sample_of_the_tokens_takes_every_block_and_the_whole_photo(monkeypatch):
    monkeypatch.setattr(layers, "SHARED_POINTS", 60)  # of 240: every fourth
    made, asked = fresh_scene("landscape photo"), []

    def components(vectors, *rest):
        asked.append(vectors)
        return principal_components(vectors, *rest)

    monkeypatch.setattr(layers, "principal_components", components)
    shared_basis(made)
    level = [photo_tokens(made, levelled(tokens, made.photo_grid)) for tokens in made.stream[1:]]
    assert torch.equal(asked[0], torch.cat([tokens[block::4] for block, tokens in enumerate(level)]))


def test_own_bases_are_those_of_each_block_s_output():
    made = scene()
    for tokens, basis in zip(made.stream[1:], own_bases(made), strict=True):
        pca = PCA(3).fit(photo_tokens(made, tokens).double().numpy())
        assert np.abs((basis.components.numpy() * pca.components_).sum(1)) == pytest.approx(1, abs=1e-4)


def test_outliers_lie_three_quartile_ranges_above_the_third_quartile():
    lengths = torch.arange(100.0).view(10, 10)
    low, high = np.percentile(lengths[:6], (25, 75))
    assert outlier_threshold(lengths, (6, 10)) == pytest.approx(high + 3 * (high - low))
    lengths[2, 3] = lengths[8, 8] = 1000  # the second one is image padding
    assert outliers(lengths, (6, 10)).nonzero().tolist() == [[2, 3]]


def test_cka_is_the_formula_with_the_layers_features():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(30, 5, generator=generator), torch.randn(30, 8, generator=generator)
    y[:, :3] += x[:, :3]
    a, b = (one.double() - one.double().mean(0) for one in (x, y))
    expected = (b.T @ a).norm() ** 2 / ((a.T @ a).norm() * (b.T @ b).norm())
    assert float(linear_cka([x, y])[0, 1]) == pytest.approx(float(expected), abs=1e-5)


def test_cka_ignores_rotation_scale_and_shift_and_nothing_else():
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(40, 6, generator=generator)
    turn, _ = torch.linalg.qr(torch.randn(6, 6, generator=generator))
    like, unlike = 3 * x @ turn + 7, x * torch.tensor([5.0, 1, 1, 1, 1, 1])
    table = linear_cka([x, like, unlike])
    assert float(table[0, 1]) == pytest.approx(1, abs=1e-5) and float(table[0, 2]) < 0.95


@pytest.mark.parametrize("points", [1024, 20], ids=["all patches", "a sample"])
def test_cka_of_a_trace_compares_the_photo_s_patches_in_all_layers(points, monkeypatch):
    monkeypatch.setattr(layers, "CKA_POINTS", points)
    made = fresh_scene("landscape photo")
    step = 1 if points == 1024 else 2
    compared = [*made.stream[1:], made.embedding.permute(1, 2, 0)]
    expected = linear_cka([layer[:6:step, :10:step].flatten(0, 1) for layer in compared])
    torch.testing.assert_close(layer_cka(made), expected)
    assert layer_cka(made).shape == (5, 5)


@pytest.mark.parametrize("centred", [False, True])
def test_cosines_are_those_of_each_block_s_output(centred):
    made = scene()
    through = cosines_through_depth(made, QUERY, centred)
    for block in range(made.depth):
        tokens = made.stream[block + 1]
        tokens = tokens - photo_tokens(made, tokens).mean(0) if centred else tokens
        expected = F.cosine_similarity(tokens, tokens[QUERY], dim=-1)
        torch.testing.assert_close(through[block], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("points", [layers.SHARED_POINTS, 24], ids=["all patches", "a sample, which has a mean"])
def test_block_colours_are_those_of_the_shared_basis_on_the_photo_only(points, monkeypatch):
    monkeypatch.setattr(layers, "SHARED_POINTS", points)
    made = replace(scene(), replay=Replay())
    rows, cols = made.photo_grid
    basis = shared_basis(made)
    for tokens, colours in zip(made.stream[1:], block_colours(made), strict=True):
        plain = ((levelled(tokens, made.photo_grid) - basis.mean) @ basis.components.T)[:rows, :cols]
        unit = ((plain - basis.low) / (basis.high - basis.low)).clamp(0, 1)
        assert colours.shape == (rows, cols, 3)
        assert (colours.int() - (unit * 255).round().int()).abs().max() <= 1


def test_neck_colours_are_each_step_s_own():
    made = scene()
    rows, cols = made.photo_grid
    for step, colours in zip(made.neck_steps().values(), neck_colours(made), strict=True):
        tokens = step.permute(1, 2, 0)
        basis = photo_basis(tokens, made.photo_grid)
        assert torch.equal(colours, photo_colours(tokens, made.photo_grid, basis)[:rows, :cols])
