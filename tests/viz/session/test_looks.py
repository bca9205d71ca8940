"""Looks in the background: shared, with progress, stopped when nobody waits any more."""

import threading
import time

import pytest

from samvit.progress import Stopped, tell
from viz.session import looks as module
from viz.session.jobs import Busy, Working
from viz.session.looks import Looks

SOON_S = 0.02


@pytest.fixture
def looks():
    made = Looks(limit=2)
    yield made
    made.close()


def until(holds):
    """Wait until something holds; fails after ten seconds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


class Slow:
    """A look of many small steps, until it may end."""

    def __init__(self):
        self.runs, self.stopped, self.go = 0, threading.Event(), threading.Event()

    def __call__(self):
        self.runs += 1
        try:
            for done in range(1000):
                tell(None, "block", done, 1000)
                if self.go.wait(0.01):
                    return "done"
        except Stopped:
            self.stopped.set()
            raise
        raise AssertionError("never let go")


def test_a_short_look_is_answered_at_once(looks):
    assert looks.ask("a", "ada", lambda: 7, 10) == 7
    until(lambda: len(looks) == 0)


def test_two_who_want_the_same_share_one_look_and_both_see_how_far_it_is(looks):
    slow = Slow()
    assert isinstance(looks.ask("a", "ada", slow, SOON_S), Working)
    until(lambda: looks.ask("a", "bob", slow, SOON_S).done > 0)
    slow.go.set()
    assert looks.ask("a", "bob", slow, 10) == "done" and slow.runs == 1


def test_a_look_that_everybody_left_stops(looks):
    slow = Slow()
    for visitor in ("ada", "bob"):
        looks.ask("a", visitor, slow, SOON_S)
    looks.leave("ada")
    assert not slow.stopped.wait(0.1)
    looks.leave("bob")
    assert slow.stopped.wait(10)
    until(lambda: len(looks) == 0)


def test_who_does_not_ask_again_has_left(looks, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)
    slow = Slow()
    looks.ask("a", "ada", slow, SOON_S)
    assert slow.stopped.wait(10)


def test_an_answer_that_is_held_back_is_waited_for(looks, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    slow = Slow()
    threading.Timer(0.2, slow.go.set).start()
    looks.leave("ada")
    assert looks.ask("a", "ada", slow, 10) == "done"


def test_a_stopped_look_begins_anew_when_it_is_wanted_again(looks):
    slow = Slow()
    looks.ask("a", "ada", slow, SOON_S)
    looks.leave("ada")
    assert slow.stopped.wait(10)
    slow.go.set()
    until(lambda: looks.ask("a", "ada", slow, 10) == "done")


def test_what_a_look_raises_reaches_who_asks(looks):
    def fail():
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        looks.ask("a", "ada", fail, 10)


def test_too_many_are_refused_and_those_before_one_are_counted(monkeypatch):
    monkeypatch.setattr(module, "THREADS", 1)
    looks, slow = Looks(limit=2), Slow()
    looks.ask("a", "ada", slow, SOON_S)
    assert looks.ask("b", "bob", Slow(), SOON_S) == Working(before=1)
    with pytest.raises(Busy):
        looks.ask("c", "eve", Slow(), SOON_S)
    looks.close()
    assert slow.stopped.is_set()


def test_a_tab_that_goes_elsewhere_stops_nothing_that_another_tab_of_theirs_waits_for(looks):
    slow, answers = Slow(), []
    waiting = threading.Thread(target=lambda: answers.append(looks.ask("a", "ada", slow, 10)))
    waiting.start()
    until(lambda: slow.runs)
    looks.leave("ada")
    assert not slow.stopped.wait(0.1)
    slow.go.set()
    waiting.join(10)
    assert answers == ["done"] and slow.runs == 1
