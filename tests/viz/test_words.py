"""Words are written last, in the reader's language; numbers stay numbers until then."""

import pytest

from viz import words
from viz.words import Problem, joined, number, say, symbol, written


@pytest.fixture(autouse=True)
def two_languages(monkeypatch):
    texts = {
        "en": {
            "greet": "patch {patch} takes {share:percent} of {what}",
            "weight": "the weight",
            "value.percent": "{value:percent}",
        },
        "xx": {"greet": "{what}: {share:percent} @ {patch}", "weight": "WEIGHT", "value.percent": "{value:percent}"},
    }
    monkeypatch.setattr(words, "catalogue", texts.__getitem__)


def test_the_same_words_can_be_written_in_any_language():
    greeting = say("greet", patch=(3, 40), share=0.0193, what=say("weight"))
    assert written(greeting, "en") == "patch (3, 40) takes 1.93 % of the weight"
    assert written(greeting, "xx") == "WEIGHT: 1.93 % @ (3, 40)"


def test_symbols_and_plain_text_are_the_same_in_every_language():
    assert written(symbol("q·k/√d"), "xx") == written("q·k/√d", "en") == "q·k/√d"


def test_braces_in_a_value_are_not_places():
    assert written(say("greet", patch="{share}", share=1, what="{0}"), "en") == "patch {share} takes 100.0 % of {0}"


def test_joined_leaves_out_what_says_nothing():
    assert written(joined(say("weight"), None, symbol("x")), "en") == "the weight · x"
    assert written(joined(), "en") == ""


def test_texts_in_one_line_stand_apart_as_the_language_has_it():
    line = joined(symbol("rel_h"), symbol("rel_w"), by=", ")
    assert (written(line, "en"), written(line, "zh")) == ("rel_h, rel_w", "rel_h、rel_w")


def test_a_number_alone_has_its_form():
    assert written(number(0.5, "percent"), "xx") == "50.0 %"


def test_a_missing_text_or_value_is_an_error_and_no_silence():
    with pytest.raises(KeyError):
        written(say("nothing"), "en")
    with pytest.raises(KeyError):
        written(say("greet", patch=(0, 0)), "en")


def test_a_problem_reads_in_english_and_keeps_its_words():
    problem = Problem(say("weight"))
    assert str(problem) == "the weight"
    assert written(problem.words, "xx") == "WEIGHT"
