"""A checkpoint in several files loads from its folder, its index or one of them; what is missing is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from samvit.checkpoint import inspect_checkpoint, load_checkpoint
from samvit.encoder import build_encoder
from samvit.errors import CheckpointError
from samvit.random_weights import fill_random
from tests.small import SMALL


def write_shards(state: dict, folder: Path, kind: str = "safetensors", index: bool = True) -> list[Path]:
    """The state in three files, as transformers' save_pretrained cuts it."""
    stem = {"safetensors": "model", "bin": "pytorch_model"}[kind]
    names = list(state)
    weight_map, files = {}, []
    for number in (1, 2, 3):
        part = {name: state[name] for name in names[number - 1 :: 3]}
        file = folder / f"{stem}-{number:05d}-of-00003.{kind}"
        save_file(part, file) if kind == "safetensors" else torch.save(part, file)
        weight_map |= dict.fromkeys(part, file.name)
        files.append(file)
    if index:
        (folder / f"{stem}.{kind}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    return files


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as error:
        load_checkpoint(path)
    assert str(path.parent) not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kind", ["safetensors", "bin"])
@pytest.mark.parametrize("given", ["folder", "index", "first", "last"])
def test_shards_load_from_any_end(kind, given, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    files = write_shards(state, tmp_path, kind)
    index = next(tmp_path.glob("*.index.json"))
    path = {"folder": tmp_path, "index": index, "first": files[0], "last": files[2]}[given]

    encoder = load_checkpoint(path)

    assert all(torch.equal(tensor, state[name]) for name, tensor in encoder.state_dict().items())
    assert encoder.provenance.shards == 3


def test_shards_without_an_index_load_too(small_encoder, tmp_path):
    write_shards(small_encoder.state_dict(), tmp_path, index=False)

    assert inspect_checkpoint(tmp_path).shards == 3


@pytest.mark.parametrize("given", ["folder", "first"])
def test_a_missing_shard_is_named(given, small_encoder, tmp_path):
    files = write_shards(small_encoder.state_dict(), tmp_path)
    files[1].unlink()

    assert refusal(tmp_path if given == "folder" else files[0]) == (
        "checkpoint of 3 shards must have them all in one folder, got none of model-00002-of-00003.safetensors"
    )


@pytest.mark.parametrize(
    "index",
    [
        {"weight_map": {"w": "../secret.safetensors"}},
        {"weight_map": {"w": "/etc/passwd"}},
        {"weight_map": {"w": 3}},
        {"weight_map": {}},
        {},
        [],
    ],
    ids=str,
)
def test_an_index_names_files_of_its_own_folder_only(index, tmp_path):
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))

    assert "index must name the files of its shards, got 'model.safetensors.index.json'" in refusal(
        tmp_path / "model.safetensors.index.json"
    )


def test_a_folder_with_one_checkpoint_is_that_checkpoint(small_encoder, tmp_path):
    torch.save(small_encoder.state_dict(), tmp_path / "best.ckpt")
    (tmp_path / "README.md").write_text("notes")

    assert inspect_checkpoint(tmp_path).config.embed_dim == 36


def test_a_folder_with_several_checkpoints_is_a_question(small_encoder, tmp_path):
    for name in ("a.pth", "b.pth"):
        torch.save(small_encoder.state_dict(), tmp_path / name)

    assert refusal(tmp_path).endswith("with 2 of them (a.pth, b.pth): name one")


@pytest.mark.parametrize(
    ("file", "way_out"), [("__0_0.distcp", "dcp_to_torch_save"), ("zero_pp_rank_0_states.pt", "zero_to_fp32.py")]
)
def test_distributed_checkpoints_name_their_converter(file, way_out, tmp_path):
    (tmp_path / file).write_bytes(b"x")
    (tmp_path / ".metadata").write_bytes(b"x")

    assert way_out in refusal(tmp_path)


@pytest.mark.parametrize("given", ["folder", "file"])
def test_the_config_beside_a_transformers_file_tells_what_shapes_cannot(given, tmp_path):
    config = replace(SMALL, window_size=10, global_attn_indexes=(1,))
    save_file(fill_random(build_encoder(config)).state_dict(), tmp_path / "model.safetensors")
    vision = {"window_size": 10, "global_attn_indexes": [1], "num_attention_heads": 3}
    (tmp_path / "config.json").write_text(json.dumps({"vision_config": vision}))

    provenance = inspect_checkpoint(tmp_path if given == "folder" else tmp_path / "model.safetensors")

    assert replace(provenance.config, name=config.name) == config
    assert not provenance.window_is_grid
    assert provenance.stated == ("num_heads", "window_size", "global_attn_indexes")


@pytest.mark.parametrize("text", ['{"model_type": "sam"}', "[]", '{"vision_config": {"window_size": "10"}}'])
def test_a_config_that_says_nothing_of_windows_changes_nothing(text, small_encoder, tmp_path):
    save_file(small_encoder.state_dict(), tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(text)

    assert inspect_checkpoint(tmp_path).stated == ()
