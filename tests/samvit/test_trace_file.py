"""A trace written to a file and opened again is the same trace, and says where it comes from."""

import copy
import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

import samvit
from tests.viz.photos import noise_photo

PHOTO = noise_photo(rows=65, cols=100)


def same(one, other) -> bool:
    names = [info.name for info in one.tensors()]
    return names == [info.name for info in other.tensors()] and all(torch.equal(one[n], other[n]) for n in names)


@pytest.mark.parametrize("names", [None, ["blocks.*.attn.q", "neck.3"]], ids=["all", "some"])
@pytest.mark.parametrize("photo", [PHOTO, torch.randn(1, 3, 96, 160)], ids=["photo", "tensor"])
def test_a_trace_comes_back_whole(small_encoder, tmp_path, names, photo):
    made = samvit.trace(small_encoder, photo)
    made.save(tmp_path / "it.safetensors", names=names)
    back = samvit.load_trace(tmp_path / "it.safetensors", small_encoder)
    assert same(made, back) and back.geometry == made.geometry and back.source == made.source
    assert back.proof(1, (2, 3)).holds


@pytest.mark.parametrize("names", [None, ["neck.3"]], ids=["all", "some"])
def test_a_trace_under_autocast_comes_back_as_it_ran(small_encoder, tmp_path, names):
    with torch.autocast("cpu", torch.bfloat16):
        made = samvit.trace(small_encoder, PHOTO)
    made.save(tmp_path / "it.safetensors", names=names)
    back = samvit.load_trace(tmp_path / "it.safetensors", small_encoder)
    assert same(made, back) and back.execution.dtype == torch.bfloat16


def test_the_file_says_which_weights_photo_and_versions_and_is_the_same_each_time(small_encoder, tmp_path):
    made = samvit.trace(small_encoder, PHOTO)
    for name in ("one", "two"):
        made.save(tmp_path / name, names=["blocks.1.attn.*"])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with safe_open(tmp_path / "one", "np") as file:
        facts, names = json.loads(file.metadata()["samvit"]), set(file.keys())
    assert names == {"pixels", "blocks.1.attn.q", "blocks.1.attn.k", "blocks.1.attn.v", "blocks.1.attn.heads"}
    assert (facts["model"], facts["size"], facts["versions"]["torch"]) == ("small", 160, torch.__version__)
    assert len(facts["weights_sha256"]) == len(facts["photo_sha256"]) == 64


def test_other_weights_are_refused(small_encoder, tmp_path):
    samvit.trace(small_encoder, PHOTO).save(tmp_path / "it", names=["neck.3"])
    other = copy.deepcopy(small_encoder)
    with torch.no_grad():
        other.blocks[3].mlp.lin2.bias[0] += 1e-3
    with pytest.raises(ValueError, match="encoder must have the weights that the trace was made with .small, SHA-256"):
        samvit.load_trace(tmp_path / "it", other)


def test_a_pattern_that_names_nothing_is_refused(small_encoder, tmp_path):
    with pytest.raises(ValueError, match=r"names must be of the trace's tensors, .* got 'blocks\.9\.\*'"):
        samvit.trace(small_encoder, PHOTO).save(tmp_path / "it", names=["neck.3", "blocks.9.*"])


def test_a_file_of_another_kind_is_refused(small_encoder, tmp_path):
    save_file({"a": torch.zeros(2)}, tmp_path / "other.safetensors")
    (tmp_path / "text.safetensors").write_text("no tensors at all")
    for name, got in (("other", "doesn't say how"), ("text", "is damaged"), ("none", "isn't there")):
        with pytest.raises(ValueError, match=f"trace must be a file that Trace.save wrote, got '{name}.*{got}"):
            samvit.load_trace(tmp_path / f"{name}.safetensors", small_encoder)
