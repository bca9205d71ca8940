"""Weights are named by what they are, never by their file's name; and every fact has its sentence."""

import hashlib
import re
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from samvit import checkpoint_hub
from samvit.checkpoint import inspect_checkpoint, load_checkpoint, load_encoder, load_with_provenance
from samvit.config import CONFIGS
from samvit.encoder import build_encoder
from samvit.errors import CheckpointError
from samvit.provenance import Fact, Provenance
from samvit.random_weights import fill_random
from samvit.sentences import WEIGHTS_FACTS
from tests.small import SMALL


@pytest.fixture
def vit_b(monkeypatch, small_encoder):
    """`vit_b` is the small encoder."""
    monkeypatch.setitem(CONFIGS, "vit_b", replace(SMALL, name="vit_b"))
    return {f"image_encoder.{name}": tensor for name, tensor in small_encoder.state_dict().items()}


def keys(provenance: Provenance) -> list[str]:
    return [fact.key for fact in provenance.facts()]


@pytest.mark.parametrize("name", ["vit_b.pth", "sam_vit_b_01ec64.pth", "vit_tiny_random.pth", "vit_tiny.safetensors"])
def test_no_files_name_says_whose_weights_it_holds(name, vit_b, tmp_path):
    torch.save(vit_b, tmp_path / name)

    provenance = load_checkpoint(tmp_path / name).provenance

    assert provenance.origin == "file"
    assert provenance.facts()[0].english() == "Weights from a local file; nothing in it says who trained them."
    assert provenance.sha256 == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


def test_official_means_that_the_hash_is_known(vit_b, tmp_path, monkeypatch):
    torch.save(vit_b, tmp_path / "renamed.bin")
    known = hashlib.sha256((tmp_path / "renamed.bin").read_bytes()).hexdigest()
    monkeypatch.setitem(checkpoint_hub.PUBLISHED, "vit_b", replace(checkpoint_hub.PUBLISHED["vit_b"], sha256=known))

    for provenance in (
        inspect_checkpoint(tmp_path / "renamed.bin"),
        load_checkpoint(tmp_path / "renamed.bin").provenance,
    ):
        assert (provenance.origin, provenance.sha256) == ("official", known)
        assert provenance.facts()[0].english() == (
            "Segment Anything's own weights (facebook/sam-vit-base), known by their SHA-256."
        )


def test_the_hubs_cache_is_known_by_its_place(vit_b, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--facebook--sam-vit-base"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("c" * 40)
    (folder / "snapshots" / ("c" * 40)).mkdir(parents=True)
    save_file(vit_b, folder / "snapshots" / ("c" * 40) / "model.safetensors")

    provenance = load_encoder("vit_b", allow_download=False).provenance

    assert (provenance.origin, provenance.repo) == ("hub", "facebook/sam-vit-base")


def test_bundled_and_random_weights_say_so(small_encoder):
    assert load_encoder("vit_tiny").provenance.origin == "bundled"
    assert small_encoder.provenance == Provenance("random", SMALL)
    assert small_encoder.provenance.facts()[0].english() == "Random numbers: nothing was learned."
    assert build_encoder(SMALL).provenance is None


def test_what_is_told_of_a_file(vit_b, tmp_path):
    half = {f"ema.{name}": tensor.half() for name, tensor in vit_b.items()}
    torch.save({**half, "mask_decoder.weight": torch.zeros(2), "lr": 0.1}, tmp_path / "a.pth")

    encoder, provenance = load_with_provenance(tmp_path / "a.pth")

    assert encoder.provenance is provenance
    assert (provenance.layout, provenance.prefix) == ("segment-anything", "ema.image_encoder.")
    assert (provenance.dtypes, provenance.left_out, provenance.not_finite) == (("float16",), 1, ())
    assert keys(provenance) == ["origin.file", "sizes.named", "layout", "dtype", "left_out"]
    assert inspect_checkpoint(tmp_path / "a.pth") == replace(provenance, not_finite=None)


@pytest.mark.parametrize("in_chans", [1, 4])
def test_channels_other_than_three_are_told_and_the_encoder_runs(in_chans, tmp_path):
    config = replace(SMALL, in_chans=in_chans)
    torch.save(fill_random(build_encoder(config)).state_dict(), tmp_path / "a.pth")

    encoder, provenance = load_with_provenance(tmp_path / "a.pth")

    assert provenance.config.in_chans == in_chans
    said = {1: "It takes one channel: a photo's grey values.", 4: "It takes 4 channels, not the three of a colour"}
    assert any(fact.english().startswith(said[in_chans]) for fact in provenance.facts())
    with torch.no_grad():
        assert encoder(torch.zeros(1, in_chans, 160, 160)).shape == (1, SMALL.out_chans, 10, 10)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_broken_numbers_are_told_once(value, small_encoder, tmp_path):
    state = small_encoder.state_dict()
    for name in ("blocks.1.mlp.lin1.bias", "neck.0.weight"):
        state[name] = state[name].clone()
        state[name].view(-1)[1] = value
    torch.save(state, tmp_path / "a.pth")

    provenance = load_checkpoint(tmp_path / "a.pth").provenance

    assert provenance.not_finite == ("blocks.1.mlp.lin1.bias", "neck.0.weight")
    assert [fact.english() for fact in provenance.warnings()] == [
        "Damaged by training: 2 of its tensors hold NaN or infinity, blocks.1.mlp.lin1.bias first."
    ]


def test_a_window_as_large_as_the_grid_is_told_until_a_person_answers(tmp_path):
    config = replace(SMALL, window_size=10, global_attn_indexes=(1,))
    torch.save(fill_random(build_encoder(config)).state_dict(), tmp_path / "a.pth")

    asked = inspect_checkpoint(tmp_path / "a.pth")
    assert asked.window_is_grid
    assert "(10 tokens)" in asked.warnings()[0].english()
    assert "all blocks count as global. At its own 160 px both compute the same" in asked.warnings()[0].english()

    answered, provenance = load_with_provenance(tmp_path / "a.pth", "global_attn_indexes=1,window_size=10")
    assert provenance.warnings() == ()
    assert provenance.stated == ("global_attn_indexes", "window_size")
    assert [block.window_size for block in answered.blocks] == [10, 0, 10, 10]
    x = torch.randn(1, 3, 320, 320)
    with torch.no_grad():
        assert (answered(x) - load_checkpoint(tmp_path / "a.pth")(x)).abs().max() > 0.1
        own = x[:, :, :160, :160]
        torch.testing.assert_close(answered(own), load_checkpoint(tmp_path / "a.pth")(own), atol=1e-5, rtol=1e-5)


def test_an_encoder_without_rel_pos_is_made_of_a_persons_answers(tmp_path):
    config = replace(SMALL, use_rel_pos=False)
    torch.save(fill_random(build_encoder(config)).state_dict(), tmp_path / "a.pth")

    encoder = load_checkpoint(tmp_path / "a.pth", "num_heads=3,window_size=4,global_attn_indexes=1+3")

    assert replace(encoder.config, name=config.name) == config
    with pytest.raises(CheckpointError, match="config must be one of vit_tiny, .* got 'heads=3'"):
        load_checkpoint(tmp_path / "a.pth", "heads=3")


def test_every_fact_has_a_sentence_without_gaps():
    everything = Provenance(
        "official",
        replace(SMALL, in_chans=4),
        "facebook/sam",
        "ab",
        "timm",
        "a.",
        ("float16", "float32"),
        shards=2,
        joined=True,
        lora_rank=4,
        left_out=3,
        window_is_grid=True,
        stated=("num_heads",),
        not_finite=("a",),
    )
    others = [
        Provenance(origin, CONFIGS["vit_b"], "r", layout="timm") for origin in ("hub", "bundled", "file", "random")
    ]
    others.append(Provenance("file", replace(SMALL, in_chans=1), layout="timm"))
    facts = [fact for provenance in (everything, *others) for fact in provenance.facts()]

    assert {fact.key for fact in facts} == set(WEIGHTS_FACTS)
    for fact in facts:
        assert re.fullmatch(r"[A-Z][^{}]*\.", fact.english())
    assert Fact("dtype", {"dtypes": ("a", "b")}).english() == "Stored as a, b, used as float32."
