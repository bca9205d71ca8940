"""q, k and v: what one linear layer makes of a token, cut into heads."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.tracing import Trace

NAMES = ("q", "k", "v")


def token_qkv(trace: Trace, block: int, patch: tuple[int, int]) -> Float[Tensor, "3 heads head_dim"]:
    """q, k and v of one patch (row, col) in one block, by head."""
    row, col = patch
    return torch.stack([trace[f"blocks.{block}.attn.{name}"][:, row, col] for name in NAMES])


def head_qkv(trace: Trace, block: int, head: int) -> Float[Tensor, "3 grid_h grid_w head_dim"]:
    """q, k and v of every patch in one head of one block."""
    return torch.stack([trace[f"blocks.{block}.attn.{name}"][head] for name in NAMES])


@torch.no_grad()
def qkv_difference(trace: Trace, block: int, patch: tuple[int, int]) -> float:
    """The largest difference between q, k and v laid end to end, and the qkv layer run on this one token.

    It is 0 up to float32 rounding only if the heads are cut and joined as the layer's outputs lie.
    """
    layer = trace.encoder.blocks[block].attn.qkv(trace[f"blocks.{block}.norm1"][patch])
    return float((token_qkv(trace, block, patch).flatten() - layer).abs().max())


def head_outputs(head: int, heads: int, head_dim: int) -> tuple[range, range, range]:
    """Which outputs of the qkv layer are one head's q, its k, and its v.

    Source: segment-anything image_encoder.py, Attention.forward, the reshape after qkv.
    """
    q, k, v = (part * heads * head_dim + head * head_dim for part in range(len(NAMES)))
    return range(q, q + head_dim), range(k, k + head_dim), range(v, v + head_dim)
