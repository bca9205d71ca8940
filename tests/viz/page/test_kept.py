"""Answers are packed in the way that suits them: nobody looks for repetitions where there are none."""

import gzip
import json

import numpy as np
import pytest

from viz.page.kept import LEVEL, gzipped
from viz.page.wire import floats

NOISE = np.random.default_rng(0).random((6, 64, 64), np.float32)
EMPTY = np.where(np.arange(64) < 14, NOISE, np.float32("nan"))  # as outside a window


@pytest.mark.parametrize(
    ("values", "larger"), [(NOISE, 1.05), (EMPTY, 1.2)], ids=["every number another", "mostly NaN"]
)
def test_an_answer_comes_back_whole_and_is_as_small_as_gzip_makes_it(values, larger):
    answer = json.dumps(floats(values)).encode()
    packed = gzipped(answer)
    assert gzip.decompress(packed) == answer
    assert len(packed) < larger * len(gzip.compress(answer, LEVEL))


@pytest.mark.parametrize("answer", [b"", b"{}"])
def test_the_shortest_answers_are_packed_as_well(answer):
    assert gzip.decompress(gzipped(answer)) == answer
