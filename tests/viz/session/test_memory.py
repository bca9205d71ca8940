"""What photos, traces and replays may take together."""

import numpy as np
import pytest
from PIL import Image

from samvit.config import VIT_H, VIT_TINY
from samvit.preprocess import preprocess
from samvit.tracing import trace
from tests.small import SMALL
from viz.session import memory
from viz.session.memory import Shares, available_bytes, needed_bytes, trace_bytes


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


def test_what_a_container_leaves_counts_where_there_is_one(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    whole = available_bytes()
    assert whole > 10**8
    (tmp_path / "memory.current").write_text("900000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert available_bytes() > 10**8
    (tmp_path / "memory.max").write_text("1000000\n")
    assert available_bytes() == 100_000


def test_an_encoder_needs_its_weights_at_least():
    assert needed_bytes(VIT_H, 1024) > 2.5e9 + trace_bytes(VIT_H, 1024)
    assert needed_bytes(VIT_TINY, 1024) < 5e8
