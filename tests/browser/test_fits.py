"""Every view on every screen: nothing is cut, nothing overlaps, and the room is used."""

import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.app import ROOT
from tests.browser.conftest import ready
from viz.views import VIEWS
from viz.views.view import STAGES

VIEWS_IN_ORDER = [view.id for stage in STAGES for view in VIEWS if view.stage == stage]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What is wrong with the panels on screen, one line each.
MEASURE = """() => {
  const boxes = [...document.querySelectorAll('.sx-panel')].map(e => ({e, ...e.getBoundingClientRect().toJSON()}));
  const name = ({e}) => `${e.dataset.kind} ${e.dataset.index}`;
  const wrong = [];
  for (const box of boxes) {
    const {scrollWidth, clientWidth, scrollHeight, clientHeight} = box.e;
    if (scrollWidth > clientWidth + 2 || scrollHeight > clientHeight + 2)
      wrong.push(`${name(box)} is cut: ${scrollWidth}×${scrollHeight} in ${clientWidth}×${clientHeight}`);
    for (const other of boxes)
      if (box.e !== other.e && box.left < other.right - 7 && other.left < box.right - 7
          && box.top < other.bottom - 7 && other.top < box.bottom - 7)
        wrong.push(`${name(box)} overlaps ${name(other)}`);
    for (const table of box.e.querySelectorAll('.sx-scroll'))
      if (table.scrollHeight > table.clientHeight + 2 || table.scrollWidth > table.clientWidth + 2)
        wrong.push(`${name(box)} scrolls`);
  }
  for (const row of document.querySelectorAll('.sx[data-form="wide"] .sx-scroll-row'))
    if (row.scrollWidth > row.clientWidth + 1) wrong.push(`the strip is ${row.scrollWidth} wide in ${row.clientWidth}`);
  const [photo, aside] = ['.sx-photo', '.sx-aside'].map(name => document.querySelector(name).getBoundingClientRect());
  const {bottom} = document.querySelector('.sx-left').getBoundingClientRect();
  if (aside.height && (aside.top < photo.bottom || aside.bottom > bottom + 1)) wrong.push('words overlap the photo');
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth + 1) wrong.push(`the page is ${page.scrollWidth} wide`);
  if (page.scrollHeight > innerHeight + 1 && getComputedStyle(page).overflowY !== 'hidden')
    wrong.push(`the page is ${page.scrollHeight} high`);
  return wrong;
}"""

# How much of the stage is used by the photo, its tools, the tabs and the panels of the first page, from 0 to 1. A panel
# counts with what it draws; where its drawing fills the width or the height of its place, nothing larger of that shape
# would fit, and it counts with all of its place.
USED = """() => {
  const stage = document.querySelector('.sx-main').getBoundingClientRect();
  const around = [...document.querySelectorAll('.sx-photo, .sx-tools, .sx-view-bar')];
  const boxes = around.map(e => e.getBoundingClientRect());
  for (const panel of document.querySelectorAll('.sx-panel')) {
    const place = panel.getBoundingClientRect();
    const parts = [...panel.querySelectorAll('canvas, img, table, h3, p, .sx-number, .sx-legend')]
      .map(e => { const range = document.createRange(); range.selectNodeContents(e);
                  return e.matches('h3, p') ? range.getBoundingClientRect() : e.getBoundingClientRect(); })
      .filter(({width, height}) => width && height);
    const [left, top] = ['left', 'top'].map(side => Math.min(...parts.map(box => box[side])));
    const [right, bottom] = ['right', 'bottom'].map(side => Math.max(...parts.map(box => box[side])));
    const fills = right - left >= 0.95 * (place.width - 6) || bottom - top >= 0.95 * (place.height - 6);
    boxes.push(fills ? place : {left, top, right, bottom});
  }
  const [step, seen] = [4, new Set()];
  for (const {left, top, right, bottom} of boxes)
    for (let y = Math.max(0, top - stage.top); y < Math.min(stage.height, bottom - stage.top); y += step)
      for (let x = Math.max(0, left - stage.left); x < Math.min(stage.width, right - stage.left); x += step)
        seen.add(`${Math.floor(x / step)},${Math.floor(y / step)}`);
  return seen.size / (Math.ceil(stage.width / step) * Math.ceil(stage.height / step));
}"""
LEAST_USED = 0.6


def step(page: Page, view: str) -> None:
    """Wait until a view is on screen."""
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile(f"^{view}:"))


def faults(page: Page) -> list[str]:
    """What is wrong with any view, page by page, from the first one on."""
    wrong = []
    for view in VIEWS_IN_ORDER:
        step(page, view)
        pages = max(1, page.locator(".sx-dot").count())
        for number in range(pages):
            if not number and (used := page.evaluate(USED)) < LEAST_USED:
                wrong.append(f"{view}: {used:.0%} of the stage is used")
            if number:
                page.keyboard.press("n")
                expect(page.locator(".sx-dot").nth(number)).to_have_attribute("aria-current", "true")
            wrong += [f"{view}, picture {number + 1} of {pages}: {line}" for line in page.evaluate(MEASURE)]
        page.keyboard.press("PageDown")
    return wrong


@pytest.mark.parametrize(
    ("width", "height", "more"),
    [
        (1280, 720, ""),
        pytest.param(1024, 640, "", marks=pytest.mark.sizes),
        pytest.param(1280, 720, "&present=1", marks=pytest.mark.sizes),
        pytest.param(1280, 720, "&image=astronaut&__theme=dark", marks=pytest.mark.sizes),
        pytest.param(1280, 720, "&image=chelsea", marks=pytest.mark.sizes),
        pytest.param(1920, 1080, "&present=1", marks=pytest.mark.sizes),
        pytest.param(820, 1180, "", marks=pytest.mark.sizes),
    ],
)
def test_every_view_fits_the_screen_without_scrolling(visit, width, height, more):
    page = visit(f"size=512&block=3&view=arguments{more}", width, height)
    ready(page)
    assert faults(page) == []


@pytest.mark.sizes
def test_every_view_fits_beside_a_tall_photo(visit, tmp_path):
    with Image.open(ROOT / "viz" / "examples" / "chelsea.jpg") as photo:
        width, height = photo.size
        side = height * 3 // 8
        photo.crop((width // 2 - side, 0, width // 2 + side, height)).save(tmp_path / "tall.png")
    page = visit("size=512&block=3&view=arguments")
    page.locator(".sx-file").set_input_files(tmp_path / "tall.png")
    page.wait_for_url(re.compile("image=upload"))
    ready(page)
    assert faults(page) == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), pytest.param(844, 390, marks=pytest.mark.sizes)])
def test_in_the_hand_nothing_is_cut_and_all_that_is_pressed_is_as_large_as_a_finger(visit, width, height):
    page = visit("size=512&block=3&view=arguments", width, height, has_touch=True, is_mobile=True)
    wrong = []
    for view in VIEWS_IN_ORDER:
        step(page, view)
        expect(page.locator(".sx-tabs button[aria-pressed=true]")).to_have_attribute("data-view", view)
        expect(page.locator(".sx-message.sx-problem")).to_be_hidden()
        found = [line for line in page.evaluate(MEASURE) if "the page is" not in line or "wide" in line]
        wrong += [f"{view}: {line}" for line in found if "scrolls" not in line]
        page.keyboard.press("PageDown")
    assert wrong == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('.sx button, .sx select, .sx summary')]
            .filter(e => e.checkVisibility()).map(e => [e, e.getBoundingClientRect()])
            .filter(([e, {width, height}]) => height < 44 && !e.matches('.sx-weights'))
            .map(([e, {width, height}]) => `${e.className} ${e.textContent.slice(0, 20)} ${width}×${height}`)"""
    )
    assert small == []
