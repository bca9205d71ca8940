"""What lies beside the weights is passed over, and no file runs code or takes memory on its word."""

import argparse
import gzip
import io
import json
import os
import pickle
import resource
import struct
import sys
import tarfile
import types
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path, PurePosixPath

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from samvit.checkpoint import load_checkpoint
from samvit.checkpoint_format import read_file
from samvit.checkpoint_pickle import make_parameter
from samvit.checkpoint_stored import Stored
from samvit.errors import CheckpointError

WEIGHT = torch.arange(6.0).view(2, 3)


@contextmanager
def memory_limit(more: int) -> Iterator[None]:
    """Let this process take only so many bytes more, so that an allocation on a file's word fails loudly."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


class Settings:
    """A config class of a training script; reading a file must neither import nor make one."""

    def __init__(self) -> None:
        self.lr = 1e-4
        self.nested = {"rank": 4}

    def __setstate__(self, state: object) -> None:
        pytest.fail("a class of the file was used")


class Dictlike(dict):
    """As mmengine's and easydict's settings are."""


class Kind(Enum):
    """Pickled by a call with its value."""

    BEST = 1


def saved(content: object, path: Path, zip_file: bool = True) -> Stored:
    torch.save(content, path, _use_new_zipfile_serialization=zip_file)
    return read_file(path)


def message_of(path: Path) -> str:
    with pytest.raises(CheckpointError) as error:
        load_checkpoint(path)
    message = str(error.value)
    assert "\n" not in message
    assert str(path.parent) not in message
    return message


# --- what training scripts leave beside the weights ---

BESIDE = {
    "a NumPy number": np.float64(0.91),
    "a NumPy array": np.arange(3),
    "argparse.Namespace": argparse.Namespace(lr=1e-4, model="vit_b"),
    "a config class": Settings(),
    "a class that is a dictionary": Dictlike(lr=1, nested=Dictlike(a=[1, 2])),
    "a path": PurePosixPath("runs/1"),
    "an enum": Kind.BEST,
    "a set": {1, 2},
    "a defaultdict": defaultdict(list, a=[1]),
    "a device, a dtype and a size": (torch.device("cpu"), torch.float16, torch.Size([1, 2])),
    "a function": torch.nn.functional.relu,
    "an optimizer": torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1),
    "a namespace": types.SimpleNamespace(a=1),
}


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("zip_file", [True, False], ids=["zip", "old pickle"])
def test_settings_beside_the_weights_do_not_stop_reading(beside, zip_file, tmp_path):
    stored = saved({"model": {"weight": WEIGHT}, "beside": BESIDE[beside], "epoch": 3}, tmp_path / "a.pth", zip_file)

    assert torch.equal(stored.tensors["model.weight"].read(), WEIGHT)
    assert stored.values["epoch"] == 3


def test_plain_settings_are_kept_by_name(tmp_path):
    stored = saved({"w": WEIGHT, "args": argparse.Namespace(rank=4, nested={"lora_alpha": 8.0})}, tmp_path / "a.pth")

    assert stored.values == {"args.rank": 4, "args.nested.lora_alpha": 8.0}


@pytest.mark.parametrize(
    "tensor",
    [
        WEIGHT.T,
        torch.arange(24.0).view(2, 3, 4)[:, 1:, ::2],
        torch.zeros(0, 3),
        torch.tensor(2.5),
        WEIGHT.bfloat16(),
        nn.Parameter(WEIGHT),
        nn.Buffer(WEIGHT),
    ],
    ids=["transposed", "a part", "empty", "a number", "bfloat16", "parameter", "buffer"],
)
@pytest.mark.parametrize("zip_file", [True, False], ids=["zip", "old pickle"])
def test_a_tensor_is_read_as_torch_reads_it(tensor, zip_file, tmp_path):
    stored = saved({"first": torch.ones(5), "tensor": tensor}, tmp_path / "a.pth", zip_file).tensors["tensor"]
    expected = torch.load(tmp_path / "a.pth", weights_only=True)["tensor"]

    assert (stored.shape, stored.dtype) == (tuple(expected.shape), expected.dtype)
    assert torch.equal(stored.read().float(), expected.float())


def test_an_eight_bit_tensor_is_read_as_torch_reads_it(tmp_path):
    stored = saved({"w": WEIGHT.to(torch.float8_e4m3fn)}, tmp_path / "a.pth").tensors["w"]

    assert torch.equal(stored.read().float(), WEIGHT)


def test_two_tensors_of_one_storage_are_both_read(tmp_path):
    stored = saved({"a": WEIGHT[0], "b": WEIGHT[1], "again": WEIGHT[0]}, tmp_path / "a.pth")

    assert torch.equal(stored.tensors["b"].read(), WEIGHT[1])
    assert stored.tensors["a"] == stored.tensors["again"] != stored.tensors["b"]


def test_reading_names_reads_no_numbers(tmp_path):
    """The optimizer's state, twice the weights, is never read."""
    torch.save({"w": WEIGHT, "optimizer": torch.zeros(10**6)}, tmp_path / "a.pth")
    stored = read_file(tmp_path / "a.pth")
    (tmp_path / "a.pth").unlink()

    assert stored.tensors["optimizer"].shape == (10**6,)
    with pytest.raises(CheckpointError, match="truncated or damaged"):
        stored.tensors["w"].read()


def test_objects_without_tensors_say_what_to_save(tmp_path):
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"w": np.zeros(3)}))

    assert message_of(tmp_path / "a.pkl").endswith(
        "holds none but objects of numpy._core.multiarray._reconstruct: save its state_dict alone, with torch.save"
    )


# --- files that are something else ---


def zip_of(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"\x80\x02}.")
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.zeros(3))
    return file.getvalue()


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return file.getvalue()


def onnx_model() -> bytes:
    graph = onnx.helper.make_graph([], "g", [], [])
    return onnx.helper.make_model(graph, producer_name="pytorch").SerializeToString()


OTHERS = {
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
    "GGUF": (b"GGUF\x03\x00\x00\x00" + bytes(100), "a GGUF file"),
    "TFLite": (b"\x1c\x00\x00\x00TFL3" + bytes(100), "a TFLite model"),
    "ONNX": (onnx_model(), "an ONNX model"),
    "npz": (npz(), "NumPy arrays (.npz;"),
    "npy": (b"\x93NUMPY\x01\x00" + bytes(100), "a NumPy array (.npy)"),
    "zip": (zip_of("sam_vit_b.pth"), "a zip archive (unpack it, and give the checkpoint inside)"),
    "Keras": (zip_of("config.json", "model.weights.h5"), "a Keras model"),
    "pt2": (zip_of("sam/archive_format", "sam/models/model.json"), "a torch.export program"),
    "no pickle": (zip_of("sam/data/0", "sam/version"), "a checkpoint without its data.pkl"),
    "gzip": (gzip.compress(b"abc"), "compressed with gzip (unpack it first)"),
    "xz": (b"\xfd7zXZ\x00" + bytes(100), "compressed with xz"),
    "bzip2": (b"BZh91AY&SY" + bytes(100), "compressed with bzip2"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(100), "compressed with zstd"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "a 7-Zip archive"),
    "tar": (tar(), "a tar archive"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_a_file_of_another_kind_is_called_what_it_is(kind, ending, tmp_path):
    content, name = OTHERS[kind]
    (tmp_path / f"a.{ending}").write_bytes(content)

    assert message_of(tmp_path / f"a.{ending}").startswith(
        f"checkpoint must be a .pth or .safetensors file, got 'a.{ending}', which is {name}"
    )


@pytest.mark.parametrize("length", [123, 256 * ord("G") + ord("G")])
def test_a_header_as_long_as_another_kinds_beginning_is_still_safetensors(length, tmp_path):
    """The first bytes are a number there, and can look like anything."""
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(length)
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", length) + header + bytes(4))

    assert read_file(tmp_path / "a.safetensors").tensors["w"].shape == (1,)


# --- files that mean harm ---


class Call:
    """A pickle that calls something when it is read."""

    def __init__(self, function: object, *args: object) -> None:
        self.call = function, args

    def __reduce__(self) -> tuple:
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("function", [os.system, eval, exec, __import__, open], ids=lambda function: function.__name__)
def test_functions_that_act_are_named_and_not_called(function, protocol, tmp_path):
    trace = tmp_path / "ran"
    argument = str(trace) if function is open else f"open({str(trace)!r}, 'w')"
    content = {"w": Call(function, argument, *(["w"] if function is open else []))}
    (tmp_path / "a.pth").write_bytes(pickle.dumps(content, protocol=protocol))

    assert "a pickle that wants to run code (" in message_of(tmp_path / "a.pth")
    assert not trace.exists()


def test_any_other_function_is_not_called_either(tmp_path, monkeypatch):
    module = types.ModuleType("training_script")
    module.act = lambda: pytest.fail("a function of the file was called")
    module.act.__module__, module.act.__qualname__ = "training_script", "act"
    monkeypatch.setitem(sys.modules, "training_script", module)
    stored = saved({"w": WEIGHT, "act": Call(module.act)}, tmp_path / "a.pth")

    assert list(stored.tensors) == ["w"]


@pytest.mark.parametrize(
    "code",
    [
        b"ccollections\nOrderedDict\n}X\x08\x00\x00\x00__init__K\x01sb.",  # attributes for a class of ours
        b"ctorch._utils\n_rebuild_parameter\nN}X\x0c\x00\x00\x00__defaults__)s\x86b.",  # and for a function
        b"\x82\x01.",  # an object out of a registry
        b"\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"r\xff\xff\xff\x7fN.",  # a memo of two thousand million places
        b"\x8e\xff\xff\xff\xff\xff\x00\x00\x00N.",  # bytes that aren't there
        b"\x95\xff\xff\xff\xff\xff\x00\x00\x00N.",  # a frame that isn't there
        b"(" * 10**5,
        b"cbuiltins\nbytearray\n\x8a\x06\x00\x00\x00\x00\x00\x10\x85R.",  # 17 TB of zeros
    ],
    ids=["class", "function", "registry", "os.system", "memo", "bytes", "frame", "marks", "bytearray"],
)
def test_opcodes_that_mean_harm_end_in_a_sentence(code, tmp_path):
    (tmp_path / "a.pth").write_bytes(b"\x80\x04" + code)

    with memory_limit(2**30):
        message = message_of(tmp_path / "a.pth")
    assert message.startswith(("checkpoint must hold", "checkpoint must be a whole file"))
    assert make_parameter.__defaults__ is None


def header(entries: dict) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 20 * 10**9) + b"{}",
        header({"w": {"dtype": "F32", "shape": [5 * 10**9], "data_offsets": [0, 20 * 10**9]}}),
        header({"w": {"dtype": "F32", "shape": [5 * 10**9], "data_offsets": [0, 8]}}) + bytes(8),
        header({"w": {"dtype": "F32", "shape": [-1], "data_offsets": [8, 0]}}) + bytes(8),
        header({"w": {"dtype": "F32", "shape": [2**62, 4], "data_offsets": [0, 0]}}),
        struct.pack("<Q", 10**5) + b"{" + b"[" * (10**5 - 1),
    ],
    ids=["header's length", "20 GB", "shape", "negative", "overflow", "nested"],
)
def test_a_lying_safetensors_header_costs_nothing(content, tmp_path):
    (tmp_path / "a.safetensors").write_bytes(content)

    with memory_limit(2**30):
        assert message_of(tmp_path / "a.safetensors").endswith("which is truncated or damaged")


def repacked(path: Path, compress: int = zipfile.ZIP_STORED, **changes: bytes) -> None:
    """Write a zip archive again, with other contents for some records."""
    with zipfile.ZipFile(path) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", compress) as archive:
        for name, content in records.items():
            archive.writestr(name, changes.get(Path(name).name.replace(".", "_"), content))


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    torch.save({"w": WEIGHT}, tmp_path / "a.pth")
    repacked(tmp_path / "a.pth", zipfile.ZIP_DEFLATED, data_pkl=bytes(10**9))

    with memory_limit(2**29):
        assert "which is a compressed archive" in message_of(tmp_path / "a.pth")


@pytest.mark.parametrize("zip_file", [True, False], ids=["zip", "old pickle"])
def test_a_storage_shorter_than_it_says_is_damage(zip_file, tmp_path):
    """The pickle claims 20 GB, the file has 24 bytes."""
    torch.save({"w": WEIGHT}, tmp_path / "a.pth", _use_new_zipfile_serialization=zip_file)
    if zip_file:
        with zipfile.ZipFile(tmp_path / "a.pth") as archive:
            told = archive.read("a/data.pkl")
        claimed = told.replace(b"K\x06t", b"\x8a\x05\x00\xf2\x05\x2a\x01t")  # 5·10⁹ numbers in the storage
        claimed = claimed.replace(b"K\x02K\x03\x86", b"K\x02\x8a\x05\x00\xf9\x02\x95\x00\x86")  # 2 × 2.5·10⁹
        assert claimed.count(b"\x8a") == 2
        repacked(tmp_path / "a.pth", data_pkl=claimed)
    else:
        content = (tmp_path / "a.pth").read_bytes()
        (tmp_path / "a.pth").write_bytes(content.replace(struct.pack("<q", 6), struct.pack("<q", 5 * 10**9)))

    with memory_limit(2**30), pytest.raises(CheckpointError, match="truncated or damaged"):
        read_file(tmp_path / "a.pth").tensors["w"].read()


def test_an_encoder_of_repeated_numbers_is_refused(small_encoder, tmp_path):
    """A few bytes can stand for a tensor of any size, when every stride is 0."""
    state: dict[str, Tensor] = dict(small_encoder.state_dict())
    state["blocks.0.mlp.lin1.weight"] = torch.zeros(1).expand(144, 36)
    torch.save(state, tmp_path / "a.pth")

    assert message_of(tmp_path / "a.pth") == (
        "checkpoint must hold floating point numbers, got numbers repeated beyond what it stores "
        "in blocks.0.mlp.lin1.weight"
    )


def test_many_tensors_of_one_storage_cannot_claim_more_than_the_file(small_encoder, tmp_path):
    own = small_encoder.state_dict()
    shared = torch.zeros(max(tensor.numel() for tensor in own.values()))
    state = {name: shared[: tensor.numel()].view(tensor.shape) for name, tensor in own.items()}
    torch.save(state, tmp_path / "a.pth")

    assert sum(tensor.nbytes for tensor in state.values()) > (tmp_path / "a.pth").stat().st_size
    assert message_of(tmp_path / "a.pth") == "checkpoint must be as long as its tensors, got 'a.pth', which claims more"


def test_big_endian_numbers_are_refused(tmp_path):
    torch.save({"w": WEIGHT}, tmp_path / "a.pth")
    repacked(tmp_path / "a.pth", byteorder=b"big")

    assert "got 'a.pth', numbers in big-endian order" in message_of(tmp_path / "a.pth")


def test_a_safetensors_files_integers_are_no_weights(small_encoder, tmp_path):
    state = small_encoder.state_dict()
    state["blocks.1.norm2.bias"] = torch.zeros(36, dtype=torch.int8)
    save_file(state, tmp_path / "a.safetensors")

    assert message_of(tmp_path / "a.safetensors").endswith("got i8 numbers in blocks.1.norm2.bias")
