"""Principal components: those of a plain decomposition, with signs that stay, and colours that can be shared."""

from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from samvit.checkpoint import load_encoder
from samvit.encoder import ImageEncoderViT
from samvit.measures.pca import (
    GREY,
    component_signs,
    photo_basis,
    photo_colours,
    place,
    principal_components,
    score_colours,
)
from samvit.preprocess import preprocess, read_photo
from samvit.tracing import Trace, trace

VECTORS = torch.randn(60, 8, generator=torch.Generator().manual_seed(3)) * torch.arange(1, 9) + 2


def test_components_are_the_eigenvectors_of_the_covariance():
    basis = principal_components(VECTORS, 4)
    values, vectors = torch.linalg.eigh(torch.cov(VECTORS.double().T))
    torch.testing.assert_close(basis.mean, VECTORS.mean(0))
    torch.testing.assert_close(basis.variance.double(), (values.flip(0) / values.sum())[:4], rtol=1e-5, atol=0)
    for component, expected in zip(basis.components, vectors.T.flip(0), strict=False):
        assert abs(float(component.double() @ expected)) == pytest.approx(1, abs=1e-6)
    expected = torch.stack([torch.stack([(v - basis.mean) @ c for c in basis.components]) for v in VECTORS])
    torch.testing.assert_close(basis.scores(VECTORS), expected, rtol=1e-4, atol=1e-4)


def test_scores_rise_with_what_is_known_of_the_points():
    known = VECTORS[:, 2] - VECTORS[:, 5] ** 2
    basis = principal_components(VECTORS, 4, known)
    for scores in basis.scores(VECTORS).T:
        assert float(torch.corrcoef(torch.stack([scores, known]))[0, 1]) > 0
    turned = principal_components(VECTORS, 4, -known)
    torch.testing.assert_close(turned.components, -basis.components)


@pytest.mark.parametrize("known", [None, torch.ones(60)])
def test_without_anything_known_signed_squares_decide(known):
    basis = principal_components(VECTORS, 4, known)
    for component in basis.components:
        assert sum(float(v @ component) * abs(float(v @ component)) for v in VECTORS) > 0


@pytest.mark.parametrize("known", [None, VECTORS[:, 0]])
def test_the_solvers_sign_has_no_say(known):
    basis = principal_components(VECTORS, 4, known)
    components, flip = basis.components.double(), torch.tensor([1.0, -1, -1, 1], dtype=torch.float64)
    signs = component_signs(VECTORS.double(), components * flip[:, None], known)
    assert torch.equal(signs, flip)


@pytest.mark.parametrize(("points", "dim"), [(1, 1), (2, 1), (1, 4), (2, 5), (3, 4)])
def test_few_points_or_dimensions_give_fewer_components(points, dim):
    vectors = torch.randn(points, dim, generator=torch.Generator().manual_seed(0))
    basis = principal_components(vectors, 10)
    assert basis.components.shape == (min(points, dim), dim)
    assert basis.variance.isfinite().all()
    assert basis.colours(vectors).shape == (points, 3)


def test_vectors_that_are_all_the_same_are_grey():
    basis = principal_components(torch.full((5, 4), 0.1), 3)
    assert basis.variance.tolist() == [0, 0, 0]
    assert (basis.colours(torch.full((5, 4), 0.1)) == GREY).all()


@pytest.mark.parametrize(("count", "points"), [(0, 4), (3, 0)])
def test_nothing_to_find_is_refused(count, points):
    with pytest.raises(ValueError, match="at least 1, got"):
        principal_components(torch.zeros(points, 4), count)


def test_colours_run_from_the_1st_to_the_99th_percentile():
    basis = principal_components(VECTORS, 4)
    scores = basis.scores(VECTORS).numpy()
    low, high = np.percentile(scores, (1, 99), axis=0)
    expected = np.clip((scores - low) / (high - low), 0, 1)[:, :3] * 255
    assert np.abs(basis.colours(VECTORS).numpy() - expected).max() <= 0.51


def test_a_score_has_its_colour_and_a_missing_component_is_grey():
    scores, low, high = torch.tensor([[0.0, 2.0], [-3.0, 1.0], [9.0, 1.5]]), torch.tensor([-1.0, 1]), torch.ones(2)
    assert score_colours(scores, low, high).tolist() == [[128, 128, 128], [0, 128, 128], [255, 128, 128]]


def test_image_padding_is_grey_and_takes_no_part():
    tokens = torch.randn(4, 5, 6, generator=torch.Generator().manual_seed(1))
    basis = photo_basis(tokens, (3, 4))
    changed = tokens.clone()
    changed[3:], changed[:, 4:] = 1000, -1000
    again = photo_basis(changed, (3, 4))
    assert torch.equal(basis.components, again.components)
    colours = photo_colours(changed, (3, 4), again)
    assert torch.equal(colours[:3, :4], photo_colours(tokens, (3, 4), basis)[:3, :4])
    assert (colours[3:] == GREY).all() and (colours[:, 4:] == GREY).all()


def test_what_shares_a_basis_shares_its_colours():
    one, other = torch.randn(2, 4, 5, 6, generator=torch.Generator().manual_seed(1))
    other[2, 3] = one[0, 1]
    basis = photo_basis(one, (4, 5))
    shared = photo_colours(other, (4, 5), basis)
    assert torch.equal(shared[2, 3], photo_colours(one, (4, 5), basis)[0, 1])


def test_place_grows_downwards_and_less_to_the_right():
    lies = place((3, 4))
    assert lies.shape == (3, 4) and float(lies.mean()) == pytest.approx(0, abs=1e-6)
    assert (lies.diff(dim=0) > 0).all() and (lies.diff(dim=1) > 0).all()
    across, down = lies[0] - lies[0].mean(), lies[:, 0] - lies[:, 0].mean()
    assert float(across.std(correction=0) / down.std(correction=0)) == pytest.approx(0.3)
    assert place((1, 1)).tolist() == [[0]]


@pytest.mark.parametrize("grid", [(5, 6), (1, 6), (6, 1)])
def test_patches_components_rise_with_their_place(grid):
    tokens = torch.randn(*grid, 4, generator=torch.Generator().manual_seed(4))
    scores = photo_basis(tokens, grid).scores(tokens).flatten(0, 1)
    assert (place(grid).flatten() @ (scores - scores.mean(0)) > 0).all()


EXAMPLES = ("astronaut", "coffee", "chelsea", "rocket", "china")


@cache
def bundled() -> ImageEncoderViT:
    """The bundled encoder."""
    return load_encoder("vit_tiny")


@cache
def axes(name: str, change: str, step: int) -> Tensor:
    """The first three components of a step of the neck."""
    made = example(name, change)
    return photo_basis(made[f"neck.{step}"].permute(1, 2, 0), made.photo_grid).components[:3]


@cache
def example(name: str, change: str = "") -> Trace:
    """A bundled photo at 256 px as the bundled encoder sees it, or a copy that a person would hardly tell from it."""
    pixels = np.asarray(read_photo(f"viz/examples/{name}.jpg")).astype(int)
    if change == "brighter":
        pixels = pixels + 8
    elif change == "shifted":
        pixels = np.roll(pixels, (5, 5), (0, 1))
    elif change == "noisy":
        pixels = pixels + np.random.default_rng(0).normal(0, 4, pixels.shape)
    return trace(bundled(), preprocess(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), 256))


def test_hardly_any_axis_turns_around_between_near_equal_photos():
    """No rule of signs can make it none: six of 160 by the bundled weights, where chance would turn 80.

    Axes that moved by more than 26° are left out: two directions of near-equal variance may change places.
    """
    kept = []
    for name, change, step in product(EXAMPLES, ("brighter", "shifted", "noisy"), range(4)):
        cosines = (axes(name, "", step) * axes(name, change, step)).sum(1)
        kept += [float(cosine) for cosine in cosines if abs(cosine) > 0.9]
    turned = [cosine for cosine in kept if cosine < 0]
    assert len(kept) > 100 and len(turned) <= 0.05 * len(kept)
