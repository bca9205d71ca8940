"""What an encoder was built with, read back from its modules, and where its parameters are."""

from functools import cache
from typing import Any

import torch

from samvit.config import EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.execution import patch_size
from samvit.tracing import Trace
from samvit.windows import window_partition

# Parts of an encoder, and how the names of their parameters begin after `blocks.N.`; the first that fits counts.
PARTS = {
    "patches": ("patch_embed.",),
    "position": ("pos_embed",),
    "rel_pos": ("attn.rel_pos",),
    "attention": ("attn.",),
    "mlp": ("mlp.",),
    "norms": ("norm1.", "norm2."),
    "neck": ("neck.",),
}

# A tensor's name and shape.
Sized = tuple[str, tuple[int, ...]]


def global_blocks(encoder: ImageEncoderViT) -> tuple[int, ...]:
    """Indexes of the blocks that attend over the whole grid."""
    return tuple(index for index, block in enumerate(encoder.blocks) if not block.window_size)


def windowed_blocks(encoder: ImageEncoderViT) -> tuple[int, ...]:
    """Indexes of the blocks that attend inside windows."""
    return tuple(index for index, block in enumerate(encoder.blocks) if block.window_size)


def argument_values(encoder: ImageEncoderViT) -> dict[str, Any]:
    """Each constructor argument as the encoder's modules show it; layers by their class's name.

    Where no module shows it, the config says it. An encoder that wasn't built from a config gets None there. Modules
    never show `rel_pos_zero_init`; without any windowed block they don't show `window_size` and `global_attn_indexes`.
    """
    block, config, windowed = encoder.blocks[0], encoder.config, windowed_blocks(encoder)
    window, whole = (config.window_size, config.global_attn_indexes) if config else (None, None)
    return {
        "img_size": encoder.img_size,
        "patch_size": patch_size(encoder),
        "in_chans": encoder.patch_embed.proj.in_channels,
        "embed_dim": encoder.patch_embed.proj.out_channels,
        "depth": len(encoder.blocks),
        "num_heads": block.attn.num_heads,
        "mlp_ratio": block.mlp.lin1.out_features / block.mlp.lin1.in_features,
        "out_chans": encoder.neck[0].out_channels,
        "qkv_bias": block.attn.qkv.bias is not None,
        "norm_layer": type(block.norm1).__name__,
        "act_layer": type(block.mlp.act).__name__,
        "use_abs_pos": encoder.pos_embed is not None,
        "use_rel_pos": block.attn.use_rel_pos,
        "rel_pos_zero_init": config.rel_pos_zero_init if config else None,
        "window_size": encoder.blocks[windowed[0]].window_size if windowed else window,
        "global_attn_indexes": global_blocks(encoder) if windowed else whole,
    }


def argument_tensors(trace: Trace) -> dict[str, Sized | None]:
    """A tensor in which each constructor argument shows, by its name and shape; None where there is none."""
    encoder, (rows, cols, dim) = trace.encoder, trace.stream[0].shape
    parameters = {name: tuple(parameter.shape) for name, parameter in encoder.named_parameters()}
    windowed, whole = windowed_blocks(encoder), global_blocks(encoder)

    def parameter(name: str) -> Sized | None:
        return (name, parameters[name]) if name in parameters else None

    windows: Sized | None = None
    if windowed:
        tokens = torch.empty(1, rows, cols, dim, device="meta")
        cut, _ = window_partition(tokens, encoder.blocks[windowed[0]].window_size)
        windows = (f"window_partition(blocks.{windowed[0]}.norm1)", tuple(cut.shape))
    global_table = parameter(f"blocks.{whole[0]}.attn.rel_pos_h") if whole else None
    return {
        "img_size": parameter("pos_embed") or global_table,
        "patch_size": parameter("patch_embed.proj.weight"),
        "in_chans": parameter("patch_embed.proj.weight"),
        "embed_dim": ("blocks.0.input", (rows, cols, dim)),
        "depth": (f"blocks.{trace.depth - 1}", (rows, cols, dim)),
        "num_heads": ("blocks.0.attn.q", tuple(trace.q[0].shape)),
        "mlp_ratio": parameter("blocks.0.mlp.lin1.weight"),
        "out_chans": parameter("neck.0.weight"),
        "qkv_bias": parameter("blocks.0.attn.qkv.bias"),
        "norm_layer": parameter("blocks.0.norm1.weight"),
        "act_layer": ("blocks.0.mlp.act", (rows, cols, encoder.blocks[0].mlp.lin1.out_features)),
        "use_abs_pos": parameter("pos_embed"),
        "use_rel_pos": parameter("blocks.0.attn.rel_pos_h"),
        "rel_pos_zero_init": parameter("blocks.0.attn.rel_pos_h"),
        "window_size": windows,
        "global_attn_indexes": global_table,
    }


def norm_eps(encoder: ImageEncoderViT) -> float | None:
    """What the blocks' norm layers add to the variance; None if they are of a kind that adds nothing."""
    return getattr(encoder.blocks[0].norm1, "eps", None)


@cache
def encoder_without_memory(config: EncoderConfig) -> ImageEncoderViT:
    """An encoder whose tensors have shapes but no numbers: those of ViT-H would take 2.5 GB."""
    with torch.device("meta"):
        return build_encoder(config)


def parameters_by_part(encoder: ImageEncoderViT) -> dict[str, int]:
    """How many parameters each of `PARTS` holds, counted from the tensors' shapes; together all there are."""
    counts = dict.fromkeys(PARTS, 0)
    for name, parameter in encoder.named_parameters():
        local = name.split(".", 2)[2] if name.startswith("blocks.") else name
        part = next(part for part, starts in PARTS.items() if local.startswith(starts))
        counts[part] += parameter.numel()
    return counts


def block_matrix_parameters(encoder: ImageEncoderViT) -> int:
    """Parameters of the four weight matrices of all blocks: qkv, proj, lin1, lin2. Biases aren't counted.

    With embed_dim d they have 3d², d², mlp_ratio·d² and mlp_ratio·d²: depth·(4 + 2·mlp_ratio)·d² together.
    """
    return sum(
        layer.weight.numel()
        for block in encoder.blocks
        for layer in (block.attn.qkv, block.attn.proj, block.mlp.lin1, block.mlp.lin2)
    )
