"""What all queries look at, one row of the patch grid at a time: many rows of the attention matrix by one product."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.attention import Span, span_keys, span_of
from samvit.encoder import Attention, Block
from samvit.masked import masks_padding
from samvit.rel_pos import get_rel_pos


@dataclass(frozen=True, eq=False)
class AttentionBand:
    """What one row of query patches looks at in one block, in every head: an `AttentionRow` for each column.

    A score is content[h, q, r, c] + rel_h[h, q, r] + rel_w[h, q, c]; entries outside a query's window are NaN. For
    every head and query, the grid's weights and `window_padding` add up to 1.

    Attributes:
        row: The queries' row on the patch grid; their columns are the `queries` axis.
        content: q·k/√head_dim.
        rel_h, rel_w: Biases of the key's row and of its column, from the unscaled q; zeros without rel-pos.
        weights: After softmax.
        log_denominator: Natural log of the softmax's denominator: weight = exp(score − log_denominator).
        window_padding: Weight that went to window padding.
        image_padding: Weight that went to patches holding no photo; part of `weights` as well.
    """

    row: int
    content: Float[Tensor, "heads queries grid_h grid_w"]
    rel_h: Float[Tensor, "heads queries grid_h"]
    rel_w: Float[Tensor, "heads queries grid_w"]
    weights: Float[Tensor, "heads queries grid_h grid_w"]
    log_denominator: Float[Tensor, "heads queries"]
    window_padding: Float[Tensor, "heads queries"]
    image_padding: Float[Tensor, "heads queries"]

    @property
    def scores(self) -> Float[Tensor, "heads queries grid_h grid_w"]:
        """Before softmax; NaN outside a query's window."""
        return self.content + self.rel_h[..., None] + self.rel_w[..., None, :]

    def __repr__(self) -> str:
        """Sizes on one line."""
        heads, queries, rows, cols = self.weights.shape
        return f"AttentionBand(row {self.row}, {queries} queries, {heads} heads, grid {rows}×{cols})"


def attention_bands(
    block: Block,
    q: Float[Tensor, "heads grid_h grid_w head_dim"],
    k: Float[Tensor, "heads grid_h grid_w head_dim"],
    image_padding: Bool[Tensor, "grid_h grid_w"],
) -> Iterator[AttentionBand]:
    """Rebuild a block's attention matrices from its q and k, one row of query patches after the other.

    Args:
        block: The block whose attention made q and k.
        image_padding: True where a patch holds no photo.
    """
    grid = (q.shape[1], q.shape[2])
    for row in range(grid[0]):
        spans = [
            span_of((row, col), grid, block.window_size, masks_padding(block))
            for col in range(0, grid[1], block.window_size or grid[1])
        ]
        parts = [span_band(block.attn, q, k, row, span, image_padding) for span in spans]
        yield parts[0] if len(parts) == 1 and spans[0].inside == grid else joined(parts, spans, grid)


def span_band(
    attn: Attention,
    q: Float[Tensor, "heads grid_h grid_w head_dim"],
    k: Float[Tensor, "heads grid_h grid_w head_dim"],
    row: int,
    span: Span,
    image_padding: Bool[Tensor, "grid_h grid_w"],
) -> AttentionBand:
    """The queries of one row inside one span, and the span's patches as keys."""
    rows, cols = span.slices
    terms = score_terms(attn, q[:, row : row + 1, cols], span_keys(attn, k, span), (row - span.row, 0), span.window)
    content, rel_h, rel_w = (term[:, 0] for term in terms)
    scores = content + rel_h[..., None]
    scores += rel_w[..., None, :]
    weights = scores.flatten(2).softmax(2)
    log_denominator = scores.flatten(2).amax(2) - weights.amax(2).log()  # without another pass of exponentials

    inside = (..., slice(span.inside[0]), slice(span.inside[1]))
    weights = weights.unflatten(2, span.size)
    on_photo = weights[inside]
    none = weights.new_zeros(weights.shape[:2])
    padding = image_padding[rows, cols]
    return AttentionBand(
        row,
        content[inside],
        rel_h[..., : span.inside[0]],
        rel_w[..., : span.inside[1]],
        on_photo,
        log_denominator,
        weights.sum((2, 3)) - on_photo.sum((2, 3)) if span.padding_tokens else none,
        on_photo[:, :, padding].sum(2) if bool(padding.any()) else none,
    )


def score_terms(
    attn: Attention,
    q: Float[Tensor, "heads rows cols head_dim"],
    k: Float[Tensor, "heads key_rows key_cols head_dim"],
    corner: tuple[int, int],
    window: tuple[int, int],
) -> tuple[
    Float[Tensor, "heads rows cols key_rows key_cols"],
    Float[Tensor, "heads rows cols key_rows"],
    Float[Tensor, "heads rows cols key_cols"],
]:
    """Content, rel_h and rel_w of some queries with all keys of their span; autograd can follow.

    Args:
        q: Of a rectangle of the span.
        k: Of the whole span, window padding included where it takes part.
        corner: Where the first query lies in the span (row, col).
        window: `Span.window`: the size for which the tables are read.

    Source: segment-anything image_encoder.py, Attention.forward and add_decomposed_rel_pos, for a part of the queries.
    """
    (heads, rows, cols, _), (key_rows, key_cols) = q.shape, k.shape[1:3]
    content = (q.flatten(1, 2) * attn.scale) @ k.flatten(1, 2).transpose(1, 2)
    content = content.view(heads, rows, cols, key_rows, key_cols)
    if not attn.use_rel_pos:
        zeros = q.new_zeros(heads, rows, cols, 1)
        return content, zeros.expand(-1, -1, -1, key_rows), zeros.expand(-1, -1, -1, key_cols)
    top, left = corner
    high, wide = window
    table_h = get_rel_pos(high, high, attn.rel_pos_h)[top : top + rows, :key_rows]  # (rows, key_rows, head_dim)
    table_w = get_rel_pos(wide, wide, attn.rel_pos_w)[left : left + cols, :key_cols]
    rel_h = torch.einsum("hrcd,rkd->hrck", q, table_h)
    rel_w = torch.einsum("hrcd,ckd->hrck", q, table_w)
    return content, rel_h, rel_w


def joined(parts: list[AttentionBand], spans: list[Span], grid: tuple[int, int]) -> AttentionBand:
    """The parts of one row beside each other on the whole grid; NaN outside each query's window."""

    def laid(name: str, axes: tuple[int, ...]) -> Tensor:
        first = getattr(parts[0], name)
        whole = first.new_full((first.shape[0], grid[1], *(grid[axis] for axis in axes)), torch.nan)
        for part, span in zip(parts, spans, strict=True):
            places = tuple(span.slices[axis] for axis in axes)
            whole[(slice(None), span.slices[1], *places)] = getattr(part, name)
        return whole

    return AttentionBand(
        parts[0].row,
        laid("content", (0, 1)),
        laid("rel_h", (0,)),
        laid("rel_w", (1,)),
        laid("weights", (0, 1)),
        laid("log_denominator", ()),
        laid("window_padding", ()),
        laid("image_padding", ()),
    )
