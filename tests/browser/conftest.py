"""A real server and a real Chromium, shared by all browser tests; every test fails on an error in the console."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from safetensors.torch import save_file

from samvit.config import VIT_H, VIT_L
from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from tests.browser.app import launch_chromium, running_app
from tests.browser.firefox import firefox_path

# Where there is no Firefox and none could be installed, as the set-up then says, the page is tried in Chromium only.
collect_ignore = [] if firefox_path() else ["test_firefox.py"]
PATIENCE_MS = 60_000  # a busy machine is slow, never wrong
# Enough for the traces of one test, and too little for more than the first example to be encoded ahead, at 1024 px.
LITTLE = ("--memory-gb", "0.5")
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running app."""
    with running_app(*LITTLE) as address:
        yield address


@pytest.fixture(scope="session")
def deep_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app that offers `narrow_l` and `narrow_h`: as deep and with as many heads as ViT-L and ViT-H, but narrow."""
    folder = tmp_path_factory.mktemp("checkpoints")
    options = [*LITTLE, "--models", "vit_tiny"]
    for name, config in (("narrow_l", VIT_L), ("narrow_h", VIT_H)):
        encoder = fill_random(build_encoder(replace(config, embed_dim=8 * config.num_heads)))
        save_file(encoder.state_dict(), folder / f"{name}.safetensors")
        options += ["--checkpoint", str(folder / f"{name}.safetensors")]
    with running_app(*options) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each visitor has a context of its own."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def known_contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A context for each kind of visitor, with the page's scripts in its cache: compiled once, not for each test."""
    contexts: dict[str, BrowserContext] = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def visit(
    browser: Browser, known_contexts: dict[str, BrowserContext], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Open the page as a new visitor: visit(query, width, height, **context).

    `server` names the fixture of the app; a line of the console that holds `expected` is no problem. A visitor comes
    with nothing but cached scripts; a second one of the same kind in the same test has a context of their own.
    """
    contexts, problems = [], []

    def context_for(options: dict[str, object]) -> BrowserContext:
        kind = repr(sorted(options.items()))
        if kind not in known_contexts:
            known_contexts[kind] = browser.new_context(**options)
        context = known_contexts[kind]
        contexts.append(context if context not in contexts else browser.new_context(**options))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        return contexts[-1]

    def open_page(
        query: str = "",
        width: int = 1280,
        height: int = 720,
        server: str = "server",
        expected: str | None = None,
        **options: object,
    ) -> Page:
        def note(said: ConsoleMessage) -> None:
            if said.type == "error" and not (expected and expected in said.text):
                problems.append(said.text)

        address = request.getfixturevalue(server)
        page = context_for(options).new_page()
        page.set_viewport_size({"width": width, "height": height})
        everything = {"origin": address, "storageTypes": "cookies,local_storage"}
        page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
        page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
        page.on("console", note)
        page.goto(f"{address}/?{query}")
        ready(page)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.close()
        if context not in known_contexts.values():
            context.close()
    assert not problems


@pytest.fixture
def site_of() -> Iterator[Callable[[Path], str]]:
    """site_of(folder): the address of another site, `localhost` where the app is 127.0.0.1, that serves a folder."""
    servers = []

    def serve(folder: Path) -> str:
        servers.append(ThreadingHTTPServer(("localhost", 0), partial(SimpleHTTPRequestHandler, directory=str(folder))))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://localhost:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def ready(page: Page) -> None:
    """Wait until the selected view is on screen, and the page in the place that Gradio has for it."""
    page.wait_for_selector('#explorer .sx[data-state="ready"] .sx-panel')


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
