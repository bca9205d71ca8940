"""Attention of the pinned patch: every head's weights, or their scores, over the photo."""

import numpy as np

from samvit.attention import AttentionRow, attention_row
from samvit.encoder import Attention
from samvit.tracing import Trace
from viz.panel import Maps, Panel
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import weight_scales
from viz.views.view import View


def heads_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned patch's attention weights in all heads, in one, or their mean or maximum over heads."""
    row = trace.attention(selection.block, selection.query)
    panels: list[Panel] = [_weights(trace, selection, row, text(selection.lang, "panel.heads.title"))]
    if selection.other is not None:
        other = trace.attention(selection.block, selection.other)
        panels.append(_weights(trace, selection, other, text(selection.lang, "panel.heads.other")))
    return panels


def _weights(trace: Trace, selection: Selection, row: AttentionRow, title: str) -> Maps:
    """One query's weights as maps; the shares that went to padding are written under each."""
    weights, window, image = row.weights.numpy(), row.window_padding.numpy(), row.image_padding.numpy()
    labels = tuple(text(selection.lang, "label.head", head=head) for head in range(len(weights)))
    chosen: int | None = selection.head
    if selection.heads == "one":
        head = slice(selection.head, selection.head + 1)
        weights, window, image, labels, chosen = weights[head], window[head], image[head], labels[head], None
    elif selection.heads in {"mean", "max"}:
        pooled = np.mean if selection.heads == "mean" else np.max
        weights, window, image = (pooled(part, axis=0, keepdims=True) for part in (weights, window, image))
        labels, chosen = (text(selection.lang, f"label.{selection.heads}"),), None
    notes = tuple(
        padding_note(selection.lang, w, i, row.span.padding_tokens > 0, trace.photo_grid != trace.grid)
        for w, i in zip(window, image, strict=True)
    )
    return Maps(
        title=title,
        values=weights,
        scales=weight_scales(weights, selection, text(selection.lang, "unit.weight")),
        labels=labels,
        notes=notes,
        picks="head" if selection.heads == "all" else "",
        chosen=chosen,
    )


def padding_note(lang: str, window: float, image: float, has_window_padding: bool, has_image_padding: bool) -> str:
    """Which share of the weight went to padding; nothing where there is none."""
    parts = []
    if has_window_padding:
        parts.append(text(lang, "note.window_padding", share=f"{window:.1%}"))
    if has_image_padding:
        parts.append(text(lang, "note.image_padding", share=f"{image:.1%}"))
    return " · ".join(parts)


HEADS = View(
    id="heads",
    stage="softmax",
    panels=heads_panels,
    source=(Attention.fused_attention, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k", "blocks.{block}.attn"),
    uses=frozenset({"block", "head", "heads", "query", "key", "other", "scale", "overlay"}),
)
VIEWS = (HEADS,)
