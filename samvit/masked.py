"""Window padding left out of the softmax, as a what-if: no SAM does so. Everything else is the block as it was."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.encoder import Attention, Block
from samvit.rel_pos import decomposed_rel_pos
from samvit.windows import window_partition, window_unpartition


class MaskedAttention(Attention):
    """Attention in which padding is no key: its scores are −∞, so that its weights are 0 and the others share all."""

    def forward(
        self, x: Float[Tensor, "batch rows cols dim"], padding: Bool[Tensor, "batch rows cols"] | None = None
    ) -> Float[Tensor, "batch rows cols dim"]:
        """Attention of each window.

        Args:
            padding: True for tokens that aren't patches; in every window at least one must be a patch.
        """
        if padding is None:
            return super().forward(x)
        batch, rows, cols, _ = x.shape
        # (batch, tokens, 3·dim) -> (3, batch, heads, tokens, head_dim)
        q, k, v = self.qkv(x).reshape(batch, rows * cols, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        x = self.masked_attention(q, k, v, padding)
        return self.proj(x.permute(0, 2, 1, 3).reshape(batch, rows, cols, -1))

    def masked_attention(
        self,
        q: Float[Tensor, "batch heads tokens head_dim"],
        k: Float[Tensor, "batch heads tokens head_dim"],
        v: Float[Tensor, "batch heads tokens head_dim"],
        padding: Bool[Tensor, "batch rows cols"],
    ) -> Float[Tensor, "batch heads tokens head_dim"]:
        """softmax(q·kᵀ/√head_dim + rel_h + rel_w − ∞ where the key is padding)·v, a window at a time."""
        size, windows = (padding.shape[1], padding.shape[2]), []
        for queries, keys, values, hidden in zip(q, k, v, padding, strict=True):
            bias = queries.new_zeros(hidden.numel()).masked_fill(hidden.flatten().to(queries.device), -torch.inf)
            if self.use_rel_pos:
                rel_h, rel_w = decomposed_rel_pos(queries, self.rel_pos_h, self.rel_pos_w, size, size)
                bias = (rel_h[..., :, None] + rel_w[..., None, :]).flatten(3).flatten(1, 2) + bias
            else:
                bias = bias.expand(queries.shape[1], -1)
            windows.append(
                F.scaled_dot_product_attention(
                    queries[None], keys[None], values[None], attn_mask=bias, scale=self.scale
                )[0]
            )
        return torch.stack(windows)


class MaskedBlock(Block):
    """A windowed block whose window padding takes no part in the softmax."""

    attn: MaskedAttention

    def forward(self, x: Float[Tensor, "batch grid_h grid_w dim"]) -> Float[Tensor, "batch grid_h grid_w dim"]:
        shortcut, (batch, *hw, _) = x, x.shape
        x, pad_hw = window_partition(self.norm1(x), self.window_size)
        x = self.attn(x, window_padding((hw[0], hw[1]), self.window_size).repeat(batch, 1, 1))
        x = shortcut + window_unpartition(x, self.window_size, pad_hw, (hw[0], hw[1]))
        return x + self.mlp(self.norm2(x))


def mask_window_padding(block: Block) -> None:
    """Make a block, in place, one that masks its window padding; a global block has none and stays as it is."""
    if block.window_size:
        block.attn.__class__ = MaskedAttention
        block.__class__ = MaskedBlock


def masks_padding(block: Block) -> bool:
    """Whether a block leaves window padding out of its softmax."""
    return isinstance(block, MaskedBlock)


def window_padding(grid: tuple[int, int], window_size: int) -> Bool[Tensor, "num_windows window window"]:
    """True where a token of a window is no patch of the grid (rows, cols)."""
    windows, _ = window_partition(torch.ones(1, *grid, 1), window_size)
    return windows[..., 0] == 0


def attend(
    block: Block,
    q: Float[Tensor, "windows heads rows cols head_dim"],
    k: Float[Tensor, "windows heads rows cols head_dim"],
    v: Float[Tensor, "windows heads rows cols head_dim"],
    grid: tuple[int, int],
) -> Float[Tensor, "windows heads rows cols head_dim"]:
    """Weights · v as a block computes it, of q, k and v that its caller made: all windows of one grid (rows, cols)."""
    size, shape = (q.shape[2], q.shape[3]), q.shape
    q, k, v = (tensor.flatten(2, 3) for tensor in (q, k, v))
    if isinstance(block, MaskedBlock):
        return block.attn.masked_attention(q, k, v, window_padding(grid, block.window_size)).view(shape)
    q, k, v = (tensor.flatten(0, 1).contiguous() for tensor in (q, k, v))
    return block.attn.fused_attention(q, k, v, size).view(shape)
