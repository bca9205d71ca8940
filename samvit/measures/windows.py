"""Window partition: where each patch goes, whether it comes back, and how many scores attention computes."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from samvit.errors import SaidError
from samvit.tracing import Trace
from samvit.windows import window_partition, window_unpartition


@dataclass(frozen=True)
class Place:
    """Where a patch went: its window's index in the batch, and the (row, col) inside that window."""

    index: int
    row: int
    col: int


@dataclass(frozen=True, eq=False)
class Partition:
    """A windowed block's tokens after norm1, cut into windows, and put together again.

    Attributes:
        tokens: On the patch grid, before the cut.
        windows: What attention gets: a batch, padded with zeros.
        padded: The grid (rows, cols) that whole windows fill, in tokens.
        back: On the patch grid again.
    """

    tokens: Float[Tensor, "grid_h grid_w dim"]
    windows: Float[Tensor, "num_windows window window dim"]
    padded: tuple[int, int]
    back: Float[Tensor, "grid_h grid_w dim"]

    @property
    def padded_windows(self) -> int:
        """How many windows hold window padding."""
        (rows, cols, _), window = self.tokens.shape, self.windows.shape[1]
        return len(self.windows) - (rows // window) * (cols // window)

    def token_difference(self, patch: tuple[int, int]) -> float:
        """The largest difference between a patch's token and what stands in its place in the batch."""
        grid = (self.tokens.shape[0], self.tokens.shape[1])
        place = place_in_windows(patch, grid, self.windows.shape[1])
        return float((self.windows[place.index, place.row, place.col] - self.tokens[patch]).abs().max())

    @property
    def grid_difference(self) -> float:
        """The largest difference between the grid before the cut and the grid put together again."""
        return float((self.back - self.tokens).abs().max())


def partition(trace: Trace, block: int) -> Partition:
    """A windowed block's tokens on their way into windows and back.

    Raises:
        ValueError: If there is no such block, or it is global.

    Source: segment-anything image_encoder.py, Block.forward.
    """
    trace.check_block(block)
    window = trace.windows[block]
    if window is None:
        raise SaidError("measure.global_block", got=block)
    tokens = trace[f"blocks.{block}.norm1"]
    windows, padded = window_partition(tokens[None], window)
    return Partition(tokens, windows, padded, window_unpartition(windows, window, padded, trace.grid)[0])


def place_in_windows(patch: tuple[int, int], grid: tuple[int, int], window: int) -> Place:
    """Where `window_partition` puts a patch (row, col), found by sending the patches' numbers through it."""
    numbers = torch.arange(1.0, grid[0] * grid[1] + 1).view(1, *grid, 1)  # from 1: padding is 0
    windows, _ = window_partition(numbers, window)
    index, row, col = (windows[..., 0] == numbers[0, *patch, 0]).nonzero()[0].tolist()
    return Place(index, row, col)


def score_entries(grid: tuple[int, int], window: int | None) -> int:
    """How many attention scores one head computes on a grid (rows, cols), window padding's included.

    Args:
        window: Side of a window, in tokens; None for a global block.
    """
    if window is None:
        return (grid[0] * grid[1]) ** 2
    return -(-grid[0] // window) * -(-grid[1] // window) * window**4


def pixels_in_windows(
    pixels: UInt8[Tensor, "rows cols 3"], grid: tuple[int, int], window: int
) -> tuple[UInt8[Tensor, "num_windows side side 3"], Bool[Tensor, "num_windows side side"]]:
    """A picture of the patch grid cut into windows by `window_partition` itself, in the order of the batch.

    Args:
        pixels: Of the whole grid, the same number of them for each patch.
        grid: Patches (rows, cols).
        window: Side of a window, in tokens.

    Returns:
        The windows' pixels, zeros in window padding, and True where a pixel is window padding.
    """
    (rows, cols), cell = grid, pixels.shape[0] // grid[0]
    # (rows·cell, cols·cell, 3) -> one token for each patch, its pixels as its channels
    tokens = pixels.view(rows, cell, cols, cell, 3).transpose(1, 2).reshape(1, rows, cols, cell * cell * 3)
    windows, _ = window_partition(tokens.float(), window)
    inside, _ = window_partition(torch.ones(1, rows, cols, 1), window)
    tiles = windows.to(torch.uint8).view(-1, window, window, cell, cell, 3).transpose(2, 3)
    padding = (inside[..., 0] == 0).repeat_interleave(cell, 1).repeat_interleave(cell, 2)
    return tiles.reshape(-1, window * cell, window * cell, 3), padding
