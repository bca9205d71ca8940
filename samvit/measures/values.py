"""What attention weights bring: values through proj, patch by patch and head by head."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import value_bias
from samvit.encoder import Attention
from samvit.tracing import Trace


@torch.no_grad()
def head_additions(attn: Attention, mixed: Float[Tensor, "heads head_dim"]) -> Float[Tensor, "heads dim"]:
    """What each head alone adds to attention's output; with proj's bias they add up to all of it.

    Args:
        mixed: Weights · v of one query: `Trace.attention_output`.
    """
    heads, head_dim = mixed.shape
    weight = attn.proj.weight.view(-1, heads, head_dim)  # (dim, heads, head_dim): columns are the joined heads
    return torch.einsum("chd,hd->hc", weight, mixed)


@torch.no_grad()
def arriving_lengths(trace: Trace, block: int, head: int, query: tuple[int, int]) -> Float[Tensor, "grid_h grid_w"]:
    """Length of the vector that each patch's value, times its weight, adds to the query's output through proj.

    Of one head; NaN outside the query's window.
    """
    attn = trace.encoder.blocks[block].attn
    v = trace[f"blocks.{block}.attn.v"][head]  # (grid_h, grid_w, head_dim)
    head_dim = v.shape[-1]
    part = attn.proj.weight[:, head * head_dim : (head + 1) * head_dim]
    return trace.attention(block, query).weights[head] * (v @ part.T).norm(dim=-1)


def window_padding_length(trace: Trace, block: int, head: int, query: tuple[int, int]) -> Float[Tensor, ""]:
    """Length of what window padding's constant value adds to weights · v of one head, before proj."""
    weight = trace.attention(block, query).window_padding[head]
    with torch.no_grad():
        return (weight * value_bias(trace.encoder.blocks[block].attn)[head]).norm()


@torch.no_grad()
def shares_along(parts: Float[Tensor, "parts dim"], whole: Float[Tensor, " dim"]) -> Float[Tensor, " parts"]:
    """Which share of a sum each of its parts brings: its extent along the sum, over the sum's length.

    Shares of all parts add up to 1; single ones may be negative or above 1. NaN where the sum is zero.
    """
    return parts @ whole / (whole @ whole)
