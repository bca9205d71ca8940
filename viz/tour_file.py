"""A tour as a TOML file: what a lecturer writes, and what the page's "add to my tour" gives. See docs/tours.md."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from viz.guesses import GUESSES
from viz.links import link_fields
from viz.texts import catalogue
from viz.tour import Stop, Tour
from viz.words import Problem, Text, Words, say, symbol

BUILT_IN = Path(__file__).parent / "tours" / "encoder.toml"
# Places of the screen that a stop can light.
PLACES = re.compile(r"photo|panels|controls|pair|strip|blocks|panel:\d{1,2}|map:\d{1,2}|node:[a-z0-9_.]+")
OF_A_TOUR, OF_A_STOP = ("title", "stop"), ("key", "link", "title", "words", "notes", "light", "kind", "guess")
KINDS = ("windowed", "global")
MOST_STOPS = 200
HEADER = re.compile(r"\s*\[\[\s*stop\s*\]\]")


@cache
def built_in() -> Tour:
    """The tour through the forward pass that comes with the app; its words stand in the catalogue."""
    return read_tour(BUILT_IN)


def read_tour(path: str | Path) -> Tour:
    """A tour from its file.

    Raises:
        Problem: With the line, what was expected there and what came; or if the file can't be read.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = symbol(error.strerror or str(error))
        raise Problem(say("problem.tour.file", name=symbol(path.name), reason=reason)) from None
    except UnicodeDecodeError:
        reason = say("problem.utf8")
        raise Problem(say("problem.tour.file", name=symbol(path.name), reason=reason)) from None
    return parse_tour(text, path.name)


def parse_tour(text: str, name: str = "tour.toml") -> Tour:
    """A tour from its text.

    Args:
        name: The file's, for errors.

    Raises:
        Problem: With the line, what was expected there and what came.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Problem(say("problem.tour.toml", name=symbol(name), reason=symbol(str(error)))) from None
    reading = _Reading(text, name)
    reading.known_names(found, OF_A_TOUR, None)
    stops = found.get("stop")
    if not isinstance(stops, list) or not 1 <= len(stops) <= MOST_STOPS or not all(isinstance(s, dict) for s in stops):
        raise reading.problem(say("problem.tour.stops", most=MOST_STOPS), None, "stop")
    title = reading.written(found, "title", None, "tour.title")
    return Tour(title, tuple(reading.stop(stop, index) for index, stop in enumerate(stops)))


class _Reading:
    """One file being read: it knows on which line each stop's keys stand."""

    def __init__(self, text: str, name: str) -> None:
        self.lines, self.name = text.splitlines(), name

    def stop(self, stop: dict[str, Any], index: int) -> Stop:
        self.known_names(stop, OF_A_STOP, index)
        key = self.string(stop, "key", index)
        return Stop(
            fields=self.fields(stop, index),
            title=self.written(stop, "title", index, f"tour.{key}.title" if key else ""),
            words=self.written(stop, "words", index, f"tour.{key}.words" if key else ""),
            notes=self.written(stop, "notes", index, f"tour.{key}.notes" if key else "", optional=True),
            lit=self.one_of(stop, "light", index),
            kind=self.one_of(stop, "kind", index),  # type: ignore[arg-type]  # one of KINDS or ""
            guess=self.one_of(stop, "guess", index),
        )

    def fields(self, stop: dict[str, Any], index: int) -> dict[str, Any]:
        """The link's fields, each judged as far as that can be done without a trace."""
        try:
            fields = link_fields(self.string(stop, "link", index))
        except Problem as problem:
            raise self.problem(problem.words, index, "link") from None
        return {name: value for name, value in fields.items() if name not in {"stop", "lang"}}

    def written(self, table: dict[str, Any], name: str, index: int | None, key: str, optional: bool = False) -> Text:
        """What the author wrote; else the catalogue's text of `key`."""
        if name in table:
            return self.string(table, name, index)
        if key in catalogue("en"):
            return Words(key)
        if optional:
            return ""
        raise self.problem(say("problem.tour.missing", key=symbol(name)), index, "key" if "key" in table else "")

    def string(self, table: dict[str, Any], name: str, index: int | None) -> str:
        value = table.get(name, "")
        if not isinstance(value, str):
            raise self.problem(say("problem.tour.text", key=symbol(name), got=symbol(repr(value)[:60])), index, name)
        return " ".join(value.split()) if name != "notes" else value.strip()

    def one_of(self, stop: dict[str, Any], name: str, index: int) -> str:
        """A value that must be one of those that there are, or none."""
        value = self.string(stop, name, index)
        allowed: dict[str, tuple[str, ...]] = {"kind": KINDS, "guess": tuple(GUESSES)}
        good = PLACES.fullmatch(value) if name == "light" else value in allowed[name]
        if value and not good:
            names = say("problem.tour.places") if name == "light" else symbol(", ".join(allowed[name]))
            got = symbol(repr(value[:60]))
            raise self.problem(say("problem.choice", name=symbol(name), names=names, got=got), index, name)
        return value

    def known_names(self, table: dict[str, Any], known: tuple[str, ...], index: int | None) -> None:
        for name in table:
            if name not in known:
                names, got = symbol(", ".join(known)), symbol(repr(name[:60]))
                raise self.problem(say("problem.tour.key", names=names, got=got), index, name)

    def problem(self, words: Words, index: int | None, key: str) -> Problem:
        """What is wrong, with the file and the line."""
        return Problem(say("problem.line", name=symbol(self.name), line=self.line(index, key), problem=words))

    def line(self, index: int | None, key: str) -> int:
        """On which line a key stands, from 1 on; a stop's first line without one. `index` None is the whole tour."""
        first = 0 if index is None else self._begin(index)
        last = self._begin(0 if index is None else index + 1)
        assign = re.compile(rf"""\s*(\[\[?\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
        rows = range(first, max(last, first + 1))
        found = [row for row in rows if row < len(self.lines) and key and assign.match(self.lines[row])]
        return (found[0] if found else first) + 1

    def _begin(self, index: int) -> int:
        """The row of the header of a stop; the end of the file after the last one."""
        rows = [row for row, line in enumerate(self.lines) if HEADER.match(line) and self._outside_text(row)]
        return rows[index] if index < len(rows) else len(self.lines)

    def _outside_text(self, row: int) -> bool:
        """Whether a line stands outside of texts that go over several lines: what comes before it is TOML by itself."""
        try:
            tomllib.loads("\n".join(self.lines[:row]))
        except tomllib.TOMLDecodeError:
            return False
        return True
