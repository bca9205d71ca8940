"""Progress reaches the caller and whoever listens, and what nobody waits for stops at its next step."""

from dataclasses import replace

import pytest

from samvit.measures.depth import head_facts
from samvit.measures.reach import influence
from samvit.measures.rollout import rollout
from samvit.progress import Stopped, listening, still_wanted, tell
from samvit.replay import Replay
from tests.viz.views.forward import QUERY, scene


def test_the_caller_and_the_listener_are_told_the_same():
    mine, theirs = [], []
    with listening(lambda *step: theirs.append(step)):
        tell(lambda *step: mine.append(step), "block 3", 4, 13)
    tell(None, "block 4", 5, 13)  # nobody listens any more
    assert mine == theirs == [("block 3", 4, 13)]


def test_what_nobody_waits_for_stops_and_the_listener_is_gone_afterwards():
    with pytest.raises(Stopped), listening(lambda *step: None, lambda: False):
        still_wanted()
    still_wanted()


@pytest.mark.parametrize(
    "measure", [head_facts, lambda made: rollout(made, QUERY), lambda made: influence(made, QUERY)]
)
def test_a_long_measure_tells_its_steps_and_can_be_stopped_in_the_middle(measure):
    made, told = replace(scene(), replay=Replay()), []
    with listening(lambda *step: told.append(step)):
        whole = measure(made)
    assert [done for _, done, _ in told] == [1, 2, 3, 4] and {total for *_, total in told} == {4}
    again, heard = replace(scene(), replay=Replay()), []
    with pytest.raises(Stopped), listening(lambda *step: heard.append(step), lambda: len(heard) < 2):
        measure(again)
    assert len(heard) == 2
    assert type(measure(again)) is type(whole)  # and it can be had by whoever asks later


def test_a_stopped_head_facts_goes_on_where_it_was(monkeypatch):
    from samvit.measures import depth

    blocks, made, heard = [], replace(scene(), replay=Replay()), []
    plain = depth._block_facts
    monkeypatch.setattr(depth, "_block_facts", lambda trace, block: (blocks.append(block), plain(trace, block))[1])
    with pytest.raises(Stopped), listening(lambda *step: heard.append(step), lambda: len(heard) < 2):
        head_facts(made)
    head_facts(made)
    assert blocks == [0, 1, 2, 3]
