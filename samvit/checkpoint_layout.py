"""Which tensors of a checkpoint are SAM's image encoder, under whose names, and the sizes their shapes tell."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import torch

from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import build_encoder
from samvit.errors import CheckpointError

Shape = tuple[int, ...]

# Left in front by DataParallel, by training modules that hold the model, and by torch.compile.
WRAPPERS = re.compile(r"^(?:(?:module|model|state_dict|_orig_mod)\.)+")

# segment-anything's and transformers' name for the encoder inside the whole model.
ENCODER_PREFIXES = ("image_encoder.", "vision_encoder.")

# transformers' names to segment-anything's.
RENAMES = (
    (re.compile(r"^layers\.(\d+)\."), r"blocks.\1."),
    (re.compile(r"^(blocks\.\d+)\.layer_norm([12])\."), r"\1.norm\2."),
    (re.compile(r"^patch_embed\.projection\."), "patch_embed.proj."),
    (re.compile(r"^neck\.conv1\."), "neck.0."),
    (re.compile(r"^neck\.layer_norm1\."), "neck.1."),
    (re.compile(r"^neck\.conv2\."), "neck.2."),
    (re.compile(r"^neck\.layer_norm2\."), "neck.3."),
)

# A key that only this model has → the model.
OTHER_ARCHITECTURES = (
    (re.compile(r"(^|\.)patch_embed\.seq\."), "MobileSAM"),
    (re.compile(r"^(detector|detector_model|tracker_model)\."), "SAM 3"),
    (re.compile(r"^(image_encoder\.trunk|vision_encoder\.backbone|memory_attention|trunk)\."), "SAM 2"),
    (re.compile(r"(^|\.)cls_token$"), "a plain ViT with a class token"),
)

BLOCK = re.compile(r"^blocks\.(\d{1,3})\.")


def encoder_keys(keys: Iterable[str]) -> dict[str, str]:
    """The encoder's tensors in a checkpoint: segment-anything's name → the file's key; other parts are left out.

    Raises:
        CheckpointError: If nothing there is of SAM's image encoder.

    Source: segment-anything image_encoder.py; transformers convert_sam_to_hf.py.
    """
    names = {WRAPPERS.sub("", key): key for key in keys}
    for pattern, model in OTHER_ARCHITECTURES:
        if any(pattern.search(name) for name in names):
            raise CheckpointError(
                f"checkpoint must hold SAM's own image encoder; this is {model}, whose encoder is another architecture"
            )
    for prefix in ENCODER_PREFIXES:
        inside = {name.removeprefix(prefix): key for name, key in names.items() if name.startswith(prefix)}
        if inside:
            names = {WRAPPERS.sub("", name): key for name, key in inside.items()}
            break
    found = {segment_anything_name(name): key for name, key in names.items()}
    if not any(BLOCK.match(name) for name in found):
        raise CheckpointError(
            f"checkpoint must hold keys such as image_encoder.blocks.0.norm1.weight, got {listed(names.values())}"
        )
    return found


def segment_anything_name(name: str) -> str:
    """A parameter's name in segment-anything, given that or transformers'."""
    for pattern, replacement in RENAMES:
        name = pattern.sub(replacement, name)
    return name


def check_names(names: Iterable[str], config: EncoderConfig) -> None:
    """Raise CheckpointError unless the names are those of an encoder of this config: none missing, none more."""
    names, expected = list(names), list(expected_shapes(config))
    if missing := [name for name in expected if name not in set(names)]:
        raise CheckpointError(
            f"checkpoint must hold all {len(expected)} tensors of the image encoder, "
            f"got one that lacks {listed(missing)}"
        )
    if unexpected := [name for name in names if name not in set(expected)]:
        raise CheckpointError(
            f"checkpoint must hold the {len(expected)} tensors of the image encoder and no others in it, "
            f"got {listed(unexpected)} more"
        )


def check_shapes(shapes: Mapping[str, Shape], config: EncoderConfig) -> None:
    """Raise CheckpointError unless every tensor has its shape in an encoder of this config."""
    expected = expected_shapes(config)
    if wrong := [name for name in expected if shapes[name] != expected[name]]:
        first = wrong[0]
        raise CheckpointError(
            f"checkpoint must have the shapes of {config.name}, got {len(wrong)} others: "
            f"{first} must be {times(expected[first])}, got {times(shapes[first])}"
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


def recognise_config(shapes: Mapping[str, Shape]) -> EncoderConfig:
    """The sizes of an encoder, told by the shapes of its tensors under segment-anything's names.

    Heads come from the relative position tables' width, windows and global blocks from their rows (2·S − 1).
    If all tables are as long as the grid, windows of the grid's size and global blocks are the same thing at the
    encoder's own image size: every block then counts as global.

    Raises:
        CheckpointError: If keys are missing or too many, or if the shapes leave a size open.
    """
    structure = recognise_structure(shapes)
    check_names(shapes, structure)
    if not structure.use_rel_pos:
        raise CheckpointError(
            "checkpoint must hold relative position tables, got one without; give a config, because heads, window "
            "size and global blocks can't be told from its shapes"
        )
    embed_dim, in_chans, patch_size, _ = axes(shapes, "patch_embed.proj.weight", 4)
    mlp_dim, _ = axes(shapes, "blocks.0.mlp.lin1.weight", 2)
    out_chans, *_ = axes(shapes, "neck.0.weight", 4)
    _, head_dim = axes(shapes, "blocks.0.attn.rel_pos_h", 2)
    if embed_dim % head_dim:
        raise CheckpointError(f"checkpoint must have heads that divide {embed_dim}, got heads of {head_dim}")
    grid_size = axes(shapes, "pos_embed", 4)[1] if structure.use_abs_pos else None
    grid_size, window_size, global_attn_indexes = recognise_spans(block_spans(shapes, structure.depth), grid_size)
    config = replace(
        structure,
        name=f"vit_{embed_dim}x{structure.depth}",
        embed_dim=embed_dim,
        num_heads=embed_dim // head_dim,
        global_attn_indexes=global_attn_indexes,
        img_size=grid_size * patch_size,
        patch_size=patch_size,
        in_chans=in_chans,
        mlp_ratio=exact_mlp_ratio(mlp_dim, embed_dim),
        out_chans=out_chans,
        window_size=window_size,
    )
    return next((named for named in CONFIGS.values() if replace(config, name=named.name) == named), config)


def block_spans(shapes: Mapping[str, Shape], depth: int) -> list[int]:
    """Side in tokens of what each block attends over, from its relative position tables."""
    spans = []
    for block in range(depth):
        rows = {axes(shapes, f"blocks.{block}.attn.rel_pos_{axis}", 2)[0] for axis in "hw"}
        if len(rows) > 1 or min(rows) % 2 == 0:
            raise CheckpointError(
                f"checkpoint must have two relative position tables of 2·S − 1 rows in each block, "
                f"got {' and '.join(map(str, sorted(rows)))} in block {block}"
            )
        spans.append((rows.pop() + 1) // 2)
    return spans


def recognise_spans(spans: list[int], grid_size: int | None) -> tuple[int, int, tuple[int, ...]]:
    """Grid side, window side and global blocks, from each block's span and, where there is one, pos_embed's grid."""
    sizes = sorted(set(spans))
    if grid_size is None:
        if len(sizes) != 2:
            raise CheckpointError(
                "checkpoint without pos_embed must have two spans of attention, windowed and global, "
                f"got {', '.join(map(str, sizes))} tokens; give a config"
            )
        grid_size = sizes[-1]
    windows = [size for size in sizes if size != grid_size]
    if len(windows) > 1:
        raise CheckpointError(
            f"checkpoint must have blocks that span its {grid_size} tokens or one window size, "
            f"got spans of {', '.join(map(str, sizes))} tokens"
        )
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
        raise CheckpointError(f"checkpoint must have a {name} of {count} axes, got the shape {times(shape)}")
    return shape


def listed(names: Iterable[str]) -> str:
    """How many, and the first three."""
    names = list(names)
    return f"{len(names)} ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})"


def times(shape: Shape) -> str:
    """A shape to read: 1×64×64×768."""
    return "×".join(map(str, shape)) or "a single number"
