"""q, k and v: one linear layer, cut into heads."""

from samvit.encoder import Attention
from samvit.measures.padding import photo_mean
from samvit.measures.pca import photo_basis, photo_colours
from samvit.measures.qkv import head_outputs, head_qkv, qkv_difference, token_qkv
from samvit.measures.similarity import norms
from samvit.replay import split_qkv
from samvit.tracing import Trace
from viz.panel import Maps, Matrix, Number, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.views.scales import sequential_scale, signed_scale
from viz.views.view import View
from viz.words import joined, say, symbol

# In the order of the layer's output, each with the role that gives its colour.
LENGTHS = ((symbol("|q|"), "query"), (symbol("|k|"), "key"), (symbol("|v|"), ""))
MATRICES = ("panel.qkv.q", "panel.qkv.k", "panel.qkv.v")
COLOURS = ("panel.qkv_maps.q", "panel.qkv_maps.k", "panel.qkv_maps.v")


def qkv_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned token's q, k and v as heads × head_dim, the shapes on the way, and the layer's own output beside."""
    block, head, query = selection.focus.block, selection.focus.head, selection.focus.query
    parts = token_qkv(trace, block, query)
    _, heads, head_dim = parts.shape
    both = signed_scale(parts[:2].numpy(), say("unit.qkv"), say("scale.qkv.both"))
    scales = (both, both, signed_scale(parts[2].numpy(), say("unit.qkv")))
    matrices = (
        Matrix(
            say(key, heads=heads, head_dim=head_dim),
            part.numpy(),
            scale,
            say("axis.qkv.head"),
            say("axis.head_dim"),
            row_mark=head,
        )
        for key, part, scale in zip(MATRICES, parts, scales, strict=True)
    )
    lengths = (
        Number(label, float(length), role=role)
        for (label, role), length in zip(LENGTHS, norms(parts[:, head]), strict=True)
    )
    difference = Number(say("label.qkv.difference"), qkv_difference(trace, block, query), role="result")
    proof = say("panel.qkv.proof", head=head, count=parts.numel())
    return [
        *matrices,
        _shape_table(heads, head_dim, head),
        Numbers(say("panel.qkv.check"), (*lengths, difference), proof),
    ]


def qkv_map_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One head's q, k and v over the photo: their three main directions as colours, and their lengths."""
    head, (rows, cols) = selection.focus.head, trace.photo_grid
    parts = head_qkv(trace, selection.focus.block, head)
    pictures: list[Panel] = []
    for key, part in zip(COLOURS, parts, strict=True):
        basis = photo_basis(part, trace.photo_grid)
        note = say("panel.qkv_maps.variance", share=float(basis.variance.sum()))
        colours = photo_colours(part, trace.photo_grid, basis).numpy()
        pictures.append(Picture(say(key, head=head), colours, on_grid=True, note=note))
    lengths = norms(parts)
    unit, per_map = say("unit.qkv_maps"), say("scale.per_map")
    return [
        *pictures,
        Maps(
            say("panel.qkv_maps.lengths", head=head),
            lengths.numpy(),
            tuple(sequential_scale(one[:rows, :cols], unit, per_map) for one in lengths.numpy()),
            tuple(label for label, _ in LENGTHS),
            notes=tuple(say("note.qkv_maps.mean", mean=mean) for mean in photo_mean(lengths, (rows, cols)).tolist()),
        ),
    ]


def _shape_table(heads: int, head_dim: int, head: int) -> Table:
    """One token's shapes from norm1 to proj, and which of the layer's outputs belong to the head in view."""
    dim = heads * head_dim
    own = (
        say("shape.qkv.outputs", first=part.start, last=part.stop - 1) for part in head_outputs(head, heads, head_dim)
    )
    by_head = say("shape.qkv.by_head", heads=heads, head_dim=head_dim)
    rows = (
        (say("label.qkv.norm1"), say("shape.qkv.token", dim=dim)),
        (say("label.qkv.layer"), say("shape.qkv.layer", dim=dim, outputs=3 * dim)),
        (say("label.qkv.cut"), say("shape.qkv.cut", heads=heads, head_dim=head_dim)),
        (say("label.qkv.own", head=head), joined(*own, by=", ")),
        (say("label.qkv.attend"), by_head),
        (say("label.qkv.joined"), say("shape.qkv.joined", heads=heads, head_dim=head_dim, dim=dim)),
    )
    return Table(say("panel.qkv.shapes"), (say("axis.qkv.step"), say("axis.qkv.shape")), rows, marked=(3,))


QKV = View(
    id="qkv",
    stage="qkv",
    panels=qkv_panels,
    source=(Attention.forward, split_qkv),
    tensors=("blocks.{block}.norm1", "blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn.v"),
    uses=frozenset({"block", "head", "query"}),
    symbols=(("q", "panel:0"), ("k", "panel:1"), ("v", "panel:2")),
)
QKV_MAPS = View(
    id="qkv_maps",
    stage="qkv",
    panels=qkv_map_panels,
    source=(Attention.forward,),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn.v"),
    uses=frozenset({"block", "head", "overlay"}),
    live=False,
    symbols=(
        ("q", "panel:0"),
        ("k", "panel:1"),
        ("v", "panel:2"),
        ("H", "photo"),
        ("W.columns", "photo"),
        ("d_head", "panel:3"),
    ),
)
VIEWS = (QKV, QKV_MAPS)
