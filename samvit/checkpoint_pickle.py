"""The pickle inside a `.pth` file, read without running anything it names; and where its tensors' numbers lie."""

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from samvit.checkpoint_stored import Inert, Shape, StoredTensor, read_bytes, whole
from samvit.errors import Phrase, phrase

# Modules that no training script's settings come from: a file that calls one of these is no checkpoint.
HOSTILE_MODULES = frozenset(
    """
    _io asyncio bdb cffi cloudpickle code codeop commands ctypes dill ftplib gc http importlib inspect io joblib
    linecache marshal multiprocessing nt os pdb pip posix pty pydoc requests runpy shutil signal smtplib socket sqlite3
    subprocess sys tarfile tempfile threading timeit urllib webbrowser zipfile
    """.split()  # noqa: SIM905 (a list of words is easier to read)
)
HOSTILE_BUILTINS = frozenset(
    "__import__ apply breakpoint compile eval exec execfile exit file input open quit".split()  # noqa: SIM905
)

STORAGE_DTYPES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "ComplexDoubleStorage": torch.complex128,
    "ComplexFloatStorage": torch.complex64,
    "UntypedStorage": torch.uint8,
}


class WantsToRunError(Exception):
    """A pickle asks for a function that acts; its text is the function's full name."""


@dataclass(frozen=True)
class Storage:
    """A row of numbers of one dtype that tensors are views of."""

    key: str
    dtype: torch.dtype
    numel: int


# Where a storage's bytes lie: its first byte in the file, and how many there are.
Locate = Callable[[Storage], tuple[int, int]]


class InertUnpickler(pickle._Unpickler):
    """Rebuilds containers, numbers and texts; tensors become `StoredTensor`, all else `Inert`.

    Python's own unpickler written in Python: only there can opcodes be replaced, and only there does a lying
    length or memo index cost no memory.

    Args:
        locate: Asked when a tensor's numbers are read, not before.
    """

    def __init__(self, file: io.BufferedIOBase, path: Path, locate: Locate) -> None:
        super().__init__(file, encoding="latin1")
        self.path = path
        self.locate = locate
        self.storages: dict[str, Storage] = {}
        self.named: dict[str, Any] = {}

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full not in self.named:
            self.named[full] = self._stand_in(module, name, full)
        return self.named[full]

    def _stand_in(self, module: str, name: str, full: str) -> Any:
        """What a name of the pickle is taken for: a container, a maker of tensors, a dtype, or an inert class."""
        root = full.split(".")[0]
        if root in HOSTILE_MODULES or (root in ("builtins", "__builtin__") and name in HOSTILE_BUILTINS):
            raise WantsToRunError(full)
        if full in ("collections.OrderedDict", "torch.Size"):
            return OrderedDict if name == "OrderedDict" else tuple
        if module in ("torch._utils", "torch._tensor") and name in MAKERS:
            return partial(MAKERS[name], self)
        if root == "torch" and name in STORAGE_DTYPES:
            return STORAGE_DTYPES[name]
        if module == "torch" and isinstance(getattr(torch, name, None), torch.dtype):
            return getattr(torch, name)
        return type("Inert", (Inert,), {"name": full})

    def persistent_load(self, pid: Any) -> Any:
        if pid[0] == "module":  # a class, with the source it had
            return pid[1]
        kind, dtype, key, _, numel, *_ = pid
        if isinstance(dtype, type):  # numbers of a kind that isn't known here, quantised ones for instance
            dtype = torch.uint8
        if kind != "storage" or not isinstance(dtype, torch.dtype) or not isinstance(numel, int) or numel < 0:
            raise pickle.UnpicklingError("not a storage")
        return self.storages.setdefault(str(key), Storage(str(key), dtype, numel))

    def load_build(self) -> None:
        """Attributes are kept in inert objects only: nothing of this program may get a pickle's."""
        state = self.stack.pop()  # type: ignore[attr-defined]
        if isinstance(made := self.stack[-1], Inert):  # type: ignore[attr-defined]
            made.take_state(state)

    def load_reduce(self) -> None:
        """Only what `find_class` gave can be called, and none of that acts."""
        args = self.stack.pop()  # type: ignore[attr-defined]
        func = self.stack[-1]  # type: ignore[attr-defined]
        self.stack[-1] = func(*args) if callable(func) else Inert()  # type: ignore[attr-defined]

    # Without EXT1, 2 and 4, which hand out whatever objects a program has registered.
    dispatch: ClassVar[dict[int, Any]] = {
        **{code: load for code, load in pickle._Unpickler.dispatch.items() if code not in b"\x82\x83\x84"},
        pickle.BUILD[0]: load_build,
        pickle.REDUCE[0]: load_reduce,
    }


def whole_numbers(values: Any) -> Shape:
    """A tuple of numbers from 0 on; ValueError if it is anything else."""
    if not isinstance(values, tuple) or not all(type(value) is int and value >= 0 for value in values):
        raise ValueError(f"sizes must be whole numbers, got {values!r:.40}")
    return values


def make_tensor(
    unpickler: InertUnpickler, storage: Storage, offset: int, size: Any, stride: Any, *rest: Any
) -> StoredTensor:
    """torch's `_rebuild_tensor`, `_v2`, and `_v3` (whose storage is untyped: a dtype comes among the rest)."""
    dtype = next((part for part in rest if isinstance(part, torch.dtype)), storage.dtype)
    (offset,), size, stride = whole_numbers((offset,)), whole_numbers(size), whole_numbers(stride)
    if len(size) != len(stride):
        raise ValueError(f"a tensor must have as many strides as axes, got {len(stride)} and {len(size)}")
    extent = 0 if 0 in size else 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    nbytes = storage.numel * storage.dtype.itemsize
    if (offset + extent) * dtype.itemsize > nbytes:
        raise ValueError("a tensor must lie within its storage")
    problem = phrase("numbers.repeated") if torch.Size(size).numel() > extent else None
    path, locate = unpickler.path, unpickler.locate

    def read() -> Tensor:
        start, held = locate(storage)
        if held < nbytes:
            raise ValueError("a storage must be as long as it says")
        flat = read_bytes(path, start + offset * dtype.itemsize, extent * dtype.itemsize).view(dtype)
        return flat.as_strided(size, stride) if extent else flat.reshape(size)

    return StoredTensor(size, dtype, (str(path), storage.key, offset, size, stride), whole(path, read), problem)


def make_parameter(unpickler: InertUnpickler, data: Any, *rest: Any) -> Any:
    """torch's `_rebuild_parameter`: the tensor it is made of."""
    return data


def make_from_type(unpickler: InertUnpickler, func: Any, kind: Any, args: Any, state: Any) -> Any:
    """torch's `_rebuild_from_type_v2`: the tensor without its subclass."""
    return func(*args)


def make_unreadable(unpickler: InertUnpickler, *args: Any, problem: Phrase) -> StoredTensor:
    """A tensor whose numbers aren't there as plain ones."""

    def read() -> Tensor:
        raise ValueError(str(problem))

    return StoredTensor((), torch.float32, (id(args),), read, problem)


MAKERS: dict[str, Callable[..., Any]] = {
    "_rebuild_tensor": make_tensor,
    "_rebuild_tensor_v2": make_tensor,
    "_rebuild_tensor_v3": make_tensor,
    "_rebuild_parameter": make_parameter,
    "_rebuild_parameter_with_state": make_parameter,
    "_rebuild_from_type_v2": make_from_type,
    "_rebuild_sparse_tensor": partial(make_unreadable, problem=phrase("numbers.sparse")),
    "_rebuild_qtensor": partial(make_unreadable, problem=phrase("numbers.quantised")),
    "_rebuild_meta_tensor_no_storage": partial(make_unreadable, problem=phrase("numbers.meta")),
}
