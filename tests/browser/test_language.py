"""The page in the browser's own language, and in the one that a link or the button asks for."""

import re

from playwright.sync_api import expect


def test_a_chinese_browser_reads_chinese_until_its_reader_switches(visit):
    page = visit("size=512", locale="zh-CN")
    panels = page.locator(".sx-panels")
    expect(panels).to_contain_text("选定的图像块看哪里")
    expect(page.locator(".sx")).to_have_attribute("lang", "zh-Hans")
    assert "lang=" not in page.url
    page.get_by_role("button", name="English", exact=True).click()
    expect(panels).to_contain_text("Where the pinned patch looks")
    expect(page).to_have_url(re.compile("lang=en"))
    page.reload()
    expect(panels).to_contain_text("Where the pinned patch looks")
