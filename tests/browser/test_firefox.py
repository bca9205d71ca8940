"""The page in Firefox: it opens, follows the pointer, pins, changes views, and fits, without an error."""

import pytest

from tests.browser.firefox import firefox_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOWN = "document.querySelector('.sx[data-state=ready]')?.dataset.shown"
BOX = """(({left, top, width, height}) => [left, top, width, height])(
    document.querySelector('.sx-photo').getBoundingClientRect())"""
# The largest difference between red and blue in the middle of the first small map.
COLOURED = """(() => {
    const canvas = document.querySelector('.sx-map canvas');
    const {data} = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 60, 60);
    return Math.max(...Array.from({length: data.length / 4}, (_, i) => Math.abs(data[4 * i] - data[4 * i + 2])));
})()"""


def test_the_page_works_in_firefox(server):
    with firefox_tab() as tab:
        tab.open(f"{server}/?size=512&image=coffee&overlay=0&query=10,17")
        assert tab.until(SHOWN).startswith("heads:11:10,17:")
        assert tab.value("document.querySelectorAll('.sx-map canvas').length") == 6
        assert tab.value(
            "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
        )
        left, top, width, height = tab.value(BOX)
        tab.point(left + width * 0.25, top + height * 0.25)
        tab.until(f"({SHOWN} ?? '').startsWith('heads:11:5,8:')")
        assert "patch (10, 17) → (5, 8), head 0:" in tab.value("document.querySelector('.sx-tip').textContent")
        tab.point(left + width * 0.25, top + height * 0.25, click=True)
        tab.until("location.search.includes('query=5,8')")
        tab.press("\ue00f")  # Page Down
        assert tab.until(f"({SHOWN} ?? '').startsWith('reach:')")
        assert tab.said == []


def test_the_photo_under_maps_is_grey_in_firefox(server):
    with firefox_tab() as tab:
        tab.open(f"{server}/?size=512&image=coffee&view=patch_similarity&overlay=0&query=0,0")
        tab.until(SHOWN)
        assert tab.value(COLOURED) < 12  # coffee is brown
        assert tab.said == []
