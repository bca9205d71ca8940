"""Principal components of one tensor of a trace, by its name."""

from dataclasses import dataclass

from jaxtyping import Float, UInt8
from torch import Tensor

from samvit.measures.pca import COLOURS, Basis, photo_basis, photo_colours
from samvit.tracing import Trace


@dataclass(frozen=True, eq=False)
class TensorPca:
    """A tensor's principal components over the patches that hold photo.

    Attributes:
        name: The tensor's, as `Trace.tensors` lists it.
        scores: How far each patch lies from the mean along each component; of image padding as well.
        basis: Mean, components, the share of variance that each explains, and the scores' range that colours span.
        colours: The first three scores as RGB, in the basis' range; image padding is grey.
    """

    name: str
    scores: Float[Tensor, "grid_h grid_w components"]
    basis: Basis
    colours: UInt8[Tensor, "grid_h grid_w 3"]

    @property
    def components(self) -> Float[Tensor, "components dim"]:
        """Unit vectors, the one that explains most first."""
        return self.basis.components

    @property
    def variance(self) -> Float[Tensor, " components"]:
        """Share of the whole variance that each component explains."""
        return self.basis.variance

    def __repr__(self) -> str:
        """Name, sizes and shares on one line."""
        shares = ", ".join(f"{float(share):.1%}" for share in self.variance)
        return f"TensorPca({self.name}, {len(self.components)} components of {self.components.shape[1]}: {shares})"


def tensor_pca(
    trace: Trace, name: str, count: int = COLOURS, head: int | None = None, basis: Basis | None = None
) -> TensorPca:
    """The principal components of a tensor's vectors, one vector for each patch.

    Args:
        name: Of a tensor that has a vector for each patch.
        count: How many components are wanted.
        head: Of q, k or v: one head's vectors; None joins the heads.
        basis: Another photo's `TensorPca.basis`, so that scores and colours can be compared; its own if None.

    Raises:
        KeyError: If no tensor has that name.
        ValueError: If it isn't one vector for each patch, or has no such head.
    """
    vectors = patch_vectors(trace, name, head)
    if basis is None:
        basis = photo_basis(vectors, trace.photo_grid, count)
    return TensorPca(name, basis.scores(vectors), basis, photo_colours(vectors, trace.photo_grid, basis))


def patch_vectors(trace: Trace, name: str, head: int | None = None) -> Float[Tensor, "grid_h grid_w dim"]:
    """A tensor as one vector for each patch, whichever axis it keeps them on.

    Raises:
        KeyError: If no tensor has that name.
        ValueError: If it isn't one vector for each patch, or has no such head.
    """
    tensor = trace[name].detach()
    if name in {"pixels", "image"}:
        raise ValueError(f"tensor must have a vector for each patch, got {name}")
    by_head = name.endswith((".attn.q", ".attn.k", ".attn.v"))
    if head is not None and not (by_head and 0 <= head < trace.heads):
        raise ValueError(f"head must be in 0..{trace.heads - 1} and of q, k or v, got {head} of {name}")
    if by_head:
        chosen = tensor if head is None else tensor[head : head + 1]
        return chosen.permute(1, 2, 0, 3).flatten(2)
    return tensor.permute(1, 2, 0) if name.startswith("neck.") else tensor
