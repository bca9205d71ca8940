"""Checkpoint files: every layout that SAM's encoder comes in loads alike, and every bad file says one sentence."""

import hashlib
import os
import pickle
import random
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import SamVisionConfig, SamVisionModel

from samvit import checkpoint, checkpoint_hub
from samvit.checkpoint import availability, load_checkpoint, load_encoder, read_checkpoint, verify_sha256
from samvit.config import CONFIGS
from samvit.encoder import ImageEncoderViT
from samvit.errors import CheckpointError
from tests.small import SMALL

State = dict[str, Tensor]


def prefixed(state: State, prefix: str) -> State:
    return {prefix + name: tensor for name, tensor in state.items()}


def whole_sam(state: State) -> State:
    """The encoder among a few of the tensors that the official files hold besides."""
    return {
        "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix": torch.randn(2, 8),
        "mask_decoder.transformer.layers.0.norm1.weight": torch.randn(16),
        **prefixed(state, "image_encoder."),
        "mask_decoder.iou_prediction_head.layers.0.weight": torch.randn(4, 4),
    }


def transformers_names(state: State) -> State:
    """The same tensors as transformers' SamModel names them."""
    renamed = {}
    for name, tensor in state.items():
        name = name.replace("blocks.", "layers.").replace(".norm", ".layer_norm")
        name = name.replace("patch_embed.proj.", "patch_embed.projection.")
        for ours, theirs in (("0", "conv1"), ("1", "layer_norm1"), ("2", "conv2"), ("3", "layer_norm2")):
            name = name.replace(f"neck.{ours}.", f"neck.{theirs}.")
        renamed["vision_encoder." + name] = tensor
    return {"shared_image_embedding.positional_embedding": torch.randn(2, 8), **renamed}


def message_of(path: Path, **arguments: object) -> str:
    """The sentence that refuses a file: one line, and nothing of the folders it lies in."""
    with pytest.raises(CheckpointError) as error:
        read_checkpoint(path, **arguments)
    message = str(error.value)
    assert "\n" not in message
    assert str(path.parent) not in message
    return message


def assert_same(tensors: State, expected: State, **tolerance: float) -> None:
    assert list(tensors) == list(expected)
    for name in expected:
        torch.testing.assert_close(tensors[name], expected[name], **(tolerance or {"atol": 0, "rtol": 0}))


# Layouts.

LAYOUTS = {
    "whole SAM": whole_sam,
    "encoder alone": lambda state: state,
    "in an OrderedDict": OrderedDict,
    "under model": lambda state: {"epoch": 7, "optimizer": {"lr": 1e-4}, "model": whole_sam(state)},
    "under state_dict": lambda state: {"state_dict": state},
    "under model_state_dict": lambda state: {"model_state_dict": whole_sam(state), "loss": 0.5},
    "nested twice": lambda state: {"model": {"state_dict": whole_sam(state)}},
    "DataParallel": lambda state: prefixed(whole_sam(state), "module."),
    "DataParallel, encoder alone": lambda state: prefixed(state, "module."),
    "DataParallel inside": lambda state: prefixed(state, "image_encoder.module."),
    "Lightning": lambda state: {"state_dict": prefixed(whole_sam(state), "model.")},
    "compiled": lambda state: prefixed(whole_sam(state), "_orig_mod."),
    "everything at once": lambda state: {"model": prefixed(whole_sam(state), "module.model.")},
    "transformers' names": transformers_names,
    "parameters": lambda state: {name: nn.Parameter(tensor) for name, tensor in state.items()},
    "with a note": lambda state: {**state, "author": "somebody", 3: 4},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("zip_file", [True, False], ids=["zip", "old pickle"])
def test_every_layout_of_a_pth_gives_the_same_tensors(layout, zip_file, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    path = tmp_path / "sam.pth"
    torch.save(LAYOUTS[layout](state), path, _use_new_zipfile_serialization=zip_file)

    config, tensors = read_checkpoint(path)

    assert replace(config, name=SMALL.name) == SMALL
    assert_same(tensors, state)


@pytest.mark.parametrize(
    "layout", ["whole SAM", "encoder alone", "DataParallel", "transformers' names", "DataParallel inside"]
)
def test_every_layout_of_a_safetensors_gives_the_same_tensors(layout, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    save_file(LAYOUTS[layout](state), tmp_path / "model.safetensors")

    config, tensors = read_checkpoint(tmp_path / "model.safetensors")

    assert replace(config, name=SMALL.name) == SMALL
    assert_same({name: tensors[name] for name in state}, state)
    assert len(tensors) == len(state)


@pytest.mark.parametrize("name", ["weights", "weights.pth", "weights.bin", "weights.safetensors"])
def test_a_files_kind_is_told_by_its_content_not_its_name(name, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    torch.save(state, tmp_path / name)
    assert_same(read_checkpoint(tmp_path / name)[1], state)

    save_file(state, tmp_path / name)
    assert read_checkpoint(str(tmp_path / name))[1].keys() == state.keys()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_any_floating_point_type_becomes_float32(dtype, kind, small_encoder, tmp_path):
    state = {name: tensor.to(dtype) for name, tensor in small_encoder.state_dict().items()}
    path = tmp_path / f"half.{kind}"
    if kind == "pth":
        torch.save(state, path)
    else:
        save_file(state, path)

    _, tensors = read_checkpoint(path)

    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}
    assert_same({name: tensors[name] for name in state}, {name: tensor.float() for name, tensor in state.items()})


@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_loaded_encoder_computes_what_the_saved_one_did(kind, small_encoder, small_image, tmp_path):
    path = tmp_path / f"sam.{kind}"
    if kind == "pth":
        torch.save({"model": prefixed(whole_sam(small_encoder.state_dict()), "module.")}, path)
    else:
        save_file(small_encoder.state_dict(), path)

    encoder = load_checkpoint(path)

    assert isinstance(encoder, ImageEncoderViT)
    assert not encoder.training
    assert replace(encoder.config, name=SMALL.name) == SMALL
    assert {(p.dtype, p.device.type) for p in encoder.parameters()} == {(torch.float32, "cpu")}
    with torch.no_grad():
        assert torch.equal(encoder(small_image), small_encoder(small_image))


def test_transformers_own_model_computes_the_same(small_image, tmp_path):
    """Key mapping against the real thing: random weights in transformers' encoder, saved by it, read by us."""
    torch.manual_seed(5)
    config = SamVisionConfig(
        hidden_size=SMALL.embed_dim,
        output_channels=SMALL.out_chans,
        num_hidden_layers=SMALL.depth,
        num_attention_heads=SMALL.num_heads,
        image_size=SMALL.img_size,
        patch_size=SMALL.patch_size,
        window_size=SMALL.window_size,
        global_attn_indexes=list(SMALL.global_attn_indexes),
        mlp_dim=SMALL.mlp_dim,
    )
    theirs = SamVisionModel(config).eval()
    for name, parameter in theirs.named_parameters():
        spread = 1.0 if "rel_pos" in name or "pos_embed" in name else 0.4
        nn.init.normal_(parameter, mean=1.0 if "norm" in name and "weight" in name else 0.0, std=spread)
    save_file(theirs.state_dict(), tmp_path / "model.safetensors")
    assert all(name.startswith("vision_encoder.") for name in theirs.state_dict())

    ours = load_checkpoint(tmp_path / "model.safetensors")

    assert replace(ours.config, name=SMALL.name) == SMALL
    with torch.no_grad():
        expected = theirs(small_image).last_hidden_state
        assert expected.std() > 0.1
        torch.testing.assert_close(ours(small_image), expected, atol=2e-4, rtol=1e-4)


def test_a_given_config_is_used_where_shapes_cannot_tell(small_encoder, tmp_path):
    config = replace(SMALL, name="mine", use_rel_pos=False)
    state = {name: tensor for name, tensor in small_encoder.state_dict().items() if "rel_pos" not in name}
    torch.save(state, tmp_path / "plain.pth")

    assert "say it with --config (config= in Python)" in message_of(tmp_path / "plain.pth")
    assert load_checkpoint(tmp_path / "plain.pth", config).config == config


@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_weights_outlive_their_file(kind, small_encoder, tmp_path):
    """A mapped file cut short would end the process; a changed one would change the weights."""
    path = tmp_path / f"sam.{kind}"
    state = small_encoder.state_dict()
    if kind == "pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    _, tensors = read_checkpoint(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(bytes(size))
    with path.open("r+b") as file:
        file.truncate(0)

    assert_same({name: tensors[name] for name in state}, state)


# Files that can't be used.


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "an HTML page"),
        (b"\xef\xbb\xbf\r\n <html>", "an HTML page"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ec2df\nsize 375042383\n", "a git-lfs pointer"),
        (b'{"error": "Invalid username or password."}', "a JSON text"),
    ],
    ids=["empty", "html", "html with BOM", "xml", "git-lfs", "json"],
)
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_download_that_went_wrong_is_named_for_what_it_is(kind, content, got, tmp_path):
    path = tmp_path / f"sam_vit_b.{kind}"
    path.write_bytes(content)

    assert message_of(path).startswith(
        f"checkpoint must be a .pth or .safetensors file, got 'sam_vit_b.{kind}', which is {got}"
    )


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    assert message_of(tmp_path / "sam.pth") == ("checkpoint must be an existing file, got 'sam.pth', which isn't there")
    (tmp_path / "file").write_bytes(b"")
    assert message_of(tmp_path / "file" / "sam.pth").endswith("got 'sam.pth', which isn't there")


def test_a_folder_is_not_a_checkpoint(tmp_path):
    (tmp_path / "weights").mkdir()

    assert message_of(tmp_path / "weights") == (
        "checkpoint must be a file, or a folder with one, got the folder 'weights' with none"
    )


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    assert "can't be opened" in message_of(tmp_path / "sam\0.pth")


FILES = {
    "zip": lambda state, path: torch.save(whole_sam(state), path),
    "old pickle": lambda state, path: torch.save(whole_sam(state), path, _use_new_zipfile_serialization=False),
    "safetensors": save_file,
}


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.99, -1])
@pytest.mark.parametrize("kind", FILES)
def test_a_truncated_file_is_refused(kind, part, small_encoder, tmp_path):
    path = tmp_path / "sam.weights"
    FILES[kind](small_encoder.state_dict(), path)
    size = path.stat().st_size
    os.truncate(path, size - 1 if part == -1 else int(size * part))

    assert message_of(path) == "checkpoint must be a whole file, got 'sam.weights', which is truncated or damaged"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", FILES)
def test_damage_anywhere_gives_a_checkpoint_error_or_an_encoder(kind, small_encoder, tmp_path):
    """No reader's own exception gets through, whatever byte is hit."""
    path = tmp_path / "sam.weights"
    FILES[kind](small_encoder.state_dict(), path)
    whole = path.read_bytes()
    numbers = random.Random(7)
    refused = 0
    for trial in range(90):
        data = bytearray(whole)
        # The beginning and the end hold names and directories, the middle mostly numbers.
        start, stop = [(0, 400), (len(data) - 400, len(data)), (0, len(data))][trial % 3]
        for _ in range(3):
            data[numbers.randrange(start, stop)] = numbers.randrange(256)
        path.write_bytes(data)
        try:
            read_checkpoint(path)
        except CheckpointError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 5


class Touch:
    """A pickle that makes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("kind", ["zip", "old pickle", "bare pickle", "under model"])
def test_a_pickle_that_wants_to_run_code_is_refused_and_does_not_run(kind, small_encoder, tmp_path):
    ran, path = tmp_path / "ran", tmp_path / "sam.pth"
    state = {**small_encoder.state_dict(), "note": Touch(ran)}
    if kind == "bare pickle":
        path.write_bytes(pickle.dumps({"note": Touch(ran)}, protocol=2))
    else:
        torch.save(
            {"model": state} if kind == "under model" else state, path, _use_new_zipfile_serialization=kind == "zip"
        )

    assert message_of(path) == (
        "checkpoint must hold plain tensors, got 'sam.pth', a pickle that wants to run code (posix.system)"
    )
    assert not ran.exists()


def test_torchs_switch_back_to_unsafe_loading_has_no_effect(small_encoder, tmp_path, monkeypatch):
    ran = tmp_path / "ran"
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    torch.save({**small_encoder.state_dict(), "note": Touch(ran)}, tmp_path / "sam.pth")

    assert "wants to run code" in message_of(tmp_path / "sam.pth")
    assert not ran.exists()


@pytest.mark.parametrize("zip_file", [True, False], ids=["zip", "old pickle"])
@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code:UserWarning")
def test_a_whole_pickled_model_gives_its_tensors_without_its_classes(zip_file, small_encoder, tmp_path, monkeypatch):
    """SlimSAM's own files are such: torch.save(model) instead of its state dict."""
    model = nn.ModuleDict({"image_encoder": small_encoder, "mask_decoder": nn.Linear(2, 2)})
    torch.save({"model": model}, tmp_path / "model.pth", _use_new_zipfile_serialization=zip_file)
    monkeypatch.setattr(ImageEncoderViT, "__setstate__", lambda *_: pytest.fail("a class of the file was used"))

    assert_same(read_checkpoint(tmp_path / "model.pth")[1], small_encoder.state_dict())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*TorchScript:UserWarning")
def test_a_torchscript_program_is_refused(tmp_path):
    torch.jit.save(torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2)), tmp_path / "sam.pt")

    assert message_of(tmp_path / "sam.pt") == (
        "checkpoint must hold plain tensors, got 'sam.pt', a TorchScript program "
        "(save its state_dict alone, with torch.save)"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (torch.zeros(3), "must hold a dict of tensors, got 'sam.pth', a Tensor"),
        ([torch.zeros(3)], "must hold a dict of tensors, got 'sam.pth', a list"),
        ({}, "must hold named tensors, got 'sam.pth', which holds none"),
        ({"epoch": 3, "model": {"lr": 0.1}}, "must hold named tensors, got 'sam.pth', which holds none"),
    ],
    ids=["tensor", "list", "empty", "no tensors"],
)
def test_a_file_without_named_tensors_is_refused(content, message, tmp_path):
    torch.save(content, tmp_path / "sam.pth")

    assert message_of(tmp_path / "sam.pth") == f"checkpoint {message}"


def test_a_dict_that_holds_itself_ends(tmp_path):
    content: dict = {}
    content["model"] = content
    torch.save(content, tmp_path / "sam.pth")

    assert "holds none" in message_of(tmp_path / "sam.pth")


def test_missing_keys_are_counted_and_the_first_three_named(small_encoder, tmp_path):
    state = small_encoder.state_dict()
    for name in [name for name in state if name.startswith("blocks.2.")]:
        del state[name]
    torch.save(whole_sam(state), tmp_path / "sam.pth")
    expected = (
        "checkpoint must hold all 65 tensors of the image encoder, got one that lacks 14 "
        "(blocks.2.norm1.weight, blocks.2.norm1.bias, blocks.2.attn.rel_pos_h, …)"
    )

    assert message_of(tmp_path / "sam.pth") == expected
    assert message_of(tmp_path / "sam.pth", config=SMALL) == expected


@pytest.mark.parametrize(
    "name", ["patch_embed.proj.weight", "neck.0.weight", "blocks.0.mlp.lin1.weight", "blocks.0.attn.rel_pos_h"]
)
def test_a_missing_key_that_tells_a_size_is_named_too(name, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    del state[name]
    save_file(state, tmp_path / "sam.safetensors")

    assert message_of(tmp_path / "sam.safetensors").endswith(f"got one that lacks 1 ({name})")


def test_unexpected_keys_in_the_encoder_are_counted_and_the_first_three_named(small_encoder, tmp_path):
    """SAM-Med2D's adapters are such: an encoder without them would compute something else."""
    adapters = {f"blocks.{block}.Adapter.weight": torch.zeros(2) for block in range(4)}
    torch.save(whole_sam({**small_encoder.state_dict(), **adapters}), tmp_path / "sam.pth")
    expected = (
        "checkpoint must hold the 65 tensors of the image encoder and no others in it, got 4 "
        "(blocks.0.Adapter.weight, blocks.1.Adapter.weight, blocks.2.Adapter.weight, …) more"
    )

    assert message_of(tmp_path / "sam.pth") == expected
    assert message_of(tmp_path / "sam.pth", config=SMALL) == expected


def test_wrong_shapes_say_expected_and_got(small_encoder, tmp_path):
    torch.save(small_encoder.state_dict(), tmp_path / "sam.pth")
    wider = replace(SMALL, name="wider", img_size=320)

    assert message_of(tmp_path / "sam.pth", config=wider) == (
        "checkpoint must have the shapes of wider, got 5 others: pos_embed must be 1×20×20×36, got 1×10×10×36"
    )


def test_one_odd_shape_is_found_without_a_config(small_encoder, tmp_path):
    state = small_encoder.state_dict()
    state["blocks.3.mlp.lin2.weight"] = torch.zeros(36, 140)
    torch.save(state, tmp_path / "sam.pth")

    assert message_of(tmp_path / "sam.pth") == (
        "checkpoint must have the shapes of vit_36x4, got 1 others: blocks.3.mlp.lin2.weight must be 36×144, got 36×140"
    )


@pytest.mark.parametrize(
    ("tensor", "kind"),
    [
        (torch.zeros(36, dtype=torch.int64), "int64"),
        (torch.zeros(36, dtype=torch.bool), "bool"),
        (torch.zeros(36, dtype=torch.complex64), "complex64"),
        (torch.zeros(36).to_sparse(), "sparse values"),
    ],
    ids=["integers", "booleans", "complex", "sparse"],
)
def test_tensors_that_are_no_plain_floats_are_refused(tensor, kind, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    state["blocks.1.norm2.bias"] = tensor
    torch.save(state, tmp_path / "sam.pth")

    assert message_of(tmp_path / "sam.pth") == (
        f"checkpoint must hold floating point numbers, got {kind} in blocks.1.norm2.bias"
    )


# Finding a named encoder.


@pytest.fixture
def small_names(monkeypatch, tmp_path, small_encoder):
    """`vit_b` and `vit_tiny` are the small encoder, the hub's cache is empty and the hub itself switched off."""
    for name in ("vit_b", "vit_tiny"):
        monkeypatch.setitem(CONFIGS, name, replace(SMALL, name=name))
    monkeypatch.setattr(checkpoint_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(checkpoint_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(checkpoint, "BUNDLED", tmp_path / "weights" / "vit_tiny.safetensors")
    monkeypatch.delenv("SAMVIT_CHECKPOINTS", raising=False)
    return small_encoder.state_dict()


def weight_of(encoder: ImageEncoderViT) -> float:
    return encoder.neck[1].bias[0].item()


def marked(state: State, mark: float) -> State:
    """The same tensors with a number in them by which they are known again."""
    return {**state, "neck.1.bias": torch.full_like(state["neck.1.bias"], mark)}


def put_in_cache(cache: Path, repo: str, state: State, commit: str = "c" * 40, revision: str = "main") -> None:
    """Lay a file where huggingface_hub keeps its downloads."""
    folder = cache / f"models--{repo.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / revision).write_text(commit)
    (folder / "snapshots" / commit).mkdir(parents=True)
    save_file(state, folder / "snapshots" / commit / "model.safetensors")


def test_an_explicit_path_comes_first_then_the_folder_then_the_hubs_cache(small_names, tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    torch.save(marked(small_names, 1.0), tmp_path / "explicit.pth")
    save_file(marked(small_names, 2.0), folder / "sam_vit_b.safetensors")
    put_in_cache(tmp_path / "cache", "facebook/sam-vit-base", transformers_names(marked(small_names, 3.0)))

    assert weight_of(load_encoder("vit_b")) == 3.0
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(folder))
    assert weight_of(load_encoder("vit_b")) == 2.0
    assert weight_of(load_encoder("vit_b", path=tmp_path / "explicit.pth")) == 1.0
    assert load_encoder("vit_b").config.name == "vit_b"


def test_a_pinned_revision_is_taken_from_the_cache(small_names, tmp_path):
    cache = tmp_path / "cache"
    put_in_cache(cache, "facebook/sam-vit-base", marked(small_names, 1.0), commit="a" * 40)
    put_in_cache(cache, "facebook/sam-vit-base", marked(small_names, 2.0), commit="b" * 40, revision="v2")

    assert weight_of(load_encoder("vit_b")) == 1.0
    assert weight_of(load_encoder("vit_b", revision="v2")) == 2.0
    assert weight_of(load_encoder("vit_b", revision="b" * 40)) == 2.0
    assert not availability("vit_b", revision="v3").available


@pytest.mark.parametrize("file", ["sam_vit_b.safetensors", "sam_vit_b.pth", "vit_b.safetensors", "vit_b.pth"])
def test_the_folder_may_name_its_files_in_several_ways(file, small_names, tmp_path, monkeypatch):
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path))
    torch.save(whole_sam(small_names), tmp_path / file)

    assert availability("vit_b") == checkpoint.Availability("vit_b", True, "disk", None)
    assert_same(load_encoder("vit_b").state_dict(), small_names)


@pytest.mark.parametrize(
    "file", ["model.safetensors", "sam-vit-base/model.safetensors", "facebook/sam-vit-base/model.safetensors"]
)
def test_the_folder_may_hold_the_hubs_own_file(file, small_names, tmp_path, monkeypatch):
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path))
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    save_file(transformers_names(small_names), tmp_path / file)

    assert availability("vit_b") == checkpoint.Availability("vit_b", True, "disk", None)
    assert_same(load_encoder("vit_b").state_dict(), small_names)
    assert availability("vit_l").where != "disk"


def test_a_file_of_another_encoder_under_the_right_name_is_not_available(small_names, tmp_path, monkeypatch):
    """Known before it is chosen: names and shapes are read, weights aren't."""
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path))
    torch.save({**small_names, "neck.0.weight": torch.zeros(8, 36, 1, 1)}, tmp_path / "vit_b.pth")

    assert "checkpoint must have the shapes of vit_b" in str(availability("vit_b").reason)


def test_a_folder_without_the_encoder_leaves_the_cache(small_names, tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path / "folder"))
    put_in_cache(tmp_path / "cache", "facebook/sam-vit-base", small_names)

    assert_same(load_encoder("vit_b").state_dict(), small_names)


@pytest.mark.parametrize("folder", ["/nowhere", "~nobody-at-all/weights", "a" * 5000])
def test_a_folder_that_is_not_there_is_an_error_not_passed_over(folder, small_names, monkeypatch):
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", folder)
    sentence = "SAMVIT_CHECKPOINTS must name an existing folder, got one that isn't there"

    with pytest.raises(CheckpointError, match=f"^{sentence}$"):
        load_encoder("vit_b")
    answer = availability("vit_b")
    assert (answer.available, answer.where, str(answer.reason)) == (False, "", sentence)


def test_the_official_file_is_loaded_when_its_hash_is_right(small_names, tmp_path, monkeypatch):
    file = tmp_path / "sam_vit_b_01ec64.pth"
    torch.save(whole_sam(small_names), file)
    right = replace(checkpoint_hub.PUBLISHED["vit_b"], sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    monkeypatch.setitem(checkpoint_hub.PUBLISHED, "vit_b", right)
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path))

    assert_same(load_encoder("vit_b").state_dict(), small_names)


def test_the_official_file_with_another_hash_is_refused_before_it_is_read(small_names, tmp_path, monkeypatch):
    file = tmp_path / "sam_vit_b_01ec64.pth"
    torch.save(whole_sam(small_names), file)
    got = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(checkpoint, "read_checkpoint_files", lambda path: pytest.fail("the file was read"))

    with pytest.raises(CheckpointError) as error:
        load_encoder("vit_b")

    assert str(error.value) == (
        f"sam_vit_b_01ec64.pth must have the official SHA-256 ec2df6273261…, got {got[:12]}…: download it again"
    ).replace("ec2df6273261", checkpoint_hub.PUBLISHED["vit_b"].sha256[:12])


def test_an_explicit_path_may_be_any_file_even_under_the_official_name(small_names, tmp_path):
    torch.save(whole_sam(small_names), tmp_path / "sam_vit_b_01ec64.pth")

    assert_same(load_encoder("vit_b", tmp_path / "sam_vit_b_01ec64.pth").state_dict(), small_names)


def test_a_hash_is_read_once_and_again_after_a_change(tmp_path, monkeypatch):
    file = tmp_path / "weights"
    file.write_bytes(b"right")
    right = hashlib.sha256(b"right").hexdigest()
    verify_sha256(file, right)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.hashlib, "file_digest", lambda *_: pytest.fail("the file was hashed again"))
        verify_sha256(file, right)
    file.write_bytes(b"wrong")  # as long as before: only its time tells
    os.utime(file, ns=(0, 0))

    with pytest.raises(CheckpointError, match="weights must have the official SHA-256"):
        verify_sha256(file, right)


@pytest.mark.parametrize(
    ("name", "file", "start"),
    [
        ("vit_b", "sam_vit_b_01ec64.pth", "ec2df6273261"),
        ("vit_l", "sam_vit_l_0b3195.pth", "3adcc4315b64"),
        ("vit_h", "sam_vit_h_4b8939.pth", "a7bf3b02f3eb"),
    ],
)
def test_official_files_and_their_hashes_are_metas(name, file, start):
    published = checkpoint_hub.PUBLISHED[name]

    assert published.official == file
    assert published.sha256.startswith(start)
    assert len(bytes.fromhex(published.sha256)) == 32


def test_an_explicit_path_must_have_the_sizes_of_the_name(small_names, tmp_path, monkeypatch):
    """Never a silent stand-in: a ViT-L file doesn't load as vit_b."""
    monkeypatch.setitem(CONFIGS, "vit_b", replace(SMALL, name="vit_b", embed_dim=48))
    torch.save(small_names, tmp_path / "other.pth")

    with pytest.raises(CheckpointError, match="checkpoint must have the shapes of vit_b, got .* others: pos_embed"):
        load_encoder("vit_b", tmp_path / "other.pth")


def test_the_bundled_encoder_is_found_beside_the_code(small_names, tmp_path):
    checkpoint.BUNDLED.parent.mkdir()
    save_file({name: tensor.half() for name, tensor in small_names.items()}, checkpoint.BUNDLED)

    encoder = load_encoder("vit_tiny")

    assert encoder.config.name == "vit_tiny"
    assert encoder.neck[0].weight.dtype == torch.float32
    assert availability("vit_tiny") == checkpoint.Availability("vit_tiny", True, "bundled", None)


def test_without_the_bundled_file_a_sentence_says_so(small_names):
    sentence = "vit_tiny must be bundled, got an installation without vit_tiny.safetensors"
    with pytest.raises(CheckpointError, match=f"^{sentence}$"):
        load_encoder("vit_tiny")
    answer = availability("vit_tiny")
    assert (answer.available, answer.where, str(answer.reason)) == (False, "", sentence)


def test_a_pointer_in_the_folder_is_not_available(small_names, tmp_path, monkeypatch):
    (tmp_path / "vit_b.pth").write_text("version https://git-lfs.github.com/spec/v1\n")
    monkeypatch.setenv("SAMVIT_CHECKPOINTS", str(tmp_path))

    answer = availability("vit_b")

    assert not answer.available
    assert "git-lfs pointer" in str(answer.reason)
    assert str(tmp_path) not in str(answer.reason)


def test_nothing_on_this_machine_and_no_downloads_allowed(small_names):
    with pytest.raises(CheckpointError) as error:
        load_encoder("vit_b", allow_download=False)

    assert str(error.value) == "vit_b must be on this machine, got no file of it, and downloads aren't allowed"


@pytest.mark.parametrize("function", [load_encoder, availability])
def test_unknown_names_are_refused(function):
    with pytest.raises(ValueError, match="encoder must be one of vit_tiny, vit_b, vit_l, vit_h, got 'vit_xl'"):
        function("vit_xl")
