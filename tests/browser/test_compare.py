"""Two sides beside each other: switched on by a key, chosen in the bar, linked under the pointer, part of the link."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import pixels, ready
from tests.browser.test_page import field

pytestmark = pytest.mark.browser


def test_a_key_begins_to_compare_and_the_bar_says_in_what(visit):
    page = visit("size=512&image=astronaut&query=6,13&block=8")
    expect(page.locator(".sx-compare")).to_have_count(0)
    page.keyboard.press("b")
    expect(page.locator(".sx-panel")).to_have_count(3)
    ready(page)
    assert (field(page, "compare"), field(page, "against_image")) == ("one", "coffee")
    headings = page.locator(".sx-panel h3").all_inner_texts()
    assert [heading[:3] for heading in headings[:2]] == ["A ·", "B ·"] and headings[2].endswith("A − B")
    expect(page.locator(".sx-sentence")).to_have_text(re.compile(r"A and B, head 0: correlation 0\.\d+, largest"))
    expect(page.locator(".sx-photo")).to_have_count(2)
    page.get_by_label("B, photo").select_option("same")
    page.get_by_label("B, block").select_option("2")
    expect(page.locator(".sx-photo")).to_have_count(1)
    expect(page.locator(".sx-pair-line")).to_have_count(2)
    ready(page)
    assert (field(page, "against_image"), field(page, "against_block")) == ("", "2")
    page.keyboard.press("Shift+B")
    expect(page.locator('.sx-block[data-block="2"]')).to_have_attribute("aria-pressed", "true")
    assert (field(page, "block"), field(page, "against_block")) == ("2", "8")
    page.keyboard.press("b")
    expect(page.locator(".sx-compare")).to_have_count(0)
    assert (field(page, "compare"), field(page, "against_block")) == ("", "")
    expect(page.locator(".sx-panel")).to_have_count(1)


def test_a_patch_pointed_at_on_one_side_is_framed_on_the_other(visit):
    page = visit("size=512&compare=own&against_image=coffee&query=6,13&block=8")
    other = '.sx-panel[data-index="1"] canvas'
    before = pixels(page, other)
    canvas = page.locator('.sx-panel[data-index="0"] canvas').first
    canvas.hover(position={"x": 20, "y": 20})
    tip = page.locator(".sx-tip")
    expect(tip).to_have_text(re.compile(r"^patch \(6, 13\) → \(\d+, \d+\), head 0: .* % · B .* %$"))
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).toDataURL() !== before", arg=[other, before]
    )
    page.mouse.move(640, 5)
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).toDataURL() === before", arg=[other, before]
    )


def test_a_click_on_either_photo_pins_the_patch_of_both_until_b_has_its_own(visit):
    page = visit("size=512&compare=one&against_image=coffee&query=6,13&block=8")
    second = page.locator(".sx-photo").nth(1)
    box = second.bounding_box()
    second.click(position={"x": (10 + 0.5) * box["width"] / 32, "y": (8 + 0.5) * box["width"] / 32})
    expect(page.locator(".sx-pair-line").first).to_contain_text("patch (8, 10)")
    expect(page.locator(".sx-pair-line").nth(1)).to_contain_text("patch (8, 10)")
    second.click(modifiers=["Alt"], position={"x": (4 + 0.5) * box["width"] / 32, "y": (5 + 0.5) * box["width"] / 32})
    expect(page.locator(".sx-pair-line").nth(1)).to_contain_text("patch (5, 4)")
    expect(page.locator(".sx-pair-line").first).to_contain_text("patch (8, 10)")
    page.locator(".sx-compare-patch").click()
    expect(page.locator(".sx-pair-line").nth(1)).to_contain_text("patch (8, 10)")


@pytest.mark.parametrize(("width", "height"), [(1024, 640), (1280, 720), (1920, 1080), (768, 1024), (390, 844)])
def test_two_sides_fit_one_screen(visit, width, height):
    page = visit("size=512&compare=one&against_image=china&against_block=5&query=6,13&block=8", width, height)
    page.wait_for_function("document.querySelectorAll('.sx-panel').length >= 2")
    inside(page, ".sx-panel, .sx-foot" if width > 400 else ".sx-panel", width, None if width < 400 else height)
    if width >= 1024:
        inside(page, ".sx-compare > *", width, height)


def inside(page: Page, selector: str, width: int, height: int | None) -> None:
    """Every element that matches lies inside the window."""
    for box in page.locator(selector).evaluate_all(
        "all => all.map((one) => { const b = one.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom]; })"
    ):
        left, right, top, bottom = box
        assert left >= -1 and right <= width + 1, (selector, box)
        assert height is None or (top >= -1 and bottom <= height + 1), (selector, box)
