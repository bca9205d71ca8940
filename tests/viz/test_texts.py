"""The catalogue: complete for every view, formulas that render, places that get filled, nothing left over."""

import ast
import importlib
import os
import re
import sys
from pathlib import Path
from string import Formatter

import pytest

import viz
from tests.parsing import tree
from viz.figures.formula import formula_svg, symbols_of
from viz.texts import EDITION, LANGUAGES, catalogue, own_texts, preferred, text
from viz.tour_file import PLACES
from viz.views import VIEWS
from viz.views.view import STAGES

SOURCES = sorted(Path(viz.__file__).parent.rglob("*.py"))
PARTS = ("title", "what", "more", "formula", "not")


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
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_the_details_of_a_view_are_some_sentences_that_its_paragraph_has_not(language, view):
    """A view is explained in three lengths: the first sentence of `what`, all of it, and `more`."""
    sentence_end = re.compile(r"[.?!](?= |$)|[。？！]")
    what, more = (catalogue(language)[f"view.{view.id}.{part}"] for part in ("what", "more"))
    assert 2 <= len(sentence_end.findall(more)) <= 6
    sentences = [{one.strip() for one in sentence_end.split(words) if one.strip()} for words in (what, more)]
    assert not sentences[0] & sentences[1]


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
        assert names, view.id
        for name in names:  # what stands after a dot tells apart what the same letter means in different formulas
            assert all(catalogue(language)[f"symbol.{name}"].startswith(name.split(".")[0]) for language in LANGUAGES)
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


# Names of code, models and formats, which are the same in every language.
NAMES = (
    "norm1 norm2 neck LayerNorm2d MLP head_dim add_decomposed_rel_pos get_rel_pos q k v rel_h rel_w exp s max LN GELU "
    "softmax proj lin1 lin2 token ViT B L H SAM A"
)
OTHERS = [language for language in LANGUAGES if language != "en"]


def same_everywhere(key: str, english: str) -> bool:
    """Whether a text needs no translation: a formula, or nothing but names, numbers and places for values."""
    bare = "".join(literal for literal, _, _, _ in Formatter().parse(english)) if not key.endswith(".formula") else ""
    return set(re.findall(r"[A-Za-z_]\w*", bare)) <= set(NAMES.split())


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_of_its_own_and_no_other(language):
    english, own = catalogue("en"), own_texts(language)
    assert sorted(own.keys() - english.keys()) == [], "left over"
    missing = [key for key in english.keys() - own.keys() if not same_everywhere(key, english[key])]
    assert sorted(missing) == []
    untranslated = [key for key in own if own[key] == english[key] and not same_everywhere(key, english[key])]
    assert untranslated == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_the_english(language):
    english, own = catalogue("en"), own_texts(language)
    wrong = [key for key in own if not key.endswith(".formula") and places(own[key]) != places(english[key])]
    assert wrong == []


def test_a_missing_and_an_untranslated_text_are_told_from_names():
    assert same_everywhere("view.mine.formula", r"$\mathrm{any words}$")
    assert same_everywhere("label.mine", "+ rel_h[{row}]")
    assert not same_everywhere("label.mine", "weight of {row}")


def test_a_browser_gets_the_first_of_its_languages_that_there_is():
    assert preferred("zh-CN,zh;q=0.9,en;q=0.8") == "zh"
    assert preferred("de-DE, en-GB;q=0.9, zh;q=0.1") == "en"
    assert preferred("ZH-hant") == "zh"
    assert preferred("") == preferred("de") == "en"


def test_values_fill_their_places_and_a_text_without_values_stays_as_it_is():
    assert text("en", "label.head", head=3) == "head 3"
    assert text("en", "label.head") == catalogue("en")["label.head"]


def test_an_unknown_language_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="^language must be one of .*, got 'xx'$"):
        catalogue("xx")


def test_an_unknown_key_is_an_error_and_not_an_empty_text():
    with pytest.raises(KeyError):
        text("en", "view.nothing.title")


def test_a_text_that_has_changed_is_read_anew(tmp_path, monkeypatch):
    package, file = importlib.import_module("viz.texts.en"), tmp_path / "trial.py"
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    try:
        for time, words in enumerate(("one", "another"), start=1):
            before = EDITION.number
            file.write_text(f'TEXTS = {{"trial.words": "{words}"}}', encoding="utf-8")
            os.utime(file, (time, time))
            EDITION.renew()
            assert text("en", "trial.words") == words and catalogue("zh")["trial.words"] == words
            assert EDITION.number == before + 1
        file.write_text("TEXTS = {", encoding="utf-8")
        with pytest.raises(SyntaxError):
            EDITION.renew()
        assert text("en", "trial.words") == "another"
    finally:
        file.unlink()
        EDITION.renew()
        sys.modules.pop("viz.texts.en.trial", None)
    assert "trial.words" not in catalogue("en")
    number = EDITION.number
    EDITION.renew()
    assert EDITION.number == number
