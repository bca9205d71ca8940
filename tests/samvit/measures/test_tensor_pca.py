"""Principal components of a trace's tensors by name."""

import pytest
import torch

import samvit
from tests.viz.photos import noise_photo


@pytest.fixture
def traced(small_encoder):
    return samvit.trace(small_encoder, noise_photo(rows=65, cols=100))


@pytest.mark.parametrize(
    ("name", "head", "vectors"),
    [
        ("neck.3", None, lambda t: t.permute(1, 2, 0)),
        ("blocks.1", None, lambda t: t),
        ("blocks.2.attn.k", 1, lambda t: t[1]),
        ("blocks.2.attn.v", None, lambda t: torch.cat(list(t), -1)),
    ],
)
def test_components_are_those_of_a_plain_eigendecomposition_over_the_photo(traced, name, head, vectors):
    found = traced.pca(name, count=2, head=head)
    on_grid = vectors(traced[name]).double()
    points = on_grid[:7].flatten(0, 1)  # the photo's 65 of 160 px reach into 7 of 10 rows
    values, axes = torch.linalg.eigh((points - points.mean(0)).T @ (points - points.mean(0)))
    assert torch.allclose(found.variance.double(), values.flip(0)[:2] / values.sum(), atol=1e-5)
    along = (found.components.double() * axes.T.flip(0)[:2]).sum(1).abs()
    assert torch.allclose(along, torch.ones(2, dtype=torch.float64), atol=1e-4)
    expected = (on_grid - points.mean(0)) @ found.components.double().T
    assert torch.allclose(found.scores.double(), expected, atol=1e-4 * float(expected.abs().max()))
    assert bool((found.colours[7:] == 128).all()) and found.colours[:7].float().std() > 0


def test_another_photo_can_be_shown_in_the_same_basis(traced, small_encoder):
    other = samvit.trace(small_encoder, noise_photo(rows=65, cols=100, seed=4))
    shared = other.pca("neck.3", basis=traced.pca("neck.3").basis)
    assert torch.equal(shared.components, traced.pca("neck.3").components)
    assert not torch.equal(shared.components, other.pca("neck.3").components)


@pytest.mark.parametrize(("name", "head"), [("pixels", None), ("image", None), ("neck.3", 0), ("blocks.0.attn.q", 3)])
def test_what_is_not_a_vector_for_each_patch_is_refused(traced, name, head):
    with pytest.raises(ValueError, match="must be|must have"):
        traced.pca(name, head=head)


def test_it_shows_itself_in_one_line(traced):
    shown = repr(traced.pca("neck.3"))
    assert shown.startswith("TensorPca(neck.3, 3 components of 16: ") and "\n" not in shown
