"""One field of a selection: what it may hold, and how it is written in a link and read from one."""

from dataclasses import dataclass, field
from typing import Any, Literal

from viz.words import Problem, say, symbol

MOST_DIGITS = 9  # of a whole number in a link: enough for any index, and no library overflows
MOST_WHOLES = 16  # pages or bands that make one picture, for encoders of many channels

Kind = Literal["name", "whole", "wholes", "patch", "choice", "letters"]
Part = Literal["subject", "focus", "against", "look", ""]


@dataclass(frozen=True)
class Field:
    """One field of a selection.

    Attributes:
        name: In links, on the command line and in the browser.
        part, attribute: Where it stands: `selection.<part>.<attribute>`; without a part, `selection.<attribute>`.
        kind: name (any text), whole (a number), wholes (some, `4,3,2`), patch (`row,col`), choice (one of `choices`),
            letters (some of them).
        default: When a link doesn't say.
        choices: Of a choice, or the letters.
        low, high: Limits of a whole number that hold for every encoder.
        limit: Which of `Limits` bounds it in an encoder.
        control: How the page lets a person change it.
        always: It stands in every link, since its default depends on the photo or the model.
        alias: Names that older links use.
    """

    name: str
    part: Part
    attribute: str
    kind: Kind
    default: Any
    choices: tuple[Any, ...] = ()
    low: int | None = None
    high: int | None = None
    limit: str = ""
    control: str = ""
    always: bool = False
    alias: tuple[str, ...] = ()


def entry(default: Any, kind: Kind, **facts: Any) -> Any:
    """Declare a field of a selection: its default, its kind, and what else `Field` has."""
    return field(default=default, metadata={"kind": kind, **facts})


def parse(known: Field, given: str) -> Any:
    """One field's value from what a link says.

    Raises:
        Problem: With what was expected and what came.
    """
    got, name = symbol(repr(given)), known.name
    if known.kind == "patch":
        parts = [part.strip() for part in given.split(",")]
        if len(parts) != 2 or not all(map(_is_whole, parts)):
            raise Problem(say("problem.pair", name=name, got=got))
        return int(parts[0]), int(parts[1])
    if known.kind == "wholes":
        parts = [part.strip() for part in given.split(",")]
        if not 1 <= len(parts) <= MOST_WHOLES or not all(_is_whole(part) and int(part) >= 1 for part in parts):
            raise Problem(say("problem.wholes", name=name, most=MOST_WHOLES, got=got))
        return tuple(map(int, parts))
    if known.kind == "letters":
        if set(given) - set(known.choices) or len(set(given)) != len(given):
            raise Problem(say("problem.terms", name=name, letters=symbol(repr("".join(known.choices))), got=got))
        return given
    if known.kind == "choice":
        found = next((choice for choice in known.choices if str(choice) == given.strip()), None)
        if found is None:
            raise Problem(say("problem.choice", name=name, names=", ".join(map(str, known.choices)), got=got))
        return found
    if known.kind == "whole":
        return _whole(known, given)
    return given


def _whole(known: Field, given: str) -> int:
    """A whole number within the limits that hold for every encoder."""
    if not _is_whole(given):
        raise Problem(say("problem.whole", name=known.name, got=symbol(repr(given[:40]))))
    value = int(given)
    if known.low is not None and known.high is not None and not known.low <= value <= known.high:
        raise Problem(say("problem.range", name=known.name, low=known.low, high=known.high, got=value))
    if known.low is not None and value < known.low:
        raise Problem(say("problem.negative", name=known.name, got=value))
    return value


def _is_whole(text: str) -> bool:
    """Whether a text is a whole number of at most nine digits."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS


def link_text(value: Any) -> str:
    """A value as it stands in a link."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
