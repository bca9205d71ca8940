"""The one store of traces: a budget of bytes, the one used longest ago goes first, none that is looked at."""

import threading
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samvit.tracing import Trace
from tests.viz.session.test_jobs import Clock
from viz.session.store import LOOKING_S, TraceStore


class Light(Trace):
    """A trace that only says how much it holds."""

    nbytes = 0

    def __init__(self, nbytes: int = 100, key: object = None) -> None:
        object.__setattr__(self, "nbytes", nbytes)
        object.__setattr__(self, "key", key)

    __repr__ = object.__repr__


@pytest.fixture
def clock():
    return Clock()


def keep(store, key, visitors=(), nbytes=100):
    """Put a trace as a forward pass does: where room is made first."""
    assert store.make_room(nbytes, visitors)
    made = Light(nbytes)
    store.put(key, made, visitors)
    return made


def test_the_trace_used_longest_ago_goes_first(clock):
    store = TraceStore(250, clock=clock)
    kept = keep(store, "a")
    keep(store, "b")
    assert store.get("a") is kept
    keep(store, "c")
    assert store.get("b") is None
    assert store.get("a") is kept
    assert store.nbytes == 200


def test_what_somebody_looks_at_stays_and_goes_seconds_later(clock):
    store = TraceStore(250, clock=clock)
    keep(store, "a", ["anna"])
    keep(store, "b")
    store.get("b")
    keep(store, "c", ["bert"])
    assert store.get("b") is None
    assert not store.make_room(100, ["carl"])
    assert store.get("a", "anna")
    clock.now += LOOKING_S + 0.1
    assert store.get("a", "anna")
    assert store.make_room(100, ["carl"])
    assert store.get("c") is None
    assert store.get("a")


def test_a_visitor_who_goes_on_to_another_photo_gives_up_the_one_before(clock):
    store = TraceStore(100, clock=clock)
    keep(store, "a", ["anna"])
    assert not store.make_room(100, ["bert"])
    keep(store, "b", ["anna"])
    assert store.get("a") is None


def test_where_no_room_can_be_made_nothing_goes_in_vain(clock):
    store = TraceStore(200, clock=clock)
    keep(store, "a")
    keep(store, "b", ["anna"])
    assert not store.make_room(200, ["bert"])
    assert store.get("a") and store.get("b")


def test_idle_traces_and_those_of_deleted_photos_go_at_a_sweep(clock):
    store = TraceStore(1000, idle_seconds=60, clock=clock)
    keep(store, "a", ["anna"])
    clock.now += 50
    keep(store, "b")
    keep(store, "deleted")
    assert store.sweep(lambda key: key != "deleted") == 1
    clock.now += 20
    assert store.sweep() == 1
    assert store.get("a") is None
    assert store.get("b")


def test_a_clock_that_jumps_does_not_matter(monkeypatch):
    store = TraceStore(1000)
    keep(store, "a")
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert store.sweep() == 0
    monkeypatch.setattr("time.time", lambda: 1e12)
    assert store.sweep() == 0
    assert store.get("a")


Act = st.tuples(st.sampled_from(["put", "get", "pass"]), st.integers(0, 5), st.integers(0, 3), st.integers(10, 130))


@settings(max_examples=50)
@given(st.lists(Act, max_size=40))
def test_whatever_happens_the_budget_holds_and_what_is_looked_at_is_there(acts):
    clock = Clock()
    store = TraceStore(250, clock=clock)
    looks: dict[tuple[str, int], float] = {}
    for act, key, visitor, nbytes in acts:
        name = f"visitor {visitor}"
        if act == "pass":
            clock.now += nbytes / 25
        elif act == "get" and store.get(key, name):
            looks[name, key] = clock.now
        elif act == "put" and store.get(key) is None and store.make_room(nbytes, [name]):
            store.put(key, Light(nbytes), [name])
            looks = {(who, what): at for (who, what), at in looks.items() if who != name}
            looks[name, key] = clock.now
        assert store.nbytes <= 250
        for (_, what), at in looks.items():
            if clock.now - at <= LOOKING_S:
                assert store.get(what) is not None


@settings(max_examples=15)
@given(st.lists(st.lists(Act, min_size=5, max_size=25), min_size=2, max_size=4))
def test_threads_that_use_it_at_once_never_meet_a_trace_of_another_key(plans):
    store, wrong, gone = TraceStore(250), [], []

    def use(plan):
        for act, key, visitor, nbytes in plan:
            if act == "put":  # one thread puts, as one thread encodes
                with putting:
                    if store.make_room(nbytes):
                        made = Light(nbytes, key)
                        gone.append(weakref.ref(made))
                        store.put(key, made)
            elif act == "get":
                found = store.get(key, str(visitor))
                if found is not None and found.key != key:
                    wrong.append(key)
            else:
                store.sweep(lambda kept, key=key: kept != key)

    putting = threading.Lock()
    threads = [threading.Thread(target=use, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert store.nbytes <= 250
    assert sum(reference() is not None for reference in gone) == len(store)
