"""A tour's stops: what each selects in a trace and what it says; the app's own tour in encoders of any size."""

from functools import cache

import pytest
import torch

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.selection import Selection
from viz.session.judge import limits
from viz.texts import LANGUAGES
from viz.tour import PARTS, Stop, facts, nearest_block
from viz.tour_file import built_in, parse_tour

BASE = Selection.of(block=2, head=1, query=(3, 4), key=(1, 1), size=160, terms="c", scale="log", against_query=(2, 2))
STOPS = built_in().stops
FIRST_AT = "[[stop]]\ntitle = 'A'\nwords = 'B'\n"


@cache
def traced(kind: str = "square") -> Trace:
    encoder = fill_random(build_encoder(SMALL))
    if kind == "photo":
        return trace(encoder, preprocess(noise_photo(rows=65, cols=100), img_size=160))
    return trace(encoder, torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(7)))


def test_a_stop_keeps_what_is_followed_and_sets_back_how_it_is_looked_at():
    selection = Stop({"view": "scores", "head": 2}, "", "").at(traced(), BASE, 5)
    assert (selection.view, selection.focus.head, selection.look.stop) == ("scores", 2, 5)
    assert (selection.focus.block, selection.focus.query, selection.focus.key) == (2, (3, 4), (1, 1))
    assert selection.subject == BASE.subject
    assert (selection.look.terms, selection.look.scale, selection.against.query) == ("chw", "linear", None)


def test_patches_of_a_stop_keep_their_place_on_a_smaller_grid():
    assert Stop({"query": (12, 60)}, "", "").at(traced(), BASE).focus.query == (1, 9)  # of 10×10 instead of 64×64
    assert Stop({"query": (6, 9), "size": 160}, "", "").at(traced(), BASE).focus.query == (6, 9)


def test_a_stop_stays_on_the_photo():
    assert Stop({"query": (60, 60)}, "", "").at(traced("photo"), BASE).focus.query == (6, 9)  # photo: 6.5 of 10 rows


@pytest.mark.parametrize(
    ("block", "kind", "found"), [(0, "windowed", 0), (0, "global", 2), (3, "global", 2), (2, "windowed", 1)]
)
def test_the_nearest_block_of_a_kind_is_taken(block, kind, found):
    assert nearest_block((14, 14, None, 14), block, kind) == found


def test_where_no_block_is_of_the_kind_the_stops_own_is_shown():
    assert nearest_block((None, None), 1, "windowed") == 1


def test_facts_are_those_of_the_trace():
    found = facts(traced(), 0)
    assert (found["rows"], found["tokens"], found["dim"], found["values"]) == (10, 100, 36, 768)
    assert (found["window"], found["windows"], found["padded"]) == (4, 9, 5)
    assert (found["padded_rows"], found["padded_cols"]) == (12, 12)
    assert (found["windowed"], found["globals"], found["head_dim"], found["hidden"]) == (2, 2, 12, 144)
    assert (found["out_chans"], found["numbers"], found["table_rows"]) == (16, 1600, 7)
    assert facts(traced(), 1)["table_rows"] == 19


def test_the_built_in_tour_has_about_twenty_stops_in_the_order_of_the_forward_pass():
    assert 18 <= len(STOPS) <= 26
    assert sum(bool(stop.guess) for stop in STOPS) >= 4
    assert STOPS[0].fields["view"] == "photo" and STOPS[-1].fields["view"] == "embedding"


@pytest.mark.parametrize("kind", ["square", "photo"])
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.title.key)
def test_every_built_in_stop_lies_in_a_traces_limits_and_has_its_words(stop, kind):
    one = traced(kind)
    selection = stop.at(one, BASE, 3)
    assert selection.fit(limits(one, selection, len(STOPS)))[1] == []
    if stop.kind:
        assert (one.windows[selection.focus.block] is None) == (stop.kind == "global")
    for language in LANGUAGES:
        for part in PARTS:
            said = stop.told(part, one, selection.changed(lang=language))
            assert said.strip() and "{" not in said


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.title.key)
def test_a_built_in_stops_words_fit_two_lines(stop):
    selection = stop.at(traced(), BASE)
    assert len(stop.told("title", traced(), selection)) <= 40
    assert len(stop.told("words", traced(), selection)) <= 215


def test_what_an_author_wrote_is_shown_as_it_is():
    stop = parse_tour(FIRST_AT.replace("'B'", "'a {brace} stays'") + 'link = "view=heads"').stops[0]
    assert stop.told("words", traced(), BASE) == "a {brace} stays"
