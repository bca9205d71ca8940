"""All views at several sizes as contact sheets, to be looked at: python -m docs.contact_sheets FOLDER [LINK]

LINK is the rest of each view's link, such as `image=astronaut&__theme=dark`.
"""

import argparse
import io
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from tests.browser.app import launch_chromium, running_app
from viz.views import VIEWS
from viz.views.view import STAGES

# Name, window, and what is added to the link.
SCREENS = (
    ("projector", 1280, 720, ""),
    ("presenting", 1280, 720, "&present=1"),
    ("large", 1920, 1080, "&present=1"),
    ("tablet", 820, 1180, ""),
    ("phone", 390, 844, ""),
    ("phone on its side", 844, 390, ""),
)
THUMBNAIL_PX = 640  # wide
ACROSS = 3
LABEL_PX = 18


def pictures(browser: Browser, address: str, width: int, height: int, link: str) -> list[tuple[str, Image.Image]]:
    """Each view's name and screen, in the order of the forward pass."""
    page = browser.new_page(viewport={"width": width, "height": height})
    taken = []
    for view in sorted(VIEWS, key=lambda view: STAGES.index(view.stage)):
        page.goto(f"{address}/?view={view.id}&{link}")
        page.wait_for_selector('#explorer .sx[data-state="ready"] .sx-panel', timeout=120_000)
        taken.append((view.id, Image.open(io.BytesIO(page.screenshot()))))
    page.close()
    return taken


def sheet(taken: list[tuple[str, Image.Image]]) -> Image.Image:
    """Screens side by side, each under its view's name."""
    first = taken[0][1]
    width = min(THUMBNAIL_PX, first.width)
    height = round(first.height * width / first.width)
    rows = -(-len(taken) // ACROSS)
    whole = Image.new("RGB", (ACROSS * (width + 6), rows * (height + LABEL_PX)), "white")
    for index, (name, picture) in enumerate(taken):
        left, top = (index % ACROSS) * (width + 6), (index // ACROSS) * (height + LABEL_PX)
        ImageDraw.Draw(whole).text((left + 4, top + 3), name, fill="black")
        whole.paste(picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (left, top + LABEL_PX))
    return whole


def main() -> None:
    """Take all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the sheets go, one PNG for each screen")
    parser.add_argument("link", nargs="?", default="block=3", help="the rest of each view's link (default: block=3)")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with running_app("--models", "vit_tiny") as address, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for name, width, height, more in SCREENS:
            sheet(pictures(browser, address, width, height, chosen.link + more)).save(chosen.folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
