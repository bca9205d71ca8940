"""What a view says of itself: the lines shown are lines that run."""

import re
from pathlib import Path

import pytest

from samvit.tracing import trace
from viz.page.pipeline import INNER, OUTER
from viz.panel import Maps
from viz.selection import Selection
from viz.session.explain import explanation, source_lines
from viz.views import VIEWS

ROOT = Path(__file__).parents[3]
NAMED = {"photo", "panels", "controls", "pair", "strip", "blocks"}


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


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_every_symbol_of_a_formula_is_drawn_and_its_place_is_on_the_screen(view, small_encoder, small_image):
    made = trace(small_encoder, small_image)
    told = explanation(made, Selection.of(view=view.id, block=2, query=(2, 3)))
    drawn = re.findall(r'data-symbol="([^"]+)"', "".join(told["formula"]))
    assert drawn == [symbol["name"] for symbol in told["symbols"]]
    shown = view.panels(made, Selection.of(view=view.id, block=2, query=(2, 3)))
    counts = {"panel": len(shown), "map": sum(len(panel.values) for panel in shown if isinstance(panel, Maps))}
    nodes = {node.id for node in (*OUTER, *INNER)}
    for place in filter(None, (symbol["place"] for symbol in told["symbols"])):
        kind, _, name = place.partition(":")
        assert (name in nodes) if kind == "node" else (int(name) < counts[kind] if name else kind in NAMED), place
    assert any(symbol["place"] for symbol in told["symbols"])
