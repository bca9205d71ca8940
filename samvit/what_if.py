"""What if: an encoder, a photo, or both, changed in any number of ways. The weights were trained for none of them."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from samvit.config import PIXEL_MEAN, PIXEL_STD, pixel_constants
from samvit.encoder import Block, ImageEncoderViT
from samvit.errors import SaidError
from samvit.masked import mask_window_padding
from samvit.preprocess import ModelImage

COVERED = 2  # patches on each side of the named one that are covered with it: 5 × 5
MOST_CHANGES = 8  # at once
MOST_SHIFTED = 512  # pixels
# What there is, and the numbers that each takes in a text, in the order in which a `WhatIf` holds them.
KINDS: dict[str, tuple[str, ...]] = {
    "rel_pos_off": (),  # no rel_h, no rel_w
    "rel_h_off": (),
    "rel_w_off": (),
    "abs_pos_off": (),  # no position embedding
    "windows_8": (),  # other windows in windowed blocks
    "windows_14": (),
    "windows_16": (),
    "all_global": (),  # no windows
    "none_global": (),  # windows in every block
    "padding_masked": (),  # window padding takes no part in the softmax
    "block_off": ("block",),  # a block adds nothing
    "head_off": ("block", "head"),  # a head of a block adds nothing
    "shifted": ("rows", "cols"),  # the photo moved down and to the right, in pixels
    "grey": (),  # the photo without colours
    "covered": ("row", "col"),  # a square around a patch in the mean colour
}
# Of each group only one can be true at a time.
GROUPS = {
    "rel_pos_off": "rel_pos",
    "windows_8": "windows",
    "windows_14": "windows",
    "windows_16": "windows",
    "all_global": "windows",
    "shifted": "shifted",
}


@dataclass(frozen=True)
class Change:
    """One change: its kind, and the numbers that this kind takes, in the order of `KINDS`."""

    kind: str
    numbers: tuple[int, ...] = ()

    def __str__(self) -> str:
        """As a link has it: `head_off.8.2`."""
        return ".".join((self.kind, *map(str, self.numbers)))

    def __getitem__(self, name: str) -> int:
        """A number by its name."""
        return self.numbers[KINDS[self.kind].index(name)]


@dataclass(frozen=True)
class WhatIf:
    """Changes that are all made at once; none of them is the true encoder. Their order doesn't matter.

    Raises:
        ValueError: If two of them can't be true together, or there are too many.
    """

    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        order = list(KINDS)
        unlike = sorted(set(self.changes), key=lambda change: (order.index(change.kind), change.numbers))
        object.__setattr__(self, "changes", tuple(unlike))
        if len(unlike) > MOST_CHANGES:
            raise SaidError("what_if.most", most=MOST_CHANGES, got=len(unlike))
        taken: dict[str, Change] = {}
        for change in unlike:
            group = GROUPS.get(change.kind, str(change))
            if group in taken:
                raise SaidError("what_if.both", one=str(taken[group]), other=str(change))
            taken[group] = change
        if {"all_global", "none_global"} <= {change.kind for change in unlike}:
            raise SaidError("what_if.both", one="all_global", other="none_global")

    def __str__(self) -> str:
        """As a link has it: `rel_pos_off,block_off.5`; empty for the true encoder."""
        return ",".join(map(str, self.changes))

    def __bool__(self) -> bool:
        """Whether anything is changed."""
        return bool(self.changes)

    @classmethod
    def parse(cls, text: str) -> "WhatIf":
        """The changes that a text names: the inverse of `str`.

        Raises:
            ValueError: With what was expected and what came.
        """
        return cls(tuple(parse_change(part) for part in text.split(",") if part.strip()))

    def check(self, depth: int, heads: int, grid: tuple[int, int]) -> None:
        """Raise ValueError unless every block, head and patch (row, col) that is named exists."""
        limits = {"block": depth, "head": heads, "row": grid[0], "col": grid[1]}
        for change in self.changes:
            for name, value in zip(KINDS[change.kind], change.numbers, strict=True):
                if name in limits and not 0 <= value < limits[name]:
                    raise SaidError("what_if.place", name=name, kind=change.kind, last=limits[name] - 1, got=value)
                if name not in limits and abs(value) > MOST_SHIFTED:
                    raise SaidError("what_if.shift", name=name, kind=change.kind, most=MOST_SHIFTED, got=value)

    def of(self, kind: str) -> list[Change]:
        """Its changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    def encoder(self, true: ImageEncoderViT) -> ImageEncoderViT:
        """The changed encoder: a copy that shares every parameter that isn't changed; the true one if none is.

        A head or block is taken out by zeros where it writes into the stream. Tables of relative position are
        stretched to other windows as `get_rel_pos` stretches them to any other grid. The changes commute: each touches
        what no other does, or sets it to zero.
        """
        kinds = {change.kind for change in self.changes}
        if kinds <= {"shifted", "grey", "covered"}:
            return true
        shared = {id(tensor): tensor for tensor in (*true.parameters(), *true.buffers())}
        changed = copy.deepcopy(true, shared)
        _change_windows(changed.blocks, kinds)
        for block in changed.blocks:
            attn = block.attn
            if attn.use_rel_pos and kinds & {"rel_pos_off", "rel_h_off"}:
                attn.rel_pos_h = _zeros_like(attn.rel_pos_h)
            if attn.use_rel_pos and kinds & {"rel_pos_off", "rel_w_off"}:
                attn.rel_pos_w = _zeros_like(attn.rel_pos_w)
        for change in self.of("head_off"):
            _take_head(changed.blocks[change["block"]], change["head"])
        for change in self.of("block_off"):
            block = changed.blocks[change["block"]]
            for layer in (block.attn.proj, block.mlp.lin2):
                layer.weight, layer.bias = _zeros_like(layer.weight), _zeros_like(layer.bias)
        if "abs_pos_off" in kinds:
            changed.pos_embed = None
        if "padding_masked" in kinds:
            for block in changed.blocks:
                mask_window_padding(block)
        if true.config is not None:
            changed.config = replace(true.config, **_arguments(changed))
        return changed

    def image(self, true: ModelImage | Tensor, patch_size: int) -> ModelImage | Tensor:
        """The changed model image: shifted first, then without colours, then covered; the true one if none of these.

        What a shift lays bare, and what is covered, has the mean colour. Image padding stays as it is.

        Args:
            true: A photo made ready, or a model image as a tensor, whose every pixel counts as photo.
            patch_size: Side of a patch, in pixels.

        Raises:
            ValueError: If a photo without colours is asked for and the image hasn't three channels.
        """
        if not {change.kind for change in self.changes} & {"shifted", "grey", "covered"}:
            return true
        channels = true.channels if isinstance(true, ModelImage) else true.shape[1]
        if self.of("grey") and channels != 3:
            raise SaidError("what_if.channels", got=channels)
        if isinstance(true, ModelImage):
            pixels = np.array(true.pixels)
            self._change_photo(pixels, np.round(pixel_constants(channels)[0]).astype(np.uint8), patch_size)
            pixels.flags.writeable = False
            return replace(true, pixels=pixels)
        pixels = true[0].permute(1, 2, 0).to("cpu", torch.float32).numpy().copy()
        self._change_photo(pixels, np.zeros(pixels.shape[-1], np.float32), patch_size)
        return torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous().to(true)

    def _change_photo(self, pixels: np.ndarray, mean: np.ndarray, patch_size: int) -> None:
        """Change a photo's (rows, cols, channels) in place."""
        for change in self.of("shifted"):
            moved, (rows, cols) = pixels.copy(), pixels.shape[:2]
            down, right = change["rows"], change["cols"]
            pixels[:] = mean
            pixels[max(down, 0) : rows + min(down, 0), max(right, 0) : cols + min(right, 0)] = moved[
                max(-down, 0) : rows - max(down, 0), max(-right, 0) : cols - max(right, 0)
            ]
        if self.of("grey"):
            pixels[:] = _grey(pixels)
        for change in self.of("covered"):
            (top, left), (bottom, right) = (
                [max(change[name] + step, 0) * patch_size for name in ("row", "col")]
                for step in (-COVERED, COVERED + 1)
            )
            pixels[top:bottom, left:right] = mean


NOTHING = WhatIf()


def parse_change(text: str) -> Change:
    """One change from a text such as `head_off.8.2`; ValueError says what was expected and what came."""
    kind, *numbers = text.strip().split(".")
    if kind not in KINDS:
        raise SaidError("what_if.kind", kinds=", ".join(KINDS), got=kind[:40])
    names = KINDS[kind]
    if len(numbers) != len(names) or not all(_is_whole(one) for one in numbers):
        form = ".".join((kind, *(name.upper() for name in names)))
        raise SaidError("what_if.form", kind=kind, form=form, got=text.strip()[:40])
    return Change(kind, tuple(map(int, numbers)))


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 6


def _change_windows(blocks: Iterable[Block], kinds: set[str]) -> None:
    """Set the blocks' windows anew."""
    usual = max((block.window_size for block in blocks), default=0)
    chosen = next((size for size in (8, 14, 16) if f"windows_{size}" in kinds), usual)
    for block in blocks:
        if "all_global" in kinds:
            block.window_size = 0
        elif block.window_size or "none_global" in kinds:
            block.window_size = chosen


def _take_head(block: Block, head: int) -> None:
    """Zeros where proj reads one head."""
    proj, width = block.attn.proj, block.attn.proj.in_features // block.attn.num_heads
    proj.weight = nn.Parameter(proj.weight.detach().clone())
    proj.weight.detach()[:, head * width : (head + 1) * width] = 0


def _arguments(changed: ImageEncoderViT) -> dict[str, Any]:
    """Constructor arguments that a change made untrue, as they are now."""
    windows = [block.window_size for block in changed.blocks]
    return {
        "use_abs_pos": changed.pos_embed is not None,
        "window_size": max(windows, default=0),
        "global_attn_indexes": tuple(index for index, window in enumerate(windows) if not window),
    }


def _zeros_like(parameter: Tensor) -> nn.Parameter:
    """A parameter of zeros in place of another."""
    return nn.Parameter(torch.zeros_like(parameter))


def _grey(pixels: np.ndarray) -> np.ndarray:
    """The mean of the three channels' 0–255 levels in each of them, in whole levels; normalised where pixels are."""
    if pixels.dtype == np.uint8:
        return np.round(pixels.mean(-1, keepdims=True, dtype=np.float32)).astype(np.uint8)
    mean, std = (np.array(values, np.float32) for values in (PIXEL_MEAN, PIXEL_STD))
    levels = (pixels * std + mean).mean(-1, keepdims=True)
    return np.asarray((levels - mean) / std)
