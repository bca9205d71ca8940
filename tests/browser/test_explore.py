"""The live page on a trace, in the frame that a notebook shows."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import samvit
import viz
from tests.browser.conftest import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COFFEE = Path(__file__).parents[2] / "viz" / "examples" / "coffee.jpg"


def test_a_notebook_s_frame_shows_the_trace_and_follows_a_hover(browser: Browser):
    problems = []
    trace = samvit.trace(samvit.load_encoder("vit_tiny"), COFFEE, size=512)
    with viz.explore(trace, block=8, query=(10, 17), tab=False) as live:
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.set_content(live._repr_html_())
        root = page.frame_locator("iframe").locator(".sx")
        expect(root).to_have_attribute("data-shown", "heads:8:10,17:")
        photo = root.locator(".sx-photo")
        photo.hover(position={"x": 60, "y": 80})
        expect(root).not_to_have_attribute("data-shown", "heads:8:10,17:")
        photo.click(position={"x": 60, "y": 80})
        expect(root).to_have_attribute("data-shown", f"heads:8:{photo.get_attribute('data-query')}:")
        page.close()
    assert not problems
