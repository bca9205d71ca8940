"""The one store of traces: a budget of bytes, the one looked at longest ago goes first."""

import pytest

from samvit.tracing import trace
from viz.session.store import TraceStore


@pytest.fixture
def one(small_encoder, small_image):
    return trace(small_encoder, small_image)


def test_the_trace_looked_at_longest_ago_goes_first(one):
    store = TraceStore(budget_bytes=int(one.nbytes * 2.5))
    store.put("a", one)
    store.put("b", one)
    assert store.get("a") is one
    store.put("c", one)
    assert store.get("b") is None
    assert store.get("a") is one
    assert store.get("c") is one


def test_the_newest_stays_even_if_it_alone_is_over_the_budget(one):
    store = TraceStore(budget_bytes=1)
    store.put("a", one)
    store.put("b", one)
    assert store.get("a") is None
    assert store.get("b") is one


def test_idle_traces_go_though_there_is_room(one):
    store = TraceStore(budget_bytes=10**12, idle_seconds=0)
    store.put("a", one)
    store.put("b", one)
    assert len(store) == 1
    assert store.get("b") is one
