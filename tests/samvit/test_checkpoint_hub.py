"""The hub, played by a small server on this machine: whole downloads, broken ones, and no server at all."""

import errno
import hashlib
import http.server
import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from samvit import checkpoint_hub
from samvit.checkpoint import Availability, availability, load_encoder
from samvit.checkpoint_hub import PUBLISHED, cached
from samvit.config import CONFIGS
from samvit.errors import CheckpointError
from tests.small import SMALL

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO = "facebook/sam-vit-base"


@dataclass
class Hub:
    """What the server answers; a test may change it while it runs."""

    data: bytes
    fault: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    endpoint: str = ""

    def gets(self) -> int:
        return sum(method == "GET" for method, _ in self.requests)


class HubHandler(http.server.BaseHTTPRequestHandler):
    """The hub's `resolve` address for one file, as huggingface_hub asks for it."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        hub = self.hub
        if not self.path.startswith("/facebook/"):  # huggingface_hub also asks for lists of its own
            return self.refuse(404)
        hub.requests.append((self.command, self.path))
        if hub.fault == "silent":
            time.sleep(1.0)
            self.close_connection = True
            return
        if not self.path.startswith(f"/{REPO}/resolve/"):
            return self.refuse(404, "RepoNotFound")
        if self.path not in (f"/{REPO}/resolve/{revision}/model.safetensors" for revision in ("main", "v1", COMMIT)):
            return self.refuse(404, "RevisionNotFound")
        if hub.fault in ("401", "403", "503") or (body and hub.fault == "gone" and hub.gets() > 1):
            return self.refuse(int(hub.fault) if hub.fault.isdigit() else 503)
        sent = hub.data[: len(hub.data) // 2] if body and hub.fault in ("gone", "short") else hub.data
        self.send_response(200)
        # "short": the server itself believes half the file is all of it. "gone": the connection ends half-way.
        self.send_header("Content-Length", str(len(sent) if hub.fault == "short" else len(hub.data)))
        if hub.fault != "not a hub":
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(hub.data).hexdigest()}"')
        self.end_headers()
        if body:
            self.wfile.write(sent)
        if len(sent) < len(hub.data):
            self.close_connection = True

    def refuse(self, status: int, code: str = "") -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(small_encoder, monkeypatch, tmp_path) -> Iterator[Hub]:
    """A running hub that has `vit_b`, which is the small encoder here, in transformers' layout of one file."""
    state = {"vision_encoder." + name: tensor for name, tensor in small_encoder.state_dict().items()}
    hub = Hub(save(state))
    handler = type("Handler", (HubHandler,), {"hub": hub})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    use_endpoint(monkeypatch, tmp_path, hub.endpoint)
    yield hub
    server.shutdown()
    server.server_close()
    thread.join()


def use_endpoint(monkeypatch, tmp_path: Path, endpoint: str) -> None:
    """What HF_ENDPOINT and HF_HUB_CACHE set, which huggingface_hub reads only at its import."""
    constants = checkpoint_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setitem(CONFIGS, "vit_b", replace(SMALL, name="vit_b"))
    monkeypatch.setattr(checkpoint_hub, "_answers", {})
    monkeypatch.delenv("SAMVIT_CHECKPOINTS", raising=False)
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)


def refusal(**arguments: object) -> str:
    with pytest.raises(CheckpointError) as error:
        load_encoder("vit_b", **arguments)
    return str(error.value)


def files_in(folder: Path) -> list[str]:
    """Weights, whole or half, that a download left in the hub's cache."""
    return [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 10_000]


# Downloads.


def test_what_is_not_on_this_machine_is_downloaded_once(hub, small_encoder, tmp_path):
    assert availability("vit_b") == Availability("vit_b", True, "download", None)
    assert hub.gets() == 0

    first = load_encoder("vit_b").state_dict()

    assert hub.gets() == 1
    assert all((first[name] == tensor).all() for name, tensor in small_encoder.state_dict().items())
    asked = len(hub.requests)
    load_encoder("vit_b")
    assert len(hub.requests) == asked
    assert availability("vit_b") == Availability("vit_b", True, "disk", None)


def test_a_download_shows_its_progress(hub, capsys, monkeypatch):
    monkeypatch.setenv("TQDM_POSITION", "-1")  # huggingface_hub's word for: even where there is no terminal
    load_encoder("vit_b")

    assert "100%" in capsys.readouterr().err


@pytest.mark.parametrize("revision", ["v1", COMMIT])
def test_a_revision_can_be_pinned(hub, revision):
    load_encoder("vit_b", revision=revision)

    assert {path for _, path in hub.requests} == {f"/{REPO}/resolve/{revision}/model.safetensors"}
    assert cached(PUBLISHED["vit_b"], revision) is not None
    assert cached(PUBLISHED["vit_b"]) is None


def test_a_revision_that_is_not_there_is_named(hub):
    assert refusal(revision="v9") == (
        "vit_b isn't on this machine and facebook/sam-vit-base on 127.0.0.1 has no revision 'v9'"
    )


def test_downloads_that_are_not_allowed_ask_nobody(hub):
    assert refusal(allow_download=False).endswith("downloads aren't allowed")
    assert hub.requests == []


@pytest.mark.parametrize("fault", ["short", "gone"])
def test_a_truncated_download_leaves_nothing_and_the_next_one_is_whole(hub, small_encoder, tmp_path, fault):
    hub.fault = fault

    message = refusal()

    assert message.startswith("vit_b isn't on this machine and ")
    assert str(tmp_path) not in message
    assert hub.gets() >= 1
    assert files_in(tmp_path) == []
    assert cached(PUBLISHED["vit_b"]) is None
    hub.fault = ""
    assert load_encoder("vit_b").config.name == "vit_b"
    assert len(files_in(tmp_path)) >= 1


def test_a_short_file_is_told_as_a_broken_download(hub):
    hub.fault = "short"

    assert refusal() == ("vit_b isn't on this machine and its download from 127.0.0.1 broke off or couldn't be stored")


def test_a_file_of_another_model_on_the_hub_is_refused(hub):
    hub.data = save({"vision_encoder.backbone.blocks.0.attn.qkv.weight": torch.zeros(2)})

    assert "this is SAM 2" in refusal()


# A hub that refuses, or isn't there.


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("401", "127.0.0.1 refused facebook/sam-vit-base with HTTP status 401"),
        ("403", "127.0.0.1 refused facebook/sam-vit-base with HTTP status 403"),
        ("503", "127.0.0.1 refused facebook/sam-vit-base with HTTP status 503"),
        ("not a hub", "127.0.0.1 doesn't answer like a Hugging Face hub"),
    ],
)
def test_a_refusal_is_told_the_same_on_the_page_and_by_loading(hub, fault, clause):
    hub.fault = fault
    sentence = f"vit_b isn't on this machine and {clause}"

    answer = availability("vit_b")
    assert (answer.available, answer.where, str(answer.reason)) == (False, "", sentence)
    assert refusal() == sentence
    assert hub.gets() == 0


def test_a_repository_that_the_hub_has_not_is_told(hub):
    assert str(availability("vit_l").reason) == (
        "vit_l isn't on this machine and 127.0.0.1 has no facebook/sam-vit-large to give"
    )
    assert availability("vit_b").available


@pytest.fixture
def nobody(monkeypatch, tmp_path) -> None:
    """An endpoint where no server listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    use_endpoint(monkeypatch, tmp_path, f"http://127.0.0.1:{port}")


def test_without_a_server_a_sentence_comes_at_once(nobody):
    started = time.monotonic()
    sentence = "vit_b isn't on this machine and 127.0.0.1 can't be reached"

    answer = availability("vit_b")
    assert (answer.available, answer.where, str(answer.reason)) == (False, "", sentence)
    assert refusal() == sentence
    # huggingface_hub by itself would retry for half a minute.
    assert time.monotonic() - started < 5


def test_an_unknown_host_is_told_as_one_that_cannot_be_reached(monkeypatch, tmp_path):
    use_endpoint(monkeypatch, tmp_path, "http://hub.invalid")

    assert refusal() == "vit_b isn't on this machine and hub.invalid can't be reached"


@pytest.mark.parametrize("endpoint", ["nonsense", "http://"])
def test_an_endpoint_that_is_no_address_is_unavailable_not_a_crash(monkeypatch, tmp_path, endpoint):
    use_endpoint(monkeypatch, tmp_path, endpoint)

    answer = availability("vit_b")

    assert not answer.available
    assert "\n" not in str(answer.reason)


def test_a_silent_hub_costs_the_page_no_more_than_its_patience(hub, monkeypatch):
    hub.fault = "silent"
    monkeypatch.setattr(checkpoint_hub, "PAGE_PATIENCE_SECONDS", 0.2)
    started = time.monotonic()

    answers = [availability(name) for name in ("vit_b", "vit_l", "vit_h")]

    assert time.monotonic() - started < 0.8
    assert [str(answer.reason).partition(" ")[2] for answer in answers] == [
        "isn't on this machine and 127.0.0.1 can't be reached"
    ] * 3


def test_an_answer_is_kept_for_a_minute(hub, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(checkpoint_hub.time, "monotonic", lambda: now[0])
    hub.fault = "503"
    assert not availability("vit_b").available
    hub.fault = ""

    now[0] += 59
    assert not availability("vit_b").available
    assert len(hub.requests) == 1
    now[0] += 2
    assert availability("vit_b").available
    assert len(hub.requests) == 2


def test_loading_does_not_wait_for_the_kept_answer_to_age(hub):
    hub.fault = "503"
    assert not availability("vit_b").available
    hub.fault = ""

    assert load_encoder("vit_b").config.name == "vit_b"


def test_downloads_switched_off_ask_nobody(hub, monkeypatch):
    monkeypatch.setattr(checkpoint_hub.constants, "HF_HUB_OFFLINE", True)
    sentence = "vit_b isn't on this machine and downloads are switched off (HF_HUB_OFFLINE)"

    answer = availability("vit_b")
    assert (answer.available, answer.where, str(answer.reason)) == (False, "", sentence)
    assert refusal() == sentence
    assert hub.requests == []


def test_a_cache_that_cannot_be_written_is_told(hub, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setattr(checkpoint_hub.constants, "HF_HUB_CACHE", str(tmp_path / "a file"))

    message = refusal()

    assert message.endswith("its download from 127.0.0.1 broke off or couldn't be stored")
    assert str(tmp_path) not in message


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "there is no room left on the disk to store facebook/sam-vit-base"),
        (
            errno.EROFS,
            "facebook/sam-vit-base can't be stored: the cache folder can't be written to (HF_HOME names another)",
        ),
        (
            errno.EACCES,
            "facebook/sam-vit-base can't be stored: the cache folder can't be written to (HF_HOME names another)",
        ),
    ],
    ids=["disk full", "read-only file system", "no permission"],
)
def test_a_disk_that_takes_no_download_is_told_and_the_next_one_is_whole(hub, monkeypatch, tmp_path, number, sentence):
    written = []

    def fail(path, *arguments, **more):
        written.append(path)
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as patched:
        patched.setattr("huggingface_hub.file_download.http_get", fail)
        patched.setattr("huggingface_hub.file_download.xet_get", fail)
        message = refusal()
    assert written and message.endswith(sentence) and str(tmp_path) not in message
    assert load_encoder("vit_b").config.name == "vit_b"


def test_the_environment_variables_reach_the_hub(hub, tmp_path):
    """The same in a fresh process, through HF_ENDPOINT and HF_HOME as an operator sets them."""
    script = """
        from dataclasses import replace
        from samvit.checkpoint import availability, load_encoder
        from samvit.config import CONFIGS
        from tests.small import SMALL
        CONFIGS["vit_b"] = replace(SMALL, name="vit_b")
        before = availability("vit_b").where
        weights = sum(p.numel() for p in load_encoder("vit_b").parameters())
        assert (before, availability("vit_b").where) == ("download", "disk"), before
        assert weights > 10_000
    """
    environment = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "home")}
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        environment.pop(name, None)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=root, env=environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert hub.gets() == 1
    assert list((tmp_path / "home" / "hub").rglob("model.safetensors"))
