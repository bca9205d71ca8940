"""One head's queries and keys in one plane."""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor

from samvit.attention import attention_row
from samvit.measures.pca import photo_colours
from samvit.measures.photo import patch_cells
from samvit.measures.plane import Plane, neighbour_plane, query_key_plane
from samvit.measures.scores import position_shares
from samvit.replay import split_qkv
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Number, Numbers, Panel, Picture
from viz.selection import Selection
from viz.views.view import View
from viz.words import say

DOTS = 1024  # of queries, and as many of keys: of a larger photo every second row and column, or fewer


def qk_plane_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Queries and keys as dots, the pinned patch's two among them; both as colours over the photo; what is left out."""
    block, head, query = selection.focus.block, selection.focus.head, selection.focus.query
    plane, by_tsne = query_key_plane(trace, block, head), selection.look.plane == "tsne"
    variance = plane.basis.variance
    moved = float(position_shares(trace, block, query)[head])
    in_plane = Number(say("label.qk_plane.plane"), float(variance[:2].sum()))
    return [
        _scatter(trace, plane, selection),
        _colours(trace, plane, plane.q, "q"),
        _colours(trace, plane, plane.k, "k"),
        Numbers(
            say("panel.qk_plane.left_out"),
            (
                *(() if by_tsne else (in_plane,)),
                Number(say("label.qk_plane.colours"), float(variance.sum())),
                Number(say("label.qk_plane.moved"), moved, role="query", form="percent"),
            ),
            say("note.qk_plane.tsne") if by_tsne else say("note.qk_plane.left_out"),
        ),
    ]


def _scatter(trace: Trace, plane: Plane, selection: Selection) -> Curves:
    """All queries and keys, thinned evenly where there are many, then the pinned patch's query and key."""
    block, head, query = selection.focus.block, selection.focus.head, selection.focus.query
    rows, cols, _ = plane.q.shape
    step = int(np.ceil(np.sqrt(rows * cols / DOTS))) or 1
    if selection.look.plane == "tsne":  # nothing can be added to it: the nearest patch with dots stands for the pinned
        dots, kind = neighbour_plane(trace, block, head, step), "tsne"
        down, across = (min(round(at / step), side - 1) for at, side in zip(query, dots.shape[1:3], strict=True))
        marked, pinned = (down * step, across * step), dots[:, down, across]
    else:
        kind, marked = "pca", (min(query[0], rows - 1), min(query[1], cols - 1))
        dots = torch.stack([plane.places(one[::step, ::step]) for one in (plane.q, plane.k)])
        pinned = torch.stack([plane.places(one[marked]) for one in (plane.q, plane.k)])
    colours = _dot_colours(trace, plane, step, selection.look.dots)
    grid = (dots.shape[1], dots.shape[2], step, 0, 0)
    names = ((say("label.qk_plane.queries"), False), (say("label.qk_plane.keys"), True))
    curves = [
        Curve(label, *_apart(places), patches=grid, colours=colours, square=square)
        for places, (label, square) in zip(dots, names, strict=True)
    ]
    if query[0] < rows and query[1] < cols:
        of_query, of_key = pinned
        own = (1, 1, 1, *marked)
        curves += [Curve(say("label.qk_plane.query", patch=marked), *_apart(of_query), "query", own)]
        curves += [Curve(say("label.qk_plane.key", patch=marked), *_apart(of_key), "key", own, square=True)]
    axes = {
        "pca": (say("axis.qk_plane.first"), say("axis.qk_plane.second")),
        "tsne": (say("axis.qk_plane.tsne_first"), say("axis.qk_plane.tsne_second")),
    }[kind]
    return Curves(say("panel.qk_plane.scatter", block=block, head=head), tuple(curves), *axes, points=True)


def _apart(places: Float[Tensor, "*dots 2"]) -> tuple[Float[np.ndarray, " dots"], Float[np.ndarray, " dots"]]:
    """Places as x and y."""
    x, y = places.reshape(-1, 2).T.contiguous().numpy()
    return x, y


def _dot_colours(trace: Trace, plane: Plane, step: int, dots: str) -> UInt8[np.ndarray, "dots 3"] | None:
    """A colour for each patch that has dots: its place, redder to the right and bluer below; or the photo's there."""
    rows, cols, _ = plane.q.shape
    if dots == "kind":
        return None
    if dots == "content":
        cells = patch_cells(trace, 1).numpy()[:rows, :cols]
    else:
        cells = np.full((rows, cols, 3), 110, np.uint8)
        cells[..., 0] = np.linspace(20, 255, cols)
        cells[..., 2] = np.linspace(20, 255, rows)[:, None]
    return np.ascontiguousarray(cells[::step, ::step].reshape(-1, 3))


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
    uses=frozenset({"block", "head", "query", "plane", "dots"}),
    live=False,
    symbols=(
        ("q′", "panel:1"),
        ("q", "photo"),
        ("k′", "panel:2"),
        ("k", "panel:2"),
        ("c", "panel:0"),
        ("t.moved", "panel:0"),
    ),
)
VIEWS = (QK_PLANE,)
