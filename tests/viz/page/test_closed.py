"""What strangers ask of the server: Gradio's routes are closed, and broken requests get one sentence."""

import gradio as gr
import orjson
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from benchmarks.fuzz_requests import GRADIO, fuzz
from tests.viz.page.test_serving import Echo
from viz.page.component import build_page
from viz.page.serving import QUESTION_BYTES, app_options

OPEN = {"/config", "/theme.css", "/robots.txt"}


@pytest.fixture(scope="module", params=["", "/under/this"])
def whole(request):
    """A browser of the whole app, Gradio included, at its root and under a path."""
    path = request.param
    app = gr.mount_gradio_app(
        FastAPI(openapi_url=None), build_page(), path=path or "/", app_kwargs=app_options(Echo()), ssr_mode=False
    )
    with TestClient(app, base_url=f"http://testserver{path}", raise_server_exceptions=False) as client:
        yield client, path


@pytest.mark.parametrize("prefix", ["", "/gradio_api"])
@pytest.mark.parametrize("route", [route for route in GRADIO if route not in OPEN])
def test_a_route_of_gradio_that_the_page_does_not_use_is_closed(whole, prefix, route):
    client, path = whole
    for method in ("GET", "POST"):
        answer = client.request(method, f"http://testserver{path}{prefix}{route}", content=b"{}")
        assert answer.status_code in (404, 405), (method, answer.text[:200])


def test_nobody_can_leave_a_file_with_gradio(whole):
    client, path = whole
    for route in ("/upload", "/gradio_api/upload"):
        sent = client.post(f"http://testserver{path}{route}", files={"files": ("a.png", b"x" * 1000)})
        assert sent.status_code == 404


@pytest.mark.parametrize("route", ["/", "/config", "/theme.css?v=1", "/healthz", "/ask/boot", "/robots.txt"])
def test_what_the_page_needs_is_open(whole, route):
    client, path = whole
    assert client.get(f"http://testserver{path}{route}").status_code == 200


def test_a_link_cannot_make_gradio_open_a_file_of_the_server(whole):
    client, path = whole
    plain, asked = (client.get(f"http://testserver{path}/{query}") for query in ("", "?deep_link=../../state"))
    assert asked.status_code == 200 and len(asked.content) == len(plain.content)


def test_a_socket_is_not_spoken_with(whole):
    client, path = whole
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"{path}/gradio_api/queue/join"):
        pass


def test_a_question_too_deep_or_too_long_is_refused_before_it_is_parsed(monkeypatch):
    parsed = []
    monkeypatch.setattr("viz.page.serving.orjson.loads", lambda body: parsed.append(body))
    client = TestClient(app_of_echo())
    assert client.post("/ask/view", content=b"[" * 100).status_code == 400
    assert client.post("/ask/view", content=b" " * (QUESTION_BYTES + 1)).status_code == 413
    assert parsed == []


def test_a_question_of_usual_depth_is_answered():
    asked = {"visitor": "a" * 36, "selection": {"view": "heads"}}
    assert TestClient(app_of_echo()).post("/ask/view", content=orjson.dumps(asked)).json()["asked"] == asked


def app_of_echo():
    """The page's own routes alone."""
    return FastAPI(openapi_url=None, **app_options(Echo()))


def test_hostile_requests_never_break_the_server_or_make_it_tell_of_itself():
    statuses, faults, _ = fuzz(400, seed=1)
    assert faults == []
    assert statuses[200] > 50 and statuses[404] > 50 and statuses[400] > 5
