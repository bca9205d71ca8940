"""A lesson: what it stores gives back the encoder's own attention within a stated bound, and nothing is fetched."""

import base64
import gzip
import json
import re
from functools import cache

import numpy as np
import pytest
import torch

from samvit.attention import attention_row
from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace
from samvit.tracing import trace as run
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.page import lesson as lessons
from viz.page.explorer import Explorer
from viz.page.lesson import BOUND, by_worth, folded_planes, lesson
from viz.session.models import Models
from viz.session.session import Session
from viz.session.touring import guess_message
from viz.showing import selected
from viz.tour_file import parse_tour


@cache
def traced() -> Trace:
    return run(fill_random(build_encoder(SMALL)), preprocess(noise_photo(rows=65, cols=100), img_size=160))


@cache
def boot() -> dict:
    return Explorer(Session(Models(("vit_tiny",)))).boot({})


def made(**more) -> str:
    return lesson(traced(), selected(traced(), "heads", block=1, query=(3, 4)), boot(), **more).data.decode()


def held(text: str) -> dict:
    packed = re.search(r'id="sx-lesson">([^<]+)<', text).group(1)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def unfolded(data: bytes, dim: int) -> np.ndarray:
    """Whole numbers from their planes, (tokens, dim)."""
    low, high = np.frombuffer(data, np.uint8).reshape(2, dim, -1).astype(np.int32)
    folded = low + 256 * high
    return np.where(folded & 1, -(folded + 1) // 2, folded // 2).T


def test_numbers_come_back_from_their_planes():
    numbers = np.array([[0, -1, 1, 255, -255], [2, -2, 128, -128, 7]], np.int16)
    assert np.array_equal(unfolded(folded_planes(numbers, np.ones(2)), 5), numbers)


@pytest.mark.parametrize("block", [0, 1, 2, 3])
def test_weights_from_what_is_stored_are_the_encoder_s_within_the_bound(block):
    trace = traced()
    parts = re.findall(rf'id="sx-tokens-{block}">([^<]+)<', made())
    numbers = unfolded(gzip.decompress(base64.b64decode(parts[0])), trace.stream[0].shape[-1])
    layer = held(made())["layers"][str(block)]
    scales = np.frombuffer(base64.b64decode(layer["arrays"]["scales"]["data"]), "<f4")
    attn = trace.encoder.blocks[block].attn
    with torch.no_grad():
        tokens = torch.from_numpy((numbers * scales[:, None]).astype(np.float32))
        q, k, _ = attn.qkv(tokens).view(*trace.grid, 3, trace.heads, -1).permute(2, 3, 0, 1, 4)
        for query in [(0, 0), (3, 4), (6, 9), (4, 8)]:
            true = trace.attention(block, query).weights.nan_to_num(0)
            rebuilt = attention_row(trace.encoder.blocks[block], q, k, query).weights.nan_to_num(0)
            assert ((rebuilt - true).abs().amax((1, 2)) <= BOUND * true.amax((1, 2))).all()


def test_a_lesson_fetches_nothing_and_runs_no_module_of_another_address():
    text = made()
    assert "default-src 'none'" in text
    imports = json.loads(re.search(r'<script type="importmap">(.+?)</script>', text).group(1))["imports"]
    assert all(address.startswith("data:text/javascript;base64,") for address in imports.values())
    code = [base64.b64decode(address.split(",", 1)[1]).decode() for address in imports.values()]
    named = {name for one in code for name in re.findall(r'^(?:import|export) .* from "([^"]+)";$', one, re.MULTILINE)}
    assert named and named <= imports.keys()


def test_it_holds_the_blocks_that_were_chosen_and_says_whose_tensors_they_are():
    text = made(blocks=[2, 0])
    assert re.findall(r'id="sx-tokens-(\d+)"', text) == ["0", "2"]
    message = held(text)
    assert message["selection"]["block"] == 2 and len(message["origin"]["weights_sha256"]) == 64
    assert set(message["explained"]) == {view["id"] for view in message["boot"]["views"]} >= {"heads", "neck_pca"}


def test_where_not_all_blocks_fit_the_one_in_view_comes_first_and_then_the_global_ones(monkeypatch):
    assert [window is None for window in traced().windows] == [False, True, False, True]
    assert by_worth(traced(), [0]) == [0, 3, 1, 2]
    monkeypatch.setattr(lessons, "TARGET_BYTES", 0)
    assert re.findall(r'id="sx-tokens-(\d+)"', made()) == ["1"]


def test_a_block_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"^blocks must be in 0\.\.3, got 4$"):
        made(blocks=[4])


def look_of(text: str, view: str) -> list[dict]:
    return [one["fields"] for one in held(text)["stored"][view]]


def test_a_stored_view_says_what_it_was_stored_for():
    shown = selected(traced(), "scores", block=1, head=2, query=(3, 4))
    text = lesson(traced(), shown, boot()).data.decode()
    (fields,) = look_of(text, "scores")
    assert (fields["block"], fields["head"], fields["query"]) == (1, 2, [3, 4])
    assert look_of(text, "position_added") == [{}]
    assert [look["query"] for look in look_of(text, "neck_pca")] == [[3, 4]]


TOUR = """
title = "Mine"
[[stop]]
link = "view=scores&block=2&head=1&size=160"
title = "A"
words = "B"
[[stop]]
link = "view=scores&block=3"
title = "C"
words = "D"
guess = "strongest_term"
[[stop]]
link = "view=heads&block=0"
title = "E"
words = "F"
"""


def test_a_tour_is_in_the_lesson_if_asked_with_all_that_its_stops_look_at():
    assert "tour" not in held(made())
    message = held(made(tour=parse_tour(TOUR)))
    stops = message["tour"]["stops"]
    assert [stop["title"] for stop in stops] == ["A", "C", "E"]
    looks = [one["fields"] for one in message["stored"]["scores"]]
    for stop, look in zip(stops[:2], looks, strict=True):
        assert {name: stop["fields"][name] for name in look} == look
    assert [look["block"] for look in looks] == [2, 3] and looks[0]["query"] == [3, 4]
    assert [bool(guess["question"]) for guess in message["guesses"]] == [False, True, False]
    expected = guess_message(parse_tour(TOUR), traced(), selected(traced(), "scores", block=3, query=(3, 4), stop=2))
    assert message["guesses"][1] == json.loads(json.dumps(expected))


def test_where_not_all_blocks_fit_a_tour_s_live_stops_have_theirs(monkeypatch):
    monkeypatch.setattr(lessons, "TARGET_BYTES", 0)
    monkeypatch.setattr(lessons, "by_worth", lambda trace, first: wanted.append(list(first)) or by_worth(trace, first))
    wanted: list[list[int]] = []
    made(tour=parse_tour(TOUR))
    assert wanted == [[1, 0]]
