"""Slides: one view each, with title, sentence, picture, source and notes; and LibreOffice opens them."""

import io
import re
import shutil
import subprocess
import sys

import pytest
from pptx import Presentation

import samvit
import viz
from tests.viz.photos import noise_photo
from viz.figures.slides import SIZE, TEXT, fitting, pptx
from viz.session import export
from viz.session.export import export_file, slide
from viz.showing import selected
from viz.texts import text


@pytest.fixture
def traced(small_encoder):
    return samvit.trace(small_encoder, noise_photo(rows=65, cols=100))


def opened(data: bytes):
    return Presentation(io.BytesIO(data))


def test_a_view_is_one_slide_of_title_sentence_picture_source_and_notes(traced):
    file = export_file(traced, selected(traced, "heads", block=2, query=(3, 4)), "pptx")
    made = opened(file.data)
    (page,) = made.slides
    assert made.slide_width / made.slide_height == pytest.approx(16 / 9, abs=1e-3)
    words = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
    assert words[0] == "Heads" and words[1].startswith("How strongly") and words[1].count(".") == 1
    assert "Block 2" in words[2] and "small" in words[2]
    (picture,) = [shape for shape in page.shapes if not shape.has_text_frame]
    assert picture.image.content_type == "image/png" and picture.width > made.slide_width / 4
    notes = page.notes_slide.notes_text_frame.text
    assert "view=heads" not in notes and "block=2" in notes and words[1] in notes


def test_a_slides_notes_hold_the_whole_explanation_and_the_picture_doesnt_say_the_foot_again(traced, monkeypatch):
    shown = []
    monkeypatch.setattr(export, "png", lambda figure, dpi: shown.append(figure) or b"")
    made = slide(traced, selected(traced, "heads", block=2, query=(3, 4)))
    for part in ("what", "more", "not"):
        assert text("en", f"view.heads.{part}") in made.notes
    assert "Block 2" in made.foot and not any("Block 2" in words.get_text() for words in shown[0].texts)


def test_a_slide_of_a_tour_has_the_stops_own_words(traced, monkeypatch):
    monkeypatch.setattr(export, "png", lambda figure, dpi: b"")
    made = slide(traced, selected(traced, "heads"), title="A title", text="Some words", notes="What is said")
    assert (made.title, made.text) == ("A title", "Some words") and made.notes.startswith("What is said")


def test_everything_lies_on_the_slide(traced):
    made = opened(pptx([slide(traced, selected(traced, view)) for view in ("heads", "arguments", "neck_pca")]))
    for page in made.slides:
        for shape in page.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= made.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= made.slide_height
    assert made.core_properties.author == "SAM Encoder Explorer"


@pytest.mark.parametrize(("words", "lines"), [("word " * 9, 1), ("word " * 90, 3), ("中" * 70, 2), ("中" * 190, 3)])
def test_long_words_are_written_smaller_so_that_they_stay_in_their_box(words, lines):
    size = fitting(words, TEXT, 12.3, 0.8)
    width = sum(0.58 if letter < "中" else 1.0 for letter in words) * size / 72
    assert width <= lines * 12.3 and lines * 1.2 * size / 72 <= 0.8
    assert (size == TEXT) == (lines <= 2)


def test_no_slide_is_refused():
    with pytest.raises(ValueError, match="^slides need at least one view, got none$"):
        pptx([])


def test_without_python_pptx_one_sentence_says_what_to_install(traced, monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(ValueError, match="pip install python-pptx$"):
        export_file(traced, selected(traced, "heads"), "pptx")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice isn't installed")
def test_libreoffice_makes_a_page_of_each_slide(traced, tmp_path):
    links = ["view=heads", "view=neck_pca&lang=zh", "view=heads&block=1&compare=own&against_block=3"]
    viz.save_slides(traced, tmp_path / "it.pptx", links)
    command = ["soffice", "--headless", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--convert-to", "pdf"]
    subprocess.run([*command, "it.pptx"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    pages = (tmp_path / "it.pdf").read_bytes()
    boxes = [tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox *\[0 0 ([^]]+)\]", pages)]
    assert pages.count(b"/Type/Page/") == len(links)
    assert boxes and all(box == pytest.approx([side * 72 for side in SIZE], abs=0.5) for box in boxes)
