"""What a person is looking at: the same thing as a link, a caption and a line of the command line.

A selection has parts, and every field of every part is declared once, with `entry`. From these declarations come the
link, its parsing, the fitting into an encoder's limits, the command line's options, and (as `FIELDS`) the browser's
codec and controls.
"""

from collections.abc import Mapping
from dataclasses import Field as DataclassField
from dataclasses import dataclass, fields, replace
from typing import Any

from viz.field import Field, Part, entry, link_text, parse
from viz.texts import LANGUAGES
from viz.words import Problem, Words, say, symbol

HEADS = ("all", "one", "mean", "max")
SCALES = ("linear", "log", "clip")
SIZES = (512, 768, 1024)  # offered for every encoder whose patches they are multiples of
MOST_SIZES = (16, 2048)  # pixels: the least and the most that a model image's side may be
WAYS = ("segment-anything", "medsam")  # names of `samvit.preprocess.WAYS`; a test holds them equal
REGIONS = tuple(range(2, 13))
PLANES = ("pca", "tsne")  # how queries and keys are laid out in a plane
DOTS = ("kind", "place", "content")  # what colours their dots
FOREGROUNDS = ("all", "component", "likeness")  # names of `samvit.measures.neck_pca.FOREGROUNDS`
BASES = ("own", "shared")  # of colours: each side's own, or one of both
FLOW_STEPS = (
    *("pixels", "values", "token", "input", "norm1", "window", "qkv", "scores", "softmax", "mixed", "joined", "proj"),
    *("add_attn", "norm2", "lin1", "gelu", "lin2", "add_mlp"),
)  # of one patch through a block, in viz/views/flow.py
TERMS = "chw"  # content, rel_h, rel_w
COMPARES = ("off", "one", "own")  # whether two sides are compared, in one scale or each in its own
MAX_LENGTH = 256  # tokens along a side of a position table that is shown at another size


@dataclass(frozen=True)
class Subject:
    """What was encoded: these make a trace.

    Attributes:
        image: An example's name, or an upload's mark.
        model: Name of the encoder.
        size: Side of the model image, in pixels.
        page: Page of a stack or frame of an animation, from 1 as viewers count; three grey pages become colours.
        bands: Which bands of a picture with many are shown, from 1; one band is shown grey.
        way: How the photo was made ready; see `samvit.preprocess.WAYS`.
        what_if: What is changed in the encoder or the photo, `rel_pos_off,head_off.8.2`; see `samvit.what_if.KINDS`.
    """

    image: str = entry("astronaut", "name", always=True)
    model: str = entry("vit_tiny", "name", control="select")
    size: int = entry(1024, "whole", choices=SIZES, low=MOST_SIZES[0], high=MOST_SIZES[1], control="select")
    page: tuple[int, ...] | None = entry(None, "wholes", control="text")
    bands: tuple[int, ...] | None = entry(None, "wholes", control="text")
    way: str = entry("segment-anything", "choice", choices=WAYS, control="select")
    what_if: str = entry("", "name")


@dataclass(frozen=True)
class Focus:
    """Where one looks inside a trace. Patches are (row, col); everything counts from 0.

    Attributes:
        block, head: Where attention is looked at.
        query: The pinned patch, followed through every view.
        key: The patch that the query looks at; None takes the strongest.
    """

    block: int = entry(11, "whole", limit="depth", control="slider", always=True)
    head: int = entry(0, "whole", limit="heads", control="slider")
    query: tuple[int, int] = entry((12, 26), "patch", limit="grid", always=True)
    key: tuple[int, int] | None = entry(None, "patch", limit="grid")


@dataclass(frozen=True)
class Against:
    """What is compared with: another subject, another focus, or both. What is None is the same on both sides.

    The second query is marked whether two sides are compared or not; everything else counts only where they are.

    Attributes:
        compare: Whether two sides stand beside each other, in one scale or each in its own.
        page: Pages are the first side's only where the photo is.
    """

    compare: str = entry("off", "choice", choices=COMPARES)
    image: str | None = entry(None, "name", name="against_image")
    model: str | None = entry(None, "name", name="against_model")
    size: int | None = entry(None, "whole", name="against_size", low=MOST_SIZES[0], high=MOST_SIZES[1])
    page: tuple[int, ...] | None = entry(None, "wholes", name="against_page")
    way: str | None = entry(None, "choice", name="against_way", choices=WAYS)
    what_if: str | None = entry(None, "name", name="against_what_if")
    block: int | None = entry(None, "whole", name="against_block", limit="depth")
    head: int | None = entry(None, "whole", name="against_head", limit="heads")
    query: tuple[int, int] | None = entry(None, "patch", name="against_query", limit="grid", alias=("other",))
    channel: int | None = entry(None, "whole", name="against_channel", low=0, limit="channels")
    terms: str | None = entry(None, "letters", name="against_terms", choices=tuple(TERMS))


@dataclass(frozen=True)
class Look:
    """How a view shows what it shows; each view uses some of these.

    Attributes:
        heads: Which heads a map shows: all, one, or their mean or max.
        scale: How weights become colours: linear, log, or clipped at the 99th percentile.
        overlay: How strongly a map covers the photo, in percent.
        channel: Which filter, neuron or channel is looked at; None leaves it to the view (`View.channel_of`).
        terms: Which terms of the scores take part: `c`ontent, rel_`h`, rel_`w`.
        length: Another grid side that position tables are shown at, in tokens; 0 takes the trace's own.
        regions: How many regions the photo is divided into.
        foreground: Which patches take part in the neck's components: all, or those that a rule sets apart.
        basis: Whether two sides' colours have a basis of their own each, or one of both.
        plane: How queries and keys are laid out in a plane: by their principal components, or by t-SNE.
        dots: What gives their dots colours: which of the two they are, their place, or the photo there.
        step: Which step of the patch's way through a block is shown, where a view shows one at a time.
        stop: At which stop of the tour one is, from 1; 0 is in no tour. See viz/tour.py.
    """

    heads: str = entry("all", "choice", choices=HEADS, control="segmented")
    scale: str = entry("linear", "choice", choices=SCALES, control="segmented")
    overlay: int = entry(75, "whole", low=0, high=100, control="slider")
    channel: int | None = entry(None, "whole", low=0, limit="channels", control="number")
    terms: str = entry(TERMS, "letters", choices=tuple(TERMS), control="toggles")
    length: int = entry(0, "whole", low=0, high=MAX_LENGTH, control="select")
    regions: int = entry(5, "choice", choices=REGIONS, control="segmented")
    foreground: str = entry("all", "choice", choices=FOREGROUNDS, control="segmented")
    basis: str = entry("own", "choice", choices=BASES, control="segmented")
    plane: str = entry("pca", "choice", choices=PLANES, control="segmented")
    dots: str = entry("kind", "choice", choices=DOTS, control="segmented")
    step: int = entry(0, "whole", low=0, high=len(FLOW_STEPS) - 1, control="player")
    stop: int = entry(0, "whole", low=0, limit="stops")


@dataclass(frozen=True)
class Selection:
    """What is looked at: a subject, a focus in it, what it is compared with, a view, and how that view shows it."""

    subject: Subject = Subject()
    focus: Focus = Focus()
    against: Against = Against()
    view: str = entry("heads", "name")
    look: Look = Look()
    lang: str = entry("en", "choice", choices=LANGUAGES)

    @classmethod
    def of(cls, **values: Any) -> "Selection":
        """A selection from its flat fields: `Selection.of(block=3, query=(4, 5))`; the rest by default."""
        return cls().changed(**values)

    def changed(self, **values: Any) -> "Selection":
        """This selection with some of its flat fields changed.

        Raises:
            KeyError: If a name is no field's.
        """
        by_part: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            known = BY_NAME[name]
            by_part.setdefault(known.part, {})[known.attribute] = value
        own = by_part.pop("", {})
        return replace(self, **own, **{part: replace(getattr(self, part), **some) for part, some in by_part.items()})

    def flat(self) -> dict[str, Any]:
        """Every field by its name in a link."""
        return {known.name: self[known.name] for known in FIELDS}

    def __getitem__(self, name: str) -> Any:
        """A field's value by its name in a link."""
        known = BY_NAME[name]
        return getattr(getattr(self, known.part) if known.part else self, known.attribute)

    @property
    def comparing(self) -> bool:
        """Whether two sides stand beside each other."""
        return self.against.compare != "off"

    @property
    def one_side(self) -> "Selection":
        """The first of two sides, on its own."""
        return replace(self, against=Against())

    @property
    def other_side(self) -> "Selection":
        """The second of two sides, on its own: what differs stands in the place of what is the same."""
        differs = {same: self[name] for name, same in DIFFERING.items() if self[name] is not None}
        if "image" in differs:  # another file has pages and bands of its own
            differs = {"page": None, "bands": None} | differs
        return self.one_side.changed(**differs)

    def against_side(self, other: "Selection") -> "Selection":
        """This selection with what differs taken from its other side, once that was judged."""
        return self.changed(**{name: other[same] for name, same in DIFFERING.items() if self[name] is not None})

    def to_query(self) -> dict[str, str]:
        """The fields that differ from the defaults, as a URL's query; a patch is written `row,col`."""
        values = self.flat()
        return {known.name: link_text(values[known.name]) for known in FIELDS if values[known.name] != known.default}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple["Selection", list[Words]]:
        """A selection from a URL's query, and one sentence for each value that couldn't be used.

        Unknown names are left alone: they belong to the page or to nobody.
        """
        values: dict[str, Any] = {}
        problems: list[Words] = []
        for known in FIELDS:
            given = next((query[name] for name in (known.name, *known.alias) if name in query), None)
            if given is None:
                continue
            try:
                values[known.name] = parse(known, str(given)[:200])
            except Problem as problem:
                shown = known.default if known.default is not None else say(WITHOUT.get(known.name, "problem.default"))
                problems.append(showing(problem.words, shown))
        return cls.of(**values), problems

    def fit(self, limits: "Limits") -> tuple["Selection", list[Words]]:
        """This selection inside an encoder's limits, and one sentence for each index that had to be moved in.

        Of two sides that are compared these are the first one's limits; the other side is fitted on its own.
        """
        moved: dict[str, Any] = {}
        problems = []
        for known in FIELDS:
            limit, value = getattr(limits, known.limit, None) if known.limit else None, self[known.name]
            elsewhere = known.part == "against" and self.comparing  # in the other side's limits
            if limit is None or value is None or elsewhere:
                continue
            if known.kind == "patch":
                nearest: Any = tuple(min(max(at, 0), side - 1) for at, side in zip(value, limit, strict=True))
                allowed = symbol(f"(0..{limit[0] - 1}, 0..{limit[1] - 1})")
                problem = say("problem.patch", name=known.name, limits=allowed, got=value)
            else:
                nearest = min(max(value, 0), limit - 1)
                problem = say("problem.index", name=known.name, last=limit - 1, got=value)
            if nearest != value:
                problems.append(showing(problem, nearest))
                moved[known.name] = nearest
        return self.changed(**moved), problems


@dataclass(frozen=True)
class Limits:
    """What bounds a selection's indexes in one trace and view; None bounds nothing.

    Attributes:
        depth, heads: How many blocks and heads there are.
        grid: Patches (rows, cols) that can be pinned.
        channels: How many filters, neurons or channels the view can show.
        stops: One more than the tour has stops, since 0 is none of them.
    """

    depth: int
    heads: int
    grid: tuple[int, int]
    channels: int | None = None
    stops: int | None = None


def _declared(owner: type, part: Part) -> list[Field]:
    """The fields that a class declares with `entry`."""

    def one(declared: DataclassField[Any]) -> Field:
        facts = dict(declared.metadata)
        name = facts.pop("name", declared.name)
        return Field(name, part, declared.name, default=declared.default, **facts)

    return [one(declared) for declared in fields(owner) if declared.metadata]


FIELDS: tuple[Field, ...] = (
    *_declared(Subject, "subject"),
    *_declared(Selection, ""),
    *_declared(Focus, "focus"),
    *_declared(Against, "against"),
    *_declared(Look, "look"),
)
BY_NAME = {known.name: known for known in FIELDS}
DIFFERING = {  # fields of what is compared with, and the field of the other side that each stands for
    known.name: known.attribute for known in FIELDS if known.part == "against" and known.name != known.attribute
}
# What a field without a value means, to a person.
WITHOUT = {"key": "problem.strongest", "channel": "problem.own_channel"}


def showing(problem: Words, shown: Any) -> Words:
    """What was wrong, and what is shown instead."""
    return say("problem.showing", problem=problem, shown=shown)


def fields_message() -> list[dict[str, Any]]:
    """The table of fields for the browser: its codec and its controls come from it."""
    return [
        {name: getattr(known, name) for name in Field.__dataclass_fields__ if name != "attribute"} for known in FIELDS
    ]
