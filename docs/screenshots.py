"""The README's screenshots, from the running app: python -m docs.screenshots"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.app import launch_chromium, running_app

FOLDER = Path(__file__).parent
SHOTS = {
    "heads": "image=astronaut&view=heads&block=11&head=1&query=12,26",
    "windows": "image=coffee&view=windows&block=3",
    "scores": "image=china&view=scores&block=8",
    "neck": "image=astronaut&view=neck_pca",
    "present": "image=china&view=heads&block=11&head=1&query=22,20&__theme=dark",
}


def main() -> None:
    """Take all of them."""
    with running_app("--models", "vit_tiny") as address, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        for name, link in SHOTS.items():
            page.goto(f"{address}/?{link}")
            page.wait_for_selector('.sx[data-state="ready"] .sx-panel', timeout=120_000)
            page.wait_for_selector("#explorer .sx")
            page.wait_for_selector('.sx-proof[data-holds="true"]', state="attached")
            page.wait_for_selector('.sx-film[style*="url"]')
            if name == "present":
                page.keyboard.press("p")
            page.mouse.move(2, 2)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
