"""A lesson opened from its file, without a server and without a network."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import samvit
from samvit.tracing import Trace
from tests.browser.conftest import PATIENCE_MS
from viz.page.alone import lesson_of
from viz.page.explorer import Explorer
from viz.page.lesson import BOUND, lesson
from viz.session.models import Models
from viz.session.pair import pair_message
from viz.session.session import Session
from viz.showing import panels, selected
from viz.tour_file import built_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COFFEE = Path(__file__).parents[2] / "viz" / "examples" / "coffee.jpg"  # wider than high: image padding below
ANSWER_OF = """async (selection) => {
  const { openLesson } = await import("js/lesson/begin.js");
  return (await openLesson()).ask("view", { selection });
}"""
ANSWER = """async (selection) => {
  const { openLesson } = await import("js/lesson/begin.js");
  const answer = await (await openLesson()).ask("view", { selection });
  const plain = (value) => (Number.isNaN(value) ? null : value);
  return { ...answer, panels: answer.panels.map((panel) => ({ ...panel, data: Array.from(panel.data, plain) })) };
}"""


@pytest.fixture(scope="module")
def traced() -> Trace:
    return samvit.trace(samvit.load_encoder("vit_tiny"), COFFEE, size=1024)


@pytest.fixture(scope="module")
def file(traced: Trace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    boot = Explorer(Session(Models(("vit_tiny",)))).boot({})
    made = lesson(traced, selected(traced, "heads", block=8, query=(20, 34)), boot)
    path = tmp_path_factory.mktemp("lesson") / made.name
    path.write_bytes(made.data)
    return path


@pytest.fixture(scope="module")
def guided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson that carries the app's own tour."""
    small = samvit.trace(samvit.load_encoder("vit_tiny"), COFFEE, size=256)
    path = tmp_path_factory.mktemp("guided") / "lesson.html"
    path.write_bytes(lesson_of(small, selected(small, "heads", block=8, query=(5, 8)), tour=built_in()).data)
    return path


@contextmanager
def no_network(browser: Browser) -> Iterator[Callable[[Path], Page]]:
    """open_it(path): a lesson in a browser that has no network; nothing may be asked for and nothing may fail."""
    problems, contexts = [], []

    def open_it(path: Path) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: problems.append(asked.url) if asked.url.startswith("http") else None)
        page.goto(path.as_uri())
        page.wait_for_selector('.sx[data-state="ready"] .sx-panel')
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Callable[[Path], Page]]:
    with no_network(browser) as open_it:
        yield open_it


@pytest.fixture(scope="module")
def alone(browser: Browser, file: Path) -> Iterator[Page]:
    """The lesson as it opens, for tests that leave it so."""
    with no_network(browser) as open_it:
        yield open_it(file)


def without_shares(note: str) -> str:
    return re.sub(r"(< )?[\d.]+ %", "%", note)


def test_twelve_blocks_at_1024_px_are_at_most_12_mb(file: Path):
    assert file.stat().st_size <= 12_000_000


# Blocks 8 and 2 are global, 0 and 10 windowed; the last patch's window is padded, and the photo ends above row 43.
@pytest.mark.parametrize(
    ("block", "query", "more"),
    [
        (8, (20, 34), {}),
        (2, (3, 60), {"key": (10, 11), "heads": "mean"}),
        (0, (20, 63), {"scale": "log"}),
        (10, (42, 30), {"heads": "one", "head": 4, "scale": "clip"}),
    ],
)
def test_its_maps_are_the_server_s_within_the_stated_bound(alone: Page, traced: Trace, block, query, more):
    selection = selected(traced, "heads", block=block, query=query, **more)
    answer = alone.evaluate(ANSWER, selection.to_query() | {"block": str(block), "query": f"{query[0]},{query[1]}"})
    (true,), (shown,) = panels(traced, "heads", block=block, query=query, **more), answer["panels"]
    values = np.array(shown["data"], np.float64).reshape(shown["shape"])
    assert np.array_equal(np.isnan(values), np.isnan(true.values))
    tops = np.nanmax(true.values, axis=(1, 2))
    assert (np.nanmax(np.abs(values - true.values), axis=(1, 2)) <= BOUND * tops).all()
    assert (shown["title"], shown["labels"], shown["picks"]) == (true.title, list(true.labels), true.picks)
    assert [without_shares(note) for note in shown["notes"]] == [without_shares(note) for note in true.notes]
    for scale, expected in zip(shown["scales"], true.scales, strict=True):
        assert (scale["unit"], scale["note"], scale["log"]) == (expected.unit, expected.note, expected.log)
        for end in ("low", "high"):
            assert scale[end] == pytest.approx(getattr(expected, end), rel=BOUND)
    pair, known = answer["pair"], pair_message(traced, selection)
    assert pair["span"] == known["span"]
    if known["chosen"]:
        assert pair["score"] == pytest.approx(known["score"], abs=0.1)


def test_a_hover_shows_another_patch_s_maps_and_a_click_pins_it(open_file, file: Path):
    alone = open_file(file)
    root, photo = alone.locator(".sx"), alone.locator(".sx-photo")
    before = root.get_attribute("data-shown")
    photo.hover(position={"x": 60, "y": 80})
    expect(root).not_to_have_attribute("data-shown", before)
    photo.click(position={"x": 60, "y": 80})
    pinned = photo.get_attribute("data-query")
    alone.locator('.sx-block[data-block="3"]').click()
    expect(root).to_have_attribute("data-shown", f"heads:3:{pinned}:")


def test_explanations_are_inside_and_so_are_views_that_only_the_photo_changes(open_file, file: Path):
    alone = open_file(file)
    alone.locator('.sx-node[data-stage="neck"]').first.click()
    expect(alone.locator('.sx[data-shown^="neck_pca"]')).to_be_visible()
    alone.locator(".sx-more").click()
    expect(alone.locator('.sx-explain[data-view="neck_pca"] .sx-formula svg').first).to_be_visible()
    expect(alone.locator("#sx-upload")).not_to_be_visible()


def test_a_stored_view_is_shown_for_the_patch_that_it_was_stored_for_and_for_no_other(open_file, guided: Path):
    page = open_file(guided)
    answer = page.evaluate(ANSWER_OF, {"view": "scores", "block": "8", "head": "0", "query": "5,8"})
    assert answer["state"] == "ready" and answer["panels"]
    other = page.evaluate(ANSWER_OF, {"view": "scores", "block": "8", "head": "0", "query": "6,8"})
    assert other == {"error": "in this lesson the view is there for block=8&head=0&query=5,8 only"}


def test_a_lesson_without_a_tour_offers_none(alone: Page):
    expect(alone.locator(".sx-menu summary", has_text="Tour")).not_to_be_visible()
    expect(alone.locator(".sx-proof")).not_to_be_visible()


def test_the_tour_goes_through_all_its_stops_without_a_server(open_file, guided: Path):
    page = open_file(guided)
    page.locator(".sx-photo").click(position={"x": 60, "y": 80})  # another patch than the tour's own
    page.locator(".sx-menu summary", has_text="Tour").click()
    page.locator(".sx-tour-start").click()
    stops, asked = built_in().stops, 0
    for number, stop in enumerate(stops, 1):
        expect(page.locator(".sx-tour-progress")).to_contain_text(f"{number} of {len(stops)}")
        expect(page.locator(f'.sx[data-shown^="{stop.fields["view"]}:"] .sx-panel').first).to_be_visible()
        assert not page.locator(".sx-message").is_visible()
        if stop.guess:
            asked += 1
            page.locator(".sx-tour-guess button").first.click()
            expect(page.locator(".sx-tour-answer")).not_to_be_empty()
        if number < len(stops):
            page.keyboard.press("PageDown")
    assert asked == sum(bool(stop.guess) for stop in stops) > 3
