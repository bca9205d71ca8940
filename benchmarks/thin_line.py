"""How the page opens on a thin line: python -m benchmarks.thin_line [--kbit 400] [--latency 300] [--repeats 3]

Starts the app, drives a Chromium whose network is slowed, and prints medians beside what is promised: when words and
frame are there, when the first picture is, and how many bytes came until then; opened anew, and reloaded.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.browser.app import launch_chromium, running_app

WORDS, PICTURE = ".sx h1", '.sx[data-state="ready"] .sx-panel canvas'
PATIENCE_MS = 120_000
PROMISED = {  # seconds until words, seconds until the first picture, kB
    "opened": (2.5, 8.0, 350.0),
    "reloaded": (2.5, 4.0, 350.0),
}


@dataclass(frozen=True)
class Opening:
    """One opening of the page."""

    words_s: float
    picture_s: float
    kilobytes: float


def slowed(page: Page, kbit: float, latency_ms: float) -> CDPSession:
    """A page whose network has so many kilobits a second, and so many milliseconds from question to answer."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    speed = kbit * 1000 / 8
    conditions = {"offline": False, "latency": latency_ms, "downloadThroughput": speed, "uploadThroughput": speed}
    tools.send("Network.emulateNetworkConditions", conditions)
    return tools


def opening(page: Page, tools: CDPSession, address: str) -> Opening:
    """Go there, and see what came when."""
    received = []
    tools.on("Network.dataReceived", lambda event: received.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=PATIENCE_MS)
    page.wait_for_selector(WORDS, timeout=PATIENCE_MS)
    words = time.perf_counter() - start
    page.wait_for_selector(PICTURE, timeout=PATIENCE_MS)
    return Opening(words, time.perf_counter() - start, sum(received) / 1000)


def openings(browser: Browser, address: str, kbit: float, latency_ms: float) -> Iterator[tuple[str, Opening]]:
    """A newcomer's first look, and the same once more with what the browser kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    for name in PROMISED:
        page = context.new_page()
        yield name, opening(page, slowed(page, kbit, latency_ms), address)
        page.close()
    context.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kbit", type=float, default=400, help="kilobits a second (default: 400)")
    parser.add_argument("--latency", type=float, default=300, help="milliseconds until an answer begins (default: 300)")
    parser.add_argument("--repeats", type=int, default=3, help="new visitors (default: 3)")
    chosen = parser.parse_args()
    found: dict[str, list[Opening]] = {name: [] for name in PROMISED}
    with running_app("--models", "vit_tiny") as address, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        opening(browser.new_page(), slowed(browser.new_page(), 1e6, 0), address)  # waits for the app's warm-up
        for _ in range(chosen.repeats):
            for name, one in openings(browser, address, chosen.kbit, chosen.latency):
                found[name].append(one)
        browser.close()
    print(f"{'':10} {'words, s':>18} {'first picture, s':>18} {'kB':>18}")  # noqa: T201
    for name, all_of in found.items():
        parts = [[one.words_s for one in all_of], [one.picture_s for one in all_of], [one.kilobytes for one in all_of]]
        said = [
            f"{statistics.median(values):8.1f} of {limit:6.1f}"
            for values, limit in zip(parts, PROMISED[name], strict=True)
        ]
        print(f"{name:10} " + " ".join(f"{text:>18}" for text in said))  # noqa: T201


if __name__ == "__main__":
    main()
