"""Decomposed relative position: one table for rows, one for columns, read by each query."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor


def relative_coords(q_size: int, k_size: int) -> Int[Tensor, "q_size k_size"]:
    """Which row of the relative position table each query–key pair reads along one axis.

    The shorter axis is stretched, so that both sides have the longer one's units.

    Args:
        q_size, k_size: Query and key length along this axis, in tokens.

    Returns:
        Indexes into a table of 2·max(q_size, k_size) − 1 rows; k_size − 1 (stretched) stands for distance 0.

    Raises:
        ValueError: If a size is below 1.

    Source: segment-anything image_encoder.py, get_rel_pos.
    """
    if q_size < 1 or k_size < 1:
        raise ValueError(f"q_size and k_size must be at least 1, got {q_size} and {k_size}")
    if q_size == k_size:  # by far the commonest; and compilers of unknown sizes can't follow the stretching
        return torch.arange(q_size)[:, None] - torch.arange(k_size)[None, :] + (k_size - 1)
    q_coords = torch.arange(q_size)[:, None] * max(k_size / q_size, 1.0)
    k_coords = torch.arange(k_size)[None, :] * max(q_size / k_size, 1.0)
    return ((q_coords - k_coords) + (k_size - 1) * max(q_size / k_size, 1.0)).long()


def resize_rel_pos(rel_pos: Float[Tensor, "rows head_dim"], rows: int) -> Float[Tensor, "new_rows head_dim"]:
    """Stretch a relative position table to `rows` rows by linear interpolation; the same tensor if it fits.

    Source: segment-anything image_encoder.py, get_rel_pos.
    """
    if rel_pos.shape[0] == rows:
        return rel_pos
    return F.interpolate(rel_pos.T[None], size=rows, mode="linear")[0].T


def get_rel_pos(
    q_size: int, k_size: int, rel_pos: Float[Tensor, "rows head_dim"]
) -> Float[Tensor, "q_size k_size head_dim"]:
    """The relative position vector of every query–key pair along one axis.

    Args:
        q_size, k_size: Query and key length along this axis, in tokens.
        rel_pos: The learned table; stretched when it hasn't 2·max(q_size, k_size) − 1 rows.

    Raises:
        ValueError: If a size is below 1.

    Source: segment-anything image_encoder.py, get_rel_pos; MViTv2, arXiv 2112.01526, sec. 4.1.
    """
    coords = relative_coords(q_size, k_size)
    return resize_rel_pos(rel_pos, 2 * max(q_size, k_size) - 1)[coords.to(rel_pos.device)]


def decomposed_rel_pos(
    q: Float[Tensor, "batch q_tokens head_dim"],
    rel_pos_h: Float[Tensor, "rows_h head_dim"],
    rel_pos_w: Float[Tensor, "rows_w head_dim"],
    q_size: tuple[int, int],
    k_size: tuple[int, int],
) -> tuple[Float[Tensor, "batch q_h q_w k_h"], Float[Tensor, "batch q_h q_w k_w"]]:
    """The two biases of each query: one for every key row, one for every key column.

    Args:
        q: Queries, *not* scaled by 1/√head_dim; batch × heads come first.
        q_size, k_size: Query and key grid (rows, cols), in tokens.

    Returns:
        rel_h and rel_w; the bias of key (row, col) is rel_h[..., row] + rel_w[..., col].

    Source: segment-anything image_encoder.py, add_decomposed_rel_pos.
    """
    table_h = get_rel_pos(q_size[0], k_size[0], rel_pos_h)  # (q_h, k_h, head_dim)
    table_w = get_rel_pos(q_size[1], k_size[1], rel_pos_w)  # (q_w, k_w, head_dim)
    q_grid = q.reshape(q.shape[0], q_size[0], q_size[1], q.shape[-1])
    rel_h = torch.einsum("bhwc,hkc->bhwk", q_grid, table_h)
    rel_w = torch.einsum("bhwc,wkc->bhwk", q_grid, table_w)
    return rel_h, rel_w


def add_decomposed_rel_pos(
    attn: Float[Tensor, "batch q_tokens k_tokens"],
    q: Float[Tensor, "batch q_tokens head_dim"],
    rel_pos_h: Float[Tensor, "rows_h head_dim"],
    rel_pos_w: Float[Tensor, "rows_w head_dim"],
    q_size: tuple[int, int],
    k_size: tuple[int, int],
) -> Float[Tensor, "batch q_tokens k_tokens"]:
    """Add the decomposed relative position bias to attention scores.

    Args:
        attn: Attention scores before softmax.
        q: Queries, not scaled.
        q_size, k_size: Query and key grid (rows, cols), in tokens.

    Source: segment-anything image_encoder.py, add_decomposed_rel_pos.
    """
    rel_h, rel_w = decomposed_rel_pos(q, rel_pos_h, rel_pos_w, q_size, k_size)
    grid = attn.reshape(-1, *q_size, *k_size) + rel_h[:, :, :, :, None] + rel_w[:, :, :, None, :]
    return grid.reshape(attn.shape)
