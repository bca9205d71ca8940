"""What goes wrong on the way, and what a person then sees; and what must not change under a person's hand."""

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.app import app_process, free_port
from tests.browser.conftest import LITTLE, PATIENCE_MS, click_patch, pixels, ready
from tests.browser.test_page import field, photo_file, upload

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def refuse(sentence: str):
    """A route that answers with a sentence."""
    return lambda route: route.fulfill(
        status=200, content_type="application/json", body=json.dumps({"error": sentence})
    )


def asks(route: Route, **fields: str) -> bool:
    """Whether a question is about a selection with these fields."""
    selection = json.loads(route.request.post_data or "{}").get("selection", {})
    return all(selection.get(name) == value for name, value in fields.items())


def test_a_cut_connection_is_said_and_waited_for_and_nothing_is_lost(visit):
    page = visit("size=512", expected="ERR_FAILED")
    shown, asked = page.locator(".sx").get_attribute("data-shown"), []
    page.route("**/ask/**", lambda route: (asked.append(time.monotonic()), route.abort())[1])
    page.locator('[data-view="reach"]').click()
    message = page.locator(".sx-message.sx-problem")
    expect(message).to_contain_text("can’t be reached")
    page.wait_for_timeout(4000)
    assert 2 <= len(asked) <= 16  # of the view, its explanation and its proof; there were 447
    assert page.locator(".sx").get_attribute("data-shown") == shown
    expect(page.locator(".sx-panel").first).to_be_visible()
    page.unroute("**/ask/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("^reach:"))
    expect(message).to_be_hidden()


def test_a_page_whose_first_question_fails_opens_when_the_server_is_back(visit, server):
    page = visit("size=512", expected="ERR_FAILED")
    asked = []
    page.route("**/ask/**", lambda route: (asked.append(1), route.abort())[1])
    page.goto(f"{server}/?size=512&block=3")
    page.wait_for_timeout(3000)
    assert 1 <= len(asked) <= 6
    expect(page.locator(".sx")).to_contain_text("The server doesn’t answer yet. It is asked until it does.")
    page.unroute("**/ask/**")
    ready(page)


def test_a_full_queue_is_said_and_waited_for(visit):
    page = visit("size=512")
    asked = []

    def busy(route: Route) -> None:
        asked.append(1)
        full = {"state": "busy", "error": "16 photos are waiting"}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(full))

    page.route("**/ask/open", busy)
    page.locator('[data-image="rocket"]').click()
    expect(page.locator(".sx-message")).to_contain_text("16 photos are waiting")
    page.wait_for_timeout(2000)
    assert len(asked) <= 5
    page.unroute("**/ask/open")
    page.wait_for_url(re.compile("image=rocket"))
    expect(page.locator(".sx-message")).to_be_hidden()
    ready(page)


@pytest.mark.parametrize(
    ("selector", "change"),
    [
        ('.sx-tabs [data-view="padding"]', "padding:"),
        ('.sx-controls [data-value="log"]', "heads:"),
        (".sx-map:nth-child(3) button.sx-map-label", "heads:"),
        ('.sx-block[data-block="5"]', "heads:5:"),
        ('.sx-node[data-node="softmax"]', "heads:"),
    ],
)
def test_the_keyboards_focus_stays_where_a_person_is(visit, selector, change):
    page = visit("size=512")
    page.locator(selector).focus()
    painted = int(page.locator(".sx").get_attribute("data-painted"))
    page.keyboard.press("Enter")
    expect(page.locator('.sx[data-state="ready"]')).to_have_attribute("data-shown", re.compile(change))
    if "softmax" not in selector:
        page.wait_for_function(
            "before => Number(document.querySelector('.sx').dataset.painted) > before + 1", arg=painted
        )
    assert page.locator(selector).evaluate("element => element === document.activeElement")
    page.locator(".sx-photo").hover(position={"x": 40, "y": 40})
    page.wait_for_timeout(300)
    assert page.locator(selector).evaluate("element => element === document.activeElement")


def test_after_presenting_the_keyboards_focus_is_where_it_was(visit):
    page = visit("size=512")
    button = page.get_by_role("button", name="Presentation")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_hidden()
    page.wait_for_function("document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_tip_says_whose_weight_on_what_and_does_not_change_by_itself(visit):
    page = visit("size=512&query=8,9")
    box = page.locator(".sx-photo").bounding_box()
    side = box["width"] / 32
    place = [box["x"] + 20.3 * side, box["y"] + 5.3 * side]
    page.mouse.move(*place)
    tip = page.locator(".sx-tip")
    expect(tip).to_contain_text("patch (8, 9) → (5, 20), head 0:")
    said = tip.inner_text()
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("^heads:11:5,20:"))
    page.mouse.move(place[0] + 2, place[1] + 2)
    page.wait_for_timeout(200)
    assert tip.inner_text() == said


def test_a_failed_switch_of_example_brings_back_everything_that_is_on_screen(visit):
    page = visit("size=512&query=8,9&key=4,4&against_query=3,3")
    page.route("**/ask/open", refuse("no memory is left"))
    page.locator('[data-image="coffee"]').click()
    message = page.locator(".sx-message.sx-problem")
    expect(message).to_contain_text("no memory is left")
    assert [field(page, name) for name in ("image", "query", "key", "against_query")] == [
        "astronaut",
        "8,9",
        "4,4",
        "3,3",
    ]
    expect(page.locator(".sx-photo")).to_have_attribute("data-query", "8,9")
    expect(page.locator(".sx-pair-line")).to_contain_text("patch (8, 9) → key (4, 4)")
    page.unroute("**/ask/open")
    click_patch(page, 3, 20)
    expect(page.locator(".sx-pair-line")).to_contain_text("patch (3, 20)")
    expect(message).to_be_hidden()


def test_of_two_photos_chosen_quickly_the_last_one_is_shown(visit):
    page = visit("size=512", expected="ERR_")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/ask/upload", hold_the_first)
    upload(page, photo_file((220, 20, 20)))
    page.wait_for_timeout(200)
    upload(page, photo_file((20, 20, 220)))
    page.wait_for_url(re.compile("image=upload-"))
    ready(page)
    last = field(page, "image")
    assert held
    page.wait_for_timeout(500)
    assert field(page, "image") == last
    page.get_by_role("button", name="Map", exact=True).click()
    corner = "canvas => [...canvas.getContext('2d').getImageData(canvas.width - 20, 20, 1, 1).data]"
    red, _, blue, _ = page.locator(".sx-photo").evaluate(corner)
    assert blue > red


def test_before_the_scene_is_there_the_examples_picture_and_the_links_size_are(visit, server):
    page = visit("size=512")
    page.route("**/ask/open", lambda route: None)
    page.goto(f"{server}/?size=768")
    expect(page.get_by_label("Input", exact=True)).to_have_value("768")
    photo = page.locator(".sx-photo")
    background = "canvas => canvas.style.backgroundImage"
    assert photo.evaluate(background) == page.locator('.sx-example[aria-pressed="true"] img').evaluate(
        'image => `url("${image.src}")`'
    )
    assert photo.bounding_box()["height"] > 300
    page.unroute("**/ask/open")
    ready(page)
    assert photo.evaluate(background) == ""


def test_the_photo_under_a_map_is_dimmed_where_the_browser_has_no_filter(visit, server):
    page = visit("size=512")
    page.add_init_script("Object.defineProperty(CanvasRenderingContext2D.prototype, 'filter', {value: 'none'})")
    page.goto(f"{server}/?size=512&image=coffee&overlay=0")
    ready(page)
    average = """canvas => {
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const sum = [0, 0, 0];
        data.forEach((value, i) => { if (i % 4 < 3) sum[i % 4] += value; });
        return sum.map(one => one / (data.length / 4));
    }"""
    under = page.locator(".sx-map canvas").nth(1).evaluate(average)
    page.get_by_role("button", name="Map", exact=True).click()
    photo = page.locator(".sx-photo").evaluate(average)
    assert max(photo) - min(photo) > 20  # coffee is brown
    assert max(under) - min(under) < 8
    assert max(under) < 0.7 * max(photo)


def test_the_right_button_pins_the_key(visit):
    page = visit("size=512")
    query = field(page, "query")
    click_patch(page, 6, 7, button="right")
    expect(page.locator(".sx-pair-line")).to_contain_text("key (6, 7)")
    assert (field(page, "key"), field(page, "query")) == ("6,7", query)


def test_the_strip_gives_windowed_and_global_blocks_their_own_shapes(visit):
    page = visit("size=1024&block=3")
    node = page.locator('.sx-node[data-node="scores"]')
    shape = node.locator(".sx-shape > span").first
    expect(shape).to_have_text("6·196²")
    expect(node).to_have_attribute("title", re.compile("of one window"))
    page.locator('.sx-block[data-block="8"]').click()
    expect(shape).to_have_text("6·4096²")
    expect(node).to_have_attribute("title", re.compile("of the whole patch grid"))


def test_steps_that_share_a_view_are_marked_one_by_one_and_open_it_where_it_shows_them(visit):
    page = visit("size=512&block=3")
    lit = page.locator(".sx-node.sx-lit")
    for node, panel in (("proj", 2), ("values", 0), ("lin2", 2), ("unpartition", 2)):
        page.locator(f'.sx-node[data-node="{node}"]').click()
        expect(lit).to_have_count(1)
        expect(lit).to_have_attribute("data-node", node)
        expect(page.locator(f'.sx-panel[data-index="{panel}"]')).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("^qkv:"))
    page.keyboard.press("PageUp")
    expect(lit).to_have_count(2)  # not opened by either of them


def test_overlay_and_chosen_head_change_small_maps_and_the_photo(visit):
    page = visit("size=512&block=8")
    maps, photo = pixels(page, ".sx-map canvas"), pixels(page, ".sx-photo")
    set_overlay(page, 10)
    assert pixels(page, ".sx-map canvas") != maps
    assert pixels(page, ".sx-photo") != photo
    set_overlay(page, 90)
    of_head_0 = page.locator(".sx-photo").evaluate(MIDDLES)
    page.locator("button.sx-map-label").nth(5).click()
    expect(page.locator(".sx-map").nth(5)).to_have_class(re.compile("sx-chosen"))
    expect(page.locator(".sx-pair-line")).to_contain_text("head 5")
    assert page.locator(".sx-photo").evaluate(MIDDLES) != of_head_0


MIDDLES = """canvas => [0.2, 0.5, 0.9].map(x =>
    [...canvas.getContext('2d').getImageData(x * canvas.width, 0.8 * canvas.height, 1, 1).data].join())"""


def set_overlay(page: Page, value: int) -> None:
    """Drag the slider."""
    page.get_by_label("Overlay", exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
    )


def test_a_server_that_is_killed_and_started_again_is_said_and_the_page_goes_on(visit, browser):
    """A real one, killed without warning; what was uploaded to it is gone with it, which is said."""
    port = free_port()
    options = (*LITTLE, "--models", "vit_tiny")
    with app_process(*options, port=port) as (address, app):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(PATIENCE_MS)
        page, uploading = context.new_page(), context.new_page()
        for tab in (page, uploading):
            tab.goto(f"{address}/?size=512")
            ready(tab)
        upload(uploading, photo_file((220, 20, 20)))
        uploading.wait_for_url(re.compile("image=upload-"))
        ready(uploading)
        app.kill()
        app.wait()
        shown = page.locator(".sx").get_attribute("data-shown")
        page.locator('[data-view="reach"]').click()
        message = page.locator(".sx-message.sx-problem")
        expect(message).to_contain_text("can’t be reached")
        assert page.locator(".sx").get_attribute("data-shown") == shown
    with app_process(*options, port=port):
        expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("^reach:"))  # by itself
        expect(message).to_be_hidden()
        click_patch(page, 3, 20)
        expect(page.locator(".sx-pair-line")).to_contain_text("patch (3, 20)")
        uploading.locator('[data-view="reach"]').click()
        expect(uploading.locator(".sx-message")).to_contain_text("upload this photo again")
        uploading.locator('[data-image="coffee"]').click()
        uploading.wait_for_url(re.compile("image=coffee"))
        ready(uploading)
        context.close()


def measured(address: str, name: str) -> float:
    """One of the app's numbers."""
    with urllib.request.urlopen(f"{address}/metrics", timeout=PATIENCE_MS / 1000) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(f"{name} ")))


def processor_seconds(process: "subprocess.Popen[bytes]") -> float:
    """What a process has had of the processors."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_at_rest(process: "subprocess.Popen[bytes]") -> bool:
    """Whether a process does nothing for a second."""
    before = processor_seconds(process)
    time.sleep(1)
    return processor_seconds(process) - before < 0.1


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something outside of the browser."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells what a process is doing")
def test_the_work_for_a_tab_that_is_closed_in_mid_encode_stops(browser):
    """On one thread this photo takes much longer than the seconds in which a closed page may come back."""
    options = ("--models", "vit_tiny", "--memory-gb", "0.6", "--threads", "1", "--metrics")
    with app_process(*options) as (address, app):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{address}/?size=512")
        ready(page)
        wait_until(lambda: measured(address, "explorer_waiting_photos") == 0)  # examples are encoded in idle time
        done = measured(address, "explorer_encoded_photos_total")
        page.goto(f"{address}/?size=2048&image=coffee")
        expect(page.locator(".sx-progress")).to_contain_text("block")
        page.close(run_before_unload=True)
        assert not is_at_rest(app)
        wait_until(lambda: is_at_rest(app))
        assert measured(address, "explorer_encoded_photos_total") == done
