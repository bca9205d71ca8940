"""Queries and keys of one head in one plane."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from samvit.errors import check_index
from samvit.measures.pca import COLOURS, Basis, place, principal_components
from samvit.measures.similarity import norms
from samvit.measures.tsne import tsne
from samvit.progress import Progress
from samvit.tracing import Trace


@dataclass(frozen=True, eq=False)
class Plane:
    """One head's queries and keys over the photo, brought together, and the basis that shows both.

    Attributes:
        q, k: After `matched`.
        basis: The principal components of both together; the first two are the plane, three make colours.
    """

    q: Float[Tensor, "photo_h photo_w head_dim"]
    k: Float[Tensor, "photo_h photo_w head_dim"]
    basis: Basis

    def places(self, vectors: Float[Tensor, "*patches head_dim"]) -> Float[Tensor, "*patches 2"]:
        """Where vectors lie in the plane: their first two principal components; 0 where there is only one."""
        scores = self.basis.scores(vectors)[..., :2]
        return F.pad(scores, (0, 2 - scores.shape[-1]))


@torch.no_grad()
def matched(
    q: Float[Tensor, "queries head_dim"], k: Float[Tensor, "keys head_dim"]
) -> tuple[Float[Tensor, "queries head_dim"], Float[Tensor, "keys head_dim"]]:
    """Queries and keys brought to one size and one middle, so that near means a high product; no weight changes.

    Queries are multiplied by a number and keys divided by it, which leaves every product as it is, until both have the
    same mean length around their means. Then all keys are moved by one vector, so that the means coincide: that
    changes a query's scores all by the same amount, which softmax ignores.

    Source: Yeh et al., AttentionViz, arXiv 2305.03210, on vector normalisation. There the number is searched for under
    which products and distances go together most; equal lengths come within 0.01 of that correlation, without a search.
    """
    lengths = [norms(one - one.mean(0)).mean() for one in (q, k)]
    factor = (lengths[1] / lengths[0]).sqrt() if bool(lengths[0] > 0) and bool(lengths[1] > 0) else torch.tensor(1.0)
    q, k = q * factor, k / factor
    return q, k - k.mean(0) + q.mean(0)


def query_key_plane(trace: Trace, block: int, head: int) -> Plane:
    """One head's queries and keys of all patches that hold photo, in their common principal components.

    Kept in the trace's replay.

    Raises:
        ValueError: If there is no such block or head.
    """
    trace.check_block(block)
    check_index("head", head, trace.heads)
    return trace.replay.get(trace, ("plane", block, head), lambda: _plane(trace, block, head))


def neighbour_plane(
    trace: Trace, block: int, head: int, step: int = 1, progress: Progress | None = None
) -> Float[Tensor, "2 rows cols 2"]:
    """The same queries and keys laid out by t-SNE: who is near whom in all dimensions, and nothing else.

    Kept in the trace's replay.

    Args:
        step: Of every step-th patch along rows and columns.
        progress: As `samvit.measures.tsne.tsne` calls it.

    Returns:
        Places of the queries, then of the keys.

    Raises:
        ValueError: If there is no such block or head.
    """
    plane = query_key_plane(trace, block, head)
    vectors = torch.stack([plane.q[::step, ::step], plane.k[::step, ::step]])

    def laid_out() -> Float[Tensor, "2 rows cols 2"]:
        points = vectors.flatten(0, 2)
        return tsne(points, plane.places(points), progress).view(*vectors.shape[:3], 2)

    return trace.replay.get(trace, ("t-SNE", block, head, step), laid_out)


def _plane(trace: Trace, block: int, head: int) -> Plane:
    rows, cols = trace.photo_grid
    q, k = matched(*(one[block][head, :rows, :cols].flatten(0, 1) for one in (trace.q, trace.k)))
    down = place((rows, cols)).flatten()
    basis = principal_components(torch.cat([q, k]), COLOURS, torch.cat([down, down]))
    return Plane(q.view(rows, cols, -1), k.view(rows, cols, -1), basis)
