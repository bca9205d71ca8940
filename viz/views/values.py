"""What the weights do: they mix values, head by head; proj brings the heads together."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.encoder import Attention
from samvit.measures.values import arriving_lengths, head_additions, shares_along, window_padding_length
from samvit.proof import Proof
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.views.scales import own_scales, signed_scale, weight_scales, window_sight
from viz.views.view import View
from viz.words import number, say, symbol

DIAGONAL_POINTS = 100  # close enough to read as a line


def values_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Weight and what arrives of it, the mixed values by head, each head's part after proj, and the proof."""
    block, query, head = selection.focus.block, selection.focus.query, selection.focus.head
    mixed, proof = trace.attention_output(block, query), trace.proof(block, query)
    heads, head_dim = mixed.shape
    return [
        _weight_and_effect(trace, selection),
        Matrix(
            say("panel.values.mixed", heads=heads, head_dim=head_dim),
            mixed.numpy(),
            signed_scale(mixed.numpy(), say("unit.values.entry")),
            say("axis.values.head"),
            say("axis.head_dim"),
            row_mark=head,
        ),
        _head_table(trace.encoder.blocks[block].attn, mixed, proof.seen, head),
        _proof_curves(proof),
        _proof_numbers(trace, selection, proof),
    ]


def _weight_and_effect(trace: Trace, selection: Selection) -> Maps:
    """One head's weight on every patch, and the length of the vector that this adds through proj."""
    block, query, head = selection.focus.block, selection.focus.query, selection.focus.head
    row = trace.attention(block, query)
    weights = row.weights[head]
    values = torch.stack([weights, arriving_lengths(trace, block, head, query)]).numpy()
    return Maps(
        say("panel.values.maps", head=head),
        values,
        (*weight_scales(values[:1], selection), *own_scales(values[1:], selection, say("unit.values.length"))),
        (say("label.values.weight"), say("label.values.effect")),
        ("", say("note.values.effect")),
        sight=window_sight(trace, row),
    )


def _head_table(
    attn: Attention, mixed: Float[Tensor, "heads head_dim"], seen: Float[Tensor, " dim"], head: int
) -> Table:
    """Each head's length before and after proj, and how much of attention's output points its way."""
    parts = torch.cat([head_additions(attn, mixed), attn.proj.bias.detach()[None]])
    before = [*mixed.norm(dim=-1).tolist(), float("nan")]  # proj's bias comes with proj
    names = (*(symbol(str(index)) for index in range(len(mixed))), say("label.values.bias"))
    columns = zip(names, before, parts.norm(dim=-1).tolist(), shares_along(parts, seen).tolist(), strict=True)
    return Table(
        say("panel.values.heads"),
        (
            say("axis.values.head"),
            say("axis.values.before_proj"),
            say("axis.values.after_proj"),
            say("axis.values.share"),
        ),
        tuple((name, number(mix), number(length), number(share, "percent")) for name, mix, length, share in columns),
        marked=(head,),
    )


def _proof_curves(proof: Proof) -> Curves:
    """Every channel of attention's output: rebuilt against seen; they agree where the dots lie on the diagonal."""
    seen, rebuilt = proof.seen.numpy(), proof.rebuilt.numpy()
    diagonal = np.linspace(seen.min(), seen.max(), DIAGONAL_POINTS, dtype=np.float32)
    return Curves(
        say("panel.values.proof"),
        (
            Curve(say("label.values.equal"), diagonal, diagonal),
            Curve(say("label.values.channels"), seen, rebuilt, role="query"),
        ),
        say("axis.values.seen"),
        say("axis.values.rebuilt"),
        points=True,
    )


def _proof_numbers(trace: Trace, selection: Selection, proof: Proof) -> Numbers:
    """How far rebuilt and seen lie apart, and what window padding's constant value adds."""
    block, query, head = selection.focus.block, selection.focus.query, selection.focus.head
    row = trace.attention(block, query)
    numbers = [
        Number(say("label.values.largest"), float(proof.seen.abs().max())),
        Number(say("label.values.difference"), proof.largest_difference, role="result"),
    ]
    if row.span.padding_tokens:
        length = float(window_padding_length(trace, block, head, query))
        numbers += [
            Number(say("label.values.padding_weight", head=head), float(row.window_padding[head]), form="percent"),
            Number(say("label.values.padding", head=head), length),
        ]
    verdict = say("panel.values.holds") if proof.holds else say("panel.values.fails")
    return Numbers(say("panel.values.numbers"), tuple(numbers), verdict)


VALUES = View(
    id="values",
    stage="values",
    panels=values_panels,
    source=(Attention.forward, Trace.attention_output, Trace.proof),
    tensors=("blocks.{block}.attn.v", "blocks.{block}.attn.heads", "blocks.{block}.attn"),
    uses=frozenset({"block", "head", "query", "scale", "overlay"}),
    symbols=(("w", "map:0"), ("v", "map:1"), ("o", "panel:1"), ("W_proj", "panel:2")),
)
VIEWS = (VALUES,)
