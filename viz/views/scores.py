"""Attention scores taken apart: content, rel_h and rel_w of the pinned query, and one pair's whole sum."""

import numpy as np
import torch

from samvit.attention import attention_row, row_biases
from samvit.encoder import Attention
from samvit.measures.scores import (
    TERMS,
    PairScore,
    Weights,
    centred,
    map_means,
    moved_share,
    pair_score,
    strongest_key,
    sum_of_terms,
    term_maps,
    weight_change,
    weights_from_terms,
)
from samvit.measures.windows import place_in_windows
from samvit.rel_pos import relative_coords
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Scale
from viz.selection import Selection
from viz.views.scales import centred_scale, padding_note, scale_of_both, signed_scale, weight_scales, window_sight
from viz.views.view import View
from viz.words import Words, joined, say, symbol

TERM_NAMES = {"c": symbol("q·k/√d"), "h": symbol("rel_h"), "w": symbol("rel_w")}


def scores_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The three terms, their sum and the weights that follow; with a term switched off, also what that changed."""
    block, query, head = selection.focus.block, selection.focus.query, selection.focus.head
    now = weights_from_terms(trace, block, query, selection.look.terms)
    if set(selection.look.terms) == set(TERMS):
        return [_terms(trace, selection, now, weight_scales(now.on_grid[head][None].numpy(), selection)[0])]
    computed = weights_from_terms(trace, block, query)
    scale = scale_of_both(np.stack([now.on_grid[head].numpy(), computed.on_grid[head].numpy()]), selection)
    return [_terms(trace, selection, now, scale), _change(trace, selection, now, computed, scale)]


def _terms(trace: Trace, selection: Selection, weights: Weights, scale: Scale) -> Maps:
    """The terms and the sum of those switched on, each with its mean taken off, and that sum's softmax."""
    head, on = selection.focus.head, [letter for letter in TERMS if letter in selection.look.terms]
    row = trace.attention(selection.focus.block, selection.focus.query)
    total = sum_of_terms(row, selection.look.terms)[head]
    scores = torch.stack([*term_maps(row)[:, head], total])
    means, flat = (of(scores, trace.image_padding()) for of in (map_means, centred))
    doubt = None if len(on) == len(TERMS) else say("note.scores.what_if")
    remarks = [*(None if letter in on else say("note.scores.off") for letter in TERMS), doubt]
    return Maps(
        say("panel.scores.terms", head=head),
        torch.cat([flat, weights.on_grid[head][None]]).numpy(),
        (*[centred_scale(trace, flat.numpy(), say("scale.scores.terms"))] * len(flat), scale),
        labels=(*TERM_NAMES.values(), _sum_label(on), symbol("softmax")),
        notes=(
            *(
                joined(say("note.scores.mean", mean=mean), remark)
                for mean, remark in zip(means.tolist(), remarks, strict=True)
            ),
            joined(padding_note(trace, row, weights.window_padding[head], weights.image_padding[head]), doubt),
        ),
        sight=window_sight(trace, row),
    )


def _sum_label(on: list[str]) -> Words:
    """The sum of the terms that are switched on, as a formula."""
    return joined(*(TERM_NAMES[letter] for letter in on), by=" + ") if on else symbol("0")


def _change(trace: Trace, selection: Selection, now: Weights, computed: Weights, scale: Scale) -> Maps:
    """What the encoder computed, and what switching a term off changed."""
    head = selection.focus.head
    row = trace.attention(selection.focus.block, selection.focus.query)
    change = weight_change(now, computed)[head].numpy()
    return Maps(
        say("panel.scores.change", head=head),
        np.stack([computed.on_grid[head].numpy(), change]),
        (scale, signed_scale(change, say("unit.weight"), percent=True)),
        labels=(say("label.scores.computed"), say("label.scores.change")),
        notes=(
            joined(padding_note(trace, row, computed.window_padding[head], computed.image_padding[head])),
            say("note.scores.moved", share=float(moved_share(now, computed)[head])),
        ),
        sight=window_sight(trace, row),
    )


def pair_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One query–key pair: the products that make its content term, the sum that makes its score, and its weight."""
    block, head, query = selection.focus.block, selection.focus.head, selection.focus.query
    row = trace.attention(block, query)
    weights = row.weights[head]
    strongest = strongest_key(weights)  # says it where no weight is a number, whichever key is chosen
    key = selection.focus.key or strongest
    where = Maps(
        say("panel.pair.where", head=head),
        weights[None].numpy(),
        weight_scales(weights[None].numpy(), selection),
        labels=(say("label.head", head=head),),
        sight=window_sight(trace, row),
        titled=True,
    )
    if bool(weights[key].isnan()):
        return [where, _outside(trace, selection, key)]
    pair = pair_score(trace, block, head, query, key)
    return [where, _products(pair), _score(trace, selection, pair, key), _weight(trace, selection, pair)]


def _products(pair: PairScore) -> Curves:
    """Each channel's part of the content term, and the running sum that ends at it."""
    channels = np.arange(len(pair.parts), dtype=np.float32)
    return Curves(
        say("panel.pair.products", channels=len(channels)),
        (
            Curve(say("label.pair.product"), channels, pair.parts.numpy()),
            Curve(say("label.pair.running"), channels, pair.running.numpy()),
        ),
        say("axis.head_dim"),
        say("unit.score"),
    )


def _score(trace: Trace, selection: Selection, pair: PairScore, key: tuple[int, int]) -> Numbers:
    """The score as a sum of three terms, and which rows of the tables its biases come from."""
    if pair.table_rows is None:
        note = say("error.no_rel_pos")
    else:
        window = trace.attention(selection.focus.block, selection.focus.query).span.window
        rows, cols = (2 * side - 1 for side in window)
        note = say("note.pair.score", row=pair.table_rows[0], rows=rows, col=pair.table_rows[1], cols=cols)
    return Numbers(
        say("panel.pair.score", query=selection.focus.query, key=key),
        (
            Number(symbol("q·k"), pair.product),
            Number(say("label.pair.content", head_dim=len(pair.products)), pair.content),
            Number(say("label.pair.rel_h", row=key[0]), pair.rel_h),
            Number(say("label.pair.rel_w", col=key[1]), pair.rel_w),
            Number(say("label.pair.score"), pair.score, role="result"),
        ),
        note,
    )


def _weight(trace: Trace, selection: Selection, pair: PairScore) -> Numbers:
    """The weight as the pair's share of the softmax's denominator."""
    padding = trace.attention(selection.focus.block, selection.focus.query).span.padding_tokens
    return Numbers(
        say("panel.pair.weight"),
        (
            Number(say("label.pair.highest"), pair.highest),
            Number(say("label.pair.exp"), pair.exp),
            Number(say("label.pair.denominator"), pair.denominator),
            Number(say("label.pair.weight"), pair.weight, role="result", form="percent"),
        ),
        say("note.pair.weight", keys=pair.keys, padding=padding),
    )


def _outside(trace: Trace, selection: Selection, key: tuple[int, int]) -> Numbers:
    """Why a pair has no score: its two patches lie in different windows."""
    window = trace.windows[selection.focus.block]
    assert window is not None, "a global block's query sees every key"
    both = (
        (selection.focus.query, say("label.pair.query_window"), "query"),
        (key, say("label.pair.key_window"), "key"),
    )
    return Numbers(
        say("panel.pair.score", query=selection.focus.query, key=key),
        tuple(
            Number(label, place_in_windows(patch, trace.grid, window).index, role=role) for patch, label, role in both
        ),
        say("note.pair.outside", block=selection.focus.block),
    )


SCORES = View(
    id="scores",
    stage="scores",
    panels=scores_panels,
    source=(Attention.fused_attention, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "terms", "scale", "overlay"}),
    symbols=(("q", "photo"), ("k", "map:0"), ("rel_h", "map:1"), ("rel_w", "map:2"), ("s", "map:3"), ("w", "map:4")),
)
PAIR = View(
    id="pair",
    stage="scores",
    panels=pair_panels,
    source=(attention_row, row_biases, relative_coords),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "key", "scale", "overlay"}),
    symbols=(("q", "panel:1"), ("k", "panel:1"), ("rel_h", "panel:2"), ("rel_w", "panel:2"), ("w", "panel:3")),
)
VIEWS = (SCORES, PAIR)
