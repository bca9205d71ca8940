"""Attention of the pinned patch: every head's weights over the photo, and how far they reach in every block."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import AttentionRow, attention_row
from samvit.encoder import Attention
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Scale
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import weight_scales
from viz.views.view import View


def heads_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned patch's attention weights in all heads, in one, or their mean or maximum over heads."""
    row = trace.attention(selection.focus.block, selection.focus.query)
    panels: list[Panel] = [_weights(trace, selection, row, text(selection.lang, "panel.heads.title"))]
    if selection.against.query is not None:
        other = trace.attention(selection.focus.block, selection.against.query)
        panels.append(_weights(trace, selection, other, text(selection.lang, "panel.heads.other")))
    return panels


def _weights(trace: Trace, selection: Selection, row: AttentionRow, title: str) -> Maps:
    """One query's weights as maps; the shares that went to padding are written under each."""
    weights, window, image = row.weights.numpy(), row.window_padding.numpy(), row.image_padding.numpy()
    labels = tuple(text(selection.lang, "label.head", head=head) for head in range(len(weights)))
    chosen: int | None = selection.focus.head
    if selection.look.heads == "one":
        head = slice(selection.focus.head, selection.focus.head + 1)
        weights, window, image, labels, chosen = weights[head], window[head], image[head], labels[head], None
    elif selection.look.heads in {"mean", "max"}:
        pooled = np.mean if selection.look.heads == "mean" else np.max
        weights, window, image = (pooled(part, axis=0, keepdims=True) for part in (weights, window, image))
        labels, chosen = (text(selection.lang, f"label.{selection.look.heads}"),), None
    has_padding = row.span.padding_tokens > 0, trace.photo_grid != trace.grid
    notes = tuple(
        " · ".join(filter(None, (key_note(selection, one), padding_note(selection.lang, w, i, *has_padding))))
        for one, w, i in zip(weights, window.tolist(), image.tolist(), strict=True)
    )
    return Maps(
        title=title,
        values=weights,
        scales=weight_scales(weights, selection),
        labels=labels,
        notes=notes,
        picks="head" if selection.look.heads == "all" else "",
        chosen=chosen,
    )


def key_note(selection: Selection, weights: Float[np.ndarray, "grid_h grid_w"]) -> str:
    """The weight on the pinned key; nothing where none is pinned or it lies outside the query's window."""
    if selection.focus.key is None or np.isnan(weights[selection.focus.key]):
        return ""
    return text(selection.lang, "note.heads.key", share=f"{weights[selection.focus.key]:.1%}")


def padding_note(lang: str, window: float, image: float, has_window_padding: bool, has_image_padding: bool) -> str:
    """Which share of the weight went to padding; nothing where there is none."""
    parts = []
    if has_window_padding:
        parts.append(text(lang, "note.window_padding", share=f"{window:.1%}"))
    if has_image_padding:
        parts.append(text(lang, "note.image_padding", share=f"{image:.1%}"))
    return " · ".join(parts)


def reach_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How far the pinned patch looks on average: every head of every block as a dot, and as a table of colours."""
    lang = selection.lang
    reach, even = zip(
        *(mean_distances(trace.attention(b, selection.focus.query)) for b in range(trace.depth)), strict=True
    )
    by_block = torch.stack(reach).numpy()  # (blocks, heads)
    windowed = np.array([block.window_size > 0 for block in trace.encoder.blocks])
    blocks = np.arange(trace.depth, dtype=np.float32)
    curves, evens = [], []
    for kind, of_kind in (("windowed", windowed), ("global", ~windowed)):
        if of_kind.any():
            x = np.repeat(blocks[of_kind], by_block.shape[1])
            curves.append(Curve(text(lang, f"label.reach.{kind}"), x, by_block[of_kind].ravel(), role=kind))
            evens.append(Number(text(lang, f"label.reach.even_{kind}"), even[int(of_kind.argmax())]))
    block_axis, distance = text(lang, "axis.reach.block"), text(lang, "axis.reach.distance")
    return [
        Curves(text(lang, "panel.reach.dots"), tuple(curves), block_axis, distance, points=True),
        Matrix(
            text(lang, "panel.reach.table"),
            by_block.T.copy(),
            Scale("sequential", 0.0, max(float(by_block.max()), 1e-6), distance),
            text(lang, "axis.reach.head"),
            block_axis,
            row_mark=selection.focus.head,
            col_mark=selection.focus.block,
        ),
        Numbers(text(lang, "panel.reach.even"), tuple(evens), text(lang, "note.reach.even")),
    ]


def mean_distances(row: AttentionRow) -> tuple[Float[Tensor, " heads"], float]:
    """How far one query looks, in patches: its weights' mean distance in every head, and that of even weights.

    Weight that went to window padding lies nowhere on the photo: it is left out, and the rest counts as the whole.

    Source: ViT, arXiv 2010.11929, appendix D.7, attention distance.
    """
    slices = row.span.slices
    weights = row.weights[:, *slices]
    rows, cols = (torch.arange(part.start, part.stop) for part in slices)
    distances = torch.hypot((rows - row.query[0])[:, None].float(), (cols - row.query[1])[None, :].float())
    reach = (weights * distances).sum((1, 2)) / weights.sum((1, 2))
    return reach, float(distances.mean())


HEADS = View(
    id="heads",
    stage="softmax",
    panels=heads_panels,
    source=(Attention.fused_attention, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn"),
    uses=frozenset({"block", "head", "heads", "query", "key", "against_query", "scale", "overlay"}),
)
REACH = View(
    id="reach",
    stage="softmax",
    panels=reach_panels,
    source=(attention_row,),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query"}),
)
VIEWS = (HEADS, REACH)
