"""Which tensors a trace offers by name, with their shapes, before any of them is rebuilt."""

import math
from dataclasses import dataclass

import numpy as np

from samvit.encoder import ImageEncoderViT
from samvit.replay import BLOCK_STEPS

Shape = tuple[int, ...]


@dataclass(frozen=True)
class TensorInfo:
    """One tensor that a trace offers: its dotted name, shape, size in bytes, and whether the trace holds it."""

    name: str
    shape: Shape
    nbytes: int
    held: bool


def list_tensors(encoder: ImageEncoderViT, grid: tuple[int, int], pixels: np.ndarray | None) -> list[TensorInfo]:
    """Every tensor that a trace of this encoder offers, in the order of the forward pass.

    Args:
        grid: The patch grid (rows, cols), in tokens.
        pixels: The resized photo; None where the encoder was given a bare tensor.
    """
    patch, first = encoder.patch_embed.proj, encoder.blocks[0]
    side, dim, heads = patch.kernel_size[0], patch.out_channels, first.attn.num_heads
    token: Shape = (*grid, dim)
    by_head: Shape = (heads, *grid, dim // heads)
    hidden: Shape = (*grid, first.mlp.lin1.out_features)
    shapes = {step: token for step in BLOCK_STEPS} | {"attn.v": by_head, "mlp.lin1": hidden, "mlp.act": hidden}
    image = (patch.in_channels, grid[0] * side, grid[1] * side)
    listed: list[tuple[str, Shape, bool]] = [("image", image, pixels is None), ("patch_embed", token, False)]
    if encoder.pos_embed is not None:
        listed.append(("pos_embed", token, False))
    listed.append(("blocks.0.input", token, True))
    for block in range(len(encoder.blocks)):
        name = f"blocks.{block}"
        listed += [(f"{name}.attn.q", by_head, True), (f"{name}.attn.k", by_head, True)]
        listed += [(f"{name}.{step}", shapes[step], False) for step in BLOCK_STEPS]
        listed.append((name, token, True))
    neck: Shape = (len(encoder.neck.get_parameter("3.weight")), *grid)
    listed += [(f"neck.{step}", neck, step == 3) for step in range(4)]
    size = patch.weight.element_size()
    infos = [TensorInfo(name, shape, math.prod(shape) * size, held) for name, shape, held in listed]
    if pixels is not None:  # held instead of the model image: a quarter of its size
        infos.insert(0, TensorInfo("pixels", pixels.shape, pixels.nbytes, True))
    return infos
