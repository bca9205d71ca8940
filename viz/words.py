"""What is to be said, not yet in a language: a key of the catalogue and the values for its places.

Views, selections and errors make `Words`; the page, a figure or the command line writes them last, in the reader's
language. Numbers stay numbers until then: the catalogue's text says in which form each is written, as in
`{share:percent}` (see `viz/numbers.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from viz.numbers import FORMS, MINUS
from viz.texts import catalogue

VERBATIM = "verbatim"  # names and formulas that are the same in every language: "rel_h", "neck.3"
JOINED = "joined"
SEPARATORS = {"zh": {", ": "、", "; ": "；"}}  # between texts in one line, where a language has its own


@dataclass(frozen=True)
class Words:
    """A text of the catalogue by its key, with the values for its places.

    `str()` writes it in English, which is what an error's message and a test's failure show.
    """

    key: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return written(self, "en")


Text = Words | str  # a `str` only once it has been written in a language


class Problem(ValueError):
    """What a person can cause, to be said in that person's language."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


def say(key: str, /, **values: Any) -> Words:
    """Words of the catalogue: `say("panel.scores.terms", head=3)`."""
    return Words(key, tuple(values.items()))


def symbol(name: str) -> Words:
    """A name or formula that is the same in every language: `symbol("rel_h")`."""
    return Words(VERBATIM, (("name", name),))


def number(value: float, form: str = "number") -> Words:
    """A number in one of the forms of `viz/numbers.py`, on its own."""
    return Words(f"value.{form}", (("value", float(value)),))


def joined(*parts: Words | None, by: str = " · ") -> Words:
    """Several texts in one line; those that say nothing (None) are left out."""
    return Words(JOINED, (("by", by), *((str(index), part) for index, part in enumerate(parts) if part is not None)))


def written(text: Text, language: str) -> str:
    """A text in a language.

    Raises:
        KeyError: If the catalogue has no text of that key, or the text has a place that no value fills.
    """
    if isinstance(text, str):
        return text
    values = dict(text.values)
    if text.key == VERBATIM:
        return str(values["name"])
    if text.key == JOINED:
        by = str(values.pop("by"))
        by = SEPARATORS.get(language, {}).get(by, by)
        return by.join(filter(None, (written(part, language) for part in values.values())))
    template = catalogue(language)[text.key]
    return _Writer(language).vformat(template, (), values) if values else template


class _Writer(Formatter):
    """`str.format` that knows words, patches and the forms of numbers."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Words):
            return written(value, self.language)
        if isinstance(value, tuple):
            return f"({', '.join(map(str, value))})"
        if format_spec in FORMS:
            return FORMS[format_spec](float(value))
        text = format(value, format_spec)
        return text.replace("-", MINUS) if isinstance(value, int | float) else text

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]
