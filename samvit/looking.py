"""Hooks that keep what a trace is made of while an encoder runs."""

import torch
from torch import Tensor, nn

from samvit.encoder import ImageEncoderViT
from samvit.execution import as_seen, patch_size
from samvit.progress import Progress, tell
from samvit.replay import Hook, split_qkv


class Kept(list[Tensor]):
    """Tensors as they are looked at, in float32 on the CPU; `dtype` is what they came in."""

    dtype = torch.float32

    def keep(self, tensor: Tensor) -> None:
        """Add one."""
        self.dtype = tensor.dtype
        self.append(as_seen(tensor).contiguous())


def looking_hooks(
    encoder: ImageEncoderViT, x: Tensor, stream: Kept, q: Kept, k: Kept, progress: Progress | None
) -> dict[nn.Module, Hook]:
    """Hooks that keep the stream, q and k of a forward pass of `x`, and tell its progress."""
    depth, side = len(encoder.blocks), patch_size(encoder)
    grid = (x.shape[2] // side, x.shape[3] // side)
    hooks: dict[nn.Module, Hook] = {}
    for index, block in enumerate(encoder.blocks):

        def keep_qk(
            module: nn.Module, args: tuple[Tensor, ...], output: Tensor, window: int = block.window_size
        ) -> None:
            queries, keys, _ = split_qkv(output, encoder.blocks[0].attn.num_heads, window, grid)
            q.keep(queries)
            k.keep(keys)

        def keep_stream(module: nn.Module, args: tuple[Tensor, ...], output: Tensor, index: int = index) -> None:
            stream.keep(args[0][0])
            if index == depth - 1:
                stream.keep(output[0])
            tell(progress, f"block {index}", index + 1, depth + 1)

        hooks[block.attn.qkv] = keep_qk
        hooks[block] = keep_stream
    return hooks
