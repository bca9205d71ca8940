"""A real server and a real Chromium, shared by all browser tests; every test fails on an error in the console."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 60_000  # a busy machine is slow, never wrong
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "app.py", "--port", str(port), "--host", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as app:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address, app)
            yield address
        finally:
            app.terminate()


def _wait_for(address: str, app: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert app.poll() is None, f"the app ended with {app.returncode}"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the app didn't answer within two minutes")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's or anybody's Chromium; else Playwright's own."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet.append("--no-sandbox")  # Chromium refuses root otherwise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Open the page as a new visitor: visit(query, width, height, **context)."""
    contexts, problems = [], []

    def open_page(query: str = "", width: int = 1280, height: int = 720, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.goto(f"{server}/?{query}")
        ready(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def ready(page: Page) -> None:
    """Wait until the selected view is on screen."""
    page.wait_for_selector('.sx[data-state="ready"] .sx-panel')


def click_patch(page: Page, row: int, col: int, **options: object) -> None:
    """Click the middle of a patch on the photo, 1024 px wide photos."""
    canvas = page.locator(".sx-photo")
    box = canvas.bounding_box()
    side = box["width"] / photo_cols(page)
    canvas.click(position={"x": (col + 0.5) * side, "y": (row + 0.5) * side}, **options)


def photo_cols(page: Page) -> float:
    """How many patches wide the photo is: all examples but the astronaut are wider than high, so the whole grid."""
    return int(page.get_by_label("Input", exact=True).input_value()) / 16


def pixels(page: Page, selector: str) -> str:
    """A canvas as it looks now."""
    return page.locator(selector).first.evaluate("canvas => canvas.toDataURL()")
