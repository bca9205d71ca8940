"""What lies in a checkpoint file, by name, before any of its numbers are read."""

import pickle
import struct
import zipfile
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from samvit.errors import CheckpointError, Phrase

Shape = tuple[int, ...]
Value = int | float | str | bool

# What readers let out on damaged files, besides their own errors.
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
    NotImplementedError,
    struct.error,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    SafetensorError,
    RecursionError,
)

# Deeper than any training script nests; a pickle can hold itself.
DEEPEST = 16


@dataclass(frozen=True)
class StoredTensor:
    """One tensor of a file: what is said of it, and how to get it.

    Args:
        place: Where its numbers lie; two tensors of the same place are the same.
        read: Its numbers, in memory of their own. CheckpointError if they aren't all there.
        problem: What it holds instead of plain numbers, such as "sparse values"; None if it is readable.
    """

    shape: Shape
    dtype: torch.dtype
    place: tuple[object, ...] = field(repr=False)
    read: Callable[[], Tensor] = field(repr=False, compare=False)
    problem: Phrase | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of its numbers, as the file claims."""
        return torch.Size(self.shape).numel() * self.dtype.itemsize


@dataclass(frozen=True)
class Stored:
    """Everything named in a checkpoint: tensors and plain values, under dotted paths such as `ema.pos_embed`."""

    tensors: dict[str, StoredTensor]
    values: dict[str, Value] = field(default_factory=dict)


class Inert:
    """Stands for an object of a class or function that a pickle names. Nothing of that class ever runs.

    Keeps what the pickle would have handed to it, so that tensors inside can be found.
    """

    name = ""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.inside: dict[object, object] = {}
        for index, value in enumerate(args):
            self.inside[index] = value
        self.inside.update(kwargs)

    def __new__(cls, *args: object, **kwargs: object) -> "Inert":
        made = super().__new__(cls)
        Inert.__init__(made)
        return made

    def __setitem__(self, key: object, value: object) -> None:
        self.inside[key] = value

    def append(self, value: object) -> None:
        """One more item, as of a list."""
        self.inside[len(self.inside)] = value

    add = append

    def take_state(self, state: object) -> None:
        """An object's attributes, as pickle's BUILD would set them."""
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                self.inside.update(part)
            elif part is not None:
                self.inside["state"] = part

    def children(self) -> dict[object, object]:
        """What it holds by name; a torch module's parameters, buffers and modules directly under their own names."""
        if not isinstance(self.inside.get("_parameters"), dict):
            return self.inside
        parts = (self.inside.get(kind) for kind in ("_parameters", "_buffers", "_modules"))
        return {name: value for part in parts if isinstance(part, dict) for name, value in part.items()}


def flattened(tree: object) -> Stored:
    """Every tensor and plain value within nested containers, under its path; each container counts once."""
    tensors: dict[str, StoredTensor] = {}
    values: dict[str, Value] = {}
    seen: set[int] = set()
    waiting: deque[tuple[tuple[str, ...], object]] = deque([((), tree)])
    while waiting:
        path, item = waiting.popleft()
        if isinstance(item, StoredTensor):
            tensors.setdefault(".".join(path), item)
        elif isinstance(item, (bool, int, float, str)):
            values.setdefault(".".join(path), item)
        elif isinstance(item, (Mapping, list, tuple, Inert)) and id(item) not in seen and len(path) < DEEPEST:
            seen.add(id(item))
            if isinstance(item, Inert):
                children = item.children()
            else:
                children = dict(item) if isinstance(item, Mapping) else dict(enumerate(item))
            waiting.extend(((*path, str(key)), child) for key, child in children.items() if isinstance(key, (str, int)))
    return Stored(tensors, values)


def read_bytes(path: Path, start: int, nbytes: int) -> Tensor:
    """Bytes of a file as uint8 numbers in memory of their own; CheckpointError if it ends before."""
    numbers = torch.empty(nbytes, dtype=torch.uint8)
    try:
        with path.open("rb") as file:
            file.seek(start)
            got = file.readinto(numbers.numpy().data) if nbytes else 0
    except OSError:
        got = -1
    if got != nbytes:
        raise damaged(path)
    return numbers


def whole(path: Path, read: Callable[[], Tensor]) -> Callable[[], Tensor]:
    """The same reading, with whatever goes wrong as one sentence for a person."""

    def read_whole() -> Tensor:
        try:
            return read()
        except CheckpointError:
            raise
        except DAMAGE_ERRORS:
            raise damaged(path) from None

    return read_whole


def damaged(path: Path) -> CheckpointError:
    """The error for a file that begins like a checkpoint and can't be read to its end."""
    return CheckpointError("checkpoint.damaged", name=path.name)
