"""What photos, traces and replays may take together."""

import numpy as np
import pytest
from PIL import Image

from samvit.preprocess import preprocess
from samvit.tracing import trace
from tests.small import SMALL
from viz.session.memory import Shares, trace_bytes


@pytest.mark.parametrize("budget", [10**6, 2 * 10**8, 4 * 10**9, 10**12])
def test_the_shares_are_the_whole_budget(budget):
    shares = Shares(budget)
    assert shares.uploads + shares.replay + shares.answers + shares.traces == budget
    assert min(shares.uploads, shares.replay, shares.answers) > 0
    assert shares.traces >= 0.75 * budget


@pytest.mark.parametrize("size", [160, 320])
def test_what_a_trace_will_hold_is_known_before_it_is_made(small_encoder, size):
    image = preprocess(Image.fromarray(np.zeros((50, 50, 3), np.uint8)), size)
    assert trace_bytes(SMALL, size) == trace(small_encoder, image).nbytes
