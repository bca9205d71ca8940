"""The decomposed relative position bias of the pinned query: bands that add up, and the weights without them."""

import numpy as np

from samvit.attention import AttentionRow, attention_row, row_biases
from samvit.rel_pos import decomposed_rel_pos
from samvit.tracing import Trace
from viz.panel import Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.texts import text
from viz.views.rel_pos import bias_curves, no_rel_pos_panels
from viz.views.scales import signed_scale
from viz.views.scores import moved_share, scale_of_both, term_maps, weights_from_terms
from viz.views.softmax import padding_note
from viz.views.view import View


def decomposed_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """rel_h and rel_w as bands, their outer sum, the weights with and without, and how many rows that saves."""
    lang, head = selection.lang, selection.focus.head
    if not trace.encoder.blocks[selection.focus.block].attn.use_rel_pos:
        return no_rel_pos_panels(lang)
    row = trace.attention(selection.focus.block, selection.focus.query)
    _, rel_h, rel_w = term_maps(row, head)
    bands = np.stack([rel_h.numpy(), rel_w.numpy(), (rel_h + rel_w).numpy()])
    return [
        Maps(
            text(lang, "panel.decomposed.bands", head=head),
            bands,
            (signed_scale(bands, text(lang, "unit.score"), text(lang, "scale.decomposed.shared")),),
            labels=("rel_h", "rel_w", "rel_h + rel_w"),
        ),
        _with_and_without(trace, selection, row),
        bias_curves(row, selection, text(lang, "panel.decomposed.curves", head=head)),
        _rows(trace, selection),
    ]


def _with_and_without(trace: Trace, selection: Selection, row: AttentionRow) -> Maps:
    """The weights as computed, those of the content term alone, and the difference."""
    lang, head = selection.lang, selection.focus.head
    without = weights_from_terms(trace, selection.focus.block, row, "c")
    weights = np.stack([row.weights[head].numpy(), without.on_grid[head].numpy()])
    change = weights[0] - weights[1]
    scale = scale_of_both(weights, selection)
    has_padding = row.span.padding_tokens > 0, trace.photo_grid != trace.grid
    notes = (
        padding_note(lang, float(row.window_padding[head]), float(row.image_padding[head]), *has_padding),
        text(lang, "note.decomposed.without"),
        text(lang, "note.scores.moved", share=f"{moved_share(row, without)[head]:.0%}"),
    )
    return Maps(
        text(lang, "panel.decomposed.weights", head=head),
        np.stack([*weights, change]),
        (scale, scale, signed_scale(change, text(lang, "unit.weight"), percent=True)),
        labels=tuple(text(lang, f"label.decomposed.{name}") for name in ("with", "without", "change")),
        notes=notes,
    )


def _rows(trace: Trace, selection: Selection) -> Numbers:
    """What two tables hold against one table of every offset."""
    lang, attn = selection.lang, trace.encoder.blocks[selection.focus.block].attn
    rows, cols = len(attn.rel_pos_h), len(attn.rel_pos_w)
    return Numbers(
        text(lang, "panel.decomposed.rows"),
        (
            Number(text(lang, "label.decomposed.learned"), rows + cols, role="result"),
            Number(text(lang, "label.decomposed.full"), rows * cols),
            Number(text(lang, "label.decomposed.ratio"), rows * cols / (rows + cols)),
            Number(text(lang, "label.decomposed.parameters"), attn.rel_pos_h.numel() + attn.rel_pos_w.numel()),
        ),
        text(lang, "note.decomposed.rows", rows=rows, cols=cols),
    )


DECOMPOSED = View(
    id="decomposed",
    stage="scores",
    panels=decomposed_panels,
    source=(decomposed_rel_pos, row_biases, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "scale", "overlay"}),
)
VIEWS = (DECOMPOSED,)
