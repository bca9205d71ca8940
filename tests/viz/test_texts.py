"""The catalogue: complete for every view, formulas that render, places that get filled, nothing left over."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import viz
from tests.parsing import tree
from viz.figures.formula import formula_svg, symbols_of
from viz.texts import LANGUAGES, catalogue, text
from viz.tour_file import PLACES
from viz.views import VIEWS
from viz.views.view import STAGES

SOURCES = sorted(Path(viz.__file__).parent.rglob("*.py"))
PARTS = ("title", "what", "formula", "not")


def asked_for() -> dict[str, list[tuple[Path, set[str] | None]]]:
    """Keys that code asks for with `text(…)`: where, and with which values (None if they can't be read).

    Keys with a computed part come as a pattern with `*` in its place.
    """
    found: dict[str, list[tuple[Path, set[str] | None]]] = {}
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "text"
            if not called or len(node.args) < 2:
                continue
            values = {keyword.arg for keyword in node.keywords}
            for key in written_keys(node.args[1]):
                found.setdefault(key, []).append((path, None if None in values else values))
    return found


def written_keys(node: ast.expr) -> list[str]:
    """A key as it stands in the code; both of `a if … else b`; `*` for a computed part."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*written_keys(node.body), *written_keys(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)]
    return []


def places(written: str) -> set[str]:
    """Names between braces."""
    return {name for _, name, _, _ in Formatter().parse(written) if name}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
@pytest.mark.parametrize("part", PARTS)
def test_every_view_has_its_title_explanation_formula_and_limits(view, part):
    assert catalogue("en")[f"view.{view.id}.{part}"].strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_name(language, stage):
    assert catalogue(language)[f"stage.{stage}"].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_renders(language):
    formulas = {key: value for key, value in catalogue(language).items() if key.endswith(".formula")}
    assert len(formulas) >= len(VIEWS)
    for key, formula in formulas.items():
        assert formula_svg(formula).startswith("<svg "), key


def test_every_symbol_of_a_formula_is_explained_and_every_explanation_is_used():
    used = set()
    for view in VIEWS:
        names = {name for name, _ in symbols_of(catalogue("en")[f"view.{view.id}.formula"])}
        used |= names
        assert all(catalogue("en")[f"symbol.{name}"].startswith(name) for name in names)
        assert {name for name, _ in view.symbols} <= names
        assert all(PLACES.fullmatch(place) for _, place in view.symbols)
    assert {key.removeprefix("symbol.") for key in catalogue("en") if key.startswith("symbol.")} == used


def test_every_key_that_code_asks_for_exists():
    keys = set(catalogue("en"))
    missing = []
    for key, uses in asked_for().items():
        pattern = re.compile("".join(".+" if part == "*" else re.escape(part) for part in re.split(r"(\*)", key)))
        if not any(pattern.fullmatch(known) for known in keys):
            missing.append(f"{key} ({uses[0][0].name})")
    assert missing == []


def test_every_place_in_a_text_gets_its_value():
    wrong = []
    for key, uses in asked_for().items():
        if "*" in key or key not in catalogue("en"):
            continue
        for path, values in uses:
            # A text asked for without values isn't formatted: braces in it would be shown.
            if values is not None and places(catalogue("en")[key]) - values:
                wrong.append(f"{key} ({path.name}): {places(catalogue('en')[key])} from {values}")
    assert wrong == []


def test_no_text_of_a_view_is_left_over():
    """A key of a view that no longer exists, or that nothing asks for."""
    views = {view.id for view in VIEWS}
    gone = [key for key in catalogue("en") if key.startswith("view.") and key.split(".")[1] not in views]
    assert gone == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_places_as_english(language):
    english, other = catalogue("en"), catalogue(language)
    assert set(other) == set(english)
    for key in english:
        if not key.endswith(".formula"):
            assert places(other[key]) == places(english[key]), key


def test_values_fill_their_places_and_a_text_without_values_stays_as_it_is():
    assert text("en", "label.head", head=3) == "head 3"
    assert text("en", "label.head") == catalogue("en")["label.head"]


def test_an_unknown_language_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="^language must be one of .*, got 'xx'$"):
        catalogue("xx")


def test_an_unknown_key_is_an_error_and_not_an_empty_text():
    with pytest.raises(KeyError):
        text("en", "view.nothing.title")
