"""Formulas that a page can put into its lines."""

import re
import threading
from xml.etree import ElementTree

import pytest

from viz.figures.formula import formula_svg

SVG = "{http://www.w3.org/2000/svg}"
SOFTMAX = r"$w = \mathrm{softmax}\left(\frac{q \cdot k^{T}}{\sqrt{d}}\right)$"


def test_a_formula_is_one_path_in_the_colour_of_the_text_around_it():
    root = ElementTree.fromstring(formula_svg(SOFTMAX))
    assert root.tag == f"{SVG}svg"
    assert root.get("fill") == "currentColor"
    assert [child.tag for child in root] == [f"{SVG}path"]
    assert len(root[0].get("d")) > 1000


def test_a_formula_tells_a_screen_reader_its_source():
    root = ElementTree.fromstring(formula_svg(SOFTMAX))
    assert root.get("role") == "img"
    assert root.get("aria-label") == SOFTMAX


@pytest.mark.parametrize("source", [SOFTMAX, "plain g", r"$f_f$", r"$\int_0^{n_{n_n}} \sqrt{\sqrt{j}}$"])
def test_all_ink_lies_inside_the_view_box(source):
    root = ElementTree.fromstring(formula_svg(source))
    left, top, width, height = map(float, root.get("viewBox").split())
    numbers = [float(value) for value in re.findall(r"-?[\d.]+", root[0].get("d"))]
    assert left <= min(numbers[::2]) and max(numbers[::2]) <= left + width
    assert top <= min(numbers[1::2]) and max(numbers[1::2]) <= top + height


def test_marked_symbols_are_groups_and_all_ink_is_still_there():
    marked = SOFTMAX.replace("$w ", "$⟦w⟧ ").replace("{q ", "{⟦q⟧ ").replace("k^{T}", "⟦k|k^{T}⟧")
    root = ElementTree.fromstring(formula_svg(marked))
    plain = ElementTree.fromstring(formula_svg(SOFTMAX))
    assert [group.get("data-symbol") for group in root.iter(f"{SVG}g")] == ["w", "q", "k"]
    assert (root.get("viewBox"), root.get("aria-label")) == (plain.get("viewBox"), SOFTMAX)

    def ink(drawn):
        return sorted(re.findall(r"M[^M]+", "".join(path.get("d") for path in drawn.iter(f"{SVG}path"))))

    assert ink(root) == ink(plain)
    for group in root.iter(f"{SVG}g"):
        x, y, width, height = (float(group[0].get(name)) for name in ("x", "y", "width", "height"))
        numbers = [float(value) for value in re.findall(r"-?[\d.]+", group[1].get("d"))]
        assert x - 0.2 <= min(numbers[::2]) and max(numbers[::2]) <= x + width + 0.2
        assert y - 0.2 <= min(numbers[1::2]) and max(numbers[1::2]) <= y + height + 0.2


def test_a_symbol_that_is_not_in_the_formula_is_refused():
    with pytest.raises(ValueError, match="symbol 'q' isn't in the formula as 'q'"):
        formula_svg(r"$\frac{1}{2}$ ⟦q⟧")


def test_a_formula_stands_on_the_texts_baseline():
    """What lies below y = 0 hangs below the line of text, by the same number of em."""
    root = ElementTree.fromstring(formula_svg("$g_g$"))
    _, top, _, height = map(float, root.get("viewBox").split())
    below = (top + height) / 100
    assert below > 0.2
    assert f"vertical-align:{-below:.2f}em" in root.get("style")
    assert f"height:{height / 100:.2f}em" in root.get("style")


def test_words_that_could_run_are_escaped():
    svg = formula_svg('<script>alert("x")</script> & $x$')
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == '<script>alert("x")</script> & $x$'
    assert not re.search(r"\bid=|href|url\(|<style", svg)


def test_the_same_formula_is_the_same_bytes_and_drawn_once():
    assert formula_svg(SOFTMAX) is formula_svg(SOFTMAX)
    first = formula_svg(SOFTMAX)
    formula_svg.cache_clear()
    assert formula_svg(SOFTMAX) == first


def test_threads_do_not_mix_their_formulas():
    sources = [rf"$x_{{{index}}} = \frac{{{index}}}{{{index + 1}}}$" for index in range(16)]
    alone = [formula_svg(source) for source in sources]
    formula_svg.cache_clear()
    together: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda index=index: together.__setitem__(index, formula_svg(sources[index])))
        for index in range(len(sources))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[index] for index in range(len(sources))] == alone


@pytest.mark.parametrize("source", [r"$\fracc{1}{2}$", "$x", r"$\left( x$"])
def test_what_is_not_mathtext_is_refused_in_one_sentence(source):
    with pytest.raises(ValueError, match="^formula must be mathtext, got ") as error:
        formula_svg(source)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("source", ["", "  "])
def test_an_empty_formula_is_refused(source):
    with pytest.raises(ValueError, match="^formula must not be empty$"):
        formula_svg(source)
