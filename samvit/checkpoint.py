"""Weights for an encoder: find them on this machine or on the Hugging Face hub, verify and load them."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from samvit.checkpoint_hub import HUB_FILE, PUBLISHED, cached, download, hub_answer
from samvit.checkpoint_layout import find_encoder
from samvit.checkpoint_shards import config_beside, read_checkpoint_files
from samvit.checkpoint_sizes import check_names, check_shapes, recognise_config, window_is_grid
from samvit.checkpoint_stored import StoredTensor, damaged
from samvit.config import CONFIGS, EncoderConfig, parse_config
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.errors import CheckpointError, Phrase, phrase
from samvit.provenance import Provenance

# Names a folder with checkpoints, which come before anything downloaded.
FOLDER_VARIABLE = "SAMVIT_CHECKPOINTS"
BUNDLED = Path(__file__).parent / "weights" / "vit_tiny.safetensors"


@dataclass(frozen=True)
class Availability:
    """Whether an encoder's weights can be had.

    Args:
        where: Where they would come from; empty if they can't be had.
        reason: Why not, in one sentence for a person; None if they can.
    """

    name: str
    available: bool
    where: Literal["bundled", "disk", "download", ""]
    reason: Phrase | None


@dataclass(frozen=True)
class Opened:
    """A checkpoint whose names and shapes are known and fit an encoder; its numbers aren't read yet."""

    provenance: Provenance
    tensors: dict[str, StoredTensor]
    files: tuple[Path, ...]


def open_checkpoint(path: str | Path, config: EncoderConfig | str | None = None, prefix: str | None = None) -> Opened:
    """Find SAM's image encoder in a local checkpoint, and tell its sizes, without reading its weights.

    Args:
        path: A `.pth` or `.safetensors` file, or a folder, an index or one of several shards.
        config: The sizes it must have; or, as text, what its shapes can't tell (see `parse_config`).
        prefix: Which image encoder, if the file holds several: what stands in front of its names.

    Raises:
        CheckpointError: If the file isn't there, is damaged, wants to run code, isn't such an encoder, or leaves open
            what `config` or `prefix` answers.
    """
    path = Path(path)
    answers: dict[str, Any] = parse_config(config) if isinstance(config, str) else {}
    stored, files = read_checkpoint_files(path)
    found = find_encoder(stored, prefix)
    check_numbers(found.tensors, files)
    shapes = {name: tensor.shape for name, tensor in found.tensors.items()}
    if not isinstance(config, EncoderConfig):
        answers = {**config_beside(path), **answers}
        config = recognise_config(shapes, answers)
        ambiguous = window_is_grid(shapes, config) and "global_attn_indexes" not in answers
    else:
        check_names(shapes, config)
        ambiguous = False
    check_shapes(shapes, config)
    provenance = Provenance(
        origin="bundled" if files[0] == BUNDLED else "file",
        config=config,
        layout=found.layout,
        prefix=found.prefix,
        dtypes=tuple(sorted({str(tensor.dtype).removeprefix("torch.") for tensor in found.tensors.values()})),
        shards=len(files),
        joined=found.joined,
        lora_rank=found.lora_rank,
        left_out=found.left_out,
        window_is_grid=ambiguous,
        stated=tuple(answers),
    )
    return Opened(provenance, found.tensors, files)


def check_numbers(tensors: Mapping[str, StoredTensor], files: Sequence[Path]) -> None:
    """Raise CheckpointError unless every tensor holds plain numbers, and no more than the files have bytes."""
    for name, tensor in tensors.items():
        kind = tensor.problem or ("" if tensor.dtype.is_floating_point else str(tensor.dtype).removeprefix("torch."))
        if kind:
            raise CheckpointError("checkpoint.numbers", kind=kind, tensor=name)
    if sum(tensor.nbytes for tensor in tensors.values()) > sum(file.stat().st_size for file in files):
        raise CheckpointError("checkpoint.claims", name=files[0].name)


def named_origin(provenance: Provenance, files: Sequence[Path]) -> Provenance:
    """The same with its origin found out: official by its hash, or from the hub's cache of Meta's repository."""
    published = PUBLISHED.get(provenance.config.name)
    if published is None or len(files) != 1:
        return provenance
    if cached(published) == files[0]:
        return replace(provenance, origin="hub", repo=published.repo)
    # Official files hold a whole SAM in float32 under segment-anything's names; of others none has a known hash.
    if (provenance.layout, provenance.prefix, provenance.dtypes) != (
        "segment-anything",
        "image_encoder.",
        ("float32",),
    ):
        return provenance
    sha256 = sha256_of(files[0])
    if sha256 == published.sha256:
        return replace(provenance, origin="official", repo=published.repo, sha256=sha256)
    return replace(provenance, sha256=sha256)


def inspect_checkpoint(
    path: str | Path, config: EncoderConfig | str | None = None, prefix: str | None = None
) -> Provenance:
    """What a checkpoint is, without loading its weights; arguments and errors as `open_checkpoint`."""
    opened = open_checkpoint(path, config, prefix)
    return named_origin(opened.provenance, opened.files)


def read_opened(opened: Opened) -> tuple[dict[str, Tensor], Provenance]:
    """The weights as float32 tensors of their own memory, and the provenance with NaN and infinity looked for."""
    tensors: dict[str, Tensor] = {}
    not_finite = []
    for name, stored in opened.tensors.items():
        tensors[name] = own_float32(stored.read())
        if not torch.isfinite(tensors[name]).all():
            not_finite.append(name)
    return tensors, replace(named_origin(opened.provenance, opened.files), not_finite=tuple(not_finite))


def read_checkpoint(
    path: str | Path, config: EncoderConfig | str | None = None, prefix: str | None = None
) -> tuple[EncoderConfig, dict[str, Tensor]]:
    """The image encoder's tensors in a local checkpoint, and the encoder's sizes; arguments as `open_checkpoint`.

    Takes a whole SAM or its encoder alone, under any prefix and nested in any dictionaries; segment-anything's names,
    transformers' or timm's; q, k and v joined or apart; any floating point type. No code of the file runs.

    Returns:
        The sizes, and float32 tensors of their own memory under segment-anything's names.

    Raises:
        CheckpointError: As `open_checkpoint`.
    """
    opened = open_checkpoint(path, config, prefix)
    return opened.provenance.config, read_opened(opened)[0]


def own_float32(tensor: Tensor) -> Tensor:
    """A float32 tensor, contiguous, that gradients don't reach."""
    return tensor.detach().to(torch.float32, memory_format=torch.contiguous_format).contiguous()


def load_checkpoint(
    path: str | Path, config: EncoderConfig | str | None = None, prefix: str | None = None
) -> ImageEncoderViT:
    """An encoder with the weights of a local checkpoint, float32, in evaluation mode; it carries its `provenance`.

    Args and errors as `open_checkpoint`.
    """
    return load_opened(open_checkpoint(path, config, prefix))


def load_with_provenance(
    path: str | Path, config: EncoderConfig | str | None = None, prefix: str | None = None
) -> tuple[ImageEncoderViT, Provenance]:
    """An encoder with the weights of a local checkpoint, and what these are; args and errors as `open_checkpoint`."""
    encoder = load_checkpoint(path, config, prefix)
    assert encoder.provenance is not None
    return encoder, encoder.provenance


def load_opened(opened: Opened) -> ImageEncoderViT:
    """An encoder with the weights of a checkpoint that was opened."""
    tensors, provenance = read_opened(opened)
    with torch.device("meta"):  # no memory and no random numbers for weights about to be replaced
        encoder = build_encoder(provenance.config)
    encoder.load_state_dict(tensors, strict=True, assign=True)
    encoder.provenance = provenance
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
            raise CheckpointError("found.not_here", name=name)
        try:
            found = download(PUBLISHED[name], revision)
        except CheckpointError as error:
            raise CheckpointError("found.nowhere", name=name, why=error.phrase) from None
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
            raise CheckpointError("found.not_bundled", name=name, file=BUNDLED.name)
        return BUNDLED
    published = PUBLISHED[name]
    if folder_name := os.environ.get(FOLDER_VARIABLE):
        folder = existing_folder(folder_name)
        stems = (f"sam_{name}", name)
        for file in (published.official, *(f"{stem}.{kind}" for stem in stems for kind in ("safetensors", "pth"))):
            if (folder / file).is_file():
                return folder / file
        # As the hub's repositories are laid out: in a folder of the repository's name, or alone and told by its shapes.
        for file in (f"{published.repo}/{HUB_FILE}", f"{Path(published.repo).name}/{HUB_FILE}"):
            if (folder / file).is_file():
                return folder / file
        alone = folder / HUB_FILE
        if alone.is_file() and replace(open_checkpoint(alone).provenance.config, name=name) == CONFIGS[name]:
            return alone
    return cached(published, revision)


def existing_folder(name: str) -> Path:
    """The folder that SAMVIT_CHECKPOINTS names; CheckpointError if there is none."""
    with suppress(OSError, RuntimeError):  # a name that is too long, or the home of somebody who isn't there
        folder = Path(name).expanduser()
        if folder.is_dir():
            return folder
    raise CheckpointError("found.folder", variable=FOLDER_VARIABLE)


# (name, size, modification time) → hash: of 2.5 GB it takes seconds.
_hashes: dict[tuple[Path, int, int], str] = {}


def sha256_of(path: Path) -> str:
    """A file's SHA-256 in hexadecimal; a file that was read once isn't read again until it changes.

    Raises:
        CheckpointError: If it can't be read.
    """
    try:
        status = path.stat()
        version = (path.resolve(), status.st_size, status.st_mtime_ns)
        if version not in _hashes:
            with path.open("rb") as file:
                _hashes[version] = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise damaged(path) from None
    return _hashes[version]


def verify_sha256(path: Path, expected: str) -> None:
    """Raise CheckpointError unless the file has this SHA-256."""
    got = sha256_of(path)
    if got != expected:
        raise CheckpointError("found.sha256", name=path.name, wanted=expected[:12], got=got[:12])


def availability(name: str, revision: str | None = None) -> Availability:
    """Whether `load_encoder` would find weights; downloads nothing, and asks the hub at most once a minute.

    Raises:
        ValueError: If the name is unknown.
    """
    named_config(name)
    try:
        found = find_checkpoint(name, revision)
        if found is not None:
            open_checkpoint(found, CONFIGS[name])
            return Availability(name, True, "bundled" if found == BUNDLED else "disk", None)
    except CheckpointError as error:
        return Availability(name, False, "", error.phrase)
    if problem := hub_answer(PUBLISHED[name], revision):
        return Availability(name, False, "", phrase("found.nowhere", name=name, why=problem))
    return Availability(name, True, "download", None)
