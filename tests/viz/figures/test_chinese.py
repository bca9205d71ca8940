"""Chinese in figures: the bundled font has every character, and nothing is drawn as a box."""

import io

from matplotlib.ft2font import FT2Font

from viz.figures import chinese
from viz.figures.export import pdf, svg
from viz.figures.figure import figure
from viz.panel import Number, Numbers
from viz.texts import catalogue

SENTENCE = "每个图像块看哪里，头 3"


def glyphs(path: str) -> set[int]:
    return set(FT2Font(path).get_charmap())


def test_every_character_of_the_catalogue_has_a_glyph():
    from matplotlib.font_manager import findfont

    there = glyphs(str(chinese.FILE)) | glyphs(findfont("DejaVu Sans"))
    said = {character for text in catalogue("zh").values() for character in text}
    assert sorted(character for character in said if ord(character) not in there and character != "\n") == []


def test_a_figure_in_chinese_misses_no_glyph():
    drawn = figure([Numbers(SENTENCE, (Number("权重", 0.5),))], caption=SENTENCE)
    drawn.savefig(io.BytesIO(), dpi=60)  # a missing glyph would be a warning, and warnings are errors here
    assert SENTENCE in svg(drawn).decode()
    assert b"DroidSansFallback" in pdf(drawn)


def test_the_font_is_small_and_its_licence_lies_beside_it():
    assert chinese.FILE.stat().st_size < 600_000
    assert "Apache License" in (chinese.FILE.parent / "LICENSE.txt").read_text(encoding="utf-8")
