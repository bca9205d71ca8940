"""The residual stream: how large what a block adds is, which way it points, and how tokens grow."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.measures.similarity import cosine, norms
from samvit.tracing import Trace


@torch.no_grad()
def size_against(
    part: Float[Tensor, "*positions dim"], base: Float[Tensor, "*positions dim"]
) -> Float[Tensor, "*positions"]:
    """Length of what is added over the length of what it is added to; not finite where that is zero."""
    return norms(part) / norms(base)


def block_additions(
    trace: Trace, block: int
) -> tuple[Float[Tensor, "2 grid_h grid_w"], Float[Tensor, "2 grid_h grid_w"]]:
    """What attention and what the MLP adds to every token of a block, first one and then the other.

    Returns:
        The addition's size against the token it is added to, and its cosine with it.

    Raises:
        ValueError: If there is no such block.
    """
    trace.check_block(block)
    attn, mlp = trace[f"blocks.{block}.attn"], trace[f"blocks.{block}.mlp"]
    pairs = ((attn, trace.stream[block]), (mlp, trace[f"blocks.{block}.residual"]))
    return torch.stack([size_against(*pair) for pair in pairs]), torch.stack([cosine(*pair) for pair in pairs])


def additions_by_block(trace: Trace, patch: tuple[int, int]) -> tuple[Float[Tensor, " depth"], Float[Tensor, " depth"]]:
    """What each whole block adds to one patch (row, col): size against the token and cosine with it."""
    tokens = torch.stack([tokens[patch] for tokens in trace.stream])  # (depth + 1, dim)
    added, base = tokens[1:] - tokens[:-1], tokens[:-1]
    return size_against(added, base), cosine(added, base)


def lengths_by_block(trace: Trace, patch: tuple[int, int]) -> tuple[Float[Tensor, " steps"], Float[Tensor, " steps"]]:
    """Length of one patch's token (row, col), and the photo's median length, at each block's input and at the end."""
    own = torch.stack([norms(tokens[patch]) for tokens in trace.stream])
    return own, torch.stack([photo_median(norms(tokens), trace.photo_grid) for tokens in trace.stream])


def photo_median(values: Float[Tensor, "*maps grid_h grid_w"], photo_grid: tuple[int, int]) -> Float[Tensor, "*maps"]:
    """Median over the patches that hold photo, NaN left out; between the two middle ones where they are even."""
    rows, cols = photo_grid
    return torch.nanquantile(values[..., :rows, :cols].flatten(-2), 0.5, dim=-1)
