"""Weights kept in parts compute what the whole ones do; what can't be put together says so."""

import argparse

import pytest
import torch
from torch import Tensor

from samvit.checkpoint import load_with_provenance
from samvit.errors import CheckpointError

State = dict[str, Tensor]


def loaded(content: object, path) -> tuple[State, object]:
    torch.save(content, path / "sam.pth")
    encoder, provenance = load_with_provenance(path / "sam.pth")
    return encoder.state_dict(), provenance


def refusal(content: object, path) -> str:
    with pytest.raises(CheckpointError) as error:
        loaded(content, path)
    return str(error.value)


def split(state: State, letters: tuple[str, str, str]) -> State:
    """q, k and v as three layers."""
    parts: State = {}
    for name, tensor in state.items():
        if ".attn.qkv." in name:
            for letter, part in zip(letters, tensor.chunk(3), strict=True):
                parts[name.replace(".qkv.", f".{letter}.")] = part.clone()
        else:
            parts[name] = tensor
    return parts


@pytest.mark.parametrize(
    "letters", [("q", "k", "v"), ("q_proj", "k_proj", "v_proj"), ("query", "key", "value"), ("to_q", "to_k", "to_v")]
)
def test_separate_q_k_and_v_are_joined(letters, small_encoder, tmp_path):
    state = small_encoder.state_dict()

    got, provenance = loaded(split(state, letters), tmp_path)

    assert all(torch.equal(got[name], state[name]) for name in state)
    assert provenance.joined


@pytest.mark.parametrize("change", ["missing", "shorter"])
def test_q_k_and_v_that_do_not_fit_are_refused(change, small_encoder, tmp_path):
    state = split(small_encoder.state_dict(), ("q", "k", "v"))
    if change == "missing":
        del state["blocks.1.attn.k.bias"]
    else:
        state["blocks.1.attn.k.bias"] = torch.zeros(12)

    assert "must have all three alike, got other in blocks.1.attn.q.bias" in refusal(state, tmp_path)


def with_lora(
    state: State, base: str = "qkv.base_layer.weight", adapter: str = ".default.weight"
) -> tuple[State, State]:
    """PEFT's layout with updates of rank 2 in block 1's qkv and block 2's lin1; and each layer's B·A."""
    changed, updates = {}, {}
    for name, tensor in state.items():
        if name in ("blocks.1.attn.qkv.weight", "blocks.2.mlp.lin1.weight"):
            layer = name.removesuffix(".weight")
            a, b = torch.randn(2, tensor.shape[1]), torch.randn(tensor.shape[0], 2)
            updates[name] = b @ a
            changed[f"{layer}.base_layer.weight"] = tensor
            changed[f"{layer}.lora_A{adapter}"], changed[f"{layer}.lora_B{adapter}"] = a, b
        else:
            changed[name] = tensor
    return {f"base_model.model.image_encoder.{name}": tensor for name, tensor in changed.items()}, updates


@pytest.mark.parametrize(
    ("settings", "scale"),
    [
        ({"lora_alpha": 8}, 4.0),
        (argparse.Namespace(r=2, lora_alpha=1), 0.5),
        ({"peft_config": {"default": {"lora_alpha": 4, "use_rslora": True}}}, 4 / 2**0.5),
    ],
)
@pytest.mark.parametrize("adapter", [".default.weight", ".weight", ""])
def test_lora_is_merged_where_the_file_tells_its_scale(settings, scale, adapter, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    changed, updates = with_lora(state, adapter=adapter)

    got, provenance = loaded({"state_dict": changed, "settings": settings}, tmp_path)

    for name in state:
        torch.testing.assert_close(got[name], state[name] + scale * updates.get(name, torch.zeros(())))
    assert provenance.lora_rank == 2


def test_a_scale_beside_the_layer_counts(small_encoder, tmp_path):
    state = small_encoder.state_dict()
    changed, updates = with_lora(state)
    for layer in ("blocks.1.attn.qkv", "blocks.2.mlp.lin1"):
        changed[f"base_model.model.image_encoder.{layer}.alpha"] = torch.tensor(6.0)

    got, _ = loaded(changed, tmp_path)

    name = "blocks.2.mlp.lin1.weight"
    torch.testing.assert_close(got[name], state[name] + 3 * updates[name])


@pytest.mark.parametrize(
    "settings", [{}, {"a": {"lora_alpha": 4}, "b": {"lora_alpha": 8}}, {"lora_alpha": "8"}], ids=str
)
def test_lora_of_unknown_scale_is_to_be_merged_first(settings, small_encoder, tmp_path):
    changed, _ = with_lora(small_encoder.state_dict())

    message = refusal({"model": changed, **settings}, tmp_path)

    assert message.startswith("checkpoint with LoRA must tell its lora_alpha, got ")
    assert "merge it into the weights first (PEFT: merge_and_unload), and save those" in message


@pytest.mark.parametrize(
    "name",
    ["qkv.linear_a_q.weight", "qkv.lora_magnitude_vector.default.weight", "qkv.hada_w1_a"],
    ids=["SAMed", "DoRA", "LoHa"],
)
def test_other_adapters_are_to_be_merged_first(name, small_encoder, tmp_path):
    """SAMed's has no scale, and fine-tuned copies of it have one that their files don't tell."""
    state = {**small_encoder.state_dict(), f"blocks.0.attn.{name}": torch.zeros(2, 36)}

    assert f"got an adapter's, blocks.0.attn.{name}: merge it into the weights first" in refusal(state, tmp_path)


def test_lora_that_does_not_fit_is_refused(small_encoder, tmp_path):
    changed, _ = with_lora(small_encoder.state_dict())
    changed["base_model.model.image_encoder.blocks.2.mlp.lin1.lora_A.default.weight"] = torch.zeros(2, 35)

    assert "must have the shape of its layer, got another in blocks.2.mlp.lin1" in refusal(
        {"m": changed, "lora_alpha": 4}, tmp_path
    )
    del changed["base_model.model.image_encoder.blocks.2.mlp.lin1.lora_A.default.weight"]
    assert "got none of blocks.2.mlp.lin1" in refusal({"m": changed, "lora_alpha": 4}, tmp_path)


def test_two_adapters_are_refused(small_encoder, tmp_path):
    changed, _ = with_lora(small_encoder.state_dict())
    prefix = "base_model.model.image_encoder.blocks.1.attn.qkv.lora_"
    changed |= {f"{prefix}{part}.other.weight": changed[f"{prefix}{part}.default.weight"] for part in "AB"}

    assert "must hold one LoRA adapter, got several" in refusal({"m": changed, "lora_alpha": 4}, tmp_path)
