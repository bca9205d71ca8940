"""The sizes of an encoder, told by the shapes of its tensors; and what shapes can't tell."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch

from samvit.checkpoint_stored import Shape
from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import build_encoder
from samvit.errors import CheckpointError, Phrase, phrase

BLOCK = re.compile(r"^blocks\.(\d{1,3})\.")


def check_names(names: Iterable[str], config: EncoderConfig) -> None:
    """Raise CheckpointError unless the names are those of an encoder of this config: none missing, none more."""
    names, expected = list(names), list(expected_shapes(config))
    if missing := [name for name in expected if name not in set(names)]:
        raise CheckpointError("checkpoint.lacks", count=len(expected), names=listed(missing))
    if unexpected := [name for name in names if name not in set(expected)]:
        raise CheckpointError("checkpoint.more", count=len(expected), names=listed(unexpected))


def check_shapes(shapes: Mapping[str, Shape], config: EncoderConfig) -> None:
    """Raise CheckpointError unless every tensor has its shape in an encoder of this config."""
    expected = expected_shapes(config)
    if wrong := [name for name in expected if shapes[name] != expected[name]]:
        first = wrong[0]
        wanted, got = times(expected[first]), times(shapes[first])
        raise CheckpointError(
            "checkpoint.shapes", config=config.name, count=len(wrong), tensor=first, wanted=wanted, got=got
        )


def expected_shapes(config: EncoderConfig) -> dict[str, Shape]:
    """Name and shape of every tensor of an encoder, without making one."""
    with torch.device("meta"):
        return {name: tuple(tensor.shape) for name, tensor in build_encoder(config).state_dict().items()}


def recognise_structure(names: Iterable[str]) -> EncoderConfig:
    """What the names alone tell: depth, biases, kinds of position; the sizes are placeholders."""
    names = list(names)
    return EncoderConfig(
        "image encoder",
        embed_dim=1,
        depth=1 + max(int(match[1]) for name in names if (match := BLOCK.match(name))),
        num_heads=1,
        global_attn_indexes=(),
        qkv_bias=any(name.endswith(".attn.qkv.bias") for name in names),
        use_abs_pos="pos_embed" in names,
        use_rel_pos=any(".attn.rel_pos_" in name for name in names),
    )


def recognise_config(shapes: Mapping[str, Shape], answers: Mapping[str, Any] | None = None) -> EncoderConfig:
    """The sizes of an encoder, told by the shapes of its tensors under segment-anything's names.

    Heads come from the relative position tables' width, windows and global blocks from their rows (2·S − 1).
    If all tables are as long as the grid, windows of the grid's size and global blocks have the same shapes, and at
    the encoder's own image size they compute the same (see `window_is_grid`). Then windows of 14 are taken for SAM's,
    with SAM's global blocks for this depth; of any other size, every block counts as global.

    Args:
        answers: Fields of the config that a person states; they come before what is told or taken.

    Raises:
        CheckpointError: If keys are missing or too many, or if the shapes leave a size open.
    """
    answers = dict(answers or {})
    structure = recognise_structure(shapes)
    check_names(shapes, structure)
    embed_dim, in_chans, patch_size, _ = axes(shapes, "patch_embed.proj.weight", 4)
    mlp_dim, _ = axes(shapes, "blocks.0.mlp.lin1.weight", 2)
    out_chans, *_ = axes(shapes, "neck.0.weight", 4)
    told: dict[str, Any] = {
        "name": f"vit_{embed_dim}x{structure.depth}",
        "embed_dim": embed_dim,
        "patch_size": patch_size,
        "in_chans": in_chans,
        "mlp_ratio": exact_mlp_ratio(mlp_dim, embed_dim),
        "out_chans": out_chans,
    }
    if structure.use_abs_pos:
        told["img_size"] = axes(shapes, "pos_embed", 4)[1] * patch_size
    if structure.use_rel_pos:
        _, head_dim = axes(shapes, "blocks.0.attn.rel_pos_h", 2)
        if embed_dim % head_dim:
            raise CheckpointError("checkpoint.heads", dim=embed_dim, got=head_dim)
        told["num_heads"] = embed_dim // head_dim
        told |= told_spans(shapes, structure, told, answers)
    open_ones = [name for name in ("num_heads", "window_size", "global_attn_indexes", "img_size") if name not in told]
    if missing := [name for name in open_ones if name not in answers]:
        raise CheckpointError("checkpoint.no_rel_pos", fields=", ".join(missing))
    config = replace(structure, **(told | answers))
    check_arguments(config)
    return next((named for named in CONFIGS.values() if replace(config, name=named.name) == named), config)


def told_spans(
    shapes: Mapping[str, Shape], structure: EncoderConfig, told: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Window, global blocks and image size from the relative position tables, or from a person's answer."""
    spans = block_spans(shapes, structure.depth)
    patch_size, img_size = told["patch_size"], told.get("img_size", answers.get("img_size"))
    if img_size is None and len(set(spans)) != 2 and "window_size" in answers and len(set(spans)) == 1:
        img_size = spans[0] * patch_size
    grid_size, window_size, global_attn_indexes = recognise_spans(spans, img_size and img_size // patch_size)
    if global_attn_indexes == tuple(range(structure.depth)) and window_size == 14:
        same_depth = (config for config in CONFIGS.values() if config.depth == structure.depth)
        global_attn_indexes = next((config.global_attn_indexes for config in same_depth), global_attn_indexes)
    return {
        "img_size": grid_size * patch_size,
        "window_size": window_size,
        "global_attn_indexes": global_attn_indexes,
    }


def window_is_grid(shapes: Mapping[str, Shape], config: EncoderConfig) -> bool:
    """Whether a windowed block would have the shapes of a global one: at other image sizes the two differ."""
    if not config.use_rel_pos:
        return False
    return {shapes[f"blocks.{block}.attn.rel_pos_h"][0] for block in range(config.depth)} == {2 * config.grid_size - 1}


def check_arguments(config: EncoderConfig) -> None:
    """Raise CheckpointError if no encoder can be made of a config, whose fields a person may have stated."""
    wrong = [index for index in config.global_attn_indexes if not 0 <= index < config.depth]
    if wrong or config.num_heads < 1 or config.embed_dim % config.num_heads or config.window_size < 0:
        raise CheckpointError(
            "config.arguments",
            dim=config.embed_dim,
            last=config.depth - 1,
            heads=config.num_heads,
            window=config.window_size,
            blocks="+".join(map(str, config.global_attn_indexes)) or phrase("config.no_blocks"),
        )


def block_spans(shapes: Mapping[str, Shape], depth: int) -> list[int]:
    """Side in tokens of what each block attends over, from its relative position tables."""
    spans = []
    for block in range(depth):
        rows = {axes(shapes, f"blocks.{block}.attn.rel_pos_{axis}", 2)[0] for axis in "hw"}
        if len(rows) > 1 or min(rows) % 2 == 0:
            raise CheckpointError("checkpoint.tables", rows=", ".join(map(str, sorted(rows))), block=block)
        spans.append((rows.pop() + 1) // 2)
    return spans


def recognise_spans(spans: list[int], grid_size: int | None) -> tuple[int, int, tuple[int, ...]]:
    """Grid side, window side and global blocks, from each block's span and, where there is one, pos_embed's grid."""
    sizes = sorted(set(spans))
    if grid_size is None:
        if len(sizes) != 2:
            raise CheckpointError("checkpoint.no_pos_embed", spans=", ".join(map(str, sizes)))
        grid_size = sizes[-1]
    windows = [size for size in sizes if size != grid_size]
    if len(windows) > 1:
        raise CheckpointError("checkpoint.spans", grid=grid_size, spans=", ".join(map(str, sizes)))
    window_size = windows[0] if windows else grid_size
    return grid_size, window_size, tuple(block for block, span in enumerate(spans) if span == grid_size)


def exact_mlp_ratio(mlp_dim: int, embed_dim: int) -> float:
    """A ratio for which int(embed_dim · ratio) is mlp_dim: the quotient itself can fall just below."""
    ratio = mlp_dim / embed_dim
    while int(embed_dim * ratio) < mlp_dim:
        ratio = math.nextafter(ratio, math.inf)
    return ratio


def axes(shapes: Mapping[str, Shape], name: str, count: int) -> Shape:
    """A tensor's shape; CheckpointError unless it has `count` axes, none empty."""
    shape = shapes[name]
    if len(shape) != count or 0 in shape:
        raise CheckpointError("checkpoint.axes", tensor=name, count=count, got=times(shape))
    return shape


def listed(names: Iterable[str]) -> str:
    """How many, and the first three."""
    names = list(names)
    return f"{len(names)} ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})"


def times(shape: Shape) -> str | Phrase:
    """A shape to read: 1×64×64×768."""
    return "×".join(map(str, shape)) or phrase("checkpoint.scalar")
