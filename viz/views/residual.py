"""The residual stream: what attention and MLP add to it, and how tokens grow through the blocks."""

import numpy as np

from samvit.encoder import Block
from samvit.measures.residual import (
    additions_by_block,
    block_additions,
    lengths_by_block,
    photo_median,
    size_against,
)
from samvit.measures.similarity import cosine, norms
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Panel, Table
from viz.selection import Selection
from viz.views.scales import on_photo, scale_from_zero, signed_scale
from viz.views.view import View
from viz.words import Text, number, say

PERCENTILE = 99  # of the photo's patches: where the scales end, so that a few outliers don't set them


def residual_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Size and direction of what this block's halves add, over the photo and for the pinned patch; then all blocks."""
    block = selection.focus.block
    ratios, cosines = block_additions(trace, block)
    labels, note = (say("label.residual.attn"), say("label.residual.mlp")), say("scale.residual.clip")
    sizes, ways = (without_outliers(on_photo(maps.numpy(), trace)) for maps in (ratios, cosines))
    return [
        Maps(
            say("panel.residual.ratio", block=block),
            ratios.numpy(),
            (scale_from_zero(sizes, say("unit.residual.ratio"), note, percent=True),),
            labels,
            notes=tuple(
                say("note.residual.ratio", value=value) for value in photo_median(ratios, trace.photo_grid).tolist()
            ),
        ),
        Maps(
            say("panel.residual.cosine", block=block),
            cosines.numpy(),
            (signed_scale(ways, say("unit.residual.cosine"), note),),
            labels,
            notes=tuple(
                say("note.residual.cosine", value=value) for value in photo_median(cosines, trace.photo_grid).tolist()
            ),
        ),
        _lengths_by_block(trace, selection),
        _additions_by_block(trace, selection),
        _step_table(trace, selection),
    ]


def without_outliers(values: np.ndarray) -> np.ndarray:
    """Values cut off at the 99th percentile of their magnitude; NaN and infinity left out."""
    finite = values[np.isfinite(values)]
    top = np.percentile(np.abs(finite), PERCENTILE) if finite.size else 0.0
    return np.clip(finite, -top, top)


def _lengths_by_block(trace: Trace, selection: Selection) -> Curves:
    """Length of the pinned token and of the photo's median token, at each block's input and at the end."""
    pinned, median = lengths_by_block(trace, selection.focus.query)
    x = np.arange(len(pinned), dtype=np.float32)
    return Curves(
        say("panel.residual.norms"),
        (
            Curve(say("label.residual.pinned"), x, pinned.numpy(), role="query"),
            Curve(say("label.residual.median"), x, median.numpy()),
        ),
        say("axis.residual.input"),
        say("axis.residual.length"),
        marks=(_block_mark(selection),),
    )


def _additions_by_block(trace: Trace, selection: Selection) -> Curves:
    """For the pinned token, each whole block's addition: its size and its cosine with the stream."""
    ratios, cosines = additions_by_block(trace, selection.focus.query)
    x = np.arange(len(ratios), dtype=np.float32)
    return Curves(
        say("panel.residual.added"),
        (
            Curve(say("unit.residual.ratio"), x, ratios.numpy()),
            Curve(say("unit.residual.cosine"), x, cosines.numpy()),
        ),
        say("axis.residual.block"),
        "",
        marks=(_block_mark(selection),),
    )


def _block_mark(selection: Selection) -> tuple[float, Text]:
    """Where the block in view stands on the axis."""
    return float(selection.focus.block), say("label.block", block=selection.focus.block)


def _step_table(trace: Trace, selection: Selection) -> Table:
    """The pinned token through this block in numbers, and whether the sum is the block's output."""
    block, query = selection.focus.block, selection.focus.query
    stream, output = trace.stream[block][query], trace.stream[block + 1][query]
    attn, between, mlp = (trace[f"blocks.{block}.{step}"][query] for step in ("attn", "residual", "mlp"))
    rows = (
        (say("label.residual.input"), stream, None),
        (say("label.residual.attn"), attn, stream),
        (say("label.residual.between"), between, None),
        (say("label.residual.mlp"), mlp, between),
        (say("label.residual.output"), output, None),
        (say("label.residual.rest"), stream + attn + mlp - output, None),
    )
    return Table(
        say("panel.residual.steps", block=block),
        (
            say("axis.residual.step"),
            say("axis.residual.length"),
            say("axis.residual.ratio"),
            say("axis.residual.cosine"),
        ),
        tuple(
            (
                label,
                number(float(norms(part))),
                "" if base is None else number(float(size_against(part, base)), "percent"),
                "" if base is None else number(float(cosine(part, base))),
            )
            for label, part, base in rows
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
    symbols=(("x", "panel:2"), ("r", "panel:4"), ("y", "panel:4")),
)
VIEWS = (RESIDUAL,)
