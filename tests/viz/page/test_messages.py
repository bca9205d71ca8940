"""What the server answers is what the schema says: the script's tests hold their messages to the same file."""

import json
from functools import cache
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator
from starlette.responses import JSONResponse

from tests.viz.page.test_explorer import ANNA, ask, explorer, opened, png
from viz.page.modules import FOLDER
from viz.session.jobs import Busy
from viz.views import VIEWS
from viz.words import say

assert explorer  # a fixture
SCHEMA = json.loads((FOLDER / "messages.schema.json").read_text(encoding="utf-8"))


@cache
def validator(name: str) -> Draft202012Validator:
    """The check of one kind of message."""
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


def problems(name: str, answer: object) -> list[str]:
    """What is wrong with an answer once it has travelled."""
    message = json.loads(JSONResponse(answer).body)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(message)]


def test_every_views_answer_is_as_the_schema_says(explorer):
    opened(explorer)
    for view in VIEWS:
        fields = {"size": "512", "view": view.id, "block": "0", "query": "4,5"}
        assert problems("view", ask(explorer, "view", fields)) == [], view.id
        assert problems("explain", ask(explorer, "explain", fields)) == [], view.id


def test_every_other_answer_is_as_the_schema_says(explorer, monkeypatch):
    assert problems("boot", explorer.boot({"selection": {}})) == []
    assert problems("gone", ask(explorer, "view", {"size": "512"})) == []
    assert problems("open", opened(explorer)) == []
    assert problems("proof", ask(explorer, "proof", {"size": "512"})) == []
    assert problems("tour", ask(explorer, "tour", {"size": "512"})) == []
    for number, stop in enumerate(explorer.session.tour.stops, 1):
        guess = ask(explorer, "guess", {"size": "512", "block": "0", "stop": str(number)})
        assert problems("guess", guess) == [] and bool(guess["question"]) == bool(stop.guess)
    film = ask(explorer, "film", {"size": "512"})
    assert problems("film", film) == [] and [len(film[name]) for name in ("blocks", "neck")] == [4, 4]
    assert problems("export", ask(explorer, "export", {"size": "512"}, format="svg")) == []
    sent = SimpleNamespace(data={"visitor": ANNA}, files=[("x.png", png())])
    assert problems("upload", explorer.upload(sent)) == []
    assert problems("error", ask(explorer, "open", {"image": "upload-0"})) == []


def test_two_sides_are_as_the_schema_says(explorer):
    fields = {"size": "512", "compare": "one", "against_image": "coffee", "block": "0", "query": "4,5"}
    assert problems("open", opened(explorer, fields)) == []
    for view in ("heads", "cka", "regions", "neck_pca", "distance"):
        answer = ask(explorer, "view", fields | {"view": view})
        assert problems("view", answer) == [] and answer["against"], view


def test_a_full_queue_is_told_from_a_refusal(explorer, monkeypatch):
    def refuse(*arguments, **more):
        raise Busy(say("problem.busy", limit=16))

    monkeypatch.setattr(explorer.session.jobs, "start", refuse)
    answer = ask(explorer, "open", {"size": "768"})
    assert problems("busy", answer) == []
    assert "16 photos are waiting" in answer["error"]


def test_work_in_progress_is_as_the_schema_says(explorer, monkeypatch):
    monkeypatch.setattr(explorer.session.jobs, "start", lambda *arguments, **more: None)
    monkeypatch.setattr(explorer.session.jobs, "wait", lambda *arguments: False)
    assert problems("working", ask(explorer, "open", {"size": "768"})) == []


@pytest.mark.parametrize("name", ["Maps", "Picture", "Curves", "Matrix", "Table", "Numbers"])
def test_the_schema_refuses_a_panel_with_a_part_missing(name):
    assert problems(name, {"kind": name}) != []
