"""Weights kept in parts, put together: q, k and v as three layers, and LoRA's low-rank updates."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from samvit.checkpoint_stored import StoredTensor, Value
from samvit.errors import CheckpointError

Tensors = dict[str, StoredTensor]

# Names that the three layers go by (SlimSAM; transformers and PEFT; diffusers).
SEPARATE = (("q", "k", "v"), ("q_proj", "k_proj", "v_proj"), ("query", "key", "value"), ("to_q", "to_k", "to_v"))

# PEFT's and loralib's parts; SAMed's, which fine-tuned copies scale or don't.
LORA_PART = re.compile(r"^(?P<layer>.+)\.lora_(?P<part>[AB])(?:\.(?P<adapter>\w+))?(?:\.weight)?$")
OTHER_LORA = re.compile(r"\.(lora_|linear_[ab]_[qkv]\b|w_[ab]_|hada_|lokr_|loha_|vera_)|lora_magnitude")


def join_qkv(tensors: Tensors) -> tuple[Tensors, bool]:
    """The tensors with `attn.qkv` in place of three layers, each block's q above k above v; and whether any were.

    Raises:
        CheckpointError: If one of the three is missing or differs in shape.

    Source: segment-anything image_encoder.py, Attention.qkv.
    """
    joined = dict(tensors)
    found = False
    for name in tensors:
        match = re.fullmatch(r"(blocks\.\d+\.attn)\.([a-z_]+)\.(weight|bias)", name)
        for letters in SEPARATE:
            if not match or match[2] != letters[0]:
                continue
            names = [f"{match[1]}.{letter}.{match[3]}" for letter in letters]
            if any(part not in tensors for part in names) or len({tensors[part].shape for part in names}) > 1:
                raise CheckpointError("checkpoint.qkv", tensor=name)
            found = True
            joined[f"{match[1]}.qkv.{match[3]}"] = stacked([joined.pop(part) for part in names])
    return joined, found


def stacked(parts: list[StoredTensor]) -> StoredTensor:
    """Parts one above the other, read when asked for."""
    shape = (sum(part.shape[0] for part in parts if part.shape), *parts[0].shape[1:])
    problem = next((part.problem for part in parts if part.problem), None)

    def read() -> Tensor:
        return torch.cat([part.read() for part in parts])

    return StoredTensor(shape, parts[0].dtype, tuple(part.place for part in parts), read, problem)


@dataclass(frozen=True)
class LowRank:
    """One layer's update: scale · B·A."""

    layer: str
    a: StoredTensor
    b: StoredTensor
    scale: float


def merge_lora(tensors: Tensors, values: Mapping[str, Value]) -> tuple[Tensors, int]:
    """The tensors with every low-rank update added to its layer, and the updates' rank (0 if there are none).

    The scale is alpha / rank (alpha / √rank where the file says `use_rslora`): alpha comes from the file's settings
    or from a number beside the layer.

    Raises:
        CheckpointError: If the file doesn't tell the scale, or holds another kind of update.

    Source: LoRA, arXiv 2106.09685; PEFT tuners/lora/layer.py, get_delta_weight.
    """
    parts: dict[str, dict[str, str]] = {}
    for name in tensors:
        if match := LORA_PART.fullmatch(name):
            parts.setdefault(f"{match['layer']} {match['adapter'] or ''}", {})[match["part"]] = name
    used = {name for pair in parts.values() for name in pair.values()}
    merged = {name: tensor for name, tensor in tensors.items() if name not in used}
    if other := next((name for name in merged if OTHER_LORA.search("." + name)), ""):
        raise CheckpointError("checkpoint.adapters", tensor=other)
    if len({key.split(" ")[1] for key in parts}) > 1:
        raise CheckpointError("checkpoint.several_lora")
    ranks = set()
    for key, pair in parts.items():
        layer = key.split(" ")[0]
        weight = merged.get(f"{layer}.weight")
        if weight is None or set(pair) != {"A", "B"}:
            raise CheckpointError("checkpoint.lora_alone", layer=layer)
        a, b = tensors[pair["A"]], tensors[pair["B"]]
        if (
            len(a.shape) != 2
            or len(b.shape) != 2
            or (b.shape[0], a.shape[1]) != weight.shape
            or a.shape[0] != b.shape[1]
        ):
            raise CheckpointError("checkpoint.lora_shape", layer=layer)
        alpha = merged.pop(f"{layer}.alpha", None) or merged.pop(f"{layer}.lora_alpha", None)
        scale = lora_scale(a.shape[0], alpha, values)
        merged[f"{layer}.weight"] = updated(weight, LowRank(layer, a, b, scale))
        ranks.add(a.shape[0])
    return merged, max(ranks, default=0)


def lora_scale(rank: int, alpha: StoredTensor | None, values: Mapping[str, Value]) -> float:
    """What B·A is multiplied with; CheckpointError if the file doesn't tell, or tells two different things."""
    told = {
        float(value) for name, value in values.items() if is_setting(name, "lora_alpha") and not isinstance(value, str)
    }
    if alpha is not None:
        told = {float(alpha.read().flatten()[0])}
    if not told:
        raise CheckpointError("checkpoint.lora_no_alpha")
    if len(told) > 1:
        raise CheckpointError("checkpoint.lora_alphas", count=len(told))
    rooted = any(value is True for name, value in values.items() if is_setting(name, "use_rslora"))
    return told.pop() / (math.sqrt(rank) if rooted else rank)


def is_setting(path: str, name: str) -> bool:
    """Whether a dotted path ends in a setting, or in one adapter's own."""
    return name in path.split(".")[-2:]


def updated(weight: StoredTensor, update: LowRank) -> StoredTensor:
    """A weight with its low-rank update added, in float32, read when asked for."""

    def read() -> Tensor:
        return weight.read().float() + update.scale * (update.b.read().float() @ update.a.read().float())

    problem = weight.problem or update.a.problem or update.b.problem
    return replace(weight, place=(weight.place, update.a.place), read=read, problem=problem)
