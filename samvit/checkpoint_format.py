"""A checkpoint file's bytes to tensors, `.pth` or `.safetensors`; a file's own code never runs."""

import pickle
import re
import struct
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from samvit.errors import CheckpointError

# Where training scripts put the state dict, besides the optimizer's and the epoch.
NESTED_UNDER = ("model", "state_dict", "model_state_dict")

# What torch.load lets out on damaged files, besides pickle.UnpicklingError.
DAMAGE_ERRORS = (
    OSError,
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    AttributeError,
    AssertionError,
    MemoryError,
    struct.error,
)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every named tensor of a checkpoint, unnested, under the file's own names and dtypes, on the CPU.

    Raises:
        CheckpointError: If there is no such file, or it isn't a whole checkpoint of plain tensors.

    Source: torch.load's `weights_only`; the safetensors format.
    """
    start = check_start(path)
    # By content, not by name: 8 bytes of header length, then the header's JSON.
    if start[8:9] == b"{":
        return read_safetensors(path)
    loaded = read_torch(path)
    for _ in range(len(NESTED_UNDER)):  # bounded: a pickle can hold itself
        inner = next((loaded[key] for key in NESTED_UNDER if isinstance(loaded.get(key), dict)), None)
        if inner is None:
            break
        loaded = inner
    tensors = {key: value for key, value in loaded.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if not tensors:
        raise CheckpointError(f"checkpoint must hold named tensors, got {path.name!r}, which holds none")
    return tensors


def check_start(path: Path) -> bytes:
    """The file's first bytes; CheckpointError if they tell that it is no checkpoint at all."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except (FileNotFoundError, NotADirectoryError):
        raise CheckpointError(f"checkpoint must be an existing file, got {path.name!r}, which isn't there") from None
    except IsADirectoryError:
        raise CheckpointError(f"checkpoint must be a file, got the folder {path.name!r}") from None
    except (OSError, ValueError):
        raise CheckpointError(f"checkpoint must be readable, got {path.name!r}, which can't be opened") from None
    if kind := not_a_checkpoint(start):
        raise CheckpointError(f"checkpoint must be a .pth or .safetensors file, got {path.name!r}, which is {kind}")
    return start


def not_a_checkpoint(start: bytes) -> str:
    """What a download that went wrong left behind, told by its first bytes; empty if it may be a checkpoint."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "empty"
    if text.startswith(b"<"):
        return "an HTML page (the link led to a web page, not to the file)"
    if text.startswith(b"version https://git-lfs"):
        return "a git-lfs pointer (run `git lfs pull` to get the file it stands for)"
    if start[8:9] != b"{" and text.startswith((b"{", b"[")):
        return "a JSON text"
    return ""


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Tensors of a `.safetensors` file; they may lie in the mapped file, so copy what is kept."""
    try:
        return load_file(path)
    except (SafetensorError, *DAMAGE_ERRORS):
        raise damaged(path) from None


def read_torch(path: Path) -> dict[Any, Any]:
    """The object of a `.pth` file: zip archive or old pickle, tensors and plain containers only."""
    try:
        with path.open("rb") as file:  # given a name, torch would judge the file by its ending
            loaded = torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if wanted := wants_to_run(str(error)):
            raise CheckpointError(
                f"checkpoint must hold plain tensors, got {path.name!r}, a pickle that wants to run code ({wanted})"
            ) from None
        raise damaged(path) from None
    except DAMAGE_ERRORS as error:
        if "TorchScript" in str(error):
            raise CheckpointError(
                f"checkpoint must hold plain tensors, got {path.name!r}, a TorchScript program"
            ) from None
        raise damaged(path) from None
    if not isinstance(loaded, dict):
        raise CheckpointError(f"checkpoint must hold a dict of tensors, got {path.name!r}, a {type(loaded).__name__}")
    return loaded


def wants_to_run(message: str) -> str:
    """Which class or function torch's unpickler refused, by its message; empty if the pickle is merely broken."""
    if named := re.search(r"GLOBAL ([\w.]+)", message):
        return named[1]
    return "a call of its own" if re.search(r"reduce|new object|Can only build", message) else ""


def damaged(path: Path) -> CheckpointError:
    """The error for a file that begins like a checkpoint and can't be read to its end."""
    return CheckpointError(f"checkpoint must be a whole file, got {path.name!r}, which is truncated or damaged")
