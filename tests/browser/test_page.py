"""The page as a person uses it, in a real Chromium."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from samvit.version import __version__
from tests.browser.conftest import click_patch, pixels, ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def photo_file(colour: tuple[int, int, int], name: str = "mine.png") -> dict[str, object]:
    """An upload: a flat colour with a white square, larger than high."""
    image = np.full((120, 200, 3), colour, np.uint8)
    image[40:80, 60:120] = 255
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def field(page: Page, name: str) -> str:
    """One field of the link, "" where it isn't there."""
    return parse_qs(urlsplit(page.url).query).get(name, [""])[0]


def upload(page: Page, file: dict[str, object]) -> None:
    """Choose a file in the upload button."""
    page.locator("#sx-upload").set_input_files(file)


def test_on_opening_an_example_is_on_screen_with_its_weights_named(visit):
    page = visit()
    expect(page.locator(".sx-map")).to_have_count(6)
    expect(page.locator("#sx-weights")).to_contain_text("Not SAM’s weights")
    expect(page.locator(".sx-pair-line")).to_contain_text(re.compile(r"patch \(\d+, \d+\) → key .* %"))
    expect(page.locator(".sx-proof")).to_have_attribute("data-holds", "true")


def test_random_weights_are_labelled_wherever_they_show(visit):
    page = visit("model=vit_tiny_random&size=512")
    expect(page.locator("#sx-weights")).to_contain_text("random weights: structure only")


def test_models_that_cannot_be_had_are_shown_with_the_reason(visit):
    page = visit()
    option = page.locator('option[value="vit_b"]')
    expect(option).to_be_disabled()
    expect(option).to_contain_text("not available")


def test_a_click_on_a_patch_changes_the_head_maps_and_undo_brings_them_back(visit):
    page = visit()
    shown, before = page.locator(".sx").get_attribute("data-shown"), pixels(page, ".sx-map canvas")
    click_patch(page, 5, 50)
    expect(page.locator('.sx[data-state="ready"]')).to_have_attribute("data-shown", re.compile("heads:11:5,50:"))
    page.mouse.move(5, 5)
    assert pixels(page, ".sx-map canvas") != before
    assert field(page, "query") == "5,50"
    page.keyboard.press("u")
    expect(page.locator('.sx[data-state="ready"]')).to_have_attribute("data-shown", shown)


def test_hovering_paints_and_leaving_restores_the_pinned_patch(visit):
    page = visit()
    shown, before = page.locator(".sx").get_attribute("data-shown"), pixels(page, ".sx-map canvas")
    page.locator(".sx-photo").hover(position={"x": 30, "y": 30})
    expect(page.locator(".sx")).not_to_have_attribute("data-shown", shown)
    assert pixels(page, ".sx-map canvas") != before
    page.mouse.move(640, 5)
    page.wait_for_function("before => document.querySelector('.sx-map canvas').toDataURL() === before", arg=before)


def test_shift_click_pins_the_key_and_alt_click_a_second_query(visit):
    page = visit()
    click_patch(page, 6, 7, modifiers=["Shift"])
    expect(page.locator(".sx-pair-line")).to_contain_text("key (6, 7)")
    click_patch(page, 20, 40, modifiers=["Alt"])
    expect(page.locator(".sx-panel")).to_have_count(2)
    assert (field(page, "key"), field(page, "against_query")) == ("6,7", "20,40")


def test_without_a_pinned_key_the_line_is_about_the_strongest(visit):
    expect(visit("size=512").locator(".sx-pair-line")).to_contain_text("(strongest), head 0:")


def test_arrow_keys_move_the_query_and_with_shift_the_key(visit):
    page = visit("query=10,10&key=12,12")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sx-pair-line")).to_contain_text("patch (11, 10) → key (12, 12), head 1:")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".sx-pair-line")).to_contain_text("key (12, 13)")


def test_every_node_of_the_pipeline_opens_views_by_click_and_is_marked(visit):
    page = visit("size=512&block=3")
    nodes = page.locator(".sx-node:not(:disabled)")
    assert nodes.count() >= 20
    views = {"norm2": "norm2", "pad": "image_padding", "photo": "photo", "neck.3": "neck_norm"}
    for index in range(nodes.count()):
        node = nodes.nth(index)
        node.click()
        if view := views.pop(node.get_attribute("data-node"), ""):
            expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile(f"^{view}:"))
        expect(node).to_have_attribute("aria-current", "step")
        expect(page.locator(".sx-node.sx-lit")).to_have_count(1)
        expect(page.locator(".sx-tabs button[aria-pressed=true]")).to_have_count(1)
        ready(page)
        expect(page.locator(".sx-message.sx-problem")).to_be_hidden()
    assert not views


def test_pointing_at_an_argument_lights_the_place_where_it_acts(visit):
    page = visit("size=512&view=arguments")
    page.locator("tr", has_text="patch_size").first.hover()
    expect(page.locator('.sx-node[data-stage="patches"]')).to_have_class(re.compile("sx-pointed"))
    page.mouse.move(5, 5)
    expect(page.locator(".sx-pointed")).to_have_count(0)


def test_small_screens_scroll_the_strip_to_the_selected_step(visit):
    page = visit("size=512&view=embedding", 390, 844)
    box = page.locator('.sx-node[data-node="embedding"]').bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_blocks_change_by_click_and_by_key(visit):
    page = visit()
    page.locator('.sx-block[data-block="3"]').click()
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("heads:3:"))
    page.keyboard.press("]")
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("heads:4:"))


def test_the_link_restores_every_field(visit):
    link = (
        "image=coffee&model=vit_tiny_random&size=512&view=heads&block=3&head=4&query=7,9&key=8,8&against_query=3,3"
        "&heads=one&scale=log&overlay=40"
    )
    page = visit(link)
    expect(page.locator('.sx-example[data-image="coffee"]')).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Model", exact=True)).to_have_value("vit_tiny_random")
    expect(page.get_by_label("Input", exact=True)).to_have_value("512")
    expect(page.locator('.sx-block[data-block="3"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sx-pair-line")).to_contain_text("patch (7, 9) → key (8, 8), head 4")
    for value in ("one", "log"):
        expect(page.locator(f'.sx-controls [data-value="{value}"]')).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Overlay", exact=True)).to_have_value("40")
    expect(page.locator(".sx-panel")).to_have_count(2)


def test_stale_values_in_a_link_fall_back_with_a_clear_line(visit):
    page = visit("block=77&view=nothing&image=nobody&size=512")
    expect(page.locator(".sx-message")).to_contain_text("block must be in 0..11, got 77; showing 11")
    expect(page.locator(".sx-message")).to_contain_text("no example named 'nobody'")


def test_back_and_forward_work(visit):
    page = visit("size=512")
    page.locator('.sx-block[data-block="3"]').click()
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile(":3:"))
    page.locator('.sx-node[data-node="patches"]').click()
    expect(page.locator(".sx-tab-row h2")).to_have_text("Patch embedding")
    page.go_back()
    expect(page.locator(".sx-tab-row h2")).to_have_text("Attention weights")
    expect(page.locator('.sx-block[data-block="3"]')).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.locator('.sx-block[data-block="11"]')).to_have_attribute("aria-pressed", "true")
    page.go_forward()
    expect(page.locator('.sx-block[data-block="3"]')).to_have_attribute("aria-pressed", "true")
    ready(page)


def test_an_upload_is_encoded_and_survives_a_reload(visit):
    page = visit("size=512")
    before = pixels(page, ".sx-photo")
    upload(page, photo_file((200, 30, 30)))
    page.wait_for_url(re.compile("image=upload-"))
    page.wait_for_function("before => document.querySelector('.sx-photo').toDataURL() !== before", arg=before)
    ready(page)
    expect(page.locator(".sx-examples")).to_contain_text("your photo")
    expect(page.locator(".sx-block.sx-done")).to_have_count(0)
    page.reload()
    ready(page)
    expect(page.locator(".sx-examples")).to_contain_text("your photo")


def test_a_broken_upload_shows_one_sentence_and_nothing_is_lost(visit):
    page = visit("size=512")
    shown = page.locator(".sx").get_attribute("data-shown")
    upload(page, {"name": "broken.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nbroken"})
    message = page.locator(".sx-message.sx-problem")
    expect(message).to_be_visible()
    said = message.locator("span").inner_text()
    assert len(said.splitlines()) == 1
    assert "/" not in said
    assert "Traceback" not in said
    assert page.locator(".sx").get_attribute("data-shown") == shown


def test_two_visitors_with_different_photos_never_mix(visit):
    anna, bert = visit("size=512"), visit("size=512")
    upload(anna, photo_file((220, 20, 20)))
    upload(bert, photo_file((20, 20, 220)))
    for page in (anna, bert):
        page.wait_for_url(re.compile("image=upload-"))
        expect(page.locator(".sx-examples")).to_contain_text("your photo")
        ready(page)
        page.get_by_role("button", name="Map", exact=True).click()
    corner = "canvas => [...canvas.getContext('2d').getImageData(canvas.width - 20, 20, 1, 1).data]"
    red, blue = (page.locator(".sx-photo").evaluate(corner) for page in (anna, bert))
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    stolen = visit(f"size=512&image={field(anna, 'image')}")
    expect(stolen.locator(".sx-message")).to_contain_text("upload this photo again")
    expect(stolen.locator('.sx-example[data-image="astronaut"]')).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("allowed", [True, False])
def test_the_link_can_be_copied_inside_a_frame_of_another_site(visit, server, site_of, tmp_path, allowed):
    """As in a Space: the page that frames the app comes from elsewhere, and may or may not allow the clipboard."""
    said = "Permissions policy violation"  # by Chromium itself, of a frame that tries
    page = visit("size=512", expected=said, permissions=["clipboard-read", "clipboard-write"])
    allow = ' allow="clipboard-write"' if allowed else ""
    body = '<link rel="icon" href="data:,">'
    body += f'<iframe id="app"{allow} width="1200" height="800" src="{server}/?size=512&block=3&query=4,5"></iframe>'
    (tmp_path / "space.html").write_text(body, encoding="utf-8")
    page.goto(f"{site_of(tmp_path)}/space.html")
    frame = page.frame_locator("#app")
    expect(frame.locator('.sx[data-state="ready"] .sx-panel').first).to_be_visible()
    frame.locator('.sx-block[data-block="5"]').click()
    frame.locator('[title^="Copy"]').click()
    wanted = f"{server}/?image=astronaut&size=512&block=5&query=4,5"
    if allowed:
        expect(frame.locator(".sx-message")).to_contain_text("copied")
    else:
        expect(frame.locator(".sx-link")).to_have_value(wanted)
        assert frame.locator(".sx-link").evaluate("box => box.selectionEnd - box.selectionStart") == len(wanted)
        page.keyboard.press("Control+c")
    page.goto(server)
    assert page.evaluate("navigator.clipboard.readText()") == wanted


def test_input_size_keeps_the_pinned_patch_at_its_place(visit):
    page = visit("query=20,30")
    page.get_by_label("Input", exact=True).select_option("512")
    page.wait_for_url(re.compile("size=512"))
    expect(page.locator(".sx-pair-line")).to_contain_text("patch (10, 15)")


def test_the_view_can_be_taken_along(visit):
    page = visit("size=512")
    page.locator(".sx-menu summary", has_text="Export").click()
    with page.expect_download() as download:
        page.locator('[data-format="svg"]').click()
    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == "sam-encoder_vit_tiny_heads_block11.svg"
    assert "Not SAM’s weights" in text


def test_help_opens_and_closes_by_keyboard(visit):
    page = visit("size=512")
    page.keyboard.press("?")
    expect(page.locator(".sx-help")).to_be_visible()
    expect(page.locator(".sx-help")).to_contain_text(f"Version {__version__}")
    page.keyboard.press("Escape")
    expect(page.locator(".sx-help")).to_be_hidden()


def test_presenting_is_the_same_page_in_larger_type(visit):
    page = visit("size=512")
    page.keyboard.press("p")
    for there in (".sx-photo", ".sx-strip", ".sx-sentence", ".sx-pair-line", "#sx-weights"):
        expect(page.locator(there)).to_be_visible()
    for away in (".sx-tools", ".sx-controls"):
        expect(page.locator(away)).to_be_hidden()
    assert smallest_type(page) >= 15.84
    page.keyboard.press("c")
    expect(page.locator(".sx-controls")).to_be_visible()
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.reload()
    ready(page)
    assert smallest_type(page) >= 23.76
    page.keyboard.press("Escape")
    expect(page.locator(".sx-tools")).to_be_visible()
    assert field(page, "present") == ""


def smallest_type(page: Page) -> float:
    """The size of the smallest letters that can be seen, in pixels."""
    return page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.sx *')]
            .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => !e.closest('[aria-hidden]'))
            .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )


def test_the_explanation_opens_beside_the_picture_also_while_presenting(visit):
    page = visit("size=512&present=1")
    expect(page.locator(".sx-explain")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    expect(page.locator(".sx-explain .sx-formula svg").first).to_be_visible()
    expect(page.locator(".sx-photo")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".sx-explain")).to_be_hidden()
    expect(page.locator(".sx-presenting")).to_have_count(1)


def test_nothing_is_small_or_overflows_at_any_width(visit):
    page = visit("size=512")
    page.keyboard.press("i")
    expect(page.locator(".sx-explain h2")).to_be_visible()
    assert smallest_type(page) >= 14
    for width, height in ((1280, 720), (1920, 1080), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth + 1")
        if width >= 1280:  # narrower, the strip scrolls inside itself
            page.wait_for_function(
                "[...document.querySelectorAll('.sx-scroll-row')].every(row => row.scrollWidth <= row.clientWidth + 1)"
            )


@pytest.mark.sizes
@pytest.mark.parametrize(("model", "blocks", "shape"), [("narrow_l", 24, "64·64·1024"), ("narrow_h", 32, "64·64·1280")])
def test_the_strip_and_the_heads_of_the_large_encoders_fit_a_projector(visit, model, blocks, shape):
    page = visit(f"size=512&model={model}", server="deep_server")
    expect(page.locator(".sx-block")).to_have_count(blocks)
    expect(page.locator(f'.sx-block[data-block="{blocks - 1}"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".sx-map")).to_have_count(16)
    # Their own shapes, at 1024 px, are longer than a narrow one's; then the strip says nowhere what a shape is of.
    strip = page.locator(".sx-strip")
    strip.evaluate(
        """(strip, shape) => {
            const texts = document.createTreeWalker(strip, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                const longer = texts.currentNode.data.replace(/^32·32·.*/, shape);
                texts.currentNode.data = longer.replace(/^9·.*/, `25·14·14·${shape.split("·")[2]}`);
            }
            strip.querySelectorAll('[data-of]').forEach((row) => { row.dataset.of = 'none'; });
        }""",
        shape,
    )
    rows = page.locator(".sx-scroll-row")
    assert rows.evaluate_all("rows => rows.every(row => row.scrollWidth <= row.clientWidth + 1)")
    right = page.locator(".sx-map canvas").evaluate_all(
        "all => Math.max(...all.map(c => c.getBoundingClientRect().right))"
    )
    assert right <= 1280
    page.locator('.sx-block[data-block="16"]').click()
    expect(page.locator(".sx")).to_have_attribute("data-shown", re.compile("heads:16:"))


@pytest.mark.parametrize(("theme", "width", "height"), [("light", 390, 844), ("dark", 844, 390)])
def test_axe_finds_nothing_serious_on_a_screen_in_a_talk_and_in_the_hand(visit, theme, width, height):
    page = visit(f"size=512&__theme={theme}")
    page.keyboard.press("i")
    expect(page.locator(".sx-explain h2")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("p")
    expect(page.locator(".sx-presenting")).to_have_count(1)
    assert serious(page) == []
    page.keyboard.press("p")
    expect(page.locator(".sx-presenting")).to_have_count(0)
    page.set_viewport_size({"width": width, "height": height})
    expect(page.locator(".sx-explain h2")).to_be_visible()
    assert serious(page) == []


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out, one line each."""
    found = Axe().run(page, context=".sx").response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found if v["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_in_the_hand_the_photo_stays_in_sight_and_another_view_begins_at_its_top(visit, width, height):
    page = visit("size=512&view=residual&block=3", width, height, has_touch=True, is_mobile=True)
    page.evaluate("window.scrollTo(0, 600)")
    page.wait_for_function("window.scrollY === 600")
    box = page.locator(".sx-photo").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= height
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.keyboard.press("PageDown")
    expect(page.locator(".sx")).not_to_have_attribute("data-shown", re.compile("^residual:"))
    expect(page.locator(".sx-tabs")).to_be_in_viewport()


def test_a_finger_turns_the_pages_of_panels_and_never_leaves_the_page(visit):
    page = visit("size=512&view=distance&block=3", 820, 1180, has_touch=True, is_mobile=True)
    box, touch = page.locator(".sx-panels").bounding_box(), page.context.new_cdp_session(page)
    for start, end, dot in ((0.8, 0.3, 1), (0.3, 0.8, 0)):
        for kind, share in (("Start", start), ("Move", (start + end) / 2), ("Move", end), ("End", None)):
            at = {"x": box["x"] + share * box["width"], "y": box["y"] + box["height"] / 2} if share else None
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [at] if at else []})
        expect(page.locator(".sx-dot").nth(dot)).to_have_attribute("aria-current", "true")


def test_touch_pins_a_patch(visit):
    page = visit("size=512", 390, 844, has_touch=True)
    canvas = page.locator(".sx-photo")
    box = canvas.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    page.wait_for_url(re.compile("query="))
    ready(page)
    assert int(field(page, "query").split(",")[1]) > 20


def test_a_page_of_a_stack_is_chosen_on_the_photos_own_step(visit, tmp_path):
    pages = [Image.new("L", (120, 80), grey) for grey in (60, 200)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    page = visit("size=512&view=photo")
    ready(page)
    box = page.locator('.sx-controls input[aria-label="Page"]')
    expect(box).to_have_count(0)
    page.locator("#sx-upload").set_input_files(tmp_path / "stack.tif")
    expect(page.locator(".sx-credit")).to_contain_text("page 1 of 2")
    box.fill("2")
    box.press("Enter")
    expect(page.locator(".sx-credit")).to_contain_text("page 2 of 2")
    assert field(page, "page") == "2"
    page.get_by_role("button", name="MedSAM does", exact=True).click()
    ready(page)
    assert field(page, "way") == "medsam"


@pytest.mark.parametrize("density", [1, 2])
def test_the_page_is_taken_along_as_it_is_seen(visit, density):
    page = visit("view=heads&block=8&query=20,30", device_scale_factor=density)
    page.locator(".sx-menu summary", has_text="Export").click()
    with page.expect_download() as download:
        page.locator('[data-format="screen"]').click()
    with Image.open(download.value.path()) as picture:
        seen = np.asarray(picture.convert("RGB"), np.int16)
    box = page.locator(".sx-main").bounding_box()
    assert seen.shape[:2] == (round(box["height"] * density), round(box["width"] * density))
    page.mouse.move(2, 2)
    place = page.locator(".sx-photo").bounding_box()
    left, top = ((place[side] - box[side]) * density for side in "xy")
    part = (round(left), round(top), round(left + place["width"] * density), round(top + place["height"] * density))
    with Image.open(io.BytesIO(page.locator(".sx-photo").screenshot())) as shot:
        inside = Image.fromarray(seen.astype(np.uint8)).crop(part)
        taken, photo = (np.asarray(one.convert("RGB").resize((40, 40)), np.int16) for one in (inside, shot))
    assert np.abs(taken - photo).mean() < 4 < photo.std()


def test_the_slider_over_blocks_plays_to_the_last_and_each_press_is_a_step_where_motion_is_unwanted(visit):
    page = visit("size=512&view=influence&block=0&query=6,20")
    shown, play = page.locator(".sx"), page.get_by_role("button", name="Play", exact=True)
    play.click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(shown).to_have_attribute("data-shown", re.compile("^influence:11:"))
    expect(play).to_be_visible()  # it stays there
    expect(page.get_by_text(re.compile("after block 11: 1.024 patches"))).to_be_visible()
    quiet = visit("size=512&view=influence&block=0&query=6,20", reduced_motion="reduce")
    quiet.get_by_role("button", name="One block on").click()
    expect(quiet.locator(".sx")).to_have_attribute("data-shown", re.compile("^influence:1:"))
    expect(quiet.get_by_role("button", name="Pause")).to_have_count(0)
