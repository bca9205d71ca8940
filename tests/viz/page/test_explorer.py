"""What the browser may ask, and what it is told when something is wrong."""

import base64
import gc
import gzip
import io
import json
import re
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import orjson
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from samvit.config import VIT_TINY
from samvit.encoder import build_encoder
from samvit.errors import CheckpointError, phrase
from samvit.progress import Stopped, tell
from samvit.random_weights import fill_random
from tests.samvit.photo.files import tiff
from tests.small import SMALL
from viz.page.explorer import Explorer
from viz.page.modules import Modules
from viz.selection import Subject
from viz.session import models, session, store
from viz.session.explain import source_lines
from viz.session.export import caption
from viz.session.memory import trace_bytes
from viz.session.models import Models
from viz.session.session import Session
from viz.texts import catalogue
from viz.views import VIEWS

ANNA, BERT = "a" * 36, "b" * 36
PATIENCE_S = 120  # a busy machine is slow, never wrong


@pytest.fixture
def explorer(monkeypatch):
    """An explorer whose vit_tiny is the small encoder: the page doesn't care about sizes."""
    small = fill_random(build_encoder(SMALL))
    monkeypatch.setattr(models, "load_encoder", lambda name: small)
    return Explorer(Session(Models(("vit_tiny",))))


def ask(explorer, name, selection=None, visitor=ANNA, **more):
    """An answer; of a view that takes long, the last one."""
    end = time.monotonic() + PATIENCE_S
    while True:
        answer = getattr(explorer, name)({"visitor": visitor, "selection": selection or {}, **more})
        json.dumps(answer, allow_nan=False)  # every answer must travel
        if name != "view" or answer.get("state") != "working":
            return answer
        assert time.monotonic() < end, "the view never came"


def opened(explorer, selection=None, visitor=ANNA):
    end = time.monotonic() + PATIENCE_S
    while True:
        answer = ask(explorer, "open", {"size": "512", **(selection or {})}, visitor)
        if answer.get("state") != "working":
            return answer
        assert time.monotonic() < end, "the forward pass never ended"
        time.sleep(0.02)


def upload(explorer, data, visitor=ANNA):
    return explorer.upload(SimpleNamespace(data={"visitor": visitor}, files=[("x.png", data)]))


def png(seed=0):
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (20, 30, 3), dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_an_example_opens_and_its_default_view_has_panels(explorer):
    answer = opened(explorer)
    assert answer["state"] == "ready"
    assert answer["scene"]["depth"] == SMALL.depth
    fields = {name: _text(value) for name, value in answer["selection"].items() if value is not None}
    shown = ask(explorer, "view", fields)
    assert shown["panels"][0]["kind"] == "Maps"
    assert shown["panels"][0]["shape"][0] == SMALL.num_heads
    pair = shown["pair"]
    assert pair["content"] + pair["relH"] + pair["relW"] == pytest.approx(pair["score"], abs=1e-5)


def of_checkpoint(path, **changes):
    """An explorer with a checkpoint of random weights, and the name that it is offered under."""
    torch.save(fill_random(build_encoder(replace(SMALL, **changes))).state_dict(), path)
    session = Session(Models(("vit_tiny_random",), [path]))
    session.models.look().join(10)
    (name,) = session.models.checkpoints
    return Explorer(session), {"model": name, "size": "160"}


def test_a_checkpoint_is_said_to_be_the_operators_whatever_its_file_is_called(tmp_path):
    for stem in ("vit_b", "vit_tiny_random"):
        explorer, selection = of_checkpoint(tmp_path / f"{stem}.pth")
        weights = opened(explorer, selection)["scene"]["weights"]
        assert "operator chose" in weights
        assert "Segment Anything" not in weights and "nothing was learned" not in weights.lower()


def test_a_photo_made_ready_as_medsam_does_is_said_in_the_header_and_in_captions(tmp_path):
    explorer, selection = of_checkpoint(tmp_path / "medsam.pth")
    said = "Photos are made ready as MedSAM does: squashed to a square"

    assert said not in opened(explorer, selection)["scene"]["weights"]
    assert said in opened(explorer, selection | {"way": "medsam"})["scene"]["weights"]
    found, looked = explorer.session.look(ANNA, selection | {"way": "medsam", "image": "astronaut"})
    assert said in str(caption(found, looked))
    panels = ask(explorer, "view", selection | {"way": "medsam", "view": "photo"})["panels"]
    assert panels[0]["title"] == "Squashed to a square"


def test_an_encoder_of_one_channel_is_offered_and_shown_the_photos_grey(tmp_path):
    explorer, selection = of_checkpoint(tmp_path / "grey.pth", in_chans=1)
    offer = explorer.session.models.offers()[0]
    assert (offer.name, offer.available) == ("grey", True)

    scene = opened(explorer, selection)["scene"]
    assert "shown in grey, for the encoder takes one channel" in scene["reading"]
    assert "It takes one channel" in scene["weights"]
    columns = ask(explorer, "view", selection | {"view": "photo"})["panels"][-1]
    assert [row[0] for row in columns["rows"]] == ["grey"]


def test_an_encoder_of_four_channels_takes_a_file_of_four_bands_and_says_why_not_another(tmp_path):
    explorer, selection = of_checkpoint(tmp_path / "infrared.pth", in_chans=4)
    values = np.random.default_rng(5).integers(0, 255, (40, 60, 4), dtype=np.uint8)
    image = upload(explorer, tiff(values, photometric="rgb", extrasamples=["unspecified"]))["image"]

    scene = opened(explorer, selection | {"image": image})["scene"]
    assert scene["reading"] == ["bands 1, 2, 3, 4 of 4 for the encoder's 4 channels"]
    rows = ask(explorer, "view", selection | {"image": image, "view": "photo"})["panels"][-1]["rows"]
    assert [row[0] for row in rows] == ["channel 0", "channel 1", "channel 2", "channel 3"]
    assert "which takes 4 channels, got 3" in opened(explorer, selection)["error"]


def test_an_encoder_that_no_example_fits_is_passed_over_at_first_and_the_page_says_so(tmp_path):
    explorer, _ = of_checkpoint(tmp_path / "infrared.pth", in_chans=4)
    first = opened(explorer, {"size": "160"})
    assert first["selection"]["model"] == "vit_tiny_random"
    (said,) = first["problems"]
    assert said.startswith("infrared takes photos of 4 channels") and said.endswith("; showing vit_tiny_random")
    assert opened(explorer, {"size": "160", "model": "vit_tiny_random"})["problems"] == []  # chosen by somebody


def test_an_encoder_of_one_channel_comes_first(tmp_path):
    explorer, _ = of_checkpoint(tmp_path / "grey.pth", in_chans=1)
    first = opened(explorer, {"size": "160"})
    assert (first["selection"]["model"], first["problems"]) == ("grey", [])


def test_a_view_that_takes_long_says_how_far_it_is_and_stops_when_its_page_leaves(explorer, monkeypatch):
    opened(explorer)
    begun, stopped, go = threading.Event(), threading.Event(), threading.Event()
    plain = session.panels

    def slow(trace, selection):
        try:
            for _ in range(1000):
                tell(None, "block 3", 4, 12)
                begun.set()
                if go.wait(0.01):
                    return plain(trace, selection)
        except Stopped:
            stopped.set()
            raise
        raise AssertionError("never let go")

    monkeypatch.setattr(session, "panels", slow)
    question = {"visitor": ANNA, "selection": {"size": "512", "view": "distance"}}
    explorer.view(question)
    assert begun.wait(10)
    working = explorer.view(question)
    assert (working["state"], working["step"], working["done"], working["total"]) == ("working", "block 3", 4, 12)
    explorer.leave(question)
    assert stopped.wait(10)
    go.set()
    assert ask(explorer, "view", question["selection"])["state"] == "ready"


def test_a_view_that_was_computed_stays_with_its_trace(explorer, monkeypatch):
    opened(explorer)
    first = ask(explorer, "view", {"size": "512", "view": "rollout"})
    monkeypatch.setattr(session, "panels", lambda *given: pytest.fail("computed again"))
    assert ask(explorer, "view", {"size": "512", "view": "rollout"}, visitor=BERT) == first


def test_any_view_can_be_looked_at_under_a_what_if_which_is_said_wherever_it_shows(explorer):
    fields = {"what_if": "block_off.2,grey", "view": "layers", "query": "4,5"}
    true, answer = opened(explorer, {"view": "layers", "query": "4,5"}), opened(explorer, fields)
    said = "What if: block 2 removed, photo without colours; the weights were not trained for it."
    assert (true["scene"]["whatIf"], answer["scene"]["whatIf"]) == ("", said)
    assert answer["scene"]["photo"] != true["scene"]["photo"]
    fields = {name: _text(value) for name, value in answer["selection"].items() if value is not None}
    panels = ask(explorer, "view", fields)["panels"]
    assert panels != ask(explorer, "view", fields | {"what_if": ""})["panels"]
    drawn = base64.b64decode(ask(explorer, "export", fields, format="png")["data"])
    assert said in Image.open(io.BytesIO(drawn)).text["Description"]
    values = base64.b64decode(ask(explorer, "export", fields, format="npz")["data"])
    with np.load(io.BytesIO(values)) as arrays:
        assert any("block_off.2,grey" in str(arrays[name]) for name in arrays.files if arrays[name].dtype.kind == "U")


def test_stale_indexes_fall_back_with_a_clear_line(explorer):
    answer = opened(explorer, {"block": "11", "query": "90,3", "view": "nothing", "model": "gpt", "image": "nobody"})
    assert answer["state"] == "ready"
    said = " ".join(answer["problems"])
    for part in (
        "block must be in 0..3, got 11",
        "query must be a patch",
        "view must be one of",
        "model must be one of",
    ):
        assert part in said
    assert "no example named 'nobody'" in said
    assert answer["selection"]["block"] == 3


def test_a_link_without_a_block_opens_the_last_global_one(monkeypatch):
    encoder = fill_random(build_encoder(replace(SMALL, global_attn_indexes=(0, 2))))
    monkeypatch.setattr(models, "load_encoder", lambda name: encoder)
    explorer = Explorer(Session(Models(("vit_tiny",))))
    assert opened(explorer)["selection"]["block"] == 2
    assert opened(explorer, {"block": "1"})["selection"]["block"] == 1


def test_warming_up_reads_every_source_and_begins_with_what_a_newcomer_sees(explorer):
    source_lines.cache_clear()
    explorer.session.warm_up()
    misses = source_lines.cache_info().misses
    for view in VIEWS:
        for thing in view.source:
            source_lines(thing)
    assert source_lines.cache_info().misses == misses > 0
    assert explorer.session.jobs.wait((("", "astronaut"), Subject()), timeout=60)
    assert len(explorer.session.store) == 1


def test_an_upload_opens_for_its_visitor_and_for_nobody_else(explorer):
    image = upload(explorer, png())["image"]
    assert opened(explorer, {"image": image})["state"] == "ready"
    for name in ("open", "view", "proof", "film", "explain", "export"):
        answer = ask(explorer, name, {"image": image, "size": "512"}, BERT, format="png")
        assert "upload this photo again" in answer["error"]


def test_the_same_photo_of_two_visitors_is_encoded_once(explorer, monkeypatch):
    image = upload(explorer, png(), ANNA)["image"]
    opened(explorer, {"image": image}, ANNA)
    assert upload(explorer, png(), BERT)["image"] == image
    assert ask(explorer, "open", {"image": image, "size": "512"}, BERT)["state"] == "ready"
    assert len(explorer.session.store) == 1


def test_a_trace_put_away_is_encoded_again_and_the_selection_stays(explorer):
    selection = {"block": "2", "head": "1", "query": "3,4", "view": "scores"}
    before = opened(explorer, selection)["selection"]
    assert explorer.session.store.sweep(lambda key: False) == 1
    assert ask(explorer, "view", selection | {"size": "512"}) == {"state": "gone"}
    again = opened(explorer, selection)
    assert (again["selection"], again["problems"]) == (before, [])


def test_a_photo_that_would_not_fit_even_alone_is_refused_in_a_sentence(monkeypatch):
    small = fill_random(build_encoder(SMALL))
    monkeypatch.setattr(models, "load_encoder", lambda name: small)
    explorer = Explorer(Session(Models(("vit_tiny", "vit_b")), memory_bytes=200 * 10**6))
    said = opened(explorer, {"size": "1024", "model": "vit_b"})["error"]
    assert said.startswith("vit_b needs 473 MB for a photo at 1024 px, and this server keeps up to")


def test_a_photo_waits_for_room_as_long_as_all_others_are_looked_at(explorer, monkeypatch):
    monkeypatch.setattr(session, "ROOM_S", 0.01)
    opened(explorer, {}, ANNA)
    kept = explorer.session.store
    kept.budget_bytes = trace_bytes(VIT_TINY, 512) + kept.nbytes - 1
    waiting = {"size": "512", "image": "coffee"}
    for _ in range(20):
        ask(explorer, "view", {"size": "512"}, ANNA)
        answer = ask(explorer, "open", waiting, BERT)
        assert answer["state"] == "working"
        time.sleep(0.01)
    assert answer["step"] == "memory"
    monkeypatch.setattr(store, "LOOKING_S", 0.0)
    assert opened(explorer, waiting, BERT)["state"] == "ready"
    assert ask(explorer, "view", {"size": "512"}, ANNA) == {"state": "gone"}


def test_a_deleted_uploads_trace_goes_with_it(explorer):
    image = upload(explorer, png())["image"]
    opened(explorer, {"image": image})
    explorer.session.photos.keep_seconds = 0
    explorer.session.sweep()
    assert "upload this photo again" in ask(explorer, "view", {"image": image, "size": "512"})["error"]
    assert len(explorer.session.store) == 0


def unpacked(answer):
    """A hover's answer as if its arrays had travelled as base64."""
    data = gzip.decompress(answer.data) if answer.is_gzip else answer.data
    behind = 4 + int.from_bytes(data[:4], "little")
    message = json.loads(data[4:behind])
    for panel in message["panels"]:
        if "data" in panel:
            at = behind + panel["data"]["at"]
            panel["data"] = base64.b64encode(data[at : at + panel["data"]["bytes"]]).decode()
    return message


@pytest.mark.parametrize("view", ["heads", "scores"])  # one panel with an array, and several
def test_arrays_behind_an_answer_are_those_that_it_would_hold(explorer, view):
    opened(explorer)
    asked = {"visitor": ANNA, "selection": {"size": "512", "query": "3,4", "view": view}}
    assert unpacked(explorer.at_once(asked)) == json.loads(orjson.dumps(explorer.view(asked)))


def test_what_one_visitors_hover_was_answered_the_next_ones_is_too(explorer, monkeypatch):
    opened(explorer)
    asked = {"visitor": ANNA, "selection": {"size": "512", "query": "3,4"}}
    plain = explorer.view(asked)
    first = explorer.at_once(asked)
    assert unpacked(first) == json.loads(orjson.dumps(plain))
    monkeypatch.setattr(Explorer, "_seen", None)
    assert explorer.at_once(asked | {"visitor": BERT}) is first
    assert explorer.packed(asked | {"visitor": BERT}) is first


def test_a_hover_that_needs_more_than_a_row_of_attention_is_not_answered_at_once(explorer):
    opened(explorer)
    asked = {"visitor": ANNA, "selection": {"size": "512", "query": "3,4", "view": "values"}}
    assert explorer.at_once(asked) is None  # a block must run again, while others wait for their hovers
    first = explorer.packed(asked)
    assert unpacked(first)["state"] == "ready"
    assert explorer.at_once(asked) is first


@pytest.mark.parametrize(
    "selection", [{"view": "layers"}, {"image": "upload-0"}, {"size": "768"}, {"compare": "one", "against_block": "0"}]
)
def test_no_other_answer_is_kept(explorer, selection):
    opened(explorer)
    asked = {"visitor": ANNA, "selection": {"size": "512", **selection}}
    assert explorer.at_once(asked) is explorer.packed(asked) is None
    assert explorer.kept.nbytes == 0


def test_a_traces_answers_go_with_it(explorer):
    opened(explorer)
    explorer.packed({"visitor": ANNA, "selection": {"size": "512"}})
    assert explorer.kept.nbytes > 0
    explorer.session.store.sweep(lambda key: False)
    opened(explorer, {"image": "coffee"})
    gc.collect()
    packed = explorer.packed({"visitor": ANNA, "selection": {"size": "512", "image": "coffee"}})
    assert explorer.kept.nbytes == len(packed.data)


def test_a_model_that_this_machine_cannot_hold_is_refused_in_a_sentence_and_nothing_is_lost(explorer, monkeypatch):
    opened(explorer)
    fresh = Explorer(Session(Models(("vit_tiny",))))
    monkeypatch.setattr(session, "available_bytes", lambda: 10**7)
    assert "this machine has 0.0 GB left: choose a smaller input or model" in opened(fresh)["error"]
    assert opened(explorer, {"image": "coffee"})["state"] == "ready"  # its encoder is here already


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_memory_that_runs_out_in_a_forward_pass_is_said_and_the_app_goes_on(explorer, monkeypatch, error):
    def fail(*arguments, **more):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(session, "trace", fail)
        assert "needs about" in opened(explorer)["error"]
    assert opened(explorer)["state"] == "ready"


def test_the_other_examples_follow_in_idle_time_within_half_of_the_budget(explorer):
    explorer.session.store.budget_bytes = 5 * trace_bytes(VIT_TINY, 1024)
    explorer.session.warm_up()
    assert explorer.session.jobs.wait(explorer.session.key("", Subject(image="coffee")), 60)
    assert explorer.session.jobs.waiting() == 0
    assert len(explorer.session.store) == 2


def test_leaving_is_answered_and_takes_nothing_away(explorer):
    opened(explorer)
    assert ask(explorer, "leave", {"size": "512"}) == {"state": "left"}
    assert opened(explorer)["state"] == "ready"


@pytest.mark.parametrize("data", [b"", b"hello", b"<svg></svg>", png()[:50]], ids=["empty", "text", "svg", "cut"])
def test_a_broken_upload_gets_one_sentence_without_a_path(explorer, data):
    answer = upload(explorer, data)
    assert set(answer) == {"error"}
    assert len(answer["error"].splitlines()) == 1
    assert "/" not in answer["error"].replace("and/or", "")


@pytest.mark.parametrize(
    "data", [{}, {"visitor": "x", "selection": {}}, {"visitor": ANNA}, {"visitor": ANNA, "selection": []}, None]
)
def test_a_malformed_request_is_answered_not_raised(explorer, data):
    for name in ("open", "view", "proof", "film", "explain", "export"):
        answer = getattr(explorer, name)(data)
        assert set(answer) == {"error"}
        assert "Traceback" not in answer["error"]


def test_a_bug_of_ours_reaches_the_log_and_not_the_page(explorer, monkeypatch, caplog):
    def fail(*arguments):
        raise RuntimeError("secret /srv/path")

    monkeypatch.setattr(explorer.session.photos, "key", fail)
    answer = ask(explorer, "open")
    assert "secret" not in answer["error"]
    assert "secret" in caplog.text


def test_a_model_that_cannot_be_loaded_says_why_each_time_it_is_asked_for(explorer, monkeypatch):
    def refuse(name):
        raise CheckpointError("found.nowhere", name=name, why=phrase("hub.unreachable", host="huggingface.co"))

    monkeypatch.setattr(models, "load_encoder", refuse)
    for _ in range(2):
        assert opened(explorer)["error"] == "vit_tiny isn't on this machine and huggingface.co can't be reached"
    assert opened(explorer, {"lang": "zh"})["error"] == "vit_tiny 不在这台机器上，而且连不上 huggingface.co"


def test_a_trace_put_away_is_gone_and_not_an_error(explorer):
    assert ask(explorer, "view", {"size": "768"}) == {"state": "gone"}


def test_the_proof_holds_and_says_how_closely(explorer):
    opened(explorer)
    proof = ask(explorer, "proof", {"size": "512", "block": "1", "query": "3,4"})
    assert proof["holds"] is True
    assert proof["difference"] < 1e-4 * proof["size"]


def test_boot_lists_every_view_with_its_texts_and_nothing_secret(explorer):
    boot = explorer.boot({})
    text = json.dumps(boot, allow_nan=False)
    assert "\\\\home" not in text
    assert "/home" not in text
    defaults, first = boot["defaults"], explorer.session.first.focus
    assert (defaults["head"], defaults["block"]) == (0, first.block)  # a link that says no head means head 0
    for view in boot["views"]:
        assert boot["texts"][f"view.{view['id']}.title"]
    for node in boot["nodes"] + boot["inner"]:
        assert boot["texts"][f"node.{node['id']}"]
        assert node["stage"] in boot["stages"]


@pytest.mark.parametrize("file_format", ["png", "svg", "pdf", "npz"])
def test_the_current_view_can_be_taken_along(explorer, file_format):
    opened(explorer)
    selection = {"size": "512", "view": "heads", "block": "1", "query": "3,4"}
    answer = ask(explorer, "export", selection, format=file_format)
    assert answer["name"] == f"sam-encoder_vit_tiny_heads_block1.{file_format}"
    assert len(answer["data"]) > 1000


def test_an_unknown_export_format_is_named(explorer):
    opened(explorer)
    assert (
        "format must be one of png, svg, pdf, npz, safetensors, pptx, got 'exe'"
        in ask(explorer, "export", {"size": "512"}, format="exe")["error"]
    )


def _text(value):
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


@pytest.mark.parametrize("view", [view for view in VIEWS if view.channels], ids=lambda view: view.id)
def test_a_channel_beyond_a_views_last_is_moved_in_and_said(explorer, view):
    answer = opened(explorer, {"view": view.id, "channel": "99999"})
    last = answer["selection"]["channel"]
    assert answer["problems"] == [f"channel must be in 0..{last}, got 99999; showing {last}"]
    assert last in (SMALL.embed_dim - 1, int(SMALL.embed_dim * SMALL.mlp_ratio) - 1, SMALL.out_chans - 1)
    assert ask(explorer, "view", {"size": "512", "view": view.id, "channel": "99999"})["state"] == "ready"


@pytest.mark.parametrize("name", ["channel", "length"])
def test_an_endless_number_in_a_link_is_answered_by_a_sentence(explorer, name):
    answer = opened(explorer, {name: "9" * 25})
    assert answer["state"] == "ready" and len(answer["problems"]) == 1


def stack():
    """Two pages of a TIFF: the first left half bright, the second right half."""
    pages = [np.zeros((40, 60), np.uint8) for _ in range(2)]
    pages[0][:, :30], pages[1][:, 30:] = 200, 200
    buffer = io.BytesIO()
    Image.fromarray(pages[0]).save(buffer, "TIFF", save_all=True, append_images=[Image.fromarray(pages[1])])
    return buffer.getvalue()


def test_a_page_of_a_stack_can_be_chosen_and_is_said(explorer):
    mark = upload(explorer, stack())["image"]
    scenes = [opened(explorer, {"image": mark, **more})["scene"] for more in ({}, {"page": "2"})]
    assert [scene["pages"] for scene in scenes] == [2, 2]
    assert "page 1 of 2" in scenes[0]["reading"] and "page 2 of 2" in scenes[1]["reading"]
    assert scenes[0]["photo"] != scenes[1]["photo"]


def test_a_page_that_is_not_there_is_named(explorer):
    mark = upload(explorer, stack())["image"]
    assert "page must be in 1..2, got 3" in opened(explorer, {"image": mark, "page": "3"})["error"]


def test_medsams_way_squashes_the_photo_to_a_square(explorer):
    mark = upload(explorer, stack())["image"]
    grids = [opened(explorer, {"image": mark, **more})["scene"]["photoGrid"] for more in ({}, {"way": "medsam"})]
    assert grids == [(22, 32), (32, 32)]


def test_a_photo_two_pixels_high_opens_without_a_word_on_a_query_that_nobody_typed(explorer):
    buffer = io.BytesIO()
    Image.new("RGB", (3000, 2), "red").save(buffer, "PNG")
    mark = upload(explorer, buffer.getvalue())["image"]
    answer = opened(explorer, {"image": mark})
    assert (answer["state"], answer["problems"]) == ("ready", [])
    assert answer["selection"]["query"] == (0, 26)
    typed = opened(explorer, {"image": mark, "query": "5,5"})
    assert typed["problems"] == ["query must be a patch in (0..0, 0..31), got (5, 5); showing (0, 5)"]


def test_a_photo_with_a_very_long_text_inside_is_a_photo(explorer):
    buffer = io.BytesIO()
    info = PngInfo()
    info.add_text("note", "x" * 30_000_000)
    Image.new("RGB", (40, 30), "red").save(buffer, "PNG", pnginfo=info)
    assert "image" in upload(explorer, buffer.getvalue())


def test_data_of_the_wrong_shape_is_not_called_the_apps_own_fault(explorer):
    for data in (None, [], "text", {}, {"visitor": ANNA}, {"visitor": ANNA, "selection": []}, {"visitor": 3}):
        answer = explorer.open(data)
        assert "must be" in answer["error"]


def test_two_sides_open_together_and_a_view_shows_both(explorer):
    fields = {
        "size": "512",
        "compare": "own",
        "against_image": "coffee",
        "block": "1",
        "query": "4,5",
        "against_block": "3",
    }
    answer = opened(explorer, fields)
    assert (answer["selection"]["image"], answer["against"]["selection"]["image"]) == ("astronaut", "coffee")
    assert answer["scene"]["photo"] != answer["against"]["scene"]["photo"]
    shown = ask(explorer, "view", fields)
    alone = {"size": "512", "query": "4,5"}
    one = ask(explorer, "view", alone | {"block": "1"})
    other = ask(explorer, "view", alone | {"image": "coffee", "block": "3"})
    assert (shown["panels"], shown["against"]["panels"]) == (one["panels"], other["panels"])
    assert (shown["pair"], shown["against"]["pair"]) == (one["pair"], other["pair"])
    assert shown["against"]["pairs"] == [[0, 0]] and "correlation" in shown["against"]["summary"]
    assert shown["against"]["differences"][0]["scales"][0]["kind"] == "signed"
    file = ask(explorer, "export", fields, format="npz")
    with np.load(io.BytesIO(base64.b64decode(file["data"]))) as arrays:
        assert {"0_a_heads.title.values", "1_b_heads.title.values"} <= set(arrays.files)


def test_a_second_side_that_is_gone_is_encoded_again(explorer):
    fields = {"size": "512", "compare": "one", "against_image": "coffee"}
    opened(explorer, fields)
    explorer.session.store._traces.popitem()
    assert {ask(explorer, "view", fields)["state"], ask(explorer, "export", fields, format="png")["state"]} == {"gone"}
    assert opened(explorer, fields)["state"] == "ready"


def test_two_sides_that_memory_can_not_hold_are_refused_and_not_encoded_for_ever(explorer):
    one = trace_bytes(explorer.session.models.config("vit_tiny"), 512)
    explorer.session.store.budget_bytes = 2 * one - 1
    answer = opened(explorer, {"compare": "one", "against_image": "coffee"})
    assert "these two don't fit" in answer["error"]
    assert opened(explorer, {"compare": "one", "against_block": "2"})["state"] == "ready"  # of one trace


def test_what_the_other_side_can_not_show_is_said_of_it(explorer, monkeypatch):
    bare = fill_random(build_encoder(replace(SMALL, use_abs_pos=False)))
    monkeypatch.setattr(explorer.session.models, "allowed", ("vit_tiny", "vit_b"))
    explorer.session.models._loaded["vit_b"] = bare
    fields = {"size": "512", "compare": "one", "against_model": "vit_b", "view": "position_table"}
    opened(explorer, fields)
    assert ask(explorer, "view", fields)["error"].startswith("on the other side, ")


def test_the_page_gets_every_text_that_its_scripts_ask_for(explorer):
    sent = ask(explorer, "boot")["texts"]
    own = [path for name, path in Modules().files().items() if path.suffix == ".js" and "lesson/" not in name]
    scripts = "".join(path.read_text("utf-8") for path in own)  # a lesson has the whole catalogue with it
    asked = set(re.findall(r'texts\["([\w.]+)"\]', scripts)) | set(re.findall(r'text: "([\w.]+)"', scripts))
    assert len(asked) > 80 and asked <= sent.keys()
    for start in set(re.findall(r"texts\[`([\w.]+\.)\$", scripts)):
        assert any(key.startswith(start) for key in sent), start
    for view in VIEWS:
        assert {f"view.{view.id}.title", f"view.{view.id}.what"} <= sent.keys()
    assert len(sent) < len(catalogue("en")) / 2


def test_a_lesson_leaves_the_page_with_the_tour_or_without_it(explorer):
    opened(explorer)
    files = {
        wanted: ask(explorer, "export", {"size": "512", "block": "1"}, format=wanted)
        for wanted in ("html", "html_tour")
    }
    assert {file["type"] for file in files.values()} == {"text/html"}
    tours = {}
    for wanted, file in files.items():
        packed = re.search(rb'id="sx-lesson">([^<]+)<', base64.b64decode(file["data"])).group(1)
        tours[wanted] = json.loads(gzip.decompress(base64.b64decode(packed))).get("tour")
    assert tours["html"] is None and len(tours["html_tour"]["stops"]) == len(explorer.session.tour.stops)


@pytest.mark.parametrize(
    ("lang", "sentence"), [("en", "^count must be in 1..9, got 12$"), ("zh", "^区域数必须在 1..9 之内")]
)
def test_what_a_measure_refuses_is_said_in_the_reader_s_language(explorer, lang, sentence):
    few = {"size": "48", "view": "regions", "regions": "12", "lang": lang}
    opened(explorer, few)
    assert re.search(sentence, ask(explorer, "view", few)["error"])
