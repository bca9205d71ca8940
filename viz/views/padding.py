"""Padding's share: how much of every query's attention weight goes to tokens that hold no photo."""

from dataclasses import dataclass

import torch

from samvit.attention import padding_shares
from samvit.encoder import Attention
from samvit.masked import masks_padding
from samvit.measures.padding import PaddingShare, padding_weights, photo_mean, value_lengths
from samvit.measures.scores import pooled_heads
from samvit.tracing import Trace
from samvit.windows import window_partition
from viz.panel import Cell, Maps, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.views.scales import head_labels, picked_head, scale_from_zero
from viz.views.view import View
from viz.words import Words, number, say


@dataclass(frozen=True)
class Kind:
    """One kind of padding: what every query gives to it, and what it is called in a map, a table and a number."""

    share: PaddingShare
    title: Words
    pinned: Words
    mean: Words
    queries: Words


def padding_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Maps of the weight that goes to window and to image padding, and by head the numbers beside even weights."""
    window, image = padding_weights(trace, selection.focus.block)
    kinds = (
        Kind(
            window,
            say("panel.padding.window"),
            say("label.padding.window_pinned"),
            say("label.padding.window_mean"),
            say("label.padding.window_queries"),
        ),
        Kind(
            image,
            say("panel.padding.image"),
            say("label.padding.image_pinned"),
            say("label.padding.image_mean"),
            say("label.padding.image_queries"),
        ),
    )
    seen = [kind for kind in kinds if kind.share.queries]
    if not seen:
        masked = masks_padding(trace.encoder.blocks[selection.focus.block])
        note = say("panel.padding.masked_note") if masked else say("panel.padding.none_note")
        return [Numbers(say("panel.padding.none"), (), note)]
    return [
        *(_maps(trace, selection, kind) for kind in seen),
        _head_table(trace, selection, seen),
        _counts(trace, selection, seen, with_values=window.queries > 0),
    ]


def _maps(trace: Trace, selection: Selection, kind: Kind) -> Maps:
    """One kind's share of the weight, a map for each head or for their mean or maximum, on one scale."""
    weights = pooled_heads(kind.share.weight, selection.look.heads, selection.focus.head)
    rows, cols = trace.photo_grid
    picks, chosen = picked_head(selection)
    pinned = weights[:, selection.focus.query[0], selection.focus.query[1]].tolist()
    return Maps(
        kind.title,
        weights.numpy(),
        (scale_from_zero(weights[:, :rows, :cols].numpy(), say("unit.padding"), say("scale.shared"), percent=True),),
        head_labels(trace, selection),
        notes=tuple(
            say("note.padding.shares", pinned=of_pinned, mean=mean)
            for of_pinned, mean in zip(pinned, photo_mean(weights, trace.photo_grid).tolist(), strict=True)
        ),
        picks=picks,
        chosen=chosen,
    )


def _head_table(trace: Trace, selection: Selection, kinds: list[Kind]) -> Table:
    """By head: what the pinned patch and the photo's patches on average give away; last, what even weights would."""
    row, col = selection.focus.query
    columns, shares = [say("label.padding.head")], []
    for kind in kinds:
        columns += [kind.pinned, kind.mean]
        by_head = torch.cat([kind.share.weight, kind.share.even[None]])  # (heads + 1, grid_h, grid_w)
        shares += [by_head[:, row, col].tolist(), photo_mean(by_head, trace.photo_grid).tolist()]
    names: list[Cell] = [*(number(head, "count") for head in range(trace.heads)), say("label.padding.even")]
    return Table(
        say("panel.padding.table"),
        tuple(columns),
        tuple(
            (name, *(number(share, "percent") for share in of_row))
            for name, of_row in zip(names, zip(*shares, strict=True), strict=True)
        ),
        marked=(selection.focus.head, trace.heads),
    )


def _counts(trace: Trace, selection: Selection, kinds: list[Kind], with_values: bool) -> Numbers:
    """How many of the grid's queries see padding, and how long window padding's value is."""
    numbers = [Number(say("label.padding.queries"), trace.grid[0] * trace.grid[1])]
    numbers += [Number(kind.queries, kind.share.queries) for kind in kinds]
    if with_values:
        head = selection.focus.head
        of_padding, of_patches = value_lengths(trace, selection.focus.block)
        numbers += [
            Number(say("label.padding.value", head=head), float(of_padding[head])),
            Number(say("label.padding.values", head=head), float(of_patches[head])),
        ]
    return Numbers(say("panel.padding.counts"), tuple(numbers), say("panel.padding.counts_note"))


PADDING = View(
    id="padding",
    stage="softmax",
    panels=padding_panels,
    source=(padding_shares, Attention.fused_attention, window_partition),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "heads", "query", "overlay"}),
    live=False,
    symbols=(("s_q", "panel:0"), ("w_qk", "node:softmax"), ("b_k", "node:qkv"), ("b_v", "node:qkv")),
)
VIEWS = (PADDING,)
