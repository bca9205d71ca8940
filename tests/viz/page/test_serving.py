"""What is served beside Gradio's own: modules that are kept for ever, answers, uploads, health."""

import gzip
import re

import gradio as gr
import orjson
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.running import run
from viz.page import modules, serving
from viz.page.component import build_page
from viz.page.kept import Packed
from viz.page.modules import FOLDER, Modules
from viz.page.serving import app_options

INDEX = b'<head><link rel="stylesheet" crossorigin href="./assets/a.css"></head><body><gradio-app></gradio-app></body>'


class Echo:
    """Answers with what it was asked."""

    def boot(self, data):
        """The language it was asked in."""
        return {"texts": data["selection"]["lang"]}

    def view(self, data):
        """The question back."""
        return {"asked": data, "long": "x" * 2000}

    def upload(self, data):
        """How much came, from whom."""
        return {"bytes": len(data.files[0][1]), "visitor": data.data["visitor"]}

    def at_once(self, data):
        """Nothing is there at once."""

    def packed(self, data):
        """Nothing travels packed."""

    def leave(self, data):
        """Goodbye."""
        return {"state": "left"}


class Slow(Echo):
    """Works for a few questions long before the answer is there."""

    def __init__(self, questions, before=0):
        self.left, self.before, self.gone = questions, before, []

    def open(self, data):
        """Working, until it was asked often enough."""
        self.left -= 1
        return {"state": "working", "before": self.before} if self.left > 0 else {"state": "ready"}

    def leave(self, data):
        """Who hung up."""
        self.gone.append(data)
        return {"state": "left"}


@pytest.fixture
def client():
    """A browser of the routes alone."""
    return TestClient(Starlette(**app_options(Echo())))


@pytest.fixture
def folder(tmp_path):
    """A page of two files."""
    for name in ("js/main.js", "css/page.css"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("/* one */")
    return tmp_path


def test_every_module_is_served_and_may_be_kept_for_ever(client):
    modules = Modules()
    scripts = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("js/**/*.js")}
    served = {name for name in scripts if "node_modules" not in name and "eslint" not in name}
    assert served and served < set(modules.files())
    for name in modules.files():
        answer = client.get(f"/modules/{modules.version()}/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/css" if name.endswith(".css") else "text/javascript")


@pytest.mark.parametrize("name", ["modules/{version}/js/all.js", "ask/boot"])
def test_what_all_get_alike_is_packed_once(client, monkeypatch, name):
    address = "/" + name.format(version=Modules().version())
    first = client.get(address)
    assert first.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["vary"]
    assert client.get(address, headers={"Accept-Encoding": "identity"}).content == first.content
    monkeypatch.setattr(modules.gzip, "compress", None)
    assert client.get(address).content == first.content


def test_a_module_under_an_old_version_is_asked_for_again(client):
    assert client.get("/modules/before/js/main.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["js/nothing.js", "component.py", "../serving.py", "js/package.json", "%2e%2e/serving.py"]
)
def test_nothing_but_modules_is_served(client, name):
    assert client.get(f"/modules/x/{name}").status_code == 404


def test_a_changed_style_has_another_address_without_a_restart(folder):
    modules = Modules(folder, look_s=0)
    before = modules.index(INDEX)
    (folder / "css/page.css").write_text("/* another one */")
    assert modules.index(INDEX) != before
    assert modules.version().encode() in modules.index(INDEX)


def test_the_page_asks_for_one_script_and_one_style(client):
    modules = Modules()
    index = modules.index(INDEX).decode()
    mine = re.findall(rf'href="(modules/{modules.version()}/[^"]+)"', index)
    assert [name.rpartition("/")[2] for name in mine] == ["all.css", "all.js"]
    for name in mine:
        answer = client.get(f"/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "import " not in re.sub(r"`[^`]*`|\"[^\"]*\"", "", client.get(f"/{mine[1]}").text)


@pytest.mark.parametrize("is_gzip", [True, False])
def test_a_browser_that_takes_arrays_behind_an_answer_gets_them_as_they_were_packed(client, monkeypatch, is_gzip):
    behind = b"\x04\0\0\0{}  " + bytes(3000)
    packed = Packed(gzip.compress(behind) if is_gzip else behind, is_gzip)
    monkeypatch.setattr(Echo, "packed", lambda echo, data: packed)
    answer = client.post("/ask/view", json={"a": 1}, headers={"Accept": f"{serving.WITH_ARRAYS}, application/json"})
    assert answer.content == behind
    assert answer.headers.get("content-encoding") == ("gzip" if is_gzip else None)
    assert int(answer.headers["content-length"]) == len(packed.data)
    assert client.post("/ask/view", json={"a": 1}).json()["asked"] == {"a": 1}
    unpacked = {"Accept": f"{serving.WITH_ARRAYS}, application/json", "Accept-Encoding": "identity"}
    assert client.post("/ask/view", json={"a": 1}, headers=unpacked).json()["asked"] == {"a": 1}


def test_a_question_is_answered_compressed(client):
    answer = client.post("/ask/view", json={"selection": {"block": "3"}})
    assert answer.json()["asked"] == {"selection": {"block": "3"}}
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/ask/view", b"[1]", 400), ("/ask/view", b"{", 400), ("/ask/nothing", b"{}", 404), ("/ask/__init__", b"{}", 404)],
)
def test_what_is_no_question_is_refused(client, path, body, status):
    answer = client.post(path, content=body)
    assert (answer.status_code, "error" in answer.json()) == (status, True)


def test_a_question_of_any_length_is_not_read(client):
    assert client.post("/ask/view", content=b"x" * 100_000).status_code == 413


def test_an_upload_is_its_body_and_the_visitor_a_header(client):
    answer = client.post("/ask/upload", content=b"x" * 70_000, headers={"X-Visitor": "me"})
    assert answer.json() == {"bytes": 70_000, "visitor": "me"}


def test_an_upload_beyond_the_limit_is_refused(client, monkeypatch):
    monkeypatch.setattr(serving, "UPLOAD_BYTES", 1000)
    assert client.post("/ask/upload", content=b"x" * 1001).status_code == 413
    assert client.post("/ask/upload", content=b"x" * 1000).status_code == 200


def test_what_a_reload_asks_for_again_is_answered_by_unchanged(client):
    first = client.get("/ask/boot?lang=en")
    assert first.json() == {"texts": "en"}
    again = client.get("/ask/boot?lang=en", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_words_are_in_the_index_and_gradios_own_waits_for_the_first_picture(folder):
    html = Modules(folder).index(INDEX).decode()
    assert html.index('<div class="sx"') < html.index("<gradio-app")
    assert "Inside SAM’s image encoder" in html
    assert '<template class="sx-later"><link rel="stylesheet" crossorigin href="./assets/a.css"></template>' in html


def test_the_thread_that_serves_computes_alone_from_the_start(monkeypatch):
    begun = []
    monkeypatch.setattr(serving, "compute_alone", lambda: begun.append(True))
    with TestClient(Starlette(**app_options(Echo()))):
        assert begun == [True]


def test_the_app_says_that_it_is_up(client):
    assert client.get("/healthz").json() == {"status": "ok", "modules": Modules().version()}


@pytest.mark.parametrize("path", ["", "/under/this"])
def test_the_index_names_the_modules_relative_to_itself_wherever_it_is_mounted(path):
    app = gr.mount_gradio_app(
        FastAPI(), build_page(), path=path or "/", app_kwargs=app_options(Echo()), ssr_mode=False, run_history=False
    )
    index = TestClient(app).get(f"{path}/")
    assert index.headers["content-encoding"] == "gzip"
    assert f'id="sx-main" href="modules/{Modules().version()}/js/all.js"' in index.text
    assert '<base href="./"' in index.text
    assert index.text.count('<template class="sx-later">') == 2  # Gradio's script and its style
    assert TestClient(app).get(f"{path}/modules/{Modules().version()}/js/main.js").status_code == 200


def answer_of(explorer, hung_up=False):
    """The answer to one question, as the route makes it."""

    class Asking:
        async def is_disconnected(self):
            return hung_up

    found = serving.answer_to(Asking(), explorer, "open", {"visitor": "me"})
    return orjson.loads(run(found))


def test_an_answer_that_is_nearly_there_is_waited_for():
    assert answer_of(Slow(3)) == {"state": "ready"}


@pytest.mark.parametrize(("questions", "before", "asked"), [(100, 0, serving.HELD_BACK), (100, 2, 1)])
def test_word_of_work_that_takes_longer_is_sent_and_at_once_if_others_come_before(questions, before, asked):
    slow = Slow(questions, before)
    assert answer_of(slow) == {"state": "working", "before": before}
    assert slow.left == questions - asked


def test_a_page_that_hung_up_leaves_its_photo():
    slow = Slow(100)
    answer_of(slow, hung_up=True)
    assert slow.gone == [{"visitor": "me"}]
