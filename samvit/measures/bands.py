"""A block's whole attention, a band of queries at a time: every row is there once, the whole matrix never."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.attention import Span, span_keys, span_of
from samvit.attention_rows import score_terms
from samvit.encoder import Attention
from samvit.masked import masks_padding
from samvit.progress import still_wanted
from samvit.tracing import Trace

BAND_ENTRIES = 2**21  # scores of one band, all heads: 8 MB in float32


@dataclass(frozen=True, eq=False)
class Band:
    """Some queries of one block that share their keys, with the terms of their scores in every head.

    Attributes:
        queries: Where the queries lie on the patch grid (rows, cols).
        span: The keys that take part in their softmax, window padding included.
        content: q·k/√head_dim.
        rel_h, rel_w: Biases of the key's row and of its column; zeros without rel-pos.
    """

    queries: tuple[slice, slice]
    span: Span
    content: Float[Tensor, "heads rows cols key_rows key_cols"]
    rel_h: Float[Tensor, "heads rows cols key_rows"]
    rel_w: Float[Tensor, "heads rows cols key_cols"]

    @property
    def scores(self) -> Float[Tensor, "heads rows cols key_rows key_cols"]:
        """Before softmax, of every key."""
        scores = self.content + self.rel_h[..., None]
        return scores.add_(self.rel_w[..., None, :])

    def inside(
        self, values: Float[Tensor, "heads rows cols key_rows key_cols"]
    ) -> Float[Tensor, "heads queries patches"]:
        """Values of the keys that are patches of the grid, queries and keys row by row; window padding is left out."""
        rows, cols = self.span.inside
        return values[..., :rows, :cols].flatten(3).flatten(1, 2)


def softmax(scores: Float[Tensor, "*queries key_rows key_cols"]) -> Float[Tensor, "*queries key_rows key_cols"]:
    """Softmax over both axes of keys together."""
    return scores.flatten(-2).softmax(-1).view_as(scores)


def attention_bands(trace: Trace, block: int, wanted: Bool[Tensor, "grid_h grid_w"] | None = None) -> Iterator[Band]:
    """Every query of one block, in bands that share their keys: whole windows, or some rows of the grid.

    Stops before a band that no listener of `samvit.progress` waits for any more.

    Args:
        wanted: True for queries that are asked for; bands without any are left out.

    Raises:
        ValueError: If there is no such block.
    """
    trace.check_block(block)
    attn, window = trace.encoder.blocks[block].attn, trace.windows[block]
    for span in spans(trace.grid, window, masks_padding(trace.encoder.blocks[block])):
        (rows, cols), keys = span.slices, span_keys(attn, trace.k[block], span)
        entries = trace.heads * span.inside[1] * span.size[0] * span.size[1]  # of one row of queries
        step = max(1, BAND_ENTRIES // entries)
        for first in range(rows.start, rows.stop, step):
            queries = (slice(first, min(first + step, rows.stop)), cols)
            still_wanted()
            if wanted is None or bool(wanted[queries].any()):
                yield _band(attn, trace.q[block][:, *queries], keys, queries, span)


def spans(grid: tuple[int, int], window: int | None, masked: bool = False) -> list[Span]:
    """The windows of a grid (rows, cols), row by row; the grid itself where the window is None."""
    rows, cols = grid if window is None else (window, window)
    corners = [(row, col) for row in range(0, grid[0], rows) for col in range(0, grid[1], cols)]
    return [span_of(corner, grid, window or 0, masked) for corner in corners]


@torch.no_grad()
def _band(
    attn: Attention,
    q: Float[Tensor, "heads rows cols head_dim"],
    keys: Float[Tensor, "heads key_rows key_cols head_dim"],
    queries: tuple[slice, slice],
    span: Span,
) -> Band:
    """One band from its queries' q and its span's keys."""
    corner = (queries[0].start - span.row, queries[1].start - span.col)
    return Band(queries, span, *score_terms(attn, q, keys, corner, span.window))
