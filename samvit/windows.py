"""Cutting the patch grid into windows and putting it together again."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def window_partition(
    x: Float[Tensor, "batch grid_h grid_w dim"], window_size: int
) -> tuple[Float[Tensor, "num_windows window window dim"], tuple[int, int]]:
    """Cut the patch grid into square windows, zero-padding bottom and right.

    Windows are ordered batch, then row, then column: 64×64 with window_size 14 pads to 70×70, 25 windows.

    Args:
        window_size: Side of a window, in tokens.

    Returns:
        The windows, and the padded grid size (rows, cols) in tokens.

    Raises:
        ValueError: If window_size is below 1.

    Source: segment-anything image_encoder.py, window_partition; ViTDet, arXiv 2203.16527, sec. 3.
    """
    if window_size < 1:
        raise ValueError(f"window_size must be at least 1, got {window_size}")
    batch, grid_h, grid_w, dim = x.shape
    pad_h, pad_w = -grid_h % window_size, -grid_w % window_size
    if pad_h or pad_w:
        x = F.pad(x, (0, 0, 0, pad_w, 0, pad_h))
    padded_h, padded_w = grid_h + pad_h, grid_w + pad_w
    x = x.view(batch, padded_h // window_size, window_size, padded_w // window_size, window_size, dim)
    windows = x.permute(0, 1, 3, 2, 4, 5).reshape(-1, window_size, window_size, dim)
    return windows, (padded_h, padded_w)


def window_unpartition(
    windows: Float[Tensor, "num_windows window window dim"],
    window_size: int,
    pad_hw: tuple[int, int],
    hw: tuple[int, int],
) -> Float[Tensor, "batch grid_h grid_w dim"]:
    """Put windows back into the patch grid and drop the window padding.

    Args:
        window_size: Side of a window, in tokens.
        pad_hw: Padded grid size (rows, cols), as `window_partition` returned it.
        hw: Grid size (rows, cols) before padding.

    Raises:
        ValueError: If the windows don't fill the padded grid.

    Source: segment-anything image_encoder.py, window_unpartition.
    """
    padded_h, padded_w = pad_hw
    rows, cols = padded_h // window_size, padded_w // window_size
    if windows.shape[0] % (rows * cols):
        raise ValueError(f"windows must be a multiple of {rows}×{cols}, got {windows.shape[0]}")
    x = windows.view(-1, rows, cols, window_size, window_size, windows.shape[-1])
    x = x.permute(0, 1, 3, 2, 4, 5).reshape(-1, padded_h, padded_w, windows.shape[-1])
    return x[:, : hw[0], : hw[1], :].contiguous()
