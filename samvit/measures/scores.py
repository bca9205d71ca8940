"""Attention scores of one query taken apart: their terms, the softmax over some of them, and one pair's whole sum."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.attention import AttentionRow, key_bias, row_biases
from samvit.errors import SaidError
from samvit.measures.rel_pos import table_rows
from samvit.tracing import Trace

TERMS = "chw"  # the terms of a score by their letters: content, rel_h, rel_w


@dataclass(frozen=True, eq=False)
class Weights:
    """One query's attention weights in every head.

    Attributes:
        on_grid: Weight of each patch; NaN outside the query's window.
        window_padding: Weight of all window padding together.
        image_padding: Weight of all patches that hold no photo; part of `on_grid` as well.
    """

    on_grid: Float[Tensor, "heads grid_h grid_w"]
    window_padding: Float[Tensor, " heads"]
    image_padding: Float[Tensor, " heads"]


@dataclass(frozen=True, eq=False)
class PairScore:
    """Everything between one query and one key in one head.

    Attributes:
        products: Each channel's product q_i·k_i; together they are q·k.
        parts: Each channel's part of the content term: its product over √head_dim.
        content: q·k/√head_dim.
        rel_h, rel_w: The biases of the key's row and of its column.
        score: content + rel_h + rel_w.
        highest: The highest score among the query's keys, window padding included.
        denominator: Sum of exp(score − highest) over all the query's keys.
        weight: exp(score − highest) / denominator.
        keys: How many keys take part in the softmax.
        table_rows: Which row of rel_pos_h and which of rel_pos_w the biases come from; None without rel-pos.
    """

    products: Float[Tensor, " head_dim"]
    parts: Float[Tensor, " head_dim"]
    content: float
    rel_h: float
    rel_w: float
    score: float
    highest: float
    denominator: float
    weight: float
    keys: int
    table_rows: tuple[int, int] | None

    @property
    def product(self) -> float:
        """q·k, unscaled."""
        return float(self.products.sum())

    @property
    def running(self) -> Float[Tensor, " head_dim"]:
        """The content term channel by channel: each entry is the sum of all parts up to it."""
        return self.parts.cumsum(0)

    @property
    def exp(self) -> float:
        """exp(score − highest): what the pair adds to the denominator."""
        return math.exp(self.score - self.highest)


def term_maps(row: AttentionRow) -> Float[Tensor, "terms heads grid_h grid_w"]:
    """Content, rel_h and rel_w of one query laid out on the patch grid; NaN outside its window."""
    outside = row.content * 0  # NaN stays NaN
    return torch.stack([row.content, row.rel_h[:, :, None] + outside, row.rel_w[:, None, :] + outside])


def sum_of_terms(row: AttentionRow, terms: str) -> Float[Tensor, "heads grid_h grid_w"]:
    """The sum of some terms on the patch grid; zeros where none is chosen, NaN outside the query's window.

    Args:
        terms: Letters of `TERMS`.

    Raises:
        ValueError: If another letter is among them.
    """
    chosen = [letter in check_terms(terms) for letter in TERMS]
    return term_maps(row)[chosen].sum(0) + row.content * 0


def map_means(
    maps: Float[Tensor, "*maps grid_h grid_w"], left_out: Bool[Tensor, "grid_h grid_w"] | None = None
) -> Float[Tensor, "*maps"]:
    """Each map's mean over the patches in sight; NaN doesn't count.

    Args:
        left_out: True for patches that don't count, such as image padding; where no others are in sight they do.
    """
    means = maps.flatten(-2).nanmean(-1)
    if left_out is None:
        return means
    counted = maps.masked_fill(left_out, torch.nan).flatten(-2).nanmean(-1)
    return counted.where(~counted.isnan(), means)


def centred(
    maps: Float[Tensor, "*maps grid_h grid_w"], left_out: Bool[Tensor, "grid_h grid_w"] | None = None
) -> Float[Tensor, "*maps grid_h grid_w"]:
    """Maps of scores with the mean of each taken off, as `map_means` counts it.

    Softmax gives the same weights: it ignores whatever is the same for every key.
    """
    return maps - map_means(maps, left_out)[..., None, None]


def span_scores(
    trace: Trace, block: int, query: tuple[int, int], terms: str = TERMS
) -> Float[Tensor, "heads rows cols"]:
    """One query's scores over every key that takes part in its softmax: its window with the padding, or the grid.

    Args:
        query: Patch (row, col).
        terms: Which terms are added: letters of `TERMS`. All three give what the encoder's softmax gets.

    Raises:
        ValueError: If there is no such block, patch or term.
    """
    check_terms(terms)
    row = trace.attention(block, query)
    attn, span = trace.encoder.blocks[block].attn, row.span
    with torch.no_grad():
        vectors = trace.q[block][:, query[0], query[1]]  # (heads, head_dim)
        scores = vectors.new_zeros(len(vectors), *span.size)
        if "c" in terms:
            scores += (vectors * attn.scale * key_bias(attn)).sum(1)[:, None, None]  # every padding token's content
            scores[:, : span.inside[0], : span.inside[1]] = row.content[:, *span.slices]
        rel_h, rel_w = row_biases(attn, vectors, query, span)
        if "h" in terms:
            scores += rel_h[:, :, None]
        if "w" in terms:
            scores += rel_w[:, None, :]
    return scores


def weights_of(row: AttentionRow) -> Weights:
    """A row's weights as the softmax gave them."""
    return Weights(row.weights, row.window_padding, row.image_padding)


def weights_from_terms(trace: Trace, block: int, query: tuple[int, int], terms: str = TERMS) -> Weights:
    """One query's softmax over only some terms of its scores, window padding included.

    With all terms these are the weights that the encoder computed; with fewer they are a what-if.

    Args:
        query: Patch (row, col).
        terms: Letters of `TERMS`.

    Raises:
        ValueError: If there is no such block, patch or term.
    """
    row = trace.attention(block, query)
    if set(check_terms(terms)) == set(TERMS):
        return weights_of(row)
    scores = span_scores(trace, block, query, terms)
    weights = scores.flatten(1).softmax(1).view(scores.shape)
    inside = weights[:, : row.span.inside[0], : row.span.inside[1]]
    on_grid = torch.full_like(row.weights, torch.nan)
    on_grid[:, *row.span.slices] = inside
    window_padding = (weights.sum((1, 2)) - inside.sum((1, 2))).clamp_min(0)
    return Weights(on_grid, window_padding, on_grid[:, trace.image_padding()].nansum(1))


def weight_change(one: Weights, other: Weights) -> Float[Tensor, "heads grid_h grid_w"]:
    """Each patch's weight in one less that in the other, in every head; NaN where neither can see the patch.

    A patch that only one of the two can see has no weight in the other.
    """
    unseen = one.on_grid.isnan() & other.on_grid.isnan()
    return (one.on_grid.nan_to_num(0.0) - other.on_grid.nan_to_num(0.0)).masked_fill(unseen, torch.nan)


def moved_share(one: Weights, other: Weights) -> Float[Tensor, " heads"]:
    """How much of each head's weight lies on other keys: half the sum of all differences, from 0 to 1.

    Window padding counts as one key, since its tokens have no places on the patch grid.
    Source: this is the total variation distance of the two distributions.
    """
    on_patches = weight_change(one, other).abs().nansum((1, 2))
    return (on_patches + (one.window_padding - other.window_padding).abs()) / 2


def strongest_key(weights: Float[Tensor, "grid_h grid_w"]) -> tuple[int, int]:
    """The patch (row, col) with the largest weight; NaN is never the largest.

    Raises:
        ValueError: If every weight is NaN.
    """
    if bool(weights.isnan().all()):
        raise SaidError("measure.finite")
    row, col = divmod(int(weights.nan_to_num(-torch.inf).argmax()), weights.shape[1])
    return row, col


def pooled_heads(values: Float[Tensor, "heads *rest"], how: str, head: int = 0) -> Float[Tensor, "shown *rest"]:
    """Values of all heads, of one, or their mean or maximum over heads; the first axis stays.

    Args:
        how: `all`, `one`, `mean` or `max`.
        head: Which one, where one is asked for.

    Raises:
        ValueError: If `how` is something else.
    """
    match how:
        case "all":
            return values
        case "one":
            return values[head : head + 1]
        case "mean":
            return values.mean(0, keepdim=True)
        case "max":
            return values.amax(0, keepdim=True)
    raise ValueError(f"heads must be all, one, mean or max, got {how!r}")


def pair_score(trace: Trace, block: int, head: int, query: tuple[int, int], key: tuple[int, int]) -> PairScore:
    """One pair's products, the sum that makes its score, and its share of the softmax.

    Args:
        query, key: Patches (row, col).

    Raises:
        ValueError: If there is no such block or query, or the key lies outside the query's window.
    """
    row = trace.attention(block, query)
    if bool(row.content[head][key].isnan()):
        raise SaidError("measure.window", query=query, key=key)
    scores = span_scores(trace, block, query)[head]
    highest = float(scores.max())
    products = trace.q[block][head][query] * trace.k[block][head][key]
    return PairScore(
        products=products,
        parts=products * trace.encoder.blocks[block].attn.scale,
        content=float(row.content[head][key]),
        rel_h=float(row.rel_h[head][key[0]]),
        rel_w=float(row.rel_w[head][key[1]]),
        score=float(row.scores[head][key]),
        highest=highest,
        denominator=float((row.log_denominator[head] - highest).exp()),
        weight=float(row.weights[head][key]),
        keys=scores.numel(),
        table_rows=table_rows(row, key) if trace.encoder.blocks[block].attn.use_rel_pos else None,
    )


def check_terms(terms: str) -> str:
    """The terms, unless a letter among them stands for none: that raises ValueError."""
    if set(terms) - set(TERMS):
        raise ValueError(f"terms must be letters of {TERMS!r}, got {terms!r}")
    return terms


def shares_moved(trace: Trace, block: int, query: tuple[int, int]) -> Float[Tensor, "terms heads"]:
    """How much of one query's weight lies on other keys when one term is taken away, for each term in each head.

    Args:
        query: Patch (row, col).

    Raises:
        ValueError: If there is no such block or patch.
    """
    computed = weights_from_terms(trace, block, query)
    without = (weights_from_terms(trace, block, query, TERMS.replace(term, "")) for term in TERMS)
    return torch.stack([moved_share(weights, computed) for weights in without])


def position_shares(trace: Trace, block: int, query: tuple[int, int]) -> Float[Tensor, " heads"]:
    """How much of one query's weight would lie on other keys without rel_h and rel_w, in each head, from 0 to 1.

    The larger it is, the more the head goes by position; `head_kinds` of depth.py draws its limit at one half.

    Args:
        query: Patch (row, col).

    Raises:
        ValueError: If there is no such block or patch.
    """
    return moved_share(weights_from_terms(trace, block, query, "c"), weights_from_terms(trace, block, query))
