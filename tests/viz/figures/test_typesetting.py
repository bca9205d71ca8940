"""How wide text is, where it breaks, and how numbers are written."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from viz.figures.typesetting import elide, number, text_width, wrap


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("points", [9.0, 10.5, 13.0])
@pytest.mark.parametrize("text", ["attention weight", "−0.0123", "Where the pinned patch looks", "WWW"])
def test_measured_width_is_what_a_renderer_draws(text, points, bold):
    font = FontProperties(family="DejaVu Sans", size=points, weight="bold" if bold else "normal")
    drawn, _, _ = RendererAgg(10, 10, dpi=150).get_text_width_height_descent(text, font, ismath=False)
    assert text_width(text, points, bold) == pytest.approx(drawn / 150, rel=0.06)


@given(st.text(max_size=80), st.floats(0.3, 5))
def test_no_line_is_wider_than_asked_and_no_character_is_lost(text, width):
    lines = wrap(text, width, 9.0)
    assert all(text_width(line, 9.0) <= width or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_lines_break_at_spaces_and_inside_a_word_only_where_it_is_too_long():
    assert wrap("some more words", text_width("some more", 9.0), 9.0) == ["some more", "words"]
    lines = wrap("x" * 50, 1.0, 9.0)
    assert len(lines) > 1 and "".join(lines) == "x" * 50


def test_chinese_breaks_between_characters_and_no_line_begins_with_a_comma():
    text = "softmax 覆盖 196 个键，其中 0 个是窗口填充。"
    lines = wrap(text, text_width("softmax 覆盖 196 个键", 9.0), 9.0)
    assert lines == ["softmax 覆盖 196 个", "键，其中 0 个是窗口填", "充。"]


def test_too_many_lines_end_in_an_ellipsis():
    lines = wrap("one two three four five six seven", 0.5, 9.0, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert text_width(lines[-1], 9.0) <= 0.5


def test_elided_text_fits_and_short_text_stays():
    assert elide("head 0", 2.0, 9.0) == "head 0"
    cut = elide("a label that is far too long", 0.8, 9.0)
    assert cut.endswith("…") and text_width(cut, 9.0) <= 0.8


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-3.0, "−3"),
        (0.012345, "0.0123"),
        (-0.5, "−0.5"),
        (1048576.0, "1,048,576"),
        (3.2e-7, "3.2e−7"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_are_written_as_a_legend_wants_them(value, written):
    assert number(value) == written
