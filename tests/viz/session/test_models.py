"""Which encoders the page offers."""

import threading
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from samvit.checkpoint import Availability
from samvit.encoder import build_encoder
from samvit.errors import CheckpointError, phrase
from tests.small import SMALL
from viz.session import models
from viz.session.models import RANDOM, Models, named, notices_of, other_size, sizes_of, weights_of


def test_a_model_that_cannot_be_had_is_offered_as_unavailable_with_the_reason(monkeypatch):
    monkeypatch.setattr(models, "availability", lambda name: Availability(name, False, "", phrase("hub.offline")))
    offered = Models((RANDOM, "vit_b"))
    offered.look().join(5)
    offers = {offer.name: offer for offer in offered.offers()}
    assert offers[RANDOM].available
    assert (offers["vit_b"].available, str(offers["vit_b"].reason)) == (
        False,
        "downloads are switched off (HF_HUB_OFFLINE)",
    )


def test_one_model_whose_looking_fails_does_not_hide_the_others(monkeypatch):
    def broken_for_l(name: str) -> Availability:
        if name == "vit_l":
            raise PermissionError("a folder that can't be read")
        return Availability(name, True, "disk", None)

    monkeypatch.setattr(models, "availability", broken_for_l)
    offered = Models(("vit_l", "vit_b"))
    offered.look().join(5)
    offers = {offer.name: offer for offer in offered.offers()}
    assert offers["vit_b"].available
    assert not offers["vit_l"].available and "in the app itself" in str(offers["vit_l"].reason)


def test_a_page_does_not_wait_for_a_silent_network(monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(models, "availability", lambda name: gate.wait(5) and Availability(name, True, "disk", None))
    offered = Models((RANDOM, "vit_b"))
    first = {offer.name: offer for offer in offered.offers()}
    assert first[RANDOM].available
    assert (first["vit_b"].available, str(first["vit_b"].reason)) == (False, "still being looked for")
    gate.set()
    offered.look().join(5)
    assert all(offer.available for offer in offered.offers())


def test_a_model_the_operator_does_not_offer_is_refused():
    with pytest.raises(ValueError, match="model must be one of vit_tiny_random, got 'vit_b'"):
        Models((RANDOM,)).encoder("vit_b")


def test_what_cannot_be_loaded_is_an_error_and_never_another_model(monkeypatch):
    def refuse(name):
        raise CheckpointError("hub.offline")

    monkeypatch.setattr(models, "load_encoder", refuse)
    with pytest.raises(CheckpointError, match="downloads are switched off"):
        Models(("vit_b", RANDOM)).encoder("vit_b")


def test_random_weights_are_the_same_each_time():
    first, second = (Models((RANDOM,)).encoder(RANDOM) for _ in range(2))
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_an_encoder_is_loaded_once_and_the_last_few_stay(monkeypatch, small_encoder):
    loads = []
    monkeypatch.setattr(models, "load_encoder", lambda name: loads.append(name) or small_encoder)
    offered = Models(("vit_tiny", "vit_b", "vit_l"), keep=2)
    for name in ("vit_tiny", "vit_tiny", "vit_b", "vit_l", "vit_b", "vit_tiny", "vit_b"):
        offered.encoder(name)
    assert loads == ["vit_tiny", "vit_b", "vit_l", "vit_tiny"]


def test_a_local_checkpoint_is_offered_under_its_own_name(tmp_path):
    encoder = build_encoder(SMALL)
    save_file(encoder.state_dict(), tmp_path / "mine.safetensors")
    offered = Models((RANDOM,), [tmp_path / "mine.safetensors"])
    assert [offer.name for offer in offered.offers()] == ["mine", RANDOM]
    assert torch.equal(offered.encoder("mine").neck[0].weight, encoder.neck[0].weight)


def test_files_of_one_name_do_not_hide_each_other_or_a_model_that_is_offered(tmp_path):
    paths = [tmp_path / "a" / "mine.pth", tmp_path / "b" / "mine.pth", tmp_path / "vit_b.pth"]
    assert dict(named(paths)) == {"mine": paths[0], "mine-2": paths[1], "vit_b-2": paths[2]}


def test_weights_are_named_by_what_they_are_and_never_by_their_files_name(tmp_path):
    path = tmp_path / "vit_b.pth"
    torch.save(build_encoder(SMALL).state_dict(), path)
    offered = Models((RANDOM,), [path])
    (name,) = offered.checkpoints
    words = str(weights_of(name, offered.encoder(name)))
    assert "operator chose" in words and "nothing in it says who trained them" in words
    assert "Segment Anything" not in words
    assert "Nothing it shows was learned" in str(weights_of(RANDOM, offered.encoder(RANDOM)))


def test_broken_numbers_and_what_shapes_cannot_tell_and_another_size_are_notices(tmp_path):
    encoder = build_encoder(SMALL)
    encoder.neck[0].weight.data[0, 0] = torch.nan
    torch.save(encoder.state_dict(), tmp_path / "broken.pth")
    torch.save(build_encoder(replace(SMALL, window_size=SMALL.grid_size)).state_dict(), tmp_path / "same.pth")
    offered = Models((RANDOM,), [tmp_path / "broken.pth", tmp_path / "same.pth"])
    own = SMALL.img_size

    (broken,) = notices_of(offered.encoder("broken"))
    assert "1 of its tensors hold NaN or infinity, neck.0.weight first" in str(broken)
    (same,) = notices_of(offered.encoder("same"))
    assert "can't tell windowed blocks from global ones" in str(same)
    assert notices_of(encoder) == [] and other_size(encoder, own) is None
    size = other_size(encoder, 2 * own)
    assert str(size) == f"This encoder’s position tables are made for {own} px: at {2 * own} px they are resized."


def test_a_checkpoints_own_input_size_is_offered_first(tmp_path):
    torch.save(build_encoder(replace(SMALL, img_size=224, window_size=7)).state_dict(), tmp_path / "mine.pth")
    offered = Models((RANDOM,), [tmp_path / "mine.pth"])
    offered.look().join(10)
    assert offered.offers()[0].sizes == (224, 512, 768, 1024)


@pytest.mark.parametrize(("channels", "shown"), [(1, True), (3, True), (4, False)])
def test_examples_are_for_models_of_up_to_three_channels(channels, shown):
    mine = build_encoder(replace(SMALL, in_chans=channels))
    assert Models((), given={"mine": mine}).shows_examples("mine") == shown


def test_the_sizes_on_offer_are_those_that_patches_fill_the_encoders_own_first():
    assert sizes_of(replace(SMALL, img_size=896, patch_size=64)) == (896, 512, 768, 1024)
    assert sizes_of(replace(SMALL, img_size=518, patch_size=14)) == (518,)
