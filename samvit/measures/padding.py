"""Padding's share: how much of every query's attention weight goes to tokens that hold no photo."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import padding_shares, value_bias
from samvit.masked import masks_padding
from samvit.tracing import Trace
from samvit.windows import window_partition, window_unpartition


@dataclass(frozen=True, eq=False)
class PaddingShare:
    """What every query of one block gives to one kind of padding.

    Attributes:
        weight: The share of its attention weight, by head; NaN for queries that see no such padding.
        keys: The share of its keys that are such padding, which is what even weights would give; 0 for none.
    """

    weight: Float[Tensor, "heads grid_h grid_w"]
    keys: Float[Tensor, "grid_h grid_w"]

    @property
    def queries(self) -> int:
        """How many queries see such padding."""
        return int((self.keys > 0).sum())

    @property
    def even(self) -> Float[Tensor, "grid_h grid_w"]:
        """What even weights would give; NaN for queries that see no such padding."""
        return self.keys.where(self.keys > 0, torch.nan)


def padding_weights(trace: Trace, block: int) -> tuple[PaddingShare, PaddingShare]:
    """What every query gives to window padding, and to image padding, in one block.

    A global block takes about as long as its attention did, so the shares are kept in the trace's replay. Where no
    query sees any padding nothing is computed.

    Raises:
        ValueError: If there is no such block.
    """
    trace.check_block(block)
    return trace.replay.get(trace, ("padding", block), lambda: _padding_weights(trace, block))


def _padding_weights(trace: Trace, block: int) -> tuple[PaddingShare, PaddingShare]:
    window_keys, image_keys = padding_keys(trace, block)
    if bool(window_keys.any()) or bool(image_keys.any()):
        window, image = padding_shares(trace.encoder.blocks[block], trace.stream[block], trace.image_padding())
    else:
        window = image = trace.q[block].new_zeros(trace.heads, *trace.grid)
    return (
        PaddingShare(window.where(window_keys > 0, torch.nan), window_keys),
        PaddingShare(image.where(image_keys > 0, torch.nan), image_keys),
    )


def padding_keys(trace: Trace, block: int) -> tuple[Float[Tensor, "grid_h grid_w"], Float[Tensor, "grid_h grid_w"]]:
    """For every query the share of its keys that are window padding, and the share that are image padding.

    Raises:
        ValueError: If there is no such block.
    """
    trace.check_block(block)
    image, window = trace.image_padding().float(), trace.windows[block]
    if window is None:
        return torch.zeros(trace.grid), image.mean().expand(trace.grid)
    kinds = torch.stack([torch.ones(trace.grid), image], -1)[None]  # is a patch, is image padding
    windows, padded = window_partition(kinds, window)
    of_windows = windows.mean((1, 2), keepdim=True).expand_as(windows).contiguous()
    patches, image = window_unpartition(of_windows, window, padded, trace.grid)[0].unbind(-1)
    if masks_padding(trace.encoder.blocks[block]):
        return torch.zeros(trace.grid), image / patches
    return (1 - patches).where(patches < 1, 0.0), image


def photo_mean(values: Float[Tensor, "*maps grid_h grid_w"], photo_grid: tuple[int, int]) -> Float[Tensor, "*maps"]:
    """Each map's mean over the patches that hold some of the photo; NaN values don't count.

    Args:
        photo_grid: (rows, cols) of such patches, from the top left.

    Returns:
        The means; NaN where every value on the photo is NaN.
    """
    return values[..., : photo_grid[0], : photo_grid[1]].flatten(-2).nanmean(-1)


def value_lengths(trace: Trace, block: int) -> tuple[Float[Tensor, " heads"], Float[Tensor, " heads"]]:
    """By head the length of window padding's value, which is qkv's bias, and the mean length of the patches' values.

    Raises:
        ValueError: If there is no such block.
    """
    trace.check_block(block)
    of_padding = value_bias(trace.encoder.blocks[block].attn).norm(dim=-1)
    return of_padding, trace[f"blocks.{block}.attn.v"].norm(dim=-1).mean((1, 2))
