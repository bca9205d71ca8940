"""Answers travel in the way that suits them: nobody packs what doesn't get smaller by it."""

import gzip

import numpy as np
import pytest

from tests.viz.views.forward import scene
from viz.page.kept import KeptAnswers, packed
from viz.page.wire import Behind, floats

NOISE = np.random.default_rng(0).random((6, 64, 64), np.float32)
EMPTY = np.where(np.arange(64) < 14, NOISE, np.float32("nan"))  # as outside a window


@pytest.mark.parametrize(("values", "is_gzip"), [(NOISE, False), (EMPTY, True)], ids=["all different", "mostly NaN"])
def test_an_answer_is_packed_where_that_makes_it_much_smaller(values, is_gzip):
    arrays = Behind()
    answer = arrays.joined(floats(values, arrays))
    made = packed(answer)
    assert made.is_gzip == is_gzip
    assert (gzip.decompress(made.data) if is_gzip else made.data) == answer
    assert len(made.data) < 1.2 * len(gzip.compress(answer))


@pytest.mark.parametrize("answer", [b"", b"{}"])
def test_the_shortest_answers_are_left_as_they_are(answer):
    assert packed(answer).data == answer


def test_the_answer_not_asked_for_longest_goes_first():
    trace, kept = scene(), KeptAnswers(2 * len(b"{}"))
    for asked in ("first", "second"):
        kept.keep(trace, asked, b"{}")
    kept.get(trace, "first")
    kept.keep(trace, "third", b"{}")
    assert [asked for asked in ("first", "second", "third") if kept.get(trace, asked)] == ["first", "third"]
