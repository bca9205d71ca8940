"""What a person is looking at: the same thing as a link, a caption and a line of the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from viz.texts import LANGUAGES, text

HEADS = ("all", "one", "mean", "max")
SCALES = ("linear", "log", "clip")
SIZES = (512, 768, 1024)
TERMS = "chw"  # content, rel_h, rel_w


@dataclass(frozen=True)
class Selection:
    """What is looked at. All indexes count from 0; patches are (row, col); `size` is in pixels.

    Attributes:
        image: An example's name, or an upload's mark.
        model: Name of the encoder.
        size: Side of the model image, in pixels.
        view: Id of the view; it belongs to one stage of the forward pass.
        block, head: Where attention is looked at.
        query: The pinned patch, followed through every view.
        key: The patch that the query looks at; None takes the strongest.
        other: A second query to compare with; None compares nothing.
        heads: Which heads a map shows: all, one, or their mean or max.
        scale: How weights become colours: linear, log, or clipped at the 99th percentile.
        overlay: How strongly a map covers the photo, in percent.
        channel: Which filter, neuron or channel is looked at.
        terms: Which terms of the scores take part: `c`ontent, rel_`h`, rel_`w`.
        length: Another grid side that position tables are shown at, in tokens; 0 takes the trace's own.
        lang: Language of every text.
    """

    image: str = "chelsea"
    model: str = "vit_tiny"
    size: int = 1024
    view: str = "heads"
    block: int = 11
    head: int = 0
    query: tuple[int, int] = (18, 20)
    key: tuple[int, int] | None = None
    other: tuple[int, int] | None = None
    heads: str = "all"
    scale: str = "linear"
    overlay: int = 75
    channel: int = 0
    terms: str = TERMS
    length: int = 0
    lang: str = "en"

    def to_query(self) -> dict[str, str]:
        """The fields that differ from the defaults, as a URL's query; a patch is written `row,col`."""
        written = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            written[field.name] = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        return written

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple["Selection", list[str]]:
        """A selection from a URL's query, and one sentence for each value that couldn't be used.

        Unknown names are left alone: they belong to the page or to nobody.
        """
        values: dict[str, object] = {}
        problems: list[str] = []
        for field in fields(cls):
            given = query.get(field.name)
            if given is None:
                continue
            try:
                values[field.name] = _parse(field.name, str(given)[:200])
            except ValueError as error:
                problems.append(text("en", "problem.showing", problem=error, shown=_written(field.default)))
        return cls(**values), problems  # type: ignore[arg-type]

    def fit(self, grid: tuple[int, int], depth: int, num_heads: int) -> tuple["Selection", list[str]]:
        """This selection inside an encoder's limits, and one sentence for each index that had to be moved in.

        Args:
            grid: Patches (rows, cols) that can be pinned.
        """
        moved: dict[str, Any] = {}
        problems = []
        for name, count in (("block", depth), ("head", num_heads)):
            index = getattr(self, name)
            if not 0 <= index < count:
                nearest = min(max(index, 0), count - 1)
                problem = text(self.lang, "problem.index", name=name, last=count - 1, got=index)
                problems.append(text(self.lang, "problem.showing", problem=problem, shown=nearest))
                moved[name] = nearest
        for name in ("query", "key", "other"):
            patch = getattr(self, name)
            if patch is None:
                continue
            inside = tuple(min(max(index, 0), side - 1) for index, side in zip(patch, grid, strict=True))
            if inside != patch:
                limits = f"(0..{grid[0] - 1}, 0..{grid[1] - 1})"
                problem = text(self.lang, "problem.patch", name=name, limits=limits, got=patch)
                problems.append(text(self.lang, "problem.showing", problem=problem, shown=inside))
                moved[name] = inside
        return replace(self, **moved), problems


_CHOICES: dict[str, tuple[object, ...]] = {"heads": HEADS, "scale": SCALES, "size": SIZES, "lang": LANGUAGES}


def _parse(name: str, given: str) -> object:
    """One field's value from what was given; ValueError with expected and got."""
    value: object = given
    if name in {"query", "key", "other"}:
        parts = given.split(",")
        if len(parts) != 2 or not all(part.strip().removeprefix("-").isdecimal() for part in parts):
            raise ValueError(text("en", "problem.pair", name=name, got=repr(given)))
        value = (int(parts[0]), int(parts[1]))
    elif name in {"size", "block", "head", "overlay", "channel", "length"}:
        if not given.removeprefix("-").isdecimal():
            raise ValueError(text("en", "problem.whole", name=name, got=repr(given)))
        value = int(given)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(
            text("en", "problem.choice", name=name, names=", ".join(map(str, _CHOICES[name])), got=repr(given))
        )
    if name == "overlay" and not 0 <= int(given) <= 100:
        raise ValueError(text("en", "problem.index", name=name, last=100, got=given))
    if name in {"channel", "length"} and int(given) < 0:
        raise ValueError(text("en", "problem.negative", name=name, got=given))
    if name == "terms" and (set(given) - set(TERMS) or len(set(given)) != len(given)):
        raise ValueError(text("en", "problem.terms", letters=repr(TERMS), got=repr(given)))
    return value


def _written(value: object) -> str:
    """A default as a person reads it."""
    return text("en", "problem.strongest") if value is None else str(value)
