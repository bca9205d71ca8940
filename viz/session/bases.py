"""The scores, bases and ranges behind a view's colours, by the tensors' names: what its pictures are made of."""

from collections.abc import Callable

import numpy as np

from samvit.measures.neck_pca import NeckPca, neck_pca, shared_neck_pca
from samvit.measures.pca import COLOURS, Basis
from samvit.measures.position import table_basis, table_scores
from samvit.measures.tensor_pca import TensorPca, tensor_pca
from samvit.tracing import Trace
from viz.selection import Selection

Arrays = dict[str, np.ndarray]


def view_bases(trace: Trace, selection: Selection) -> Arrays:
    """What the colours of a view's pictures come from; nothing for views without such pictures."""
    made = BASES.get(selection.view)
    return made(trace, selection) if made else {}


def bases_of_two(one: tuple[Trace, Selection], other: tuple[Trace, Selection]) -> tuple[Arrays, Arrays]:
    """The same of two sides, which may share a basis."""
    (here, mine), (there, theirs) = one, other
    shares = mine.look.basis == "shared" and mine.subject.model == theirs.subject.model
    if mine.view != "neck_pca" or not shares:
        return view_bases(here, mine), view_bases(there, theirs)
    photos = (here, mine.focus.query), (there, theirs.focus.query)
    ours, others = map(_of_neck, shared_neck_pca(photos, mine.look.foreground, COLOURS))
    return ours, others


def neck_bases(trace: Trace, selection: Selection) -> Arrays:
    """Each of the neck's steps in its own basis, and which patches took part."""
    return _of_neck(neck_pca(trace, selection.focus.query, selection.look.foreground, COLOURS))


def _of_neck(found: NeckPca) -> Arrays:
    arrays = {name: array for step in found.steps for name, array in pca_arrays(step.name, step).items()}
    return arrays | {"neck.taking_part": found.ground.wanted.numpy()}


def qkv_bases(trace: Trace, selection: Selection) -> Arrays:
    """One head's q, k and v, each in its own basis."""
    names = [f"blocks.{selection.focus.block}.attn.{letter}" for letter in "qkv"]
    head = selection.focus.head
    return {name: array for one in names for name, array in tensor_arrays(trace, one, head).items()}


def addition_bases(trace: Trace, selection: Selection) -> Arrays:
    """The tokens, the position table and their sum, all in the sum's basis."""
    shared = tensor_pca(trace, "blocks.0.input").basis
    return {
        name: array
        for one in ("patch_embed", "pos_embed", "blocks.0.input")
        for name, array in tensor_arrays(trace, one, basis=shared).items()
    }


def table_bases(trace: Trace, selection: Selection) -> Arrays:
    """The learned table at its own size."""
    basis, table = table_basis(trace.encoder), trace.encoder.pos_embed
    assert table is not None  # or there were no basis
    scores = table_scores(trace.encoder, basis, (table.shape[1], table.shape[2]))
    return {"pos_embed.scores": scores.numpy(), **basis_arrays("pos_embed", basis)}


def tensor_arrays(trace: Trace, name: str, head: int | None = None, basis: Basis | None = None) -> Arrays:
    """A tensor's scores, and the basis that they are in."""
    found = tensor_pca(trace, name, head=head, basis=basis)
    return pca_arrays(name if head is None else f"{name}.{head}", found)


def pca_arrays(name: str, found: TensorPca) -> Arrays:
    """Scores, and the basis that they are in."""
    return {f"{name}.scores": found.scores.numpy(), **basis_arrays(name, found.basis)}


def basis_arrays(name: str, basis: Basis) -> Arrays:
    """Mean, components, shares of the variance, and the range of scores that colours span."""
    return {
        f"{name}.mean": basis.mean.numpy(),
        f"{name}.components": basis.components.numpy(),
        f"{name}.variance": basis.variance.numpy(),
        f"{name}.range": np.stack([basis.low.numpy(), basis.high.numpy()], -1),
    }


BASES: dict[str, Callable[[Trace, Selection], Arrays]] = {
    "neck_pca": neck_bases,
    "qkv_maps": qkv_bases,
    "position_added": addition_bases,
    "position_table": table_bases,
}
