"""Attention across depth: the pinned patch in every head of every block, and what each head does on the whole."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from samvit.attention import attention_row
from samvit.encoder import Attention, Block
from samvit.measures.depth import KINDS, HeadFacts, head_facts, head_kinds, weights_through_depth
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Sight, Table
from viz.selection import Selection
from viz.views.scales import dots_by_kind, weight_scales, window_sight
from viz.views.view import View
from viz.words import Words, number, say

KINDS_OF_BLOCK = (say("label.distance.windowed"), say("label.distance.global"))
KIND_WORDS = {
    "padding": say("label.kind.padding"),
    "broad": say("label.kind.broad"),
    "local": say("label.kind.local"),
    "positional": say("label.kind.positional"),
    "same_content": say("label.kind.same_content"),
    "mixed": say("label.kind.mixed"),
}
KIND_RULES = {
    "padding": say("note.kind.padding"),
    "broad": say("note.kind.broad"),
    "local": say("note.kind.local"),
    "positional": say("note.kind.positional"),
    "same_content": say("note.kind.same_content"),
    "mixed": say("note.kind.mixed"),
}


def model_view_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every head of every block; the chosen head through the blocks; and the chosen block's heads."""
    through = weights_through_depth(trace, selection.focus.query).numpy()
    block, head = selection.focus.block, selection.focus.head
    blocks, heads = range(trace.depth), range(trace.heads)
    every = through.reshape(-1, *trace.grid)
    sight = windowed_sight(trace, selection.focus.query)
    global_blocks = [one for one in blocks if trace.windows[one] is None] if sight else []
    return [
        Maps(
            say("panel.model_view.all"),
            every,
            weight_scales(every, selection),
            tuple(say("label.model_view.both", block=one, head=other) for one in blocks for other in heads),
            chosen=block * trace.heads + head,
            rows=tuple(number(one, "count") for one in blocks),
            cols=tuple(number(one, "count") for one in heads),
            sight=sight,
            whole=tuple(one * trace.heads + other for one in global_blocks for other in heads),
        ),
        Maps(
            say("panel.model_view.head", head=head),
            through[:, head],
            weight_scales(through[:, head], selection),
            tuple(say("label.block", block=one) for one in blocks),
            picks="block",
            chosen=block,
            sight=sight,
            whole=tuple(global_blocks),
        ),
        Maps(
            say("panel.model_view.block", block=block),
            through[block],
            weight_scales(through[block], selection),
            tuple(say("label.head", head=one) for one in heads),
            picks="head",
            chosen=head,
            sight=sight if block not in global_blocks else None,
        ),
    ]


def windowed_sight(trace: Trace, query: tuple[int, int]) -> Sight | None:
    """What the query sees in windowed blocks, to which their maps are cut; None where no block has a smaller window."""
    windowed = [block for block, window in enumerate(trace.windows) if window is not None]
    sight = window_sight(trace, trace.attention(windowed[0], query)) if windowed else None
    if sight is None or len(windowed) == trace.depth:
        return sight
    return replace(sight, words=say("label.sight.windowed", sight=sight.words))


def distance_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Distance and entropy of every head with rel-pos and without; each head's kind; and the rules for kinds."""
    facts = head_facts(trace)
    block, head = selection.focus.block, selection.focus.head
    limit, even = say("label.distance.farthest"), say("label.distance.even")
    return [
        _dots(trace, say("panel.distance.full"), facts.distance.numpy(), facts, say("axis.distance.px"), limit, even),
        _dots(
            trace,
            say("panel.distance.content"),
            facts.content_distance.numpy(),
            facts,
            say("axis.distance.px"),
            limit,
            even,
        ),
        _entropy(trace, say("panel.distance.entropy"), facts.entropy.numpy(), facts),
        _entropy(trace, say("panel.distance.content_entropy"), facts.content_entropy.numpy(), facts),
        Numbers(
            say("panel.distance.head", block=block, head=head),
            (
                Number(say("label.distance.distance"), float(facts.distance[block, head]), say("unit.distance.px")),
                Number(say("label.distance.entropy"), float(facts.entropy[block, head]), say("unit.distance.bits")),
                Number(say("label.distance.padding"), float(facts.padding[block, head])),
                Number(say("label.distance.moved"), float(facts.moved[block, head])),
                Number(say("label.distance.likeness"), float(facts.likeness[block, head])),
            ),
            say("note.distance.head"),
        ),
        _kinds(trace, facts, block),
        Table(
            say("panel.distance.rules"),
            (say("column.kind.order"), say("column.kind.name"), say("column.kind.rule")),
            tuple(
                (number(place, "count"), KIND_WORDS[kind], KIND_RULES[kind])
                for place, kind in enumerate(KINDS, start=1)
            ),
        ),
    ]


def _dots(
    trace: Trace,
    title: Words,
    values: Float[np.ndarray, "blocks heads"],
    facts: HeadFacts,
    y_label: Words,
    limit: Words,
    even: Words,
) -> Curves:
    """A dot for each head of each block, by kind of block, between what even weights give and the farthest patch."""
    blocks = np.arange(trace.depth, dtype=np.float32)
    curves = (
        *dots_by_kind(trace, values, *KINDS_OF_BLOCK),
        Curve(limit, blocks, facts.farthest.numpy()),
        Curve(even, blocks, facts.even_distance.numpy()),
    )
    return Curves(title, curves, say("axis.distance.block"), y_label, points=True)


def _entropy(trace: Trace, title: Words, values: Float[np.ndarray, "blocks heads"], facts: HeadFacts) -> Curves:
    """A dot for each head of each block, below the highest entropy that its number of keys allows."""
    blocks = np.arange(trace.depth, dtype=np.float32)
    highest = Curve(say("label.distance.highest"), blocks, facts.even_entropy.numpy())
    curves = (*dots_by_kind(trace, values, *KINDS_OF_BLOCK), highest)
    return Curves(title, curves, say("axis.distance.block"), say("axis.distance.bits"), points=True)


def _kinds(trace: Trace, facts: HeadFacts, block: int) -> Table:
    """Each head's kind: a row for a block, a column for a head."""
    kinds = head_kinds(facts, trace.patch_size).tolist()
    return Table(
        say("panel.distance.kinds"),
        (say("column.kind.block"), *(say("label.head", head=head) for head in range(trace.heads))),
        tuple(
            (say("label.block", block=index), *(KIND_WORDS[KINDS[kind]] for kind in row))
            for index, row in enumerate(kinds)
        ),
        marked=(block,),
    )


MODEL_VIEW = View(
    id="model_view",
    stage="network",
    panels=model_view_panels,
    source=(attention_row, Block.forward),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "query", "scale", "overlay"}),
    symbols=(
        ("w.head", "panel:0"),
        ("q.head", "photo"),
        ("k.head", "photo"),
        ("rel_h", "node:scores"),
        ("rel_w", "node:scores"),
    ),
)
DISTANCE = View(
    id="distance",
    stage="network",
    panels=distance_panels,
    source=(attention_row, Attention.fused_attention),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head"}),
    live=False,
    symbols=(
        ("distance", "panel:0"),
        ("N", "photo"),
        ("w_ij", "node:softmax"),
        ("p_j.patch", "photo"),
        ("p_i.patch", "photo"),
        ("entropy", "panel:2"),
    ),
)
VIEWS = (MODEL_VIEW, DISTANCE)
