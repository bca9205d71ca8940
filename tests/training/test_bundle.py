import json

import pytest
import torch
from safetensors import safe_open

from samvit.config import VIT_TINY
from samvit.encoder import build_encoder
from training.bundle import BUNDLED, NOTICE, bundle
from training.recipe import Recipe
from training.train import Trainer


def contents(path):
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118


def test_the_bundled_file_loads_strictly_and_is_small_and_half_precision():
    weights, metadata = contents(BUNDLED)
    assert BUNDLED.stat().st_size <= 9_000_000
    assert {value.dtype for value in weights.values()} == {torch.float16}
    build_encoder(VIT_TINY).load_state_dict(weights, strict=True)
    assert json.loads(metadata["config"])["embed_dim"] == VIT_TINY.embed_dim
    assert metadata["notice"] == NOTICE
    assert json.loads(metadata["training"])["steps"] > 0


def test_the_bundled_weights_are_trained():
    weights, _ = contents(BUNDLED)
    for name, value in weights.items():
        assert torch.isfinite(value).all(), name
        if "rel_pos" in name:  # they began at zero
            assert value.float().square().mean().sqrt() > 0.01, name


def test_a_run_is_bundled_with_its_average_and_its_recipe(tmp_path):
    trainer = Trainer(VIT_TINY, Recipe(steps=5, seed=3))
    for value in trainer.average.values():
        value.fill_(0.25)
    trainer.save(tmp_path / "checkpoint.pt")
    bundle(tmp_path / "checkpoint.pt", tmp_path / "made" / "tiny.safetensors")
    weights, metadata = contents(tmp_path / "made" / "tiny.safetensors")
    build_encoder(VIT_TINY).load_state_dict(weights, strict=True)
    assert all((value == 0.25).all() and value.dtype == torch.float16 for value in weights.values())
    training = json.loads(metadata["training"])
    assert training["history"][0]["seed"] == 3 and training["begun_from"] is None


def test_a_value_too_large_for_half_precision_is_refused(tmp_path):
    trainer = Trainer(VIT_TINY, Recipe(steps=5))
    trainer.average["neck.1.bias"][0] = 1e6
    trainer.save(tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match=r"neck\.1\.bias must fit float16, got a largest value of 1e\+06"):
        bundle(tmp_path / "checkpoint.pt", tmp_path / "tiny.safetensors")
    assert not (tmp_path / "tiny.safetensors").exists()
