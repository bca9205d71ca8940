"""An encoder that is in memory already, in segment-anything's or transformers' classes, becomes ours.

The weights are shared, not copied. Layers that were replaced by others (LoRA) are merged by what they do: a layer that
is linear is known from its answers to zero and to the unit vectors. That what came out computes the same is checked,
block by block, so that an encoder which was changed in another way is refused instead of shown wrongly.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from samvit.checkpoint_sizes import exact_mlp_ratio
from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder

ROUNDING_STEPS = 2**12  # how far two ways of computing the same may differ, relative to the largest value, in float32
CHECKED_GRID = (9, 11)  # tokens that a block is tried on; SAM's windows don't divide it


def wrap(module: nn.Module) -> ImageEncoderViT:
    """An encoder that shares the weights of a model in memory.

    Args:
        module: segment-anything's `Sam` or its `image_encoder`, transformers' `SamModel` or its `vision_encoder`, or
            what holds one of these. LoRA's layers (PEFT, SAMed, loralib) are merged into weights of their own.

    Raises:
        ValueError: If there is no such encoder in it, or it computes something else than SAM's.
    """
    inner = encoder_inside(module)
    if isinstance(inner, ImageEncoderViT):
        return inner
    with evaluating(module), torch.no_grad():
        parts = parts_of(inner)
        config = config_of(parts)
        with torch.device("meta"):
            encoder = build_encoder(config)
        try:
            encoder.load_state_dict(tensors_of(parts, config), strict=True, assign=True)
        except RuntimeError as error:
            raise ValueError(
                f"module must have the tensors of SAM's encoder, got others: {first_line(error)}"
            ) from None
        for index, block in enumerate(encoder.blocks):
            for ours, theirs in ((block.norm1, "norm1"), (block.norm2, "norm2")):
                ours.eps = eps_of(parts[f"blocks.{index}.{theirs}"])  # type: ignore[assignment]
        for index in (1, 3):
            encoder.neck[index].eps = eps_of(parts[f"neck.{index}"])  # type: ignore[assignment]
        check_agreement(inner, encoder.eval())
    return encoder


def encoder_inside(module: nn.Module) -> Any:
    """The part of a model that looks like SAM's encoder."""
    for part in module.modules():
        if isinstance(part, ImageEncoderViT):
            return part
        if all(hasattr(part, name) for name in ("patch_embed", "neck")) and blocks_of(part):
            return part
    raise ValueError(
        "module must hold SAM's image encoder (patch_embed, blocks and neck, as segment-anything and transformers have "
        f"it), got {type(module).__name__} without one"
    )


def blocks_of(inner: Any) -> list[Any]:
    """The transformer blocks; none where there are none."""
    return list(getattr(inner, "blocks", getattr(inner, "layers", ())))


def either(owner: Any, *names: str) -> Any:
    """The first attribute of these names; ValueError if there is none."""
    for name in names:
        if hasattr(owner, name):
            return getattr(owner, name)
    raise ValueError(f"module must have {names[0]} in its {type(owner).__name__}, as SAM's encoder does, got none")


def parts_of(inner: Any) -> dict[str, Any]:
    """The encoder's layers and tables under segment-anything's names."""
    neck = inner.neck
    parts = {
        "patch_embed.proj": either(inner.patch_embed, "proj", "projection"),
        "pos_embed": getattr(inner, "pos_embed", None),
    }
    names = ("conv1", "layer_norm1", "conv2", "layer_norm2")
    for index, layer in enumerate(neck if isinstance(neck, nn.Sequential) else [either(neck, name) for name in names]):
        parts[f"neck.{index}"] = layer
    for index, block in enumerate(blocks_of(inner)):
        attn, mlp, name = either(block, "attn"), either(block, "mlp"), f"blocks.{index}"
        parts |= {name: block, f"{name}.attn": attn}
        parts |= {f"{name}.norm{which}": either(block, f"norm{which}", f"layer_norm{which}") for which in (1, 2)}
        parts |= {f"{name}.attn.{part}": either(attn, part) for part in ("qkv", "proj")}
        parts |= {f"{name}.mlp.{part}": either(mlp, part) for part in ("lin1", "lin2")}
    return parts


def config_of(parts: dict[str, Any]) -> EncoderConfig:
    """The sizes, by what the layers say of themselves."""
    conv, table = parts["patch_embed.proj"], parts["pos_embed"]
    if not isinstance(conv, nn.Conv2d):
        raise ValueError(f"patch_embed must be a plain convolution, got {type(conv).__name__}")
    blocks = [parts[name] for name in parts if name.startswith("blocks.") and name.count(".") == 1]
    attns = [parts[f"blocks.{index}.attn"] for index in range(len(blocks))]
    windows = [int(block.window_size) for block in blocks]
    spans = [(len(attn.rel_pos_h) + 1) // 2 for attn in attns if getattr(attn, "use_rel_pos", False)]
    grid, side = table.shape[1] if table is not None else max(spans, default=0), conv.kernel_size[0]
    mlp_dim = len(linear(parts["blocks.0.mlp.lin1"], conv.out_channels, "blocks.0.mlp.lin1")[1])
    config = EncoderConfig(
        f"vit_{conv.out_channels}x{len(blocks)}",
        embed_dim=conv.out_channels,
        depth=len(blocks),
        num_heads=int(either(attns[0], "num_heads", "num_attention_heads")),
        global_attn_indexes=tuple(index for index, window in enumerate(windows) if window == 0),
        img_size=grid * side,
        patch_size=side,
        in_chans=conv.in_channels,
        mlp_ratio=exact_mlp_ratio(mlp_dim, conv.out_channels),
        out_chans=parts["neck.0"].out_channels,
        use_abs_pos=table is not None,
        use_rel_pos=bool(spans),
        window_size=max(windows),
    )
    return next((named for named in CONFIGS.values() if replace(config, name=named.name) == named), config)


def sizes_in_memory(encoder: ImageEncoderViT) -> EncoderConfig:
    """The sizes of an encoder in memory: those it was built by, or else what its layers say of themselves."""
    return encoder.config or config_of(parts_of(encoder))


def tensors_of(parts: dict[str, Any], config: EncoderConfig) -> dict[str, Tensor]:
    """Every tensor under segment-anything's name; the module's own where it has one, else merged."""
    wanted: dict[str, Tensor] = {}
    widths = {"qkv": config.embed_dim, "proj": config.embed_dim, "lin1": config.embed_dim, "lin2": config.mlp_dim}
    for name, part in parts.items():
        kind = name.rsplit(".", 1)[-1]
        if name == "pos_embed":
            wanted |= {} if part is None else {name: part}
        elif name.startswith("blocks.") and kind in widths:
            wanted[f"{name}.weight"], wanted[f"{name}.bias"] = linear(part, widths[kind], name)
        elif name.endswith(".attn"):
            wanted |= {
                f"{name}.{table}": getattr(part, table) for table in ("rel_pos_h", "rel_pos_w") if config.use_rel_pos
            }
        elif name.count(".") == 1 and name.startswith("blocks."):
            continue  # the block itself
        else:
            wanted[f"{name}.weight"] = part.weight
            if getattr(part, "bias", None) is not None:
                wanted[f"{name}.bias"] = part.bias
    return wanted


def linear(layer: nn.Module, width: int, name: str) -> tuple[Tensor, Tensor]:
    """Weight (out, width) and bias of a layer: its own, or those of a linear map that does what the layer does."""
    if type(layer) is nn.Linear:
        bias = layer.bias if layer.bias is not None else layer.weight.new_zeros(layer.out_features)
        return layer.weight, bias
    like = next(layer.parameters(), torch.empty(0))
    asked = torch.cat(
        [torch.eye(width), torch.zeros(1, width), torch.randn(4, width, generator=torch.Generator().manual_seed(0))]
    )
    asked = asked.to(like)
    answers = layer(asked[None, :, None])[0, :, 0]  # (tokens, out): layers expect batch × rows × cols × dim
    bias = answers[width]
    weight = (answers[:width] - bias).T.contiguous()
    if not close(asked[width + 1 :] @ weight.T + bias, answers[width + 1 :]):
        raise ValueError(
            f"{name} must be linear, or a linear layer with LoRA, got {type(layer).__name__}, which is neither"
        )
    return weight, bias


def check_agreement(inner: Any, encoder: ImageEncoderViT) -> None:
    """Raise ValueError unless every block, and the neck, computes what the module's own does."""
    like = encoder.patch_embed.proj.weight
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randn(1, *CHECKED_GRID, like.shape[0], generator=generator).to(like)
    for index, (theirs, ours) in enumerate(zip(blocks_of(inner), encoder.blocks, strict=True)):
        seen = theirs(tokens)
        if not close(ours(tokens), seen[0] if isinstance(seen, tuple) else seen):
            raise ValueError(
                f"block {index} must compute what SAM's does, got a {type(theirs).__name__} with another result: "
                "adapters that aren't linear can't be merged"
            )
    channels_first = tokens.permute(0, 3, 1, 2)
    if not close(
        encoder.neck(channels_first), inner.neck(channels_first if isinstance(inner.neck, nn.Sequential) else tokens)
    ):
        raise ValueError("neck must compute what SAM's does, got another result")


def close(one: Tensor, other: Tensor) -> bool:
    """Whether two results differ by rounding only."""
    if one.shape != other.shape:
        return False
    eps = torch.finfo(one.dtype).eps
    allowed = ROUNDING_STEPS * eps if eps < 1e-6 else 16 * eps
    return float((one - other).abs().max()) <= allowed * float(other.abs().max())


def eps_of(norm: Any) -> float:
    """What a LayerNorm adds to the variance."""
    return float(either(norm, "eps", "variance_epsilon"))


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode (no dropout) inside; each part's own mode again afterwards."""
    modes = [(part, part.training) for part in module.modules()]
    try:
        module.eval()
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def first_line(error: Exception) -> str:
    """The first detail of torch's message on tensors that don't fit."""
    return str(error).split("\n")[1].strip() if "\n" in str(error) else str(error)
