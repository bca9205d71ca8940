"""The encoder as it is trained: on crops smaller than 1024 px, with positions cut from the full-size tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from samvit.config import EncoderConfig
from samvit.encoder import Attention, ImageEncoderViT, build_encoder


class CropAttention(Attention):
    """Attention with the same result at full size, made for gradients and for grids smaller than its tables.

    A smaller grid reads the middle rows of the relative position tables, uninterpolated: distance d means the same
    at every size. The bias enters through longer queries and keys, [q·scale, rel_h, rel_w] · [k, one-hot row,
    one-hot column], so that one matrix product makes the scores and autograd keeps nothing but the weights.

    Attributes:
        probed: Row-major numbers of queries whose weights the next pass leaves behind, for a loss on them.
        rows: Their weights.
        content: Their scores by content alone, without the relative positions, before softmax.
        values: What that pass's keys bring.
    """

    probed: Int[Tensor, " queries"] | None = None
    rows: Float[Tensor, "batch_heads queries tokens"] | None = None
    content: Float[Tensor, "batch_heads queries tokens"] | None = None
    values: Float[Tensor, "batch_heads tokens head_dim"] | None = None

    def fused_attention(
        self,
        q: Float[Tensor, "batch_heads tokens head_dim"],
        k: Float[Tensor, "batch_heads tokens head_dim"],
        v: Float[Tensor, "batch_heads tokens head_dim"],
        size: tuple[int, int],
    ) -> Float[Tensor, "batch_heads tokens head_dim"]:
        """Attention output of every head.

        Args:
            size: Grid (rows, cols) of the tokens, at most what the tables are made for.
        """
        batch_heads, tokens, head_dim = q.shape
        rows, cols = size
        q_grid = q.view(batch_heads, rows, cols, head_dim)
        table_h = relative_rows(self.rel_pos_h, rows).to(q.dtype)  # (rows, head_dim, rows)
        table_w = relative_rows(self.rel_pos_w, cols).to(q.dtype)  # (cols, head_dim, cols)
        by_row = q_grid.transpose(0, 1).reshape(rows, -1, head_dim)
        rel_h = torch.bmm(by_row, table_h).view(rows, batch_heads, cols, rows).transpose(0, 1)
        by_col = q_grid.permute(2, 0, 1, 3).reshape(cols, -1, head_dim)
        rel_w = torch.bmm(by_col, table_w).view(cols, batch_heads, rows, cols).permute(1, 2, 0, 3)
        position = torch.arange(tokens, device=q.device)
        one_hot_row = torch.eye(rows, dtype=q.dtype, device=q.device)[position // cols].expand(batch_heads, -1, -1)
        one_hot_col = torch.eye(cols, dtype=q.dtype, device=q.device)[position % cols].expand(batch_heads, -1, -1)
        long_q = torch.cat([q * self.scale, rel_h.reshape(*q.shape[:2], rows), rel_w.reshape(*q.shape[:2], cols)], -1)
        long_k = torch.cat([k, one_hot_row, one_hot_col], -1).transpose(1, 2)
        with torch.autocast(q.device.type, enabled=False):  # a softmax that stays in bfloat16 moves half the memory
            if self.probed is not None:  # made anew: few queries cost little, and all weights would have to be kept
                asking = long_q[:, self.probed]
                self.rows = torch.bmm(asking, long_k).float().softmax(-1)
                self.content = torch.bmm(asking[..., :head_dim], long_k[:, :head_dim]).float()
                self.values = v.float()
            return torch.bmm(torch.bmm(long_q, long_k).softmax(-1), v)


def relative_rows(table: Float[Tensor, "rows head_dim"], size: int) -> Float[Tensor, "size head_dim size"]:
    """For each query position the table's vectors toward every key position: entry [q, :, k] is the row of q − k.

    Args:
        size: Length of the axis in tokens; reads the middle 2·size − 1 rows of the table.

    Raises:
        ValueError: If the table is too short for size.
    """
    middle = table.shape[0] // 2  # the row of distance 0
    if size > middle + 1:
        raise ValueError(f"size must be at most {middle + 1}, got {size}")
    # Distance falls as the key advances, so each query reads a run of the reversed table. (Indexing would do, but its
    # gradient adds up in an order that isn't always the same.)
    nearest_last = table[middle - size + 1 : middle + size].flip(0)
    return nearest_last.unfold(0, size, 1).flip(0)


class CropEncoder(nn.Module):
    """An `ImageEncoderViT` that encodes crops, placing each at a corner of the full-size position table.

    With `mask_token`, which takes the place of hidden patches, and `pixels`, which tells from the last block's output
    what they hold; both are dropped after training.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.encoder: ImageEncoderViT = build_encoder(config)
        for block in self.encoder.blocks:
            block.attn.__class__ = CropAttention  # same parameters, other arithmetic
        blocks = [self.encoder.blocks[index] for index in sorted(config.global_attn_indexes)]
        self.global_attention = [cast(CropAttention, block.attn) for block in blocks]
        if self.encoder.pos_embed is not None:
            nn.init.trunc_normal_(self.encoder.pos_embed, std=0.02)
        self.mask_token = nn.Parameter(torch.zeros(config.embed_dim))
        # The stream's scale is free, and grows: the pixels are told from its direction.
        self.pixels = nn.Sequential(
            nn.LayerNorm(config.embed_dim), nn.Linear(config.embed_dim, config.in_chans * config.patch_size**2)
        )

    def forward(
        self,
        x: Float[Tensor, "batch in_chans img_h img_w"],
        corner: tuple[int, int] = (0, 0),
        hidden: Bool[Tensor, "batch grid_h grid_w"] | None = None,
    ) -> tuple[Float[Tensor, "batch out_chans grid_h grid_w"], Float[Tensor, "batch grid_h grid_w dim"]]:
        """Encode crops.

        Args:
            corner: Row and column, in tokens, where the crop lies in the absolute position table.
            hidden: Patches that the mask token stands for.

        Returns:
            The neck's output and the last block's.
        """
        x = self.encoder.patch_embed(x)
        if hidden is not None:
            x = torch.where(hidden[..., None], self.mask_token.to(x.dtype), x)
        row, col = corner
        if self.encoder.pos_embed is not None:
            x = x + self.encoder.pos_embed[:, row : row + x.shape[1], col : col + x.shape[2]]
        for block in self.encoder.blocks:
            x = block(x)
        return self.encoder.neck(x.permute(0, 3, 1, 2)), x

    @contextmanager
    def probing(self, queries: Int[Tensor, " queries"]) -> Iterator[list[CropAttention]]:
        """Have the global blocks' attention leave the weights of some queries, and the values, while this lasts."""
        for attention in self.global_attention:
            attention.probed = queries
        try:
            yield self.global_attention
        finally:
            for attention in self.global_attention:
                attention.probed = attention.rows = attention.content = attention.values = None
