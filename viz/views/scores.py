"""Attention scores taken apart: content, rel_h and rel_w of the pinned query, and one pair's whole sum."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import AttentionRow, attention_row, key_bias, row_biases, span_of
from samvit.encoder import Attention
from samvit.rel_pos import relative_coords
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Scale
from viz.selection import TERMS, Selection
from viz.texts import text
from viz.views.scales import signed_scale, weight_scales
from viz.views.softmax import padding_note
from viz.views.view import View


def span_scores(trace: Trace, block: int, row: AttentionRow, terms: str) -> Float[Tensor, "heads rows cols"]:
    """One query's scores over every key that takes part in its softmax, window padding included.

    Args:
        row: The query's row in this block.
        terms: Which terms are added: letters of `chw`. All three give what the encoder's softmax gets.
    """
    attn, query, span = trace.encoder.blocks[block].attn, row.query, row.span
    with torch.no_grad():
        vectors = trace.q[block][:, query[0], query[1]]  # (heads, head_dim)
        scores = vectors.new_zeros(len(vectors), *span.size)
        if "c" in terms:
            scores += (vectors * attn.scale * key_bias(attn)).sum(1)[:, None, None]  # every padding token's content
            scores[:, : span.inside[0], : span.inside[1]] = row.content[:, *span.slices]
        rel_h, rel_w = row_biases(attn, vectors, (query[0] - span.row, query[1] - span.col), span.size)
        if "h" in terms:
            scores += rel_h[:, :, None]
        if "w" in terms:
            scores += rel_w[:, None, :]
    return scores


@dataclass(frozen=True, eq=False)
class Weights:
    """One query's weights on the patch grid, NaN outside its window, and the shares that went to padding."""

    on_grid: Float[Tensor, "heads grid_h grid_w"]
    window_padding: Float[Tensor, " heads"]
    image_padding: Float[Tensor, " heads"]


def weights_from_terms(trace: Trace, block: int, row: AttentionRow, terms: str) -> Weights:
    """The softmax over only some terms of the scores. With all of them: what the encoder computed, else a what-if."""
    if set(terms) == set(TERMS):
        return Weights(row.weights, row.window_padding, row.image_padding)
    with torch.no_grad():
        scores = span_scores(trace, block, row, terms)
        weights = scores.flatten(1).softmax(1).view(scores.shape)
        inside = weights[:, : row.span.inside[0], : row.span.inside[1]]
        on_grid = torch.full_like(row.weights, torch.nan)
        on_grid[:, *row.span.slices] = inside
        window_padding = (weights.sum((1, 2)) - inside.sum((1, 2))).clamp_min(0)
        return Weights(on_grid, window_padding, on_grid[:, trace.image_padding()].nansum(1))


def scores_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The three terms, their sum and the weights that follow; with a term switched off, also what that changed."""
    lang, head, what_if = selection.lang, selection.focus.head, set(selection.look.terms) != set(TERMS)
    row = trace.attention(selection.focus.block, selection.focus.query)
    weights = weights_from_terms(trace, selection.focus.block, row, selection.look.terms)
    names = {"c": "q·k/√d", "h": "rel_h", "w": "rel_w"}
    terms = {letter: values.numpy() for letter, values in zip(TERMS, term_maps(row, head), strict=True)}
    on = [letter for letter in TERMS if letter in selection.look.terms]
    total = sum((terms[letter] for letter in on), start=terms["c"] * 0)
    scores = np.stack([*terms.values(), total])
    now, computed = weights.on_grid[head].numpy(), row.weights[head].numpy()
    scale = weight_scales(now[None], selection)[0]
    if what_if:
        scale = scale_of_both(np.stack([now, computed]), selection)
    shared = signed_scale(scores, text(lang, "unit.score"), text(lang, "scale.scores.terms"))
    off = text(lang, "note.scores.off")
    doubt = text(lang, "note.scores.what_if") if what_if else ""
    panels: list[Panel] = [
        Maps(
            text(lang, "panel.scores.terms", head=head),
            np.concatenate([scores, now[None]]),
            (*[shared] * 4, scale),
            labels=(*names.values(), " + ".join(names[letter] for letter in on) or "0", "softmax"),
            notes=(
                *("" if letter in on else off for letter in TERMS),
                doubt,
                _joined(_padding(trace, row, weights, head, lang), doubt),
            ),
        )
    ]
    if what_if:
        change = now - computed
        panels.append(
            Maps(
                text(lang, "panel.scores.change", head=head),
                np.stack([computed, change]),
                (scale, signed_scale(change, text(lang, "unit.weight"), percent=True)),
                labels=(text(lang, "label.scores.computed"), text(lang, "label.scores.change")),
                notes=(
                    _padding(trace, row, Weights(row.weights, row.window_padding, row.image_padding), head, lang),
                    text(lang, "note.scores.moved", share=f"{moved_share(row, weights)[head]:.0%}"),
                ),
            )
        )
    return panels


def term_maps(row: AttentionRow, head: int) -> tuple[Float[Tensor, "grid_h grid_w"], ...]:
    """Content, rel_h and rel_w of one head laid on the grid; NaN outside the query's window."""
    shape = row.content[head].shape
    outside = row.content[head] * 0
    return (
        row.content[head],
        row.rel_h[head][:, None].expand(shape) + outside,
        row.rel_w[head][None, :].expand(shape) + outside,
    )


def scale_of_both(weights: Float[np.ndarray, "2 grid_h grid_w"], selection: Selection) -> Scale:
    """One scale for computed weights and for what-if weights, so that their colours can be compared."""
    scale = weight_scales(weights[None], selection)[0]
    return replace(scale, note=text(selection.lang, f"scale.both.{selection.look.scale}"))


def moved_share(row: AttentionRow, weights: Weights) -> Float[Tensor, " heads"]:
    """How much of each head's weight lies on other keys than the encoder's does: half the sum of all differences.

    Window padding counts as one key: its tokens share one note, and are no patches.
    """
    on_patches = (weights.on_grid - row.weights).abs().nan_to_num(0.0).sum((1, 2))
    return (on_patches + (weights.window_padding - row.window_padding).abs()) / 2


def _padding(trace: Trace, row: AttentionRow, weights: Weights, head: int, lang: str) -> str:
    """Which share of one head's weight went to padding."""
    window, image = float(weights.window_padding[head]), float(weights.image_padding[head])
    return padding_note(lang, window, image, row.span.padding_tokens > 0, trace.photo_grid != trace.grid)


def _joined(*notes: str) -> str:
    return " · ".join(note for note in notes if note)


def pair_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One query–key pair: the products that make its content term, the sum that makes its score, and its weight."""
    lang, block, head, query = selection.lang, selection.focus.block, selection.focus.head, selection.focus.query
    row = trace.attention(block, query)
    weights = row.weights[head].numpy()
    key = selection.focus.key or strongest_key(weights)
    where = Maps(
        text(lang, "panel.pair.where", head=head),
        weights[None],
        weight_scales(weights[None], selection),
        labels=(text(lang, "label.head", head=head),),
    )
    if np.isnan(weights[key]):
        return [where, _outside(trace, selection, key)]
    products = (trace.q[block][head][query] * trace.k[block][head][key]).numpy()
    return [where, _products(trace, selection, products), *_sum_in_numbers(trace, selection, row, key, products)]


def strongest_key(weights: Float[np.ndarray, "grid_h grid_w"]) -> tuple[int, int]:
    """The patch (row, col) with the largest weight."""
    row, col = np.unravel_index(np.nanargmax(weights), weights.shape)
    return int(row), int(col)


def _products(trace: Trace, selection: Selection, products: Float[np.ndarray, " head_dim"]) -> Curves:
    """Each channel's share of the content term, and the running sum that ends at it."""
    lang, scale = selection.lang, trace.encoder.blocks[selection.focus.block].attn.scale
    channels = np.arange(len(products), dtype=np.float32)
    shares = products * np.float32(scale)
    return Curves(
        text(lang, "panel.pair.products", channels=len(products)),
        (
            Curve(text(lang, "label.pair.product"), channels, shares),
            Curve(text(lang, "label.pair.running"), channels, np.cumsum(shares)),
        ),
        text(lang, "axis.head_dim"),
        text(lang, "unit.score"),
    )


def _sum_in_numbers(
    trace: Trace, selection: Selection, row: AttentionRow, key: tuple[int, int], products: np.ndarray
) -> tuple[Numbers, Numbers]:
    """The score as a sum of three terms, and the weight as its share of the softmax's denominator."""
    lang, head, query, span = selection.lang, selection.focus.head, selection.focus.query, row.span
    scores = span_scores(trace, selection.focus.block, row, TERMS)[head]
    score, highest = float(row.scores[head][key]), float(scores.max())
    if trace.encoder.blocks[selection.focus.block].attn.use_rel_pos:
        read = [relative_coords(size, size) for size in span.size]
        table_row = int(read[0][query[0] - span.row, key[0] - span.row])
        table_col = int(read[1][query[1] - span.col, key[1] - span.col])
        note = text(lang, "note.pair.score", row=table_row, col=table_col)
    else:
        note = text(lang, "error.no_rel_pos")
    return (
        Numbers(
            text(lang, "panel.pair.score", query=_patch(query), key=_patch(key)),
            (
                Number("q·k", float(products.sum())),
                Number(f"q·k/√{len(products)}", float(row.content[head][key])),
                Number(f"+ rel_h[{key[0]}]", float(row.rel_h[head][key[0]])),
                Number(f"+ rel_w[{key[1]}]", float(row.rel_w[head][key[1]])),
                Number(text(lang, "label.pair.score"), score, role="result"),
            ),
            note,
        ),
        Numbers(
            text(lang, "panel.pair.weight"),
            (
                Number(text(lang, "label.pair.highest"), highest),
                Number(text(lang, "label.pair.exp"), float(np.exp(score - highest))),
                Number(text(lang, "label.pair.denominator"), float((row.log_denominator[head] - highest).exp())),
                Number(text(lang, "label.pair.weight"), float(row.weights[head][key]), role="result"),
            ),
            text(lang, "note.pair.weight", keys=scores.numel(), padding=span.padding_tokens),
        ),
    )


def _outside(trace: Trace, selection: Selection, key: tuple[int, int]) -> Numbers:
    """Why a pair has no score: its two patches lie in different windows."""
    lang, window = selection.lang, trace.encoder.blocks[selection.focus.block].window_size
    spans = [span_of(patch, trace.grid, window) for patch in (selection.focus.query, key)]
    labels = (text(lang, "label.pair.query_window"), text(lang, "label.pair.key_window"))
    across = -(-trace.grid[1] // window)
    return Numbers(
        text(lang, "panel.pair.score", query=_patch(selection.focus.query), key=_patch(key)),
        tuple(
            Number(label, span.row // window * across + span.col // window, role=role)
            for label, span, role in zip(labels, spans, ("query", "key"), strict=True)
        ),
        text(lang, "note.pair.outside", block=selection.focus.block),
    )


def _patch(patch: tuple[int, int]) -> str:
    return f"({patch[0]}, {patch[1]})"


SCORES = View(
    id="scores",
    stage="scores",
    panels=scores_panels,
    source=(Attention.fused_attention, attention_row),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "terms", "scale", "overlay"}),
)
PAIR = View(
    id="pair",
    stage="scores",
    panels=pair_panels,
    source=(attention_row, row_biases, relative_coords),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "key", "scale", "overlay"}),
)
VIEWS = (SCORES, PAIR)
