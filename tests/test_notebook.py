"""The notebook runs from its first cell to its last, and its file holds what comes out of that."""

import re
from itertools import chain
from pathlib import Path

import nbformat
import pytest

from docs.notebook import LIVE, TOUR, executed, saved

ROOT = Path(__file__).parents[1]
ABSOLUTE = re.compile(r"(^|\s|['\"(])/\w[\w.-]*/\w")  # a path from the root of a file system
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def said(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """What each cell of code prints and gives back, and "picture" for a picture."""
    return [
        [
            "picture" if "image/png" in one.get("data", {}) else one.get("text") or one["data"]["text/plain"]
            for one in cell.outputs
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.slow
def test_it_runs_and_its_file_holds_what_comes_out():
    kept, fresh = said(nbformat.read(TOUR, as_version=4)), said(executed())
    assert [len(cell) for cell in kept] == [len(cell) for cell in fresh]
    for before, now in zip(chain(*kept), chain(*fresh), strict=True):
        assert NUMBER.sub("", before) == NUMBER.sub("", now)
        assert [*map(float, NUMBER.findall(before))] == pytest.approx([*map(float, NUMBER.findall(now))], rel=0.03)


def test_its_file_is_small_and_tells_nothing_of_where_it_was_run():
    text = TOUR.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    notebook = nbformat.read(TOUR, as_version=4)
    nbformat.validate(notebook)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    assert sum("image/png" in one.get("data", {}) for one in outputs) >= 8
    assert not any(one.output_type == "error" or one.get("name") == "stderr" for one in outputs)
    assert not re.search(r"/home/|/Users/|site-packages|127\.0\.0\.1|iframe", text)
    assert str(ROOT) not in text and not any(ABSOLUTE.search(words) for cell in said(notebook) for words in cell)
    (live,) = [cell for cell in notebook.cells if LIVE in cell.metadata.get("tags", ())]
    assert live.outputs == [] and live.source.startswith("page = viz.explore(trace")


def test_what_is_saved_already_stays_as_it_is():
    notebook = nbformat.read(TOUR, as_version=4)
    assert said(saved(notebook)) == said(nbformat.read(TOUR, as_version=4))
