"""What one query looks at: its row of the attention matrix, rebuilt from q and k instead of kept."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.encoder import Attention, Block
from samvit.errors import check_index
from samvit.masked import attend, masks_padding
from samvit.rel_pos import resize_rel_pos
from samvit.windows import window_partition, window_unpartition


@dataclass(frozen=True)
class Span:
    """The keys that a query can see: a rectangle of the patch grid, and window padding below and beside it.

    All in tokens: `row`, `col` of its first patch; `window` is the whole window (rows, cols), for which the tables of
    relative position are read; `size` what takes part in the softmax, `inside` those of them that are patches of the
    grid. `size` is the window, unless padding is masked, which no SAM does: then it is `inside`.
    """

    row: int
    col: int
    window: tuple[int, int]
    size: tuple[int, int]
    inside: tuple[int, int]

    @property
    def slices(self) -> tuple[slice, slice]:
        """Where the span's patches lie on the patch grid."""
        return slice(self.row, self.row + self.inside[0]), slice(self.col, self.col + self.inside[1])

    @property
    def padding_tokens(self) -> int:
        """How many tokens of window padding take part in the softmax."""
        return self.size[0] * self.size[1] - self.inside[0] * self.inside[1]


def span_of(query: tuple[int, int], grid: tuple[int, int], window_size: int, masked: bool = False) -> Span:
    """The span of a query patch (row, col): its window, or the whole grid when window_size is 0.

    Args:
        masked: Whether window padding is left out of the softmax, as in a what-if.
    """
    if window_size == 0:
        return Span(0, 0, grid, grid, grid)
    row, col = (index // window_size * window_size for index in query)
    window, inside = (window_size, window_size), (min(window_size, grid[0] - row), min(window_size, grid[1] - col))
    return Span(row, col, window, inside if masked else window, inside)


@dataclass(frozen=True, eq=False)
class AttentionRow:
    """What one query patch looks at in one block, in every head. The same for windowed and global blocks.

    A score is content[h, r, c] + rel_h[h, r] + rel_w[h, c]; entries outside the query's window are NaN. Patches that
    are image padding stand in the grid like any other; window padding isn't on the grid, so its share stands apart.
    For every head, the grid's weights and `window_padding` add up to 1.

    Attributes:
        query: The query patch (row, col).
        span: The keys that take part in the softmax.
        content: q·k/√head_dim.
        rel_h, rel_w: Biases of the key's row and of its column, from the unscaled q; zeros without rel-pos.
        weights: After softmax.
        log_denominator: Natural log of the softmax's denominator: weight = exp(score − log_denominator).
        window_padding: Weight that went to window padding.
        image_padding: Weight that went to patches holding no photo; part of `weights` as well.
    """

    query: tuple[int, int]
    span: Span
    content: Float[Tensor, "heads grid_h grid_w"]
    rel_h: Float[Tensor, "heads grid_h"]
    rel_w: Float[Tensor, "heads grid_w"]
    weights: Float[Tensor, "heads grid_h grid_w"]
    log_denominator: Float[Tensor, " heads"]
    window_padding: Float[Tensor, " heads"]
    image_padding: Float[Tensor, " heads"]

    def __repr__(self) -> str:
        """The sizes on one line: a notebook shows this, and tensors would fill pages."""
        heads, rows, cols = self.weights.shape
        keys = "×".join(map(str, self.span.size))
        return f"AttentionRow(query {self.query}, {keys} keys, {heads} heads, grid {rows}×{cols})"

    @property
    def scores(self) -> Float[Tensor, "heads grid_h grid_w"]:
        """Before softmax; NaN outside the query's window."""
        return self.content + self.rel_h[:, :, None] + self.rel_w[:, None, :]


def attention_row(
    block: Block,
    q: Float[Tensor, "heads grid_h grid_w head_dim"],
    k: Float[Tensor, "heads grid_h grid_w head_dim"],
    query: tuple[int, int],
    image_padding: Bool[Tensor, "grid_h grid_w"] | None = None,
) -> AttentionRow:
    """Rebuild one row of a block's attention matrices from its q and k.

    Args:
        block: The block whose attention made q and k.
        query: Patch (row, col).
        image_padding: True where a patch holds no photo.

    Raises:
        ValueError: If the query lies outside the grid.
    """
    heads, grid_h, grid_w, head_dim = q.shape
    check_patch(query, (grid_h, grid_w))
    attn, span = block.attn, span_of(query, (grid_h, grid_w), block.window_size, masks_padding(block))
    rows, cols = span.slices
    query_vectors = q[:, query[0], query[1]]  # (heads, head_dim)
    keys = span_keys(attn, k, span)
    # Head by head: matrix times vector reads the keys once, at the speed of memory; a batched product is slower.
    scaled = query_vectors * attn.scale
    by_head = zip(keys.reshape(heads, -1, head_dim), scaled, strict=True)
    content = torch.stack([torch.mv(key, vector) for key, vector in by_head]).view(heads, *span.size)
    rel_h, rel_w = row_biases(attn, query_vectors, query, span)

    scores = (content + rel_h[:, :, None]).add_(rel_w[:, None, :])
    flat = scores.flatten(1).softmax(1)
    log_denominator = scores.flatten(1).amax(1) - flat.amax(1).log()  # without another pass of exponentials
    weights = flat.view_as(scores)

    inside = weights[:, : span.inside[0], : span.inside[1]]
    none = weights.new_zeros(heads)
    to_image_padding, to_window_padding = none, none
    if image_padding is not None:
        to_image_padding = inside.where(image_padding[rows, cols], 0).sum((1, 2))
    if span.padding_tokens:
        to_window_padding = weights.sum((1, 2)) - inside.sum((1, 2))
    return AttentionRow(
        query=query,
        span=span,
        content=laid_out(content, (rows, cols), (grid_h, grid_w)),
        rel_h=laid_out(rel_h, (rows,), (grid_h,)),
        rel_w=laid_out(rel_w, (cols,), (grid_w,)),
        weights=laid_out(weights, (rows, cols), (grid_h, grid_w)),
        log_denominator=log_denominator,
        window_padding=to_window_padding,
        image_padding=to_image_padding,
    )


def laid_out(
    values: Float[Tensor, "heads *span"], places: tuple[slice, ...], grid: tuple[int, ...]
) -> Float[Tensor, "heads *grid"]:
    """A span's values at their places on the whole grid, NaN elsewhere; window padding is left out."""
    if tuple(values.shape[1:]) == grid:
        return values
    laid = values.new_full((values.shape[0], *grid), torch.nan)
    inside = tuple(slice(0, place.stop - place.start) for place in places)
    laid[(slice(None), *places)] = values[(slice(None), *inside)]
    return laid


def check_patch(patch: tuple[int, int], grid: tuple[int, int]) -> None:
    """Raise ValueError unless patch (row, col) lies on the grid (rows, cols)."""
    for name, index, size in zip(("row", "col"), patch, grid, strict=True):
        check_index(name, index, size)


def row_biases(
    attn: Attention, query_vectors: Float[Tensor, "heads head_dim"], query: tuple[int, int], span: Span
) -> tuple[Float[Tensor, "heads rows"], Float[Tensor, "heads cols"]]:
    """rel_h and rel_w of one query patch (row, col) for the keys of its span; zeros without rel-pos."""
    if not attn.use_rel_pos:
        zeros = query_vectors.new_zeros(query_vectors.shape[0], 1)
        return zeros.expand(-1, span.size[0]), zeros.expand(-1, span.size[1])

    def along(axis: int, table: Tensor, place: int) -> Tensor:
        """One row of `get_rel_pos`, times the query: the key at its own place reads the table's row side − 1."""
        side, size = span.window[axis], span.size[axis]
        nearest_last = resize_rel_pos(table, 2 * side - 1)[place + side - size : place + side]
        return (query_vectors @ nearest_last.T).flip(1)

    return along(0, attn.rel_pos_h, query[0] - span.row), along(1, attn.rel_pos_w, query[1] - span.col)


def span_keys(
    attn: Attention, k: Float[Tensor, "heads grid_h grid_w head_dim"], span: Span
) -> Float[Tensor, "heads key_rows key_cols head_dim"]:
    """All keys of a span; those of window padding are qkv's bias."""
    keys = k[:, *span.slices]
    if not span.padding_tokens:
        return keys
    padded = key_bias(attn)[:, None, None].expand(-1, *span.size, -1).clone()
    padded[:, : span.inside[0], : span.inside[1]] = keys
    return padded


def key_bias(attn: Attention) -> Float[Tensor, "heads head_dim"]:
    """The key of a window padding token: padding is zeros, so only qkv's bias is left of it."""
    return _qkv_bias(attn)[1]


def value_bias(attn: Attention) -> Float[Tensor, "heads head_dim"]:
    """The value of a window padding token."""
    return _qkv_bias(attn)[2]


def _qkv_bias(attn: Attention) -> Float[Tensor, "3 heads head_dim"]:
    """qkv's bias by q, k, v and head; zeros where the layer has none."""
    bias = attn.qkv.bias
    if bias is None:
        bias = attn.qkv.weight.new_zeros(attn.qkv.out_features)
    return bias.detach().view(3, attn.num_heads, -1)


@torch.no_grad()
def padding_shares(
    block: Block, x: Float[Tensor, "grid_h grid_w dim"], image_padding: Bool[Tensor, "grid_h grid_w"]
) -> tuple[Float[Tensor, "heads grid_h grid_w"], Float[Tensor, "heads grid_h grid_w"]]:
    """For every query the weight that goes to window padding and to image padding.

    The block's own attention runs with values that say what a key is instead of what it holds: a weighted
    sum of ones over padding keys *is* the weight on them, and no attention matrix is needed.

    Args:
        x: The block's input.
        image_padding: True where a patch holds no photo.
    """
    attn, (grid_h, grid_w) = block.attn, image_padding.shape
    tokens = block.norm1(x[None])
    kinds = torch.stack([torch.ones_like(image_padding), image_padding], -1).to(x.dtype)[None]  # is patch, is image pad
    if block.window_size:
        tokens, padded = window_partition(tokens, block.window_size)
        kinds, _ = window_partition(kinds, block.window_size)
    batch, rows, cols, _ = tokens.shape
    q, k, v = attn.qkv(tokens).view(batch, rows, cols, 3, attn.num_heads, -1).permute(3, 0, 4, 1, 2, 5)
    indicator = torch.zeros_like(v)
    indicator[..., :2] = kinds[:, None]
    shares = attend(block, q, k, indicator, (grid_h, grid_w))
    shares = shares[..., :2].permute(0, 2, 3, 1, 4).flatten(3)
    if block.window_size:
        shares = window_unpartition(shares, block.window_size, padded, (grid_h, grid_w))
    shares = shares.view(grid_h, grid_w, attn.num_heads, 2).permute(3, 2, 0, 1)
    return (1 - shares[0]).clamp_min(0), shares[1]
