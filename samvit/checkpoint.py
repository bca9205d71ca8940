"""Weights for an encoder: find them on this machine or on the Hugging Face hub, verify and load them."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from samvit.checkpoint_format import check_start, read_tensors
from samvit.checkpoint_hub import PUBLISHED, cached, download, hub_answer
from samvit.checkpoint_layout import check_names, check_shapes, encoder_keys, recognise_config
from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.errors import CheckpointError

# Names a folder with checkpoints, which come before anything downloaded.
FOLDER_VARIABLE = "SAMVIT_CHECKPOINTS"
BUNDLED = Path(__file__).parent / "weights" / "vit_tiny.safetensors"


@dataclass(frozen=True)
class Availability:
    """Whether an encoder's weights can be had.

    Args:
        where: Where they would come from; empty if they can't be had.
        reason: Why not, in one sentence for a person; empty if they can.
    """

    name: str
    available: bool
    where: Literal["bundled", "disk", "download", ""]
    reason: str


def read_checkpoint(path: str | Path, config: EncoderConfig | None = None) -> tuple[EncoderConfig, dict[str, Tensor]]:
    """The image encoder's tensors in a local file, whichever layout it has, and the encoder's sizes.

    Takes `.pth` and `.safetensors`; a whole SAM or its encoder alone; segment-anything's names or transformers';
    nested under `model` or `state_dict`, or with `module.` in front; any floating point type.

    Args:
        config: The sizes the file must have; told from its tensors' shapes if None.

    Returns:
        The sizes, and float32 tensors of their own memory under segment-anything's names.

    Raises:
        CheckpointError: If the file isn't there, is damaged, wants to run code, or isn't such an encoder.
    """
    tensors = read_tensors(Path(path))
    keys = encoder_keys(tensors)
    if config is not None:
        check_names(keys, config)
    shapes = {name: tuple(tensors[key].shape) for name, key in keys.items()}
    config = config or recognise_config(shapes)
    check_shapes(shapes, config)
    for name, key in keys.items():
        tensor = tensors[key]
        if not tensor.is_floating_point() or tensor.layout != torch.strided or tensor.is_meta:
            kind = str(tensor.dtype).removeprefix("torch.") if tensor.layout == torch.strided else "sparse values"
            raise CheckpointError(f"checkpoint must hold floating point numbers, got {kind} in {name}")
    # Taken out one by one, so that file and copy are never both whole in memory.
    return config, {name: own_float32(tensors.pop(key)) for name, key in keys.items()}


def own_float32(tensor: Tensor) -> Tensor:
    """A float32 copy: the original may lie in a mapped file, which anyone may change or cut later."""
    return tensor.detach().to(torch.float32, copy=True, memory_format=torch.contiguous_format)


def load_checkpoint(path: str | Path, config: EncoderConfig | None = None) -> ImageEncoderViT:
    """An encoder with the weights of a local file, float32, in evaluation mode; see `read_checkpoint`.

    Raises:
        CheckpointError: As `read_checkpoint`.
    """
    config, tensors = read_checkpoint(path, config)
    with torch.device("meta"):  # no memory and no random numbers for weights about to be replaced
        encoder = build_encoder(config)
    encoder.load_state_dict(tensors, strict=True, assign=True)
    return encoder


def load_encoder(
    name: str, path: str | Path | None = None, revision: str | None = None, allow_download: bool = True
) -> ImageEncoderViT:
    """An encoder by name, its weights from the first of: `path`, the folder, the hub's cache, a download.

    The folder is the one that the environment variable SAMVIT_CHECKPOINTS names. `vit_tiny` is bundled.

    Args:
        name: One of `vit_tiny`, `vit_b`, `vit_l`, `vit_h`.
        path: A checkpoint with this encoder's sizes; any file, its hash isn't checked.
        revision: Commit, tag or branch of the hub's repository; its main branch if None.
        allow_download: Whether the hub may be asked for what isn't on this machine.

    Raises:
        ValueError: If the name is unknown.
        CheckpointError: If there are no such weights, or they can't be used.
    """
    config = named_config(name)
    if path is not None:
        return load_checkpoint(path, config)
    found = find_checkpoint(name, revision)
    if found is None:
        if not allow_download:
            raise CheckpointError(f"{name} must be on this machine, got no file of it, and downloads aren't allowed")
        try:
            found = download(PUBLISHED[name], revision)
        except CheckpointError as error:
            raise CheckpointError(f"{name} isn't on this machine and {error}") from None
    elif name in PUBLISHED and found.name == PUBLISHED[name].official:
        verify_sha256(found, PUBLISHED[name].sha256)
    return load_checkpoint(found, config)


def named_config(name: str) -> EncoderConfig:
    """The config of a name; ValueError if there is none."""
    if name not in CONFIGS:
        raise ValueError(f"encoder must be one of {', '.join(CONFIGS)}, got {name!r}")
    return CONFIGS[name]


def find_checkpoint(name: str, revision: str | None = None) -> Path | None:
    """The file of a named encoder on this machine: bundled, in the folder, or in the hub's cache; None if nowhere.

    Raises:
        CheckpointError: If the bundled file is missing, or SAMVIT_CHECKPOINTS names no folder.
    """
    if name not in PUBLISHED:
        if not BUNDLED.is_file():
            raise CheckpointError(f"{name} must be bundled, got an installation without {BUNDLED.name}")
        return BUNDLED
    published = PUBLISHED[name]
    if folder_name := os.environ.get(FOLDER_VARIABLE):
        folder = Path(folder_name).expanduser()
        if not folder.is_dir():
            raise CheckpointError(f"{FOLDER_VARIABLE} must name an existing folder, got one that isn't there")
        stems = (f"sam_{name}", name)
        for file in (published.official, *(f"{stem}.{kind}" for stem in stems for kind in ("safetensors", "pth"))):
            if (folder / file).is_file():
                return folder / file
    return cached(published, revision)


# (name, size, modification time) of files whose hash was right: a 2.5 GB hash takes seconds.
_verified: set[tuple[Path, int, int]] = set()


def verify_sha256(path: Path, expected: str) -> None:
    """Raise CheckpointError unless the file has this SHA-256; a file that had it isn't read again until it changes."""
    status = path.stat()
    version = (path.resolve(), status.st_size, status.st_mtime_ns)
    if version in _verified:
        return
    with path.open("rb") as file:
        got = hashlib.file_digest(file, "sha256").hexdigest()
    if got != expected:
        raise CheckpointError(
            f"{path.name} must have the official SHA-256 {expected[:12]}…, got {got[:12]}…: download it again"
        )
    _verified.add(version)


def availability(name: str, revision: str | None = None) -> Availability:
    """Whether `load_encoder` would find weights; downloads nothing, and asks the hub at most once a minute.

    Raises:
        ValueError: If the name is unknown.
    """
    named_config(name)
    try:
        found = find_checkpoint(name, revision)
        if found is not None:
            check_start(found)
            return Availability(name, True, "bundled" if found == BUNDLED else "disk", "")
    except CheckpointError as error:
        return Availability(name, False, "", str(error))
    if problem := hub_answer(PUBLISHED[name], revision):
        return Availability(name, False, "", f"{name} isn't on this machine and {problem}")
    return Availability(name, True, "download", "")
