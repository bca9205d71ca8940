"""How the app starts and ends: a bad option is one sentence and exit code 2, and Ctrl-C is a clean end at any time."""

import contextlib
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import app
from viz.session.models import OFFERED

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--models", "nonsense"], "--models must be some of vit_tiny, .*, got 'nonsense'"),
        (["--models", ""], "--models must be some of vit_tiny, .*, got 'none'"),
        (["--models", ","], "--models must be some of vit_tiny"),
        (["--threads", "-3"], r"--threads must be in 1\.\.1024, got -3"),
        (["--threads", "0"], r"--threads must be in 1\.\.1024, got 0"),
        (["--threads", "100000"], r"--threads must be in 1\.\.1024, got 100000"),
        (["--threads", "9" * 30], r"--threads must be in 1\.\.1024, got 9+"),
        (["--memory-gb", "nan"], "--memory-gb must be a number above 0 .*, got nan"),
        (["--memory-gb", "-1"], "--memory-gb must be a number above 0 .*, got -1"),
        (["--memory-gb", "inf"], "--memory-gb must be a number above 0 .*, got inf"),
        (["--memory-gb", "1e300"], r"--memory-gb must be a number above 0 and at most 1,000,000, got 1e\+300"),
        (["--host", "nowhere.invalid"], "--host nowhere.invalid can't be used: "),
        (["--host", "127.0.0.1:7860"], "--host 127.0.0.1:7860 can't be used: "),
        (["--host", "a..b"], r"--host a\.\.b can't be used: "),
        (["--config", "window_size=14"], "--config says how to read a --checkpoint, and there is none"),
        (["--prefix", "image_encoder."], "--prefix says how to read a --checkpoint, and there is none"),
        (["--tour", "/nowhere/mine.toml"], "--tour must be a file, got 'mine.toml', which isn't one"),
        (["--root-path", "explorer"], "--root-path must be a path that begins with /, got 'explorer'"),
        (["--port", "0"], r"--port must be in 1\.\.65535, got 0"),
        (["--port", "70000"], r"--port must be in 1\.\.65535, got 70000"),
        (["--checkpoint", "/nowhere/mine.pth"], "--checkpoint must be a file of weights, got 'mine.pth'"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_sentence_and_exit_code_2(options, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        app.options(options)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert re.search(sentence, error)


def test_a_space_opens_on_sams_own_weights_which_its_front_matter_preloads():
    command = [sys.executable, "-c", "import app; chosen = app.options([]); print(*chosen.models, chosen.memory_gb)"]
    found = subprocess.run(command, cwd=ROOT, env=os.environ | {"SPACE_ID": "me/mine"}, capture_output=True, text=True)
    assert found.stdout.split() == ["vit_b", "vit_tiny", "vit_tiny_random", "8.0"]
    front = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    assert re.search(r'preload_from_hub: \["facebook/sam-vit-base [^"]*model.safetensors"\]', front)


def test_a_line_of_the_log_is_json_with_the_errors_trace():
    try:
        raise ZeroDivisionError("a bug")
    except ZeroDivisionError:
        record = logging.LogRecord("viz", logging.ERROR, "x.py", 1, "it %s", ("failed",), sys.exc_info())
    line = app.JsonLines().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert (found["level"], found["logger"], found["message"]) == ("ERROR", "viz", "it failed")
    assert "a bug" in found["error"]


def test_a_port_that_is_taken_is_said_before_anything_heavy_is_loaded(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            app.options(["--port", str(port)])
    assert ended.value.code == 2
    assert f"--port {port} of 127.0.0.1 can't be used" in capsys.readouterr().err


def test_an_ipv6_address_is_written_with_or_without_brackets(monkeypatch):
    asked = []
    listening = contextlib.nullcontext()  # this machine may have no IPv6
    monkeypatch.setattr(
        "socket.create_server", lambda address, family: asked.append((address[:2], family)) or listening
    )
    for host in ("::1", "[::1]"):
        assert app.as_in_a_url(app.options(["--host", host]).host) == "[::1]"
    assert asked == [(("::1", 0), socket.AF_INET6)] * 2
    assert [app.as_in_a_url(host) for host in (None, "0.0.0.0", "localhost")] == [None, "0.0.0.0", "localhost"]


def test_the_command_line_offers_what_the_session_offers():
    assert app.MODELS == OFFERED
    assert app.options([]).models == OFFERED


def sentence_at_start(monkeypatch, capsys, *options: str) -> str:
    """What `main` says before it ends with exit code 2, here and not in a process of its own."""
    monkeypatch.setattr(sys, "argv", ["app.py", *options])
    monkeypatch.setattr(app.signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_a_checkpoint_that_is_no_checkpoint_ends_the_start_with_a_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "notes.pth").write_text("these are no weights")
    error = sentence_at_start(monkeypatch, capsys, "--checkpoint", str(tmp_path / "notes.pth"))
    assert error.startswith("app.py: ") and error.count("\n") == 1 and str(tmp_path) not in error


def test_a_tour_that_cannot_be_read_ends_the_start_with_a_sentence_that_names_the_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "mine.toml").write_text('[[stop]]\ntitle = "A"\nwords = "B"\nlink = "view=nothing"\n')
    error = sentence_at_start(monkeypatch, capsys, "--tour", str(tmp_path / "mine.toml"))
    assert error.startswith("app.py: mine.toml, line 4: view must be one of ") and error.count("\n") == 1


@pytest.mark.parametrize("after_s", [0.3, 2, 6])
def test_control_c_is_a_clean_end_at_any_time(after_s):
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "app.py", "--models", "vit_tiny", "--memory-gb", "0.5"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(after_s)  # in the middle of the imports, and of the first forward pass
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert process.returncode in {0, 130, -signal.SIGINT}, error


def test_control_c_pressed_twice_is_a_clean_end_too():
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-u", "app.py", "--models", "vit_tiny"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        while "Running on" not in process.stdout.readline():
            assert process.poll() is None
        for _ in range(2):  # while the examples are encoded
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert "Traceback" not in error and "terminate" not in error


def test_a_port_that_is_taken_while_the_app_starts_is_one_sentence(monkeypatch, capsys):
    """The options were good; the moment of taking lies in the middle of the imports."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = app.options(["--models", "vit_tiny", "--memory-gb", "0.1"])
        options.port = port
        monkeypatch.setattr(app, "options", lambda: options)
        monkeypatch.setattr(app.signal, "signal", lambda *_: None)
        with pytest.raises(SystemExit) as ended:
            app.main()
    assert ended.value.code == 2
    assert f"app.py: --port {port} of 127.0.0.1 can't be used: " in capsys.readouterr().err
