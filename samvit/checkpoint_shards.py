"""A checkpoint in one file or in several: a folder, an index of shards, or one of the shards."""

import re
from pathlib import Path

from samvit.checkpoint_format import read_file, read_json
from samvit.checkpoint_stored import Stored
from samvit.errors import CheckpointError

SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<ending>\.\w+)")
ENDINGS = (".safetensors", ".pth", ".pt", ".bin", ".ckpt")

# What a folder's weights are called, the first found first (transformers, then plain torch).
USUAL_NAMES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "diffusion_pytorch_model.safetensors",
)


def read_checkpoint_files(path: Path) -> tuple[Stored, tuple[Path, ...]]:
    """Everything named in a checkpoint, and the files that it lies in.

    Args:
        path: A file; a folder; an index (`model.safetensors.index.json`); or one shard, beside the others.

    Raises:
        CheckpointError: As `read_file`; or if a shard is missing, or a folder doesn't tell which file is meant.
    """
    if path.is_dir():
        path = file_of_folder(path)
    files = files_of(path)
    parts = [read_file(file) for file in files]
    tensors, values = {}, {}
    for part in parts:
        tensors.update(part.tensors)
        values.update(part.values)
    return Stored(tensors, values), files


def files_of(path: Path) -> tuple[Path, ...]:
    """The file itself, or every shard that belongs to it."""
    if path.name.endswith(".index.json") and path.is_file():
        index = read_json(path)
        weight_map = index.get("weight_map") if isinstance(index, dict) else None
        names = sorted(set(weight_map.values())) if isinstance(weight_map, dict) and weight_map else []
        if not names or any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise CheckpointError("checkpoint.index", name=path.name)
        return present(path.parent, names)
    if (shard := SHARD.fullmatch(path.name)) and path.is_file() and 1 < int(shard["count"]) <= 1000:
        numbers = range(1, int(shard["count"]) + 1)
        names = [f"{shard['stem']}-{number:05d}-of-{shard['count']}{shard['ending']}" for number in numbers]
        return present(path.parent, names)
    return (path,)


def present(folder: Path, names: list[str]) -> tuple[Path, ...]:
    """Files of a folder; CheckpointError if one of them isn't there."""
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        shown = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
        raise CheckpointError("checkpoint.shards", count=len(names), missing=shown)
    return tuple(folder / name for name in names)


def file_of_folder(folder: Path) -> Path:
    """The one checkpoint of a folder, by its usual name or because there is no other."""
    for name in USUAL_NAMES:
        if (folder / name).is_file():
            return folder / name
    files = sorted(file for file in folder.iterdir() if file.is_file())
    if any(file.suffix == ".distcp" for file in files):
        raise CheckpointError("checkpoint.distributed", name=folder.name)
    if any("zero_pp_rank" in file.name for file in folder.glob("**/*zero_pp_rank*")):
        raise CheckpointError("checkpoint.deepspeed", name=folder.name)
    likely = [file for file in files if file.suffix in ENDINGS or file.name.endswith(".index.json")]
    shards = {(shard["stem"], shard["count"]) for file in likely if (shard := SHARD.fullmatch(file.name))}
    if len(likely) == 1 or (len(shards) == 1 and all(SHARD.fullmatch(file.name) for file in likely)):
        return likely[0]
    if not likely:
        raise CheckpointError("checkpoint.empty_folder", name=folder.name)
    got = ", ".join(file.name for file in likely[:3]) + (", …" if len(likely) > 3 else "")
    raise CheckpointError("checkpoint.full_folder", name=folder.name, count=len(likely), files=got)


def config_beside(path: Path) -> dict[str, object]:
    """What a transformers `config.json` in the checkpoint's folder says that shapes can't; empty if there is none."""
    file = (path if path.is_dir() else path.parent) / "config.json"
    if not file.is_file() or not (path.is_dir() or path.name.startswith(("model", "pytorch_model"))):
        return {}
    told = read_json(file)
    vision = told.get("vision_config", told) if isinstance(told, dict) else None
    if not isinstance(vision, dict):
        return {}
    names = {"num_attention_heads": "num_heads", "window_size": "window_size"}
    answers: dict[str, object] = {
        ours: vision[theirs] for theirs, ours in names.items() if type(vision.get(theirs)) is int
    }
    indexes = vision.get("global_attn_indexes")
    if isinstance(indexes, list) and all(type(index) is int for index in indexes):
        answers["global_attn_indexes"] = tuple(indexes)
    return answers if "global_attn_indexes" in answers and "window_size" in answers else {}
