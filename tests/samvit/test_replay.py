"""What is rebuilt is kept within one budget, shared by those who wait, and goes when its trace goes."""

import gc
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from samvit import tracing
from samvit.progress import Stopped
from samvit.replay import Replay, held_bytes, shared_replay
from samvit.tracing import trace

WINDOWED, GLOBAL = 0, 1  # of the small encoder's blocks


class Owner:
    """Stands for a trace."""


def tensor(count: int) -> dict[str, torch.Tensor]:
    return {"one": torch.zeros(count, dtype=torch.uint8)}


def test_two_who_look_into_a_block_at_once_share_one_rebuild(small_encoder, small_image, monkeypatch):
    made = replace(trace(small_encoder, small_image), replay=Replay())
    calls, begun, go_on = [], threading.Event(), threading.Event()
    plain = tracing.rebuild_block

    def slow(*arguments):
        calls.append(arguments[1])
        begun.set()
        assert go_on.wait(10)
        return plain(*arguments)

    monkeypatch.setattr(tracing, "rebuild_block", slow)
    with ThreadPoolExecutor(2) as people:
        first = people.submit(made.block_steps, GLOBAL)
        assert begun.wait(10)
        second = people.submit(made.block_steps, GLOBAL)
        go_on.set()
        assert first.result(10) is second.result(10)
    assert calls == [GLOBAL]


def test_who_waits_for_a_rebuild_that_is_stopped_begins_it_anew():
    replay, owner, begun, stop = Replay(), Owner(), threading.Event(), threading.Event()

    def left():
        begun.set()
        assert stop.wait(10)
        raise Stopped

    with ThreadPoolExecutor(2) as people:
        first = people.submit(replay.get, owner, "part", left)
        assert begun.wait(10)
        second = people.submit(replay.get, owner, "part", lambda: "whole")
        stop.set()
        assert second.result(10) == "whole"
        with pytest.raises(Stopped):
            first.result(10)


def test_two_visitors_in_two_blocks_of_one_trace_do_not_evict_each_other(small_encoder, small_image):
    made = replace(trace(small_encoder, small_image), replay=Replay())
    windowed, whole = made.block_steps(WINDOWED), made.block_steps(GLOBAL)
    assert made.block_steps(WINDOWED) is windowed
    assert made.block_steps(GLOBAL) is whole


def test_different_parts_are_rebuilt_side_by_side():
    replay, owner, both = Replay(), Owner(), threading.Barrier(2, timeout=10)

    def rebuild():
        both.wait()  # would never pass if one waited for the other
        return tensor(1)

    with ThreadPoolExecutor(2) as people:
        parts = [people.submit(replay.get, owner, part, rebuild) for part in "ab"]
        assert all(part.result(10) for part in parts)


def test_the_part_used_longest_ago_goes_first_and_the_budget_holds():
    replay, owner = Replay(budget_bytes=25), Owner()
    kept = {part: replay.get(owner, part, lambda: tensor(10)) for part in "ab"}
    assert replay.get(owner, "a", lambda: tensor(10)) is kept["a"]  # b is now the oldest
    replay.get(owner, "c", lambda: tensor(10))
    assert replay.nbytes == 20
    assert replay.get(owner, "a", lambda: tensor(10)) is kept["a"]
    assert replay.get(owner, "b", lambda: tensor(10)) is not kept["b"]


def test_the_newest_stays_even_if_it_alone_is_larger_than_the_budget():
    replay, owner = Replay(budget_bytes=5), Owner()
    large = replay.get(owner, "large", lambda: tensor(10))
    assert replay.get(owner, "large", lambda: tensor(10)) is large


def test_what_belongs_to_a_trace_goes_with_it():
    replay, owner = Replay(), Owner()
    replay.get(owner, "a", lambda: tensor(10))
    assert replay.nbytes == 10
    del owner
    gc.collect()
    assert replay.nbytes == 0


def test_a_failed_rebuild_is_told_to_all_and_tried_again_next_time():
    replay, owner = Replay(), Owner()

    def fails():
        raise MemoryError("no room")

    for _ in range(2):
        with pytest.raises(MemoryError, match="no room"):
            replay.get(owner, "a", fails)
    assert replay.get(owner, "a", lambda: tensor(3))["one"].numel() == 3


def test_bytes_are_counted_through_rows_and_steps(small_encoder, small_image):
    made = replace(trace(small_encoder, small_image), replay=Replay())
    row, steps = made.attention(GLOBAL, (1, 2)), made.block_steps(WINDOWED)
    assert made.replay.nbytes == held_bytes(row) + sum(step.nbytes for step in steps.values())
    assert held_bytes(row) >= row.content.nbytes + row.weights.nbytes


def test_a_trace_comes_back_from_a_pickle_and_meets_the_replay_of_its_process(small_encoder, small_image):
    made = trace(small_encoder, small_image)
    back = pickle.loads(pickle.dumps(made))
    assert back.replay is shared_replay()
    assert torch.equal(back["blocks.1.attn"], made["blocks.1.attn"])


def test_a_traces_tensors_are_ordinary_ones_that_autograd_can_use(small_encoder, small_image):
    made = trace(small_encoder, small_image)
    for name in ("blocks.1", "blocks.1.attn.q", "blocks.1.attn", "neck.3"):
        leaf = torch.ones_like(made[name], requires_grad=True)
        (made[name] * leaf).sum().backward()
        assert torch.equal(leaf.grad, made[name])
