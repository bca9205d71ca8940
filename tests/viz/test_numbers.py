"""Numbers are written alike in Python and in the page's script."""

import json
from pathlib import Path

import pytest

from viz.numbers import count_text, number_text, percent_text

EXAMPLES = json.loads((Path(__file__).parents[1] / "numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("value", "text"), EXAMPLES["number"])
def test_a_number_has_three_digits_that_matter_and_a_true_minus(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(("share", "text"), EXAMPLES["percent"])
def test_a_share_has_one_form(share, text):
    assert percent_text(share) == text


def test_what_is_no_number_is_a_dash():
    assert number_text(float("nan")) == percent_text(float("nan")) == "–"
    assert (number_text(float("inf")), number_text(float("-inf"))) == ("∞", "−∞")


def test_counts_are_grouped():
    assert count_text(4370000) == "4\u202f370\u202f000"
