"""q, k and v: one linear layer, cut into heads."""

import torch

from samvit.encoder import Attention
from samvit.replay import split_qkv
from samvit.tracing import Trace
from viz.panel import Maps, Matrix, Number, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.neck import pca_colours
from viz.views.scales import sequential_scale, signed_scale
from viz.views.view import View

NAMES = ("q", "k", "v")


def qkv_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned token's q, k and v as heads × head_dim, the shapes on the way, and the layer's own output beside."""
    lang, query, block = selection.lang, selection.focus.query, selection.focus.block
    attn = trace.encoder.blocks[block].attn
    parts = [trace[f"blocks.{block}.attn.{name}"][:, query[0], query[1]] for name in NAMES]  # (heads, head_dim) each
    heads, head_dim = parts[0].shape
    with torch.no_grad():
        layer = attn.qkv(trace[f"blocks.{block}.norm1"][query])
    joined = torch.stack(parts).flatten()
    both = signed_scale(torch.stack(parts[:2]).numpy(), text(lang, "unit.qkv"), text(lang, "scale.qkv.both"))
    scales = (both, both, signed_scale(parts[2].numpy(), text(lang, "unit.qkv")))
    return [
        *(
            Matrix(
                text(lang, f"panel.qkv.{name}", heads=heads, head_dim=head_dim),
                part.numpy(),
                scale,
                text(lang, "axis.qkv.head"),
                text(lang, "axis.head_dim"),
                row_mark=selection.focus.head,
            )
            for name, part, scale in zip(NAMES, parts, scales, strict=True)
        ),
        _shape_table(lang, heads, head_dim, selection.focus.head),
        Numbers(
            text(lang, "panel.qkv.check"),
            (
                *(
                    Number(
                        text(lang, "label.qkv.length", name=name), float(part[selection.focus.head].norm()), role=role
                    )
                    for name, part, role in zip(NAMES, parts, ("query", "key", ""), strict=True)
                ),
                Number(text(lang, "label.qkv.difference"), float((joined - layer).abs().max()), role="result"),
            ),
            text(lang, "panel.qkv.proof", head=selection.focus.head, count=3 * heads * head_dim),
        ),
    ]


def qkv_map_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One head's q, k and v over the photo: their three main directions as colours, and their lengths."""
    lang, head = selection.lang, selection.focus.head
    parts = [
        trace[f"blocks.{selection.focus.block}.attn.{name}"][head] for name in NAMES
    ]  # (grid_h, grid_w, head_dim) each
    pictures: list[Panel] = []
    for name, part in zip(NAMES, parts, strict=True):
        colours, variance = pca_colours(part.permute(2, 0, 1), trace.photo_grid)
        note = text(lang, "panel.qkv_maps.variance", share=f"{variance[:3].sum():.0%}")
        title = text(lang, "panel.qkv_maps.colours", name=name, head=head)
        pictures.append(Picture(title, colours, on_grid=True, note=note))
    lengths = torch.stack([part.norm(dim=-1) for part in parts]).numpy()
    rows, cols = trace.photo_grid
    unit, note = text(lang, "unit.qkv_maps"), text(lang, "scale.per_map")
    return [
        *pictures,
        Maps(
            text(lang, "panel.qkv_maps.lengths", head=head),
            lengths,
            tuple(sequential_scale(one[:rows, :cols], unit, note) for one in lengths),
            tuple(f"|{name}|" for name in NAMES),
            notes=tuple(text(lang, "note.qkv_maps.mean", mean=f"{one[:rows, :cols].mean():.3g}") for one in lengths),
        ),
    ]


def _shape_table(lang: str, heads: int, head_dim: int, head: int) -> Table:
    """One token's shapes from norm1 to proj, and which of the layer's outputs belong to the head in view."""
    dim = heads * head_dim
    starts = [part * dim + head * head_dim for part in range(3)]
    own = ", ".join(f"{start}…{start + head_dim - 1}" for start in starts)
    rows = (
        ("norm1", f"{dim}"),
        ("layer", f"{3 * dim} = 3 · {dim}"),
        ("cut", f"3 × {heads} × {head_dim}"),
        ("own", own),
        ("attend", f"{heads} × {head_dim}"),
        ("joined", f"{heads} · {head_dim} = {dim}"),
    )
    return Table(
        text(lang, "panel.qkv.shapes"),
        (text(lang, "axis.qkv.step"), text(lang, "axis.qkv.shape")),
        tuple((text(lang, f"label.qkv.{key}", head=head), shape) for key, shape in rows),
        marked=(3,),
    )


QKV = View(
    id="qkv",
    stage="qkv",
    panels=qkv_panels,
    source=(Attention.forward, split_qkv),
    tensors=("blocks.{block}.norm1", "blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn.v"),
    uses=frozenset({"block", "head", "query"}),
)
QKV_MAPS = View(
    id="qkv_maps",
    stage="qkv",
    panels=qkv_map_panels,
    source=(Attention.forward,),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn.v"),
    uses=frozenset({"block", "head", "overlay"}),
    live=False,
)
VIEWS = (QKV, QKV_MAPS)
