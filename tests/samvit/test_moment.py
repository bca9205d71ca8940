"""Where only a moment is given, a few rows of attention are rebuilt, and nothing else."""

from dataclasses import replace

import pytest
import torch

from samvit.moment import TakesLonger, only_a_moment
from samvit.replay import Replay
from samvit.tracing import trace

BLOCK = 1


@pytest.fixture
def made(small_encoder, small_image):
    """A trace of which nothing is rebuilt yet."""
    return replace(trace(small_encoder, small_image), replay=Replay())


def test_as_many_rows_are_rebuilt_as_there_is_time_for(made):
    with only_a_moment(rows=2):
        made.attention(BLOCK, (0, 0))
        made.attention(BLOCK, (0, 1))
        with pytest.raises(TakesLonger):
            made.attention(BLOCK, (0, 2))
    assert made.attention(BLOCK, (0, 2)).query == (0, 2)


def test_a_block_is_not_run_again_and_can_be_later(made):
    with only_a_moment(rows=2), pytest.raises(TakesLonger):
        made.block_steps(BLOCK)
    steps = made.block_steps(BLOCK)
    assert torch.equal(steps["residual"] + steps["mlp"], made.stream[BLOCK + 1])


def test_what_is_kept_takes_no_time(made):
    steps, row = made.block_steps(BLOCK), made.attention(BLOCK, (0, 0))
    with only_a_moment(rows=0):
        assert made.block_steps(BLOCK) is steps
        assert made.attention(BLOCK, (0, 0)) is row
