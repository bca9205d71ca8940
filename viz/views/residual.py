"""The residual stream: what attention and MLP add to it, and how tokens grow through the blocks."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.encoder import Block
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Panel, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import sequential_scale, signed_scale
from viz.views.view import View


def residual_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Size and direction of what this block's halves add, over the photo and for the pinned patch; then all blocks."""
    lang, block = selection.lang, selection.focus.block
    stream, residual = trace.stream[block], trace[f"blocks.{block}.residual"]
    added = {"attn": (trace[f"blocks.{block}.attn"], stream), "mlp": (trace[f"blocks.{block}.mlp"], residual)}
    labels = tuple(text(lang, f"label.residual.{name}") for name in added)
    rows, cols = trace.photo_grid
    ratios = torch.stack([size_against(part, base) for part, base in added.values()]).numpy()
    cosines = torch.stack([cosine_with(part, base) for part, base in added.values()]).numpy()
    photo = ratios[:, :rows, :cols]
    scale = sequential_scale(np.append(photo, 0.0), text(lang, "unit.residual.ratio"), text(lang, "scale.shared"))
    return [
        Maps(
            text(lang, "panel.residual.ratio", block=block),
            ratios,
            (scale,),
            labels,
            notes=tuple(text(lang, "note.residual.median", value=f"{np.median(one):.0%}") for one in photo),
        ),
        Maps(
            text(lang, "panel.residual.cosine", block=block),
            cosines,
            (signed_scale(cosines[:, :rows, :cols], text(lang, "unit.residual.cosine"), text(lang, "scale.shared")),),
            labels,
            notes=tuple(
                text(lang, "note.residual.median", value=f"{np.median(one[:rows, :cols]):.2f}") for one in cosines
            ),
        ),
        _norms_through_blocks(trace, selection),
        _added_by_blocks(trace, selection),
        _step_table(trace, selection),
    ]


def length_of(tokens: Float[Tensor, "*positions dim"]) -> Float[Tensor, "*positions"]:
    """Euclidean length of each token; torch's own norm is ten times slower on the layout that the stream has."""
    return tokens.square().sum(-1).sqrt()


def size_against(
    part: Float[Tensor, "*positions dim"], base: Float[Tensor, "*positions dim"]
) -> Float[Tensor, "*positions"]:
    """Length of what is added over the length of what it is added to; not finite where that is nothing."""
    return length_of(part) / length_of(base)


def cosine_with(
    part: Float[Tensor, "*positions dim"], base: Float[Tensor, "*positions dim"]
) -> Float[Tensor, "*positions"]:
    """Cosine between what is added and what it is added to: 1 strengthens it, −1 takes it back, 0 is news."""
    return (part * base).sum(-1) / (length_of(part) * length_of(base))


def _norms_through_blocks(trace: Trace, selection: Selection) -> Curves:
    """Length of the pinned token and of the photo's median token, at each block's input and at the end."""
    lang, (rows, cols) = selection.lang, trace.photo_grid
    x = np.arange(len(trace.stream), dtype=np.float32)
    pinned = [float(length_of(tokens[selection.focus.query])) for tokens in trace.stream]
    median = [float(length_of(tokens[:rows, :cols]).median()) for tokens in trace.stream]
    return Curves(
        text(lang, "panel.residual.norms"),
        (
            Curve(text(lang, "label.residual.pinned"), x, np.array(pinned, np.float32), role="query"),
            Curve(text(lang, "label.residual.median"), x, np.array(median, np.float32)),
        ),
        text(lang, "axis.residual.input"),
        text(lang, "axis.residual.length"),
        marks=((float(selection.focus.block), text(lang, "label.residual.block", block=selection.focus.block)),),
    )


def _added_by_blocks(trace: Trace, selection: Selection) -> Curves:
    """For the pinned token, each whole block's addition: its size and its cosine with the stream."""
    lang, query = selection.lang, selection.focus.query
    token = torch.stack([tokens[query] for tokens in trace.stream])  # (depth + 1, dim)
    added, base = token[1:] - token[:-1], token[:-1]
    x = np.arange(len(added), dtype=np.float32)
    return Curves(
        text(lang, "panel.residual.added"),
        (
            Curve(text(lang, "unit.residual.ratio"), x, size_against(added, base).numpy()),
            Curve(text(lang, "unit.residual.cosine"), x, cosine_with(added, base).numpy()),
        ),
        text(lang, "axis.residual.block"),
        "",
        marks=((float(selection.focus.block), text(lang, "label.residual.block", block=selection.focus.block)),),
    )


def _step_table(trace: Trace, selection: Selection) -> Table:
    """The pinned token through this block in numbers, and whether the sum is the block's output."""
    lang, name, query = selection.lang, f"blocks.{selection.focus.block}", selection.focus.query
    stream, residual = trace.stream[selection.focus.block][query], trace[f"{name}.residual"][query]
    attn, mlp, output = trace[f"{name}.attn"][query], trace[f"{name}.mlp"][query], trace[name][query]
    rows = [
        ("input", stream, None),
        ("attn", attn, stream),
        ("between", residual, None),
        ("mlp", mlp, residual),
        ("output", output, None),
        ("rest", stream + attn + mlp - output, None),
    ]
    return Table(
        text(lang, "panel.residual.steps", block=selection.focus.block),
        tuple(text(lang, f"axis.residual.{column}") for column in ("step", "length", "ratio", "cosine")),
        tuple(
            (
                text(lang, f"label.residual.{key}"),
                f"{float(length_of(part)):.2f}" if key != "rest" else f"{float(length_of(part)):.1g}",
                "" if base is None else f"{float(size_against(part, base)):.1%}",
                "" if base is None else f"{float(cosine_with(part, base)):.3f}",
            )
            for key, part, base in rows
        ),
        marked=(1, 3),
    )


RESIDUAL = View(
    id="residual",
    stage="residual",
    panels=residual_panels,
    source=(Block.forward,),
    tensors=("blocks.{block}.attn", "blocks.{block}.residual", "blocks.{block}.mlp", "blocks.{block}"),
    uses=frozenset({"block", "query", "overlay"}),
)
VIEWS = (RESIDUAL,)
