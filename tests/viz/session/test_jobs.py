"""Forward passes in the background: turns, places, and what nobody waits for any more."""

import threading

import pytest

from viz.session import jobs as module
from viz.session.jobs import LEFT_S, SILENT_S, Busy, Jobs
from viz.session.pace import Pace


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def gate():
    return threading.Event()


def held(jobs, gate, key="gate", waiter="teacher"):
    """Begin a job that runs until the gate opens."""
    begun = threading.Event()
    jobs.start(key, lambda progress: (begun.set(), gate.wait(5)), waiter)
    assert begun.wait(5)


def test_two_that_ask_for_the_same_key_share_one_job(gate):
    jobs, runs = Jobs(), []

    def work(progress):
        gate.wait(5)
        runs.append(1)

    jobs.start("a", work, "anna")
    jobs.start("a", work, "bert")
    assert set(jobs.waiters("a")) == {"anna", "bert"}
    gate.set()
    assert jobs.wait("a", 5)
    assert runs == [1]


def test_jobs_of_different_visitors_run_in_order_and_say_how_many_are_before_them(gate):
    jobs, order = Jobs(), []
    held(jobs, gate)
    jobs.start("a", lambda progress: order.append("a"), "anna")
    jobs.start("b", lambda progress: order.append("b"), "bert")
    assert [jobs.standing(key).before for key in ("gate", "a", "b")] == [0, 1, 2]
    gate.set()
    assert jobs.wait("b", 5)
    assert order == ["a", "b"]
    assert jobs.standing("a") is None


def test_ten_photos_of_one_visitor_do_not_hold_up_the_first_of_another(gate):
    jobs, order = Jobs(), []
    held(jobs, gate, waiter="anna")
    for number in range(10):
        jobs.start(f"anna {number}", lambda progress, number=number: order.append(f"anna {number}"), "anna")
    jobs.start("bert", lambda progress: order.append("bert"), "bert")
    assert jobs.standing("bert").before == 1
    assert jobs.standing("anna 0").before == 2
    gate.set()
    assert jobs.wait("anna 9", 5)
    assert order == ["bert", *(f"anna {number}" for number in range(10))]


def test_a_job_for_nobody_comes_last_until_somebody_asks_for_it(gate):
    jobs, order = Jobs(), []
    held(jobs, gate)
    jobs.start("idle", lambda progress: order.append("idle"), idle=True)
    jobs.start("a", lambda progress: order.append("a"), "anna")
    jobs.start("second", lambda progress: order.append("second"), "anna")
    assert jobs.standing("idle").before == 3
    jobs.start("idle", lambda progress: order.append("again"), "bert")
    assert jobs.standing("idle").before == 1
    gate.set()
    assert jobs.wait("second", 5)
    assert order == ["idle", "a", "second"]


def test_the_time_until_ones_own_is_done_is_told_from_the_times_before(clock, gate):
    jobs = Jobs(clock)
    jobs.pace.took(("vit_tiny", 1024), 95e6, 2.0)
    held(jobs, gate)
    for key in "abc":
        jobs.start(key, lambda progress: None, key, ("vit_tiny", 1024), 95e6)
    waited = [jobs.standing(key).seconds for key in "abc"]
    assert waited == pytest.approx([2, 4, 6], abs=0.2)
    gate.set()


def test_what_comes_before_the_first_block_is_not_taken_for_the_next_photos_time(clock):
    jobs = Jobs(clock)

    def work(progress):
        clock.now += 50  # an encoder is loaded
        progress("block 0", 1, 12)
        clock.now += 2

    jobs.start("a", work, "anna", "kind")
    assert jobs.wait("a", 5)
    assert jobs.pace.seconds("kind", 1) == pytest.approx(2)


def test_progress_is_seen_while_the_job_runs_and_shortens_the_time(gate):
    jobs, told = Jobs(), threading.Event()
    jobs.pace.took("kind", 1, 13.0)

    def work(progress):
        progress("block 3", 4, 13)
        told.set()
        gate.wait(5)

    jobs.start("a", work, "anna", "kind")
    assert told.wait(5)
    standing = jobs.standing("a")
    assert (standing.step, standing.done, standing.total, standing.before) == ("block 3", 4, 13, 0)
    assert standing.seconds == pytest.approx(9.0)
    gate.set()
    assert jobs.wait("a", 5)


def test_an_error_reaches_each_who_waited_once_and_the_next_job_runs(caplog, gate):
    jobs, ran = Jobs(), threading.Event()

    def fail(progress):
        gate.wait(5)
        raise ZeroDivisionError("a bug")

    jobs.start("a", fail, "anna")
    jobs.start("a", fail, "bert")
    jobs.start("b", lambda progress: ran.set(), "bert")
    gate.set()
    assert jobs.wait("a", 5)
    assert ran.wait(5)
    for waiter in ("anna", "bert"):
        assert isinstance(jobs.take_error("a", waiter), ZeroDivisionError)
        assert jobs.take_error("a", waiter) is None
    assert "a forward pass failed" in caplog.text


def test_too_many_of_one_visitor_are_refused_with_a_sentence_and_another_is_not(monkeypatch, gate):
    monkeypatch.setattr(module, "FOR_ONE", 2)
    jobs = Jobs()
    for key in range(2):
        jobs.start(key, lambda progress: gate.wait(5), "anna")
    with pytest.raises(Busy, match="You have 2 photos waiting"):
        jobs.start(2, lambda progress: None, "anna")
    jobs.start(3, lambda progress: None, "bert")
    gate.set()
    assert all(jobs.wait(key, 5) for key in (0, 1, 3))


def test_what_nobody_waits_for_any_more_stops_at_its_next_step(clock):
    jobs, steps, begun, go_on = Jobs(clock), [], threading.Event(), threading.Event()

    def work(progress):
        for step in range(12):
            progress(f"block {step}", step, 12)
            steps.append(step)
            if step == 3:
                begun.set()
                assert go_on.wait(5)

    jobs.start("a", work, "anna")
    jobs.start("after", lambda progress: None, "bert")
    assert begun.wait(5)
    jobs.leave("a", "anna")
    clock.now += LEFT_S + 0.1
    go_on.set()
    assert jobs.wait("after", 5)
    assert steps == [0, 1, 2, 3]


def test_a_job_goes_on_for_the_one_who_stays(clock):
    jobs, done, begun, go_on = Jobs(clock), [], threading.Event(), threading.Event()

    def work(progress):
        begun.set()
        assert go_on.wait(5)
        progress("block 0", 1, 12)
        done.append(1)

    jobs.start("a", work, "anna")
    jobs.start("a", work, "bert")
    assert begun.wait(5)
    jobs.leave("a", "anna")
    clock.now += LEFT_S + 0.1
    go_on.set()
    assert jobs.wait("a", 5)
    assert done == [1]


def test_a_reload_keeps_its_place_even_if_it_takes_longer_than_its_turn(clock, gate):
    jobs, order = Jobs(clock), []
    held(jobs, gate)
    for key in "abc":
        jobs.start(key, lambda progress, key=key: order.append(key), key)
    jobs.leave("a", "a")
    jobs.leave("b", "b")
    clock.now += LEFT_S + 0.1
    jobs.start("b", lambda progress: None, "b")  # the page is back
    assert jobs.standing("b").before == 1
    gate.set()
    assert jobs.wait("c", 5)
    assert order == ["b", "c"]
    jobs.start("a", lambda progress: None, "a")
    assert jobs.wait("a", 5)
    assert order == ["b", "c", "a"]


def test_a_page_that_never_asks_again_is_forgotten(clock, gate):
    jobs = Jobs(clock)
    held(jobs, gate)
    jobs.start("a", lambda progress: None, "anna")
    clock.now += SILENT_S + 1
    jobs.start("b", lambda progress: None, "bert")
    assert jobs.standing("a") is None
    gate.set()
    assert jobs.wait("b", 5)


def test_closing_stops_what_runs_at_its_next_step_and_begins_nothing_new():
    jobs, begun, steps, late = Jobs(), threading.Event(), [], []

    def work(progress):
        for step in range(10**6):
            progress("block", step, 10**6)
            steps.append(step)
            begun.set()

    jobs.start("a", work)
    jobs.start("b", lambda progress: late.append(1))
    assert begun.wait(5)
    jobs.close()
    assert 0 < len(steps) < 10**6
    assert not late


def test_one_slow_pass_counts_for_less_than_those_before_it():
    pace = Pace()
    pace.took("kind", 1, 2.0)
    pace.took("kind", 1, 12.0)
    assert 2 < pace.seconds("kind", 1) < 7
