"""How fast the page feels: python -m benchmarks.page [--model vit_tiny | --checkpoint FILE] [--repeats 30]

Starts the app, drives a Chromium, and prints median and 95th percentile from the event in the page to the painted
frame, beside what the design promises. Nothing else should run meanwhile.
"""

import argparse
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.app import launch_chromium, running_app
from viz.session.models import HERE

PROMISED_MS = {
    "vit_tiny": {"open": 2000, "hover": 30, "click": 100, "head": 100, "block": 100, "view": 150, "encode": 1000},
    "vit_b": {"open": 2000, "hover": 30, "click": 150, "head": 150, "block": 150, "view": 500, "encode": 6000},
}

FRESH_SIZE = 1008  # pixels: 63 patches a side. At 1024 px, 64 a side, the app encodes the examples ahead

# Resolves with the milliseconds from an act to the frame that shows its result.
MEASURE = """async ([act, argument]) => {
  const root = document.querySelector(".sx"), photo = document.querySelector(".sx-photo");
  const acts = {
    pointer(type, [x, y]) {
      const box = photo.getBoundingClientRect();
      const place = {clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true};
      photo.dispatchEvent(type === "click" ? new MouseEvent("click", place) : new PointerEvent("pointermove", place));
    },
    hover: (place) => acts.pointer("move", place),
    click: (place) => acts.pointer("click", place),
    press: (selector) => document.querySelector(selector).click(),
  };
  const before = root.dataset.painted;
  const start = performance.now();
  const painted = new Promise((resolve) => {
    const watcher = new MutationObserver(() => {
      if (root.dataset.painted === before) return;
      if (act !== "hover" && root.dataset.state !== "ready") return;  // marks are painted before the answer is
      watcher.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - start));
    });
    watcher.observe(root, {attributes: true});
  });
  acts[act](argument);
  const nothing = new Error(`${act} ${argument} painted nothing`);
  const late = new Promise((_, reject) => setTimeout(() => reject(nothing), 60000));
  return Promise.race([painted, late]);
}"""


def open_page(browser: Browser, address: str) -> tuple[Page, float]:
    """A new visitor's page, and the milliseconds until its first picture."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector('.sx[data-state="ready"] .sx-panel', timeout=600_000)
    return page, (time.perf_counter() - start) * 1000


def wait_for_examples(address: str) -> None:
    """Wait until the examples are encoded, which the app does in idle time: nothing else may run meanwhile."""
    while True:
        with urllib.request.urlopen(f"{address}/metrics") as answer:
            if "\nexplorer_waiting_photos 0\n" in answer.read().decode():
                return
        time.sleep(0.2)


def row(name: str, times: list[float], promised: float) -> str:
    """One line of the table."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"{name:34} {statistics.median(times):8.0f} {p95:8.0f} {promised:9.0f} {len(times):5d}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="vit_tiny", help="a model that can be had here (default: vit_tiny)")
    parser.add_argument("--checkpoint", type=Path, help="a file to time instead, beside what is promised for ViT-B")
    parser.add_argument("--repeats", type=int, default=30, help="events of each kind (default: 30)")
    chosen = parser.parse_args()
    model, options = chosen.model, ["--models", f"vit_tiny,{chosen.model}"]
    if chosen.checkpoint:
        model, options = chosen.checkpoint.stem, ["--models", "vit_tiny", "--checkpoint", str(chosen.checkpoint)]
    promised = PROMISED_MS["vit_tiny" if model in HERE else "vit_b"]
    print(f"{model + ', milliseconds':34} {'median':>8} {'p95':>8} {'promised':>9} {'n':>5}", flush=True)  # noqa: T201
    with running_app(*options, "--metrics") as address, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for line in lines(browser, address, model, promised, chosen.repeats):
            print(line, flush=True)  # noqa: T201
        browser.close()


def lines(browser: Browser, address: str, model: str, promised: dict[str, int], repeats: int) -> Iterator[str]:
    """The table, line by line as measured."""
    opened = []
    for _ in range(6):
        page, milliseconds = open_page(browser, address)
        opened.append(milliseconds)
        page.context.close()
    yield row(
        "page opened → first picture", opened[1:], promised["open"]
    )  # the first one waits for the warm-up as well
    page, _ = open_page(browser, f"{address}/?model={model}")
    places = [(0.1 + 0.8 * (i * 0.618 % 1), 0.1 + 0.8 * (i * 0.414 % 1)) for i in range(repeats)]

    def each(act: str, arguments: list[Any]) -> list[float]:
        return [page.evaluate(MEASURE, [act, argument]) for argument in arguments]

    def presses(selectors: list[str]) -> list[float]:
        """All of them in turn, so often that the last one was pressed last: what comes next starts from there."""
        return each("press", selectors * (repeats // len(selectors) or 1))

    page.wait_for_selector('.sx-proof[data-holds="true"]')  # until then the proof takes one of the processors
    wait_for_examples(address)
    each("hover", places[:5])
    yield row("hover → painted", each("hover", places), promised["hover"])
    yield row("click on a patch", each("click", places), promised["click"])
    yield row("other head", presses([f".sx-map:nth-child({i}) button" for i in (3, 4, 5)]), promised["head"])
    yield row("other block", presses([f'.sx-block[data-block="{i}"]' for i in (3, 5, 8)]), promised["block"])
    yield from other_views(page, presses, promised["view"])
    page, _ = open_page(browser, f"{address}/?model={model}&size={FRESH_SIZE}")
    yield row(f"encode a photo, {FRESH_SIZE} px", encode_times(page), promised["encode"])


def other_views(page: Page, presses: Callable[[list[str]], list[float]], promised: float) -> Iterator[str]:
    """Each stage, entered from the heads; the slowest are the ones to mend."""
    find = "[...document.querySelectorAll('.sx-node:not(:disabled, [data-stage=softmax])')].map(n => n.dataset.node)"
    for name in page.evaluate(find):
        times = presses([f'.sx-node[data-node="{name}"]', '.sx-node[data-node="softmax"]'])[::2]
        yield row(f"view of {name}", times, promised)


def encode_times(page: Page) -> list[float]:
    """From an example's click to its first picture, for examples not seen yet."""
    times = []
    for index in (2, 3, 4, 5):
        page.wait_for_timeout(2000)  # a person looks before taking the next photo; this one's proof is still being made
        times.append(page.evaluate(MEASURE, ["press", f".sx-example:nth-child({index})"]))
    return times


if __name__ == "__main__":
    main()
