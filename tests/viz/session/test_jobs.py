"""Forward passes in the background."""

import threading

import pytest

from viz.session.jobs import Jobs


def test_two_that_ask_for_the_same_key_share_one_job():
    jobs, runs, gate = Jobs(), [], threading.Event()

    def work(progress):
        gate.wait(5)
        runs.append(1)

    jobs.start("a", work)
    jobs.start("a", work)
    gate.set()
    assert jobs.wait("a", 5)
    assert runs == [1]


def test_jobs_run_in_order_and_say_how_many_are_before_them():
    jobs, order, gate = Jobs(), [], threading.Event()
    jobs.start("a", lambda progress: (gate.wait(5), order.append("a")))
    jobs.start("b", lambda progress: order.append("b"))
    assert jobs.standing("a")[1] == 0
    assert jobs.standing("b")[1] == 1
    gate.set()
    assert jobs.wait("b", 5)
    assert order == ["a", "b"]
    assert jobs.standing("a") is None


def test_progress_is_seen_while_the_job_runs():
    jobs, told, gate = Jobs(), threading.Event(), threading.Event()

    def work(progress):
        progress("block 3", 4, 13)
        told.set()
        gate.wait(5)

    jobs.start("a", work)
    assert told.wait(5)
    job, before = jobs.standing("a")
    assert (job.step, job.done, job.total, before) == ("block 3", 4, 13, 0)
    gate.set()
    assert jobs.wait("a", 5)


def test_an_error_reaches_who_asks_once_and_the_next_job_runs(caplog):
    jobs, ran = Jobs(), threading.Event()

    def fail(progress):
        raise ZeroDivisionError("a bug")

    jobs.start("a", fail)
    jobs.start("b", lambda progress: ran.set())
    assert jobs.wait("a", 5)
    assert ran.wait(5)
    assert isinstance(jobs.take_error("a"), ZeroDivisionError)
    assert jobs.take_error("a") is None
    assert "a forward pass failed" in caplog.text


def test_too_many_waiting_are_refused_with_a_sentence():
    jobs, gate = Jobs(limit=2), threading.Event()
    for key in range(3):
        jobs.start(key, lambda progress: gate.wait(5))
    with pytest.raises(ValueError, match="2 photos are waiting"):
        jobs.start(3, lambda progress: None)
    gate.set()
    assert all(jobs.wait(key, 5) for key in range(3))


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
