"""The guided tour as a lecturer uses it: on and back by keys, out and in again, questions, and a tour of one's own."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ready
from tests.browser.test_page import field
from viz.tour_file import built_in, parse_tour

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STOPS = built_in().stops
ASKS = next(number for number, stop in enumerate(STOPS, 1) if stop.guess)


def at_stop(page: Page, number: int) -> None:
    """Wait until a stop's words and its view are on screen."""
    expect(page.locator(".sx-tour-progress")).to_contain_text(f"{number} of {len(STOPS)}")
    expect(page.locator('.sx[data-state="ready"]')).to_have_attribute(
        "data-shown", re.compile(f"^{STOPS[number - 1].fields['view']}:")
    )


def test_space_goes_through_all_stops_and_nothing_scrolls(visit):
    page = visit("size=512&present=1", reduced_motion="reduce")
    page.keyboard.press("g")
    for number, stop in enumerate(STOPS, 1):
        at_stop(page, number)
        if stop.lit:
            expect(page.locator(".sx-lit-place")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        if stop.guess:
            expect(page.locator(".sx-tour-guess button")).not_to_have_count(0)
            page.keyboard.press("Space")
            expect(page.locator('.sx-tour-guess button[data-right="true"]')).not_to_have_count(0)
        page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    at_stop(page, len(STOPS) - 1)


def test_room_below_the_photo_holds_more_of_what_the_view_says_but_no_answer_to_an_open_question(visit):
    page = visit("size=512&view=rel_pos_blocks&image=chelsea&present=1")
    expect(page.locator(".sx-sentence")).to_have_text(re.compile("^Every block adds relative position"))
    expect(page.locator(".sx-aside")).to_have_text(re.compile("^It is often said"))
    page = visit(f"size=512&stop={ASKS}&view=heads&block=0&query=6,30&present=1", 1280, 800)
    at_stop(page, ASKS)
    expect(page.locator(".sx-aside")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.locator(".sx-aside")).to_be_visible()


def test_a_stop_is_part_of_the_link_and_one_comes_back_to_it(visit):
    page = visit(f"size=512&stop={ASKS}&view=heads&block=0&query=6,30")
    at_stop(page, ASKS)
    expect(page.locator(".sx-tour-back")).to_be_hidden()
    page.keyboard.press("v")
    page.locator(".sx-tour-back").click()
    at_stop(page, ASKS)
    page.keyboard.press("Escape")
    expect(page.locator(".sx-tour")).to_be_hidden()
    expect(page.locator(".sx-sentence")).to_be_visible()
    assert field(page, "stop") == ""
    page.keyboard.press("g")
    at_stop(page, ASKS)


def test_a_stop_that_the_tour_does_not_have_is_moved_in_with_a_sentence(visit):
    page = visit("size=512&stop=999")
    expect(page.locator(".sx-message")).to_contain_text(f"stop must be in 0..{len(STOPS)}, got 999")
    assert field(page, "stop") == str(len(STOPS))


def test_a_patch_goes_through_a_block_step_by_step_and_the_step_is_in_the_link(visit):
    page = visit("size=512&view=flow&step=6&block=0&query=6,30")
    heading = page.locator(".sx-panel h3").first
    player = page.get_by_role("group", name="Step", exact=True)
    page.keyboard.press(">")
    expect(heading).to_have_text("8 · scores of a few keys")
    expect(page.locator(".sx-lit-place")).to_have_attribute("data-node", "scores")
    expect(page.locator(".sx-flying")).to_have_count(0)  # what moved is gone again
    assert field(page, "step") == "7"
    player.get_by_role("button", name="Step back").click()
    expect(player.locator("output")).to_have_text("step 7 of 18")
    player.get_by_role("slider").fill("15")
    expect(heading).to_have_text("16 · GELU")
    player.get_by_role("button", name="Play").click()
    expect(heading).to_have_text("18 · + MLP")  # it plays to the end, and stays there
    expect(player.get_by_role("button", name="Play")).to_be_visible()


def test_a_step_moves_within_600_ms_and_not_at_all_where_motion_is_unwanted(visit):
    for wish, moving in (("no-preference", True), ("reduce", False)):
        page = visit("size=512&view=flow&step=6&block=0", reduced_motion=wish)
        page.evaluate(
            """() => {
                window.seen = [];
                const old = Element.prototype.animate;
                Element.prototype.animate = function (frames, how) {
                    window.seen.push(how.duration);
                    return old.call(this, frames, how);
                };
            }"""
        )
        page.keyboard.press(">")
        expect(page.locator(".sx-panel h3").first).to_have_text("8 · scores of a few keys")
        seen = page.evaluate("window.seen")
        assert bool(seen) == moving and all(0 < duration <= 600 for duration in seen)


def test_the_presenters_window_has_notes_and_both_windows_stay_together(visit):
    page = visit("size=512", reduced_motion="reduce")
    page.keyboard.press("g")
    at_stop(page, 1)
    page.locator(".sx-menu summary", has_text="Tour").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Presenter’s window").click()
    presenter = opened.value
    ready(presenter)
    expect(presenter.locator(".sx-notes")).to_contain_text("zeros come after normalising")
    expect(presenter.locator(".sx-notes")).to_contain_text("Next: 1 024 tokens")
    presenter.keyboard.press("PageDown")
    at_stop(presenter, 2)
    at_stop(page, 2)
    page.keyboard.press("PageDown")
    at_stop(presenter, 3)
    expect(page.locator(".sx-notes")).to_be_hidden()


def test_collected_views_are_saved_as_a_tour_that_the_app_reads(visit):
    page = visit("size=512&view=scores&block=8&query=5,6")
    page.keyboard.press("a")
    expect(page.locator(".sx-message")).to_contain_text("as its view 1")
    page.goto(page.url.replace("view=scores", "view=heads"))
    ready(page)
    page.keyboard.press("a")
    page.locator(".sx-menu summary", has_text="Tour").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my tour as a file").click()
    first, second = parse_tour(download.value.path().read_text(encoding="utf-8")).stops
    assert (first.fields["view"], first.fields["query"], second.fields.get("view", "heads")) == (
        "scores",
        (5, 6),
        "heads",
    )
