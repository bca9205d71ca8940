"""Attention of the pinned patch: every head's weights over the photo, and how far they reach in every block."""

import numpy as np
from jaxtyping import Float

from samvit.attention import AttentionRow, attention_row
from samvit.encoder import Attention
from samvit.measures.distance import distances_by_block
from samvit.measures.scores import pooled_heads
from samvit.tracing import Trace
from viz.panel import Curves, Maps, Matrix, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import (
    dots_by_kind,
    head_labels,
    padding_note,
    picked_head,
    scale_from_zero,
    weight_scales,
    window_sight,
)
from viz.views.view import View
from viz.words import Words, joined, say


def heads_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned patch's attention weights in all heads, in one, or their mean or maximum over heads."""
    row = trace.attention(selection.focus.block, selection.focus.query)
    panels: list[Panel] = [_weights(trace, selection, row, say("panel.heads.title"))]
    if selection.against.query is not None:
        other = trace.attention(selection.focus.block, selection.against.query)
        panels.append(_weights(trace, selection, other, say("panel.heads.other")))
    return panels


def _weights(trace: Trace, selection: Selection, row: AttentionRow, title: Words) -> Maps:
    """One query's weights as maps; the shares that went to padding are written under each."""
    weights, window, image = (
        pooled_heads(part, selection.look.heads, selection.focus.head)
        for part in (row.weights, row.window_padding, row.image_padding)
    )
    picks, chosen = picked_head(selection)
    values = weights.numpy()
    return Maps(
        title=title,
        values=values,
        scales=weight_scales(values, selection),
        labels=head_labels(trace, selection),
        notes=tuple(
            joined(_key_note(selection, one), padding_note(trace, row, to_window, to_image))
            for one, to_window, to_image in zip(values, window, image, strict=True)
        ),
        picks=picks,
        chosen=chosen,
        sight=window_sight(trace, row),
    )


def _key_note(selection: Selection, weights: Float[np.ndarray, "grid_h grid_w"]) -> Words | None:
    """The weight on the pinned key; None where no key is pinned or it lies outside the query's window."""
    key = selection.focus.key
    if key is None or np.isnan(weights[key]):
        return None
    return say("note.heads.key", share=float(weights[key]))


def reach_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How far the pinned patch looks over the photo: every head of every block as a dot, and as a table of colours."""
    reach, even = distances_by_block(trace, selection.focus.query, photo_only=True)
    by_block = reach.numpy()  # (blocks, heads)
    curves = dots_by_kind(trace, by_block, say("label.reach.windowed"), say("label.reach.global"))
    first = {window is not None: block for block, window in reversed(list(enumerate(trace.windows)))}
    labels = ((True, say("label.reach.even_windowed")), (False, say("label.reach.even_global")))
    evens = [Number(label, float(even[first[kind]])) for kind, label in labels if kind in first]
    block_axis, distance = say("axis.reach.block"), say("axis.reach.distance")
    return [
        Curves(say("panel.reach.dots"), tuple(curves), block_axis, distance, points=True),
        Matrix(
            say("panel.reach.table"),
            by_block.T.copy(),
            scale_from_zero(by_block, distance),
            say("axis.reach.head"),
            block_axis,
            row_mark=selection.focus.head,
            col_mark=selection.focus.block,
        ),
        Numbers(say("panel.reach.even"), tuple(evens), say("note.reach.even")),
    ]


HEADS = View(
    id="heads",
    stage="softmax",
    panels=heads_panels,
    source=(Attention.fused_attention, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn"),
    uses=frozenset({"block", "head", "heads", "query", "key", "against_query", "scale", "overlay"}),
    symbols=(("q", "photo"), ("w", "panel:0")),
)
REACH = View(
    id="reach",
    stage="softmax",
    panels=reach_panels,
    source=(attention_row,),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query"}),
    symbols=(("reach", "panel:0"), ("w_j", "node:softmax"), ("p_j.patch", "photo"), ("p_query", "photo")),
)
VIEWS = (HEADS, REACH)
