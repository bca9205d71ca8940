"""The app as a process of its own, and a Chromium to open it in; the benchmark of the page uses both as well."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")


@contextmanager
def running_app(*options: str) -> Iterator[str]:
    """The address of an app of its own, started with these options and without a hub."""
    with app_process(*options) as (address, _):
        yield address


@contextmanager
def app_process(*options: str, port: int | None = None) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The address and the process of an app of its own, started with these options and without a hub."""
    port = port or free_port()
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "app.py", "--port", str(port), "--host", "127.0.0.1", *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as app:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address, app)
            yield address, app
        finally:
            app.terminate()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def launch_chromium(playwright: Playwright) -> Browser:
    """Debian's or anybody's Chromium, first the one without windows, which takes a third less; or Playwright's own."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    options = list(QUIET)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses root otherwise
    return playwright.chromium.launch(executable_path=found, args=options)


def _wait_for(address: str, app: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert app.poll() is None, f"the app ended with {app.returncode}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the app didn't answer within {PATIENCE_S} seconds")
