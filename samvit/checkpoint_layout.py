"""Which tensors of a checkpoint are SAM's image encoder, under which prefix and whose names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from samvit.checkpoint_merge import Tensors, join_qkv, merge_lora
from samvit.checkpoint_sizes import BLOCK, check_names, expected_shapes, listed, recognise_structure
from samvit.checkpoint_stored import Stored
from samvit.errors import CheckpointError, phrase

Layout = Literal["segment-anything", "transformers", "timm"]

# Where an encoder's names begin: all before is its prefix, whatever wraps it.
ROOT = re.compile(r"^((?:[^.]+\.)*?)(?:patch_embed\.|pos_embed$|(?:blocks|layers)\.\d+\.|neck\.)")

# Left within an encoder's names by data parallel training, checkpointing, torch.compile and adapters.
WRAPPERS = re.compile(
    r"(?:^|(?<=\.))(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|base_layer|original_module)\."
)

# The first part of every name that an encoder has; cls_token and others show that it is another's.
PARTS = ("patch_embed", "pos_embed", "blocks", "layers", "neck")

# A prefix that ends so holds nothing but the encoder: whatever else is in it would take part.
ENCODER = re.compile(r"(?:^|\.)(?:image_encoder|vision_encoder|img_encoder)\.(?:module\.)?$")

# Other layouts' names to segment-anything's: timm's samvit models, then transformers.
RENAMES = (
    (re.compile(r"^(blocks\.\d+\.mlp)\.fc([12])\."), r"\1.lin\2."),
    (re.compile(r"^layers\.(\d+)\."), r"blocks.\1."),
    (re.compile(r"^(blocks\.\d+)\.layer_norm([12])\."), r"\1.norm\2."),
    (re.compile(r"^patch_embed\.projection\."), "patch_embed.proj."),
    (re.compile(r"^neck\.conv1\."), "neck.0."),
    (re.compile(r"^neck\.layer_norm1\."), "neck.1."),
    (re.compile(r"^neck\.conv2\."), "neck.2."),
    (re.compile(r"^neck\.layer_norm2\."), "neck.3."),
)

# A key that only this model has → the model. Looked at only where no whole encoder of SAM's is found.
OTHER_ARCHITECTURES = (
    (re.compile(r"(^|\.)patch_embed\.seq\."), "MobileSAM"),
    (re.compile(r"^(\w+\.)*(detector|detector_model|tracker_model)\."), "SAM 3"),
    (re.compile(r"(^|\.)(image_encoder\.trunk|vision_encoder\.backbone|memory_attention|trunk)\."), "SAM 2"),
    (re.compile(r"(^|\.)fuse_stage[23]\."), "EdgeSAM"),
    (re.compile(r"(^|\.)features\.\d+\.(token_mixer|channel_mixer)\."), phrase("model.repvit")),
    (re.compile(r"(^|\.)image_encoder\.backbone\.(input_stem|stages)\."), "EfficientViT-SAM"),
    (re.compile(r"(^|\.)(simfp_\d|net\.blocks\.\d+\.attn\.rel_pos_h$)"), "ViTDet"),
    (re.compile(r"(^|\.)image_encoder\.blocks\.\d+\.mlp\.fc1\."), "EfficientSAM"),
    (re.compile(r"(^|\.)(cls_token|class_token)$"), phrase("model.class_token")),
    (re.compile(r"(^|\.)blocks\.\d+\.mlp\.fc1\."), phrase("model.timm")),
    (re.compile(r"^model\.\d+\.(conv|cv\d)\."), phrase("model.yolo")),
)


@dataclass(frozen=True)
class Found:
    """SAM's image encoder in a file: its tensors under segment-anything's names.

    Args:
        prefix: What stands in front of its names in the file, with the dot.
        layout: Whose names the file uses.
        joined: Whether q, k and v lay in three layers.
        lora_rank: Rank of the low-rank updates that were added; 0 if there are none.
        left_out: How many tensors of the file are no part of it.
    """

    prefix: str
    layout: Layout
    tensors: Tensors
    joined: bool
    lora_rank: int
    left_out: int = 0


def find_encoder(stored: Stored, prefix: str | None = None) -> Found:
    """The one whole image encoder in a file, under any prefix.

    Args:
        prefix: Which one is meant: its whole prefix or the prefix's beginning, with or without the last dot; empty
            for the one without a prefix.

    Raises:
        CheckpointError: If there is none, or if there are several and `prefix` doesn't say which.

    Source: segment-anything image_encoder.py; transformers convert_sam_to_hf.py; timm vision_transformer_sam.py.
    """
    roots = roots_of(stored.tensors)
    if prefix is not None:
        roots = matching(roots, prefix)
    whole: list[Found] = []
    problems: dict[str, CheckpointError] = {}
    for root in roots:
        try:
            whole.append(encoder_under(root, stored))
        except CheckpointError as error:
            problems[root] = error
    distinct = {tuple(tensor.place for tensor in found.tensors.values()): found for found in reversed(whole)}
    if len(distinct) > 1:
        prefixes = ", ".join(repr(found.prefix) for found in whole[:4])
        raise CheckpointError("checkpoint.several", count=len(distinct), prefixes=prefixes)
    if distinct:
        return next(iter(distinct.values()))
    raise none_found(stored.tensors, problems)


def roots_of(names: Iterable[str]) -> list[str]:
    """Every prefix under which there are both patch embedding and blocks, in the file's order."""
    parts: dict[str, set[str]] = {}
    for name in names:
        if match := ROOT.match(name):
            parts.setdefault(match[1], set()).add(name[len(match[1]) :].split(".")[0])
    return [root for root, found in parts.items() if "patch_embed" in found and found & {"blocks", "layers"}]


def matching(roots: list[str], prefix: str) -> list[str]:
    """The roots that a person's prefix means; CheckpointError if it means none."""
    asked = prefix if not prefix or prefix.endswith(".") else prefix + "."
    exact = [root for root in roots if root == asked]
    found = exact or [root for root in roots if asked and root.startswith(asked)]
    if not found:
        there = ", ".join(repr(root) for root in roots[:6]) or phrase("checkpoint.no_prefix")
        raise CheckpointError("checkpoint.prefix", there=there, got=prefix)
    return found


def encoder_under(root: str, stored: Stored) -> Found:
    """The encoder under a prefix; CheckpointError if it isn't whole, or holds what no encoder has."""
    inside: Tensors = {}
    layout: Layout = "segment-anything"
    beside: list[str] = []
    for key, tensor in stored.tensors.items():
        if not key.startswith(root):
            continue
        name = WRAPPERS.sub("", key.removeprefix(root))
        if name.split(".")[0] not in PARTS:
            beside.append(name)
            continue
        ours = segment_anything_name(name)
        if ours != name:
            layout = "timm" if ".mlp.fc" in name else "transformers"
        if ours in inside:
            raise CheckpointError("checkpoint.twice", tensor=ours, prefix=root)
        inside[ours] = tensor
    tensors, lora_rank = merge_lora(inside, stored.values)
    tensors, joined = join_qkv(tensors)
    if not any(BLOCK.match(name) for name in tensors):
        raise CheckpointError("checkpoint.blocks", prefix=root)
    others = beside if ENCODER.search(root) else [name for name in beside if name in ("cls_token", "class_token")]
    structure = recognise_structure(tensors)
    if layout == "timm" and not structure.use_rel_pos:
        raise CheckpointError("checkpoint.timm")
    check_names([*tensors, *others], structure)
    tensors = {name: tensors[name] for name in expected_shapes(structure)}
    return Found(root, layout, tensors, joined, lora_rank, len(stored.tensors) - len(inside))


def none_found(names: Mapping[str, object], problems: Mapping[str, CheckpointError]) -> CheckpointError:
    """Why a file holds no image encoder of SAM's: another model's, a part of one, or nothing of the kind."""
    for pattern, model in OTHER_ARCHITECTURES:
        if any(pattern.search(WRAPPERS.sub("", name)) for name in names):
            return CheckpointError("checkpoint.architecture", model=model)
    if problems:
        return next(iter(problems.values()))
    if any("lora" in name or re.fullmatch(r"w_[ab]_\d+", name) for name in names):
        return CheckpointError("checkpoint.adapter", names=listed(names))
    blocks = [name for name in names if ROOT.match(name)]
    if blocks and any("attn" in name for name in blocks):
        return CheckpointError("checkpoint.part", names=listed(blocks))
    return CheckpointError("checkpoint.keys", names=listed(names))


def segment_anything_name(name: str) -> str:
    """A parameter's name in segment-anything, given that, transformers' or timm's."""
    for pattern, replacement in RENAMES:
        name = pattern.sub(replacement, name)
    return name
