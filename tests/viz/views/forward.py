"""Scenes that views are tried on, and what a plain forward pass computes there, seen by hooks of its own."""

from dataclasses import replace
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from samvit.config import EncoderConfig
from samvit.encoder import Block, build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.rel_pos import get_rel_pos
from samvit.tracing import Trace, trace
from tests.small import SMALL
from tests.viz.photos import noise_photo

BARE = replace(SMALL, use_rel_pos=False, use_abs_pos=False, qkv_bias=False)
# Name: sizes, and the photo's (rows, cols) in pixels, or a bare tensor's.
SCENES: dict[str, tuple[EncoderConfig, tuple[int, int], bool]] = {
    "landscape photo": (SMALL, (90, 150), True),
    "square photo": (SMALL, (120, 120), True),
    "no rel-pos, position or qkv bias": (BARE, (150, 90), True),
    "a tensor, not square": (SMALL, (96, 160), False),
    "smaller patches": (replace(SMALL, patch_size=8, img_size=80), (60, 80), True),
    "grid smaller than a window": (replace(SMALL, window_size=14), (100, 160), True),
    "every block global": (replace(SMALL, window_size=0), (90, 150), True),
}
WINDOWED, GLOBAL = 0, 1  # blocks of all scenes, but for the one that has no windows
QUERY = (4, 6)


def fresh_scene(name: str) -> Trace:
    """A trace that no other test shares."""
    config, (rows, cols), is_photo = SCENES[name]
    encoder = fill_random(build_encoder(config))
    if not is_photo:
        return trace(encoder, torch.randn(1, 3, rows, cols, generator=torch.Generator().manual_seed(2)))
    return trace(encoder, preprocess(noise_photo(rows, cols), config.img_size, config.patch_size))


@cache
def scene(name: str = "landscape photo") -> Trace:
    """A trace that tests share and leave as it is."""
    return fresh_scene(name)


@cache
def forward_pass(made: Trace) -> dict[str, tuple[Tensor, Tensor]]:
    """Input and output of every module in a plain forward pass, by the module's name."""
    encoder = made.encoder
    seen: dict[str, tuple[Tensor, Tensor]] = {}
    hooks = [
        module.register_forward_hook(lambda m, args, out, name=name: seen.update({name: (args[0], out)}))
        for name, module in encoder.named_modules()
        if name
    ]
    with torch.inference_mode():
        encoder(made.model_image())
    for hook in hooks:
        hook.remove()
    return seen


def on_grid(windows: Tensor, window: int, grid: tuple[int, int]) -> Tensor:
    """Windows (num_windows, window, window, …) patch by patch on the grid; a window of 0 is the grid itself."""
    if window == 0:
        return windows[0]
    across = -(-grid[1] // window)
    rows = [
        [windows[row // window * across + col // window, row % window, col % window] for col in range(grid[1])]
        for row in range(grid[0])
    ]
    return torch.stack([torch.stack(row) for row in rows])


def attention_weights(block: Block, x: Tensor) -> Tensor:
    """The whole softmax of a block's attention, (windows, heads, query rows, query cols, key rows, key cols).

    Args:
        x: What enters `attn`: (windows, rows, cols, dim).
    """
    attn = block.attn
    windows, rows, cols, dim = x.shape
    with torch.inference_mode():
        qkv = F.linear(x, attn.qkv.weight, attn.qkv.bias).view(windows, rows, cols, 3, attn.num_heads, -1)
        q, k, _ = qkv.permute(3, 0, 4, 1, 2, 5)  # (windows, heads, rows, cols, head_dim) each
        scores = torch.einsum("nhrcd,nhijd->nhrcij", q, k) * (dim // attn.num_heads) ** -0.5
        if attn.use_rel_pos:
            scores = scores + torch.einsum("nhrcd,rid->nhrci", q, get_rel_pos(rows, rows, attn.rel_pos_h))[..., None]
            along = torch.einsum("nhrcd,cjd->nhrcj", q, get_rel_pos(cols, cols, attn.rel_pos_w))
            scores = scores + along[..., None, :]
        return scores.flatten(-2).softmax(-1).view_as(scores)
