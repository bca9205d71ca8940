"""What a view says of itself: the lines shown are lines that run."""

from pathlib import Path

import pytest

from samvit.tracing import trace
from viz.selection import Selection
from viz.session.explain import explanation, source_lines
from viz.views import VIEWS

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_the_lines_shown_stand_in_the_file_at_the_line_named(view):
    for thing in view.source:
        shown = source_lines(thing)
        lines = (ROOT / shown["file"]).read_text(encoding="utf-8").splitlines()
        first = shown["line"] - 1
        there = [line.strip() for line in lines[first : first + len(shown["code"].splitlines())]]
        assert [line.strip() for line in shown["code"].splitlines()] == there
        assert shown["file"].startswith("samvit/")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_every_view_explains_itself_with_live_shapes(view, small_encoder, small_image):
    told = explanation(trace(small_encoder, small_image), Selection.of(view=view.id, block=1, query=(2, 3)))
    assert told["what"]
    assert told["not"]
    assert all(svg.startswith("<svg") for svg in told["formula"])
    assert told["shapes"] or not view.tensors
