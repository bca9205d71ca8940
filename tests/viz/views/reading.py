"""What every view promises, whatever it shows: it reads the fields it says, changes nothing, and has its texts."""

from dataclasses import fields, is_dataclass
from typing import TypeVar

import numpy as np
import torch

from samvit.tracing import Trace
from viz.figures.formula import formula_svg
from viz.panel import Panel, Places, spoken
from viz.selection import FIELDS, Selection
from viz.texts import catalogue
from viz.views.view import View
from viz.words import Words

T = TypeVar("T")
PARTS = {known.part for known in FIELDS if known.part}
NOT_READ = {"lang", "overlay"}  # every view takes lang; overlay is the page's, for maps over the photo


def watched(value: T, read: set[str], part: str = "") -> T:
    """A selection, or a part of one, that notes in `read` which of its fields were looked at."""
    names = {known.attribute: known.name for known in FIELDS if known.part == part}

    class Spy(type(value)):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> object:
            if name in names:
                read.add(names[name])
            return object.__getattribute__(self, name)

    spy = object.__new__(Spy)
    for field in fields(value):  # type: ignore[arg-type]
        inner = getattr(value, field.name)
        object.__setattr__(spy, field.name, watched(inner, read, field.name) if field.name in PARTS else inner)
    return spy


def fields_read(view: View, made: Trace, *selections: Selection) -> set[str]:
    """The fields that a view read in any of these selections."""
    read: set[str] = set()
    for selection in selections:
        view.panels(made, watched(selection, read))
    return read - NOT_READ


def equal(one: object, other: object) -> bool:
    """Whether two panels (or what is in them) are the same, NaN included."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    if is_dataclass(one):
        return type(one) is type(other) and all(
            equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one)
        )
    return one == other or (one != one and other != other)  # NaN is not equal to itself


def assert_pure(view: View, made: Trace, selection: Selection) -> None:
    """Two calls give the same panels, and leave the trace and its encoder as they were."""
    tensors = [*made.stream, *made.q, *made.k, made.embedding, *made.encoder.state_dict().values()]
    before = [tensor.clone() for tensor in tensors]
    first, again = view.panels(made, selection), view.panels(made, selection)
    assert equal(first, again)
    assert all(torch.equal(tensor, kept) for tensor, kept in zip(tensors, before, strict=True))


def assert_has_texts(view: View) -> None:
    """Title, what, formula and not are written, and the formula can be drawn."""
    texts = catalogue("en")
    assert all(texts[f"view.{view.id}.{part}"].strip() for part in ("title", "what", "formula", "not"))
    assert formula_svg(texts[f"view.{view.id}.formula"]).startswith("<svg")


def english(panels: list[Panel]) -> list[Panel]:
    """Panels as an English reader gets them. Every text in them must have been `Words` until now."""
    for panel in panels:
        assert_says_nothing_itself(panel)
    return spoken(panels, "en")


def assert_says_nothing_itself(value: object, path: str = "") -> None:
    """No text is finished: a `str` in a panel can't be translated any more (names of fields and roles may stay)."""
    if is_dataclass(value) and not isinstance(value, Words | Places):
        for field in fields(value):
            if field.name not in {"kind", "picks", "role", "form"}:
                assert_says_nothing_itself(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple | list):
        for index, part in enumerate(value):
            assert_says_nothing_itself(part, f"{path}[{index}]")
    else:
        assert not (isinstance(value, str) and value), f"a finished text at {path}: {value!r}"
