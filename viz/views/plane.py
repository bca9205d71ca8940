"""One head's queries and keys in one plane."""

import numpy as np
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from samvit.attention import attention_row
from samvit.measures.pca import photo_colours
from samvit.measures.plane import Plane, query_key_plane
from samvit.measures.scores import moved_share, weights_from_terms
from samvit.replay import split_qkv
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Number, Numbers, Panel, Picture
from viz.selection import Selection
from viz.views.view import View
from viz.words import Words, say

DOTS = 1024  # of queries, and as many of keys: of a larger photo every second row and column, or fewer


def qk_plane_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Queries and keys as dots, the pinned patch's two among them; both as colours over the photo; what is left out."""
    block, head, query = selection.focus.block, selection.focus.head, selection.focus.query
    plane = query_key_plane(trace, block, head)
    variance = plane.basis.variance
    whole, content = (weights_from_terms(trace, block, query, terms) for terms in ("chw", "c"))
    return [
        _scatter(plane, query, block, head),
        _colours(trace, plane, plane.q, "q"),
        _colours(trace, plane, plane.k, "k"),
        Numbers(
            say("panel.qk_plane.left_out"),
            (
                Number(say("label.qk_plane.plane"), float(variance[:2].sum())),
                Number(say("label.qk_plane.colours"), float(variance.sum())),
                Number(
                    say("label.qk_plane.moved"), float(moved_share(whole, content)[head]), role="query", form="percent"
                ),
            ),
            say("note.qk_plane.left_out"),
        ),
    ]


def _scatter(plane: Plane, query: tuple[int, int], block: int, head: int) -> Curves:
    """All queries and keys, thinned evenly where there are many, then the pinned patch's query and key."""
    rows, cols, _ = plane.q.shape
    step = int(np.ceil(np.sqrt(rows * cols / DOTS))) or 1
    patches = (-(-rows // step), -(-cols // step), step)
    dots: list[tuple[Tensor, Words, str, tuple[int, int, int] | tuple[()]]] = [
        (plane.q[::step, ::step], say("label.qk_plane.queries"), "", patches)
    ]
    dots += [(plane.k[::step, ::step], say("label.qk_plane.keys"), "", patches)]
    if query[0] < rows and query[1] < cols:
        dots += [(plane.q[query], say("label.qk_plane.query", patch=query), "query", ())]
        dots += [(plane.k[query], say("label.qk_plane.key", patch=query), "key", ())]
    curves = []
    for vectors, label, role, grid in dots:
        places = plane.basis.scores(vectors.reshape(-1, vectors.shape[-1])).numpy()  # (dots, components)
        curves.append(Curve(label, places[:, 0], places[:, 1] if places.shape[1] > 1 else places[:, 0] * 0, role, grid))
    first, second = say("axis.qk_plane.first"), say("axis.qk_plane.second")
    return Curves(say("panel.qk_plane.scatter", block=block, head=head), tuple(curves), first, second, points=True)


def _colours(trace: Trace, plane: Plane, vectors: Float[Tensor, "photo_h photo_w head_dim"], name: str) -> Picture:
    """Queries or keys over the photo, as colours in their common basis; image padding is grey."""
    below, beside = trace.grid[0] - vectors.shape[0], trace.grid[1] - vectors.shape[1]
    colours = photo_colours(F.pad(vectors, (0, 0, 0, beside, 0, below)), trace.photo_grid, plane.basis)
    titles = {"q": say("panel.qk_plane.q"), "k": say("panel.qk_plane.k")}
    return Picture(titles[name], colours.numpy(), on_grid=True)


QK_PLANE = View(
    id="qk_plane",
    stage="network",
    panels=qk_plane_panels,
    source=(split_qkv, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query"}),
    live=False,
)
VIEWS = (QK_PLANE,)
