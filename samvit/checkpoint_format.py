"""A checkpoint file's contents by name, `.pth` or `.safetensors`; a file's own code never runs."""

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from samvit.checkpoint_kinds import kind_of_zip, not_a_checkpoint
from samvit.checkpoint_pickle import InertUnpickler, Storage, WantsToRunError
from samvit.checkpoint_stored import DAMAGE_ERRORS, Inert, Stored, StoredTensor, damaged, flattened, whole
from samvit.errors import CheckpointError, Phrase, phrase

# The number that torch's older format begins with (torch.serialization.MAGIC_NUMBER).
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C

SAFETENSORS_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
}


def read_file(path: Path) -> Stored:
    """Everything named in one file; no tensor's numbers are read yet.

    Raises:
        CheckpointError: If there is no such file, or it isn't a whole checkpoint of plain tensors.

    Source: torch.serialization, _save and _legacy_save; the safetensors format.
    """
    start = check_start(path)
    # By content, not by name: 8 bytes of header length, then the header's JSON.
    if start[8:9] == b"{":
        stored = guarded(read_safetensors, path)
    elif start[:4] == b"PK\x03\x04":
        stored = guarded(read_zip, path)
    else:
        stored = guarded(read_pickles, path)
    return stored


def guarded(read: Callable[[Path], Stored], path: Path) -> Stored:
    """What `read` finds; whatever goes wrong in it is one sentence for a person."""
    try:
        return read(path)
    except CheckpointError:
        raise
    except WantsToRunError as error:
        raise CheckpointError("checkpoint.runs", name=path.name, function=str(error)) from None
    except DAMAGE_ERRORS:
        raise damaged(path) from None


def check_start(path: Path) -> bytes:
    """The file's first bytes; CheckpointError if they tell that it is no checkpoint at all."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except (FileNotFoundError, NotADirectoryError):
        raise CheckpointError("checkpoint.missing", name=path.name) from None
    except IsADirectoryError:
        raise CheckpointError("checkpoint.folder", name=path.name) from None
    except (OSError, ValueError):
        raise CheckpointError("checkpoint.unreadable", name=path.name) from None
    if kind := not_a_checkpoint(start):
        raise not_one(path, kind)
    return start


def not_one(path: Path, kind: Phrase) -> CheckpointError:
    """The error for a file that is something else."""
    return CheckpointError("checkpoint.kind", name=path.name, kind=kind)


def read_safetensors(path: Path) -> Stored:
    """The names in a `.safetensors` file, whose header the safetensors package checks; and its notes."""
    tensors: dict[str, StoredTensor] = {}
    with safe_open(path, "pt") as file:
        notes = file.metadata() or {}
        for name in file.keys():  # noqa: SIM118 (it isn't a dict)
            view = file.get_slice(name)
            dtype = SAFETENSORS_DTYPES.get(view.get_dtype())
            problem = None if dtype else phrase("numbers.other", dtype=view.get_dtype().lower())
            place = (str(path), name)
            tensors[name] = StoredTensor(
                tuple(view.get_shape()),
                dtype or torch.uint8,
                place,
                whole(path, safetensors_reader(path, name)),
                problem,
            )
    return Stored(tensors, {name: note for name, note in notes.items() if isinstance(note, str)})


def safetensors_reader(path: Path, name: str) -> Callable[[], Tensor]:
    """Reads one tensor; the file is mapped only meanwhile, because anyone may change or cut it later."""

    def read() -> Tensor:
        with safe_open(path, "pt") as file:
            tensor: Tensor = file.get_tensor(name)
            return tensor.clone()

    return read


def read_zip(path: Path) -> Stored:
    """A `.pth` file of torch 1.6 or later: a zip archive of a pickle and, uncompressed, each storage's bytes."""
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        records = {info.filename: info for info in archive.infolist()}
    pickles = [name for name in records if name == "data.pkl" or re.fullmatch(r"[^/]+/data\.pkl", name)]
    if kind := kind_of_zip(records):
        raise not_one(path, kind) if not pickles else plain_tensors_wanted(path, kind)
    root = pickles[0].removesuffix("data.pkl")

    def bytes_of(name: str) -> tuple[int, int]:
        info = records[name]
        if info.compress_type != zipfile.ZIP_STORED:
            raise not_one(path, phrase("weights.compressed"))
        with path.open("rb") as file:
            file.seek(info.header_offset)
            header = file.read(30)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        start = info.header_offset + 30 + name_length + extra_length
        if header[:4] != b"PK\x03\x04" or start + info.file_size > size:
            raise damaged(path)
        return start, info.file_size

    def read_record(name: str) -> bytes:
        start, nbytes = bytes_of(name)
        with path.open("rb") as file:
            file.seek(start)
            return file.read(nbytes)

    if root + "byteorder" in records and read_record(root + "byteorder") != b"little":
        raise plain_tensors_wanted(path, phrase("weights.big_endian"))
    for info in records.values():
        if info.filename.startswith(root + "data/"):
            bytes_of(info.filename)
    unpickler = InertUnpickler(
        io.BytesIO(read_record(pickles[0])), path, lambda storage: bytes_of(f"{root}data/{storage.key}")
    )
    return named(path, unpickler.load(), unpickler)


def read_pickles(path: Path) -> Stored:
    """A `.pth` file of torch before 1.6: pickles one after the other, then each storage's length and bytes.

    A single pickle of something else ends here too.
    """
    starts: dict[str, tuple[int, int]] = {}

    def locate(storage: Storage) -> tuple[int, int]:
        return starts[storage.key]

    with path.open("rb") as file:
        unpickler = InertUnpickler(file, path, locate)
        loaded = unpickler.load()
        if loaded != LEGACY_MAGIC:
            return named(path, loaded, unpickler)
        for _ in ("protocol version", "system"):
            InertUnpickler(file, path, locate).load()
        unpickler = InertUnpickler(file, path, locate)
        loaded = unpickler.load()
        keys = InertUnpickler(file, path, locate).load()
        size = path.stat().st_size
        for key in keys:
            storage = unpickler.storages[key]
            (numel,) = struct.unpack("<q", file.read(8))
            nbytes = storage.numel * storage.dtype.itemsize
            if numel * storage.dtype.itemsize != nbytes or file.tell() + nbytes > size:
                raise damaged(path)
            starts[key] = file.tell(), nbytes
            file.seek(nbytes, io.SEEK_CUR)
    return named(path, loaded, unpickler)


def named(path: Path, loaded: object, unpickler: InertUnpickler) -> Stored:
    """The tensors of an unpickled object; CheckpointError if it has none."""
    if not isinstance(loaded, (dict, Inert)):
        kind = "Tensor" if isinstance(loaded, StoredTensor) else type(loaded).__name__
        raise CheckpointError("checkpoint.dict", name=path.name, kind=kind)
    stored = flattened(loaded)
    if stored.tensors:
        return stored
    classes = [name for name, made in unpickler.named.items() if isinstance(made, type) and issubclass(made, Inert)]
    if classes:
        raise CheckpointError("checkpoint.objects", name=path.name, kind=classes[0])
    raise CheckpointError("checkpoint.no_tensors", name=path.name)


def plain_tensors_wanted(path: Path, kind: Phrase) -> CheckpointError:
    """The error for what torch wrote, but not as plain tensors that can be read without running anything."""
    return CheckpointError("checkpoint.plain", name=path.name, kind=kind)


def read_json(path: Path) -> object:
    """A small JSON file's contents; CheckpointError if it isn't one."""
    try:
        if path.stat().st_size > 64 * 2**20:
            raise damaged(path)
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise damaged(path) from None
