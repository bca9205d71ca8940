"""What the weights do: they mix values, head by head; proj brings the heads together."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import AttentionRow, value_bias
from samvit.encoder import Attention
from samvit.tracing import Proof, Trace
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import own_scales, signed_scale, weight_scales
from viz.views.view import View

DIAGONAL_POINTS = 100  # close enough to read as a line


def values_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Weight and what arrives of it, the mixed values by head, each head's part after proj, and the proof."""
    lang, block, query = selection.lang, selection.focus.block, selection.focus.query
    mixed = trace.attention_output(block, query)
    proof = trace.proof(block, query)
    return [
        _weight_and_effect(trace, selection),
        Matrix(
            text(lang, "panel.values.mixed", heads=mixed.shape[0], head_dim=mixed.shape[1]),
            mixed.numpy(),
            signed_scale(mixed.numpy(), text(lang, "unit.values.entry")),
            text(lang, "axis.values.head"),
            text(lang, "axis.head_dim"),
            row_mark=selection.focus.head,
        ),
        _head_table(lang, trace.encoder.blocks[block].attn, mixed, proof.seen, selection.focus.head),
        _proof_curves(lang, proof),
        _proof_numbers(lang, trace, block, trace.attention(block, query), proof, selection.focus.head),
    ]


def through_proj(attn: Attention, mixed: Float[Tensor, "heads head_dim"]) -> Float[Tensor, "heads dim"]:
    """What each head alone adds to attention's output; with proj's bias they add up to all of it."""
    heads, head_dim = mixed.shape
    weight = attn.proj.weight.detach().view(-1, heads, head_dim)  # (dim, heads, head_dim): columns are the joined heads
    return torch.einsum("chd,hd->hc", weight, mixed)


def _weight_and_effect(trace: Trace, selection: Selection) -> Maps:
    """One head's weight on every patch, and the length of the vector that this adds through proj."""
    lang, head, block = selection.lang, selection.focus.head, selection.focus.block
    attn = trace.encoder.blocks[block].attn
    weights = trace.attention(block, selection.focus.query).weights[head]
    v = trace[f"blocks.{block}.attn.v"][head]  # (grid_h, grid_w, head_dim)
    head_dim = v.shape[-1]
    part = attn.proj.weight.detach()[:, head * head_dim : (head + 1) * head_dim]
    values = torch.stack([weights, weights * (v @ part.T).norm(dim=-1)]).numpy()
    scales = (
        *weight_scales(values[:1], selection),
        *own_scales(values[1:], selection, text(lang, "unit.values.length")),
    )
    labels = (text(lang, "label.values.weight"), text(lang, "label.values.effect"))
    notes = ("", text(lang, "note.values.effect"))
    return Maps(text(lang, "panel.values.maps", head=head), values, scales, labels, notes)


def _head_table(lang: str, attn: Attention, mixed: Tensor, seen: Tensor, head: int) -> Table:
    """Each head's length before and after proj, and how much of attention's output points its way."""
    parts = [*through_proj(attn, mixed), attn.proj.bias.detach()]
    whole = float(seen @ seen)
    rows = []
    for index, part in enumerate(parts):
        is_head = index < len(mixed)
        name = str(index) if is_head else text(lang, "label.values.bias")
        before = f"{float(mixed[index].norm()):.3g}" if is_head else "–"
        share = f"{float(part @ seen) / whole:.1%}" if whole else "–"
        rows.append((name, before, f"{float(part.norm()):.3g}", share))
    columns = ("head", "before_proj", "after_proj", "share")
    return Table(
        text(lang, "panel.values.heads"),
        tuple(text(lang, f"axis.values.{column}") for column in columns),
        tuple(rows),
        marked=(head,),
    )


def _proof_curves(lang: str, proof: Proof) -> Curves:
    """Every channel of attention's output: rebuilt against seen; they agree where the dots lie on the diagonal."""
    seen, rebuilt = proof.seen.numpy(), proof.rebuilt.numpy()
    diagonal = np.linspace(seen.min(), seen.max(), DIAGONAL_POINTS, dtype=np.float32)
    return Curves(
        text(lang, "panel.values.proof"),
        (
            Curve(text(lang, "label.values.equal"), diagonal, diagonal),
            Curve(text(lang, "label.values.channels"), seen, rebuilt, role="query"),
        ),
        text(lang, "axis.values.seen"),
        text(lang, "axis.values.rebuilt"),
        points=True,
    )


def _proof_numbers(lang: str, trace: Trace, block: int, row: AttentionRow, proof: Proof, head: int) -> Numbers:
    """How far rebuilt and seen lie apart, and what window padding's constant value adds."""
    numbers = [
        Number(text(lang, "label.values.largest"), float(proof.seen.abs().max())),
        Number(text(lang, "label.values.difference"), proof.largest_difference, role="result"),
    ]
    if row.span.padding_tokens:
        added = row.window_padding[head] * value_bias(trace.encoder.blocks[block].attn)[head]
        numbers += [
            Number(text(lang, "label.values.padding_weight", head=head), float(row.window_padding[head])),
            Number(text(lang, "label.values.padding", head=head), float(added.norm())),
        ]
    verdict = "panel.values.holds" if proof.holds else "panel.values.fails"
    return Numbers(text(lang, "panel.values.numbers"), tuple(numbers), text(lang, verdict))


VALUES = View(
    id="values",
    stage="values",
    panels=values_panels,
    source=(Attention.forward, Trace.attention_output, Trace.proof),
    tensors=("blocks.{block}.attn.v", "blocks.{block}.attn.heads", "blocks.{block}.attn"),
    uses=frozenset({"block", "head", "query", "scale", "overlay"}),
)
VIEWS = (VALUES,)
