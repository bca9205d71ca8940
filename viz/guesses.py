"""Questions that a student answers before a picture does: what is right is computed from the trace, never stored."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.measures.distance import mean_distances
from samvit.measures.neurons import neurons_for_half, written_lengths
from samvit.measures.residual import size_against
from samvit.measures.scores import position_shares, shares_moved
from samvit.tracing import Trace
from viz.selection import Selection
from viz.words import Words, joined, number, say, symbol

ROUNDING = 1e-5  # of shares and distances
NEURON_LIMITS = (0.05, 0.15, 0.30)  # shares of the hidden layer, between the answers


@dataclass(frozen=True)
class Guess:
    """A question, what can be answered, and what is right.

    Attributes:
        options: The answers to choose from.
        right: Indexes of those that are right: more than one where values are equal.
        answer: The right answer in a sentence, with the numbers that make it so.
    """

    question: Words
    options: tuple[Words, ...]
    right: tuple[int, ...]
    answer: Words


def largest(values: Float[Tensor, " options"]) -> tuple[int, ...]:
    """Indexes of the largest value, and of those that only rounding tells from it; NaN is never the largest."""
    return tuple(torch.nonzero(values > values.nan_to_num(-torch.inf).max() - ROUNDING).flatten().tolist())


def heads_of(trace: Trace) -> tuple[Words, ...]:
    """One answer for each head."""
    return tuple(say("label.head", head=head) for head in range(trace.heads))


def by_head(values: Float[Tensor, " heads"], form: str) -> Words:
    """Every head's value, in one line."""
    texts = (say("guess.head", head=head, value=number(value, form)) for head, value in enumerate(values.tolist()))
    return joined(*texts, by=", ")


def positional_head(trace: Trace, selection: Selection) -> Guess:
    """Which head goes most by position: without rel_h and rel_w most of its weight would lie on other keys."""
    shares = position_shares(trace, selection.focus.block, selection.focus.query)
    answer = say("guess.positional_head.answer", values=by_head(shares, "percent"))
    return Guess(say("guess.positional_head"), heads_of(trace), largest(shares), answer)


def farthest_head(trace: Trace, selection: Selection) -> Guess:
    """Which head looks farthest, image padding left out."""
    row = trace.attention(selection.focus.block, selection.focus.query)
    reach, _ = mean_distances(row, trace.image_padding())
    answer = say("guess.farthest_head.answer", values=by_head(reach, "number"))
    return Guess(say("guess.farthest_head"), heads_of(trace), largest(reach), answer)


def window_padding(trace: Trace, selection: Selection) -> Guess:
    """On which sides of the pinned patch's window padding lies."""
    block, query = selection.focus.block, selection.focus.query
    row = trace.attention(block, query)
    below, beside = (size > inside for size, inside in zip(row.span.size, row.span.inside, strict=True))
    options = tuple(say(f"guess.window_padding.{side}") for side in ("nowhere", "below", "right", "both"))
    keys = row.span.size[0] * row.span.size[1]
    share = float(row.window_padding[selection.focus.head])
    facts = {"head": selection.focus.head, "padding": row.span.padding_tokens, "keys": keys, "share": share}
    return Guess(
        say("guess.window_padding"), options, (below + 2 * beside,), say("guess.window_padding.answer", **facts)
    )


def strongest_term(trace: Trace, selection: Selection) -> Guess:
    """Which term of the score decides most: without it, more weight lies on other keys than without another."""
    moved = shares_moved(trace, selection.focus.block, selection.focus.query)[:, selection.focus.head]
    names = [symbol(name) for name in ("q·k/√d", "rel_h", "rel_w")]
    shares = zip(names, moved.tolist(), strict=True)
    values = joined(*(say("guess.value", name=name, value=number(one, "percent")) for name, one in shares), by=", ")
    answer = say("guess.strongest_term.answer", head=selection.focus.head, values=values)
    return Guess(say("guess.strongest_term", head=selection.focus.head), tuple(names), largest(moved), answer)


def larger_half(trace: Trace, selection: Selection) -> Guess:
    """Whether attention or the MLP adds more to the pinned patch's token in this block."""
    block, query = selection.focus.block, selection.focus.query
    attn, mlp = trace[f"blocks.{block}.attn"][query], trace[f"blocks.{block}.mlp"][query]
    sizes = torch.stack(
        [size_against(attn, trace.stream[block][query]), size_against(mlp, trace[f"blocks.{block}.residual"][query])]
    )
    answer = say("guess.larger_half.answer", attn=float(sizes[0]), mlp=float(sizes[1]))
    options = (say("label.residual.attn"), say("label.residual.mlp"))
    return Guess(say("guess.larger_half", block=block), options, largest(sizes), answer)


def few_neurons(trace: Trace, selection: Selection) -> Guess:
    """How large a share of the hidden layer's neurons writes half of what is written for the pinned patch."""
    block, query = selection.focus.block, selection.focus.query
    written = written_lengths(trace.encoder.blocks[block].mlp, trace[f"blocks.{block}.mlp.act"][query])
    count, hidden = neurons_for_half(written), len(written)
    limits = [round(100 * limit) for limit in NEURON_LIMITS]
    options = (
        say("guess.few_neurons.up_to", high=limits[0]),
        *(say("guess.few_neurons.between", low=low, high=high) for low, high in pairwise(limits)),
        say("guess.few_neurons.more", low=limits[-1]),
    )
    right = sum(count / hidden > limit for limit in NEURON_LIMITS)
    answer = say("guess.few_neurons.answer", count=count, hidden=hidden, share=count / hidden)
    return Guess(say("guess.few_neurons", hidden=hidden), options, (right,), answer)


GUESSES: dict[str, Callable[[Trace, Selection], Guess]] = {
    guess.__name__: guess
    for guess in (positional_head, farthest_head, window_padding, strongest_term, larger_half, few_neurons)
}
