"""What the page is told of a tour: fields that it sets at a stop, words with facts, and what is right at a question."""

import pytest
import torch

from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.small import SMALL
from viz.selection import Selection
from viz.session.touring import guess_message, tour_message
from viz.tour_file import built_in, parse_tour

BASE = Selection.of(block=2, head=1, query=(3, 4), size=160)


@pytest.fixture(scope="module")
def one() -> Trace:
    encoder = fill_random(build_encoder(SMALL))
    return trace(encoder, torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(7)))


def test_a_stop_sets_what_it_names_and_sets_back_how_it_is_looked_at(one):
    text = '[[stop]]\ntitle = "A"\nwords = "B"\nlink = "view=scores&head=2"\n'
    (stop,) = tour_message(parse_tour(text), one, BASE)["stops"]
    assert (stop["fields"]["view"], stop["fields"]["head"], stop["fields"]["stop"]) == ("scores", 2, 1)
    assert (stop["fields"]["terms"], stop["fields"]["against_query"]) == ("chw", None)
    assert not {"image", "model", "size", "block", "query", "key"} & stop["fields"].keys()


def test_a_stop_that_needs_a_kind_of_block_sets_the_block(one):
    text = '[[stop]]\ntitle = "A"\nwords = "B"\nlink = "view=heads&block=0"\nkind = "global"\n'
    (stop,) = tour_message(parse_tour(text), one, BASE)["stops"]
    assert stop["fields"]["block"] == 1


def test_words_hold_the_facts_of_the_trace(one):
    stops = tour_message(built_in(), one, BASE)["stops"]
    assert stops[1]["title"] == "100 tokens" and "10×10 patches" in stops[1]["words"]


def test_what_is_right_depends_on_where_one_looks(one):
    tour = parse_tour('[[stop]]\ntitle = "A"\nwords = "B"\nlink = "view=heads"\nguess = "window_padding"\n')
    inside = guess_message(tour, one, BASE.changed(block=0, query=(1, 1), stop=1))
    corner = guess_message(tour, one, BASE.changed(block=0, query=(9, 9), stop=1))
    assert (inside["right"], corner["right"]) == ((0,), (3,))
    assert guess_message(tour, one, BASE)["question"] == ""
