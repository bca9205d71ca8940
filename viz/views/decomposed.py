"""The decomposed relative position bias of the pinned query: bands that add up, and the weights without them."""

import numpy as np
import torch

from samvit.attention import attention_row, row_biases
from samvit.measures.scores import centred, moved_share, sum_of_terms, weight_change, weights_from_terms
from samvit.rel_pos import decomposed_rel_pos
from samvit.tracing import Trace
from viz.panel import Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import (
    bias_curves,
    centred_scale,
    no_rel_pos_panels,
    padding_note,
    scale_of_both,
    signed_scale,
    window_sight,
)
from viz.views.view import View
from viz.words import joined, say, symbol


def decomposed_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """rel_h and rel_w as bands, their outer sum, the weights with and without, and how many rows that saves."""
    if not trace.encoder.blocks[selection.focus.block].attn.use_rel_pos:
        return no_rel_pos_panels()
    row, head = trace.attention(selection.focus.block, selection.focus.query), selection.focus.head
    terms = torch.stack([sum_of_terms(row, terms)[head] for terms in ("h", "w", "hw")])
    bands = centred(terms, trace.image_padding()).numpy()
    return [
        Maps(
            say("panel.decomposed.bands", head=head),
            bands,
            (centred_scale(trace, bands, say("scale.decomposed.shared")),),
            labels=(symbol("rel_h"), symbol("rel_w"), symbol("rel_h + rel_w")),
            sight=window_sight(trace, row),
        ),
        _with_and_without(trace, selection),
        bias_curves(row, selection, say("panel.decomposed.curves", head=head)),
        _rows(trace, selection),
    ]


def _with_and_without(trace: Trace, selection: Selection) -> Maps:
    """The weights as computed, those of the content term alone, and the difference."""
    block, query, head = selection.focus.block, selection.focus.query, selection.focus.head
    row = trace.attention(block, query)
    computed, without = (weights_from_terms(trace, block, query, terms) for terms in ("chw", "c"))
    weights = np.stack([computed.on_grid[head].numpy(), without.on_grid[head].numpy()])
    change = weight_change(computed, without)[head].numpy()
    scale = scale_of_both(weights, selection)
    return Maps(
        say("panel.decomposed.weights", head=head),
        np.stack([*weights, change]),
        (scale, scale, signed_scale(change, say("unit.weight"), percent=True)),
        labels=(
            say("label.decomposed.with"),
            say("label.decomposed.without"),
            say("label.decomposed.change"),
        ),
        notes=(
            joined(padding_note(trace, row, computed.window_padding[head], computed.image_padding[head])),
            joined(
                padding_note(trace, row, without.window_padding[head], without.image_padding[head]),
                say("note.decomposed.without"),
            ),
            say("note.scores.moved", share=float(moved_share(computed, without)[head])),
        ),
        sight=window_sight(trace, row),
    )


def _rows(trace: Trace, selection: Selection) -> Numbers:
    """What two tables hold against one table of every offset."""
    attn = trace.encoder.blocks[selection.focus.block].attn
    rows, cols = len(attn.rel_pos_h), len(attn.rel_pos_w)
    return Numbers(
        say("panel.decomposed.rows"),
        (
            Number(say("label.decomposed.learned"), rows + cols, role="result"),
            Number(say("label.decomposed.full"), rows * cols),
            Number(say("label.decomposed.ratio"), rows * cols / (rows + cols)),
            Number(say("label.decomposed.parameters"), attn.rel_pos_h.numel() + attn.rel_pos_w.numel()),
        ),
        say("note.decomposed.rows", rows=rows, cols=cols),
    )


DECOMPOSED = View(
    id="decomposed",
    stage="scores",
    panels=decomposed_panels,
    source=(decomposed_rel_pos, row_biases, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "scale", "overlay"}),
    symbols=(("rel_h", "map:0"), ("rel_w", "map:1")),
)
VIEWS = (DECOMPOSED,)
