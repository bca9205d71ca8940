"""One view of two sides, A and B: which panels belong together, in which colours, and how they differ.

Both sides' panels come from the same view, so that nothing is laid out twice; what is compared is the panels' own data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from samvit.errors import SaidError
from samvit.tracing import Trace
from viz.panel import Maps, Matrix, Panel, Scale
from viz.selection import Selection
from viz.session.differences import difference_of, likeness_of, map_pairs
from viz.session.names import stable_name
from viz.session.told import of_error
from viz.views import view_by_id
from viz.words import Problem, Words, say


@dataclass(frozen=True, eq=False)
class Side:
    """One of two sides: a trace, and what is looked at in it."""

    trace: Trace
    selection: Selection

    def panels(self) -> list[Panel]:
        """What the view shows of this side."""
        return view_by_id(self.selection.view).panels(self.trace, self.selection)


@dataclass(frozen=True, eq=False)
class Pair:
    """Two panels that show the same of both sides.

    Attributes:
        one, other: Their indexes among each side's panels; None where the other side has no such panel.
        difference: A − B as a panel; None where there is none to be had.
    """

    one: int | None
    other: int | None
    difference: Panel | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Both sides' panels, how they belong together, and how the first two differ, in words."""

    one: list[Panel]
    other: list[Panel]
    pairs: tuple[Pair, ...]
    summary: Words

    def in_order(self) -> list[tuple[str, str, Panel]]:
        """All panels pair by pair, A's, B's and their difference: "a", "b" or "difference", its name, the panel."""
        found: list[tuple[str, str, Panel]] = []
        for pair in self.pairs:
            of_pair = (
                ("a", None if pair.one is None else self.one[pair.one]),
                ("b", None if pair.other is None else self.other[pair.other]),
                ("difference", pair.difference),
            )
            there = [(side, panel) for side, panel in of_pair if panel is not None]
            found += [(side, stable_name(there[0][1].title), panel) for side, panel in there]
        return found


def compared(one: Side, other: Side, scales: str) -> Comparison:
    """One view of both sides.

    Args:
        scales: "one" gives both panels of a pair the same colours for the same values, "own" leaves each its own.

    Raises:
        Problem, SaidError: If a side has nothing to show in this view.
    """
    together = panels_together(one, other)
    if together:
        return compare_panels(one, other, *together, scales)
    try:
        second = other.panels()
    except (Problem, SaidError) as problem:
        raise Problem(say("problem.other_side", problem=of_error(problem))) from None
    return compare_panels(one, other, one.panels(), second, scales)


def panels_together(one: Side, other: Side) -> tuple[list[Panel], list[Panel]] | None:
    """Both sides' panels in what the view lets them share; None where each side stands alone."""
    of_two = view_by_id(one.selection.view).of_two
    if of_two is None or one.selection.look.basis != "shared":
        return None
    return of_two((one.trace, one.selection), (other.trace, other.selection))


def compare_panels(one: Side, other: Side, ours: Sequence[Panel], theirs: Sequence[Panel], scales: str) -> Comparison:
    """The same, of panels that each side's view has made."""
    first, second = list(ours), list(theirs)
    seen = shared_photo(one, other)
    pairs = []
    for here, there in paired(first, second):
        difference = None
        if here is not None and there is not None:
            difference = difference_of(first[here], second[there], seen, one.trace.grid)
            if isinstance(difference, Maps) and one.selection.subject.image != other.selection.subject.image:
                difference = replace(difference, over_photo=False)  # it would lie over one photo of two
            if scales == "one":
                first[here], second[there] = in_one_scale(first[here], second[there])
        pairs.append(Pair(here, there, difference))
    return Comparison(first, second, tuple(pairs), summary_of(first, second, pairs, seen, one.trace.grid))


def paired(one: Sequence[Panel], other: Sequence[Panel]) -> list[tuple[int | None, int | None]]:
    """Indexes of the panels that belong together: those of the same kind and title, in the first side's order.

    Titles count by their key in the catalogue, whatever block or head they name; of several with the same key the
    first belongs to the first. What only the other side has comes last.
    """

    def keys(panels: Sequence[Panel]) -> list[tuple[type, str, int]]:
        found: list[tuple[type, str, int]] = []
        for panel in panels:
            key = (type(panel), stable_name(panel.title))
            found.append((*key, sum(known[:2] == key for known in found)))
        return found

    ours, theirs = keys(one), keys(other)
    pairs: list[tuple[int | None, int | None]] = [
        (index, theirs.index(key) if key in theirs else None) for index, key in enumerate(ours)
    ]
    return pairs + [(None, index) for index, key in enumerate(theirs) if key not in ours]


def shared_photo(one: Side, other: Side) -> tuple[int, int]:
    """The (rows, cols) of patches, from the top left, that hold photo on both sides."""
    (rows, cols), (other_rows, other_cols) = one.trace.photo_grid, other.trace.photo_grid
    return min(rows, other_rows), min(cols, other_cols)


def in_one_scale(one: Panel, other: Panel) -> tuple[Panel, Panel]:
    """Both panels with scales that span what either had: the same colour is the same value on both sides.

    Panels whose scales are of different kinds, or that are of different numbers of maps, stay as they are.
    """
    if isinstance(one, Maps) and isinstance(other, Maps) and len(one.scales) == len(other.scales):
        both = [spanning(a, b) for a, b in zip(one.scales, other.scales, strict=True)]
        return (
            replace(one, scales=tuple(scale or kept for scale, kept in zip(both, one.scales, strict=True))),
            replace(other, scales=tuple(scale or kept for scale, kept in zip(both, other.scales, strict=True))),
        )
    if isinstance(one, Matrix) and isinstance(other, Matrix):
        scale = spanning(one.scale, other.scale)
        if scale is not None:
            return replace(one, scale=scale), replace(other, scale=scale)
    return one, other


def spanning(one: Scale, other: Scale) -> Scale | None:
    """A scale from the lower low to the higher high; None where the two mean different things."""
    if (one.kind, one.log, one.percent) != (other.kind, other.log, other.percent) or one.kind == "categorical":
        return None
    note = say("scale.both_sides.log") if one.log else say("scale.both_sides")
    return replace(one, low=min(one.low, other.low), high=max(one.high, other.high), note=note)


def summary_of(
    one: Sequence[Panel], other: Sequence[Panel], pairs: Sequence[Pair], seen: tuple[int, int], grid: tuple[int, int]
) -> Words:
    """How the chosen map of the first pair differs, or why nothing can be said of it."""
    here, there = pairs[0].one, pairs[0].other
    if here is None or there is None:
        return say("note.compare.no_pair")
    a, b = one[here], other[there]
    if isinstance(a, Maps) and isinstance(b, Maps):
        if a.values.shape != b.values.shape:
            shapes = {"one": _shape(a.values), "other": _shape(b.values)}
            return say("note.compare.shapes", **shapes)
        if pairs[0].difference is not None:
            chosen = a.chosen or 0
            maps = map_pairs(a, b, seen, grid)[chosen]
            return say("note.compare.chosen", map=a.labels[chosen], likeness=likeness_of(*maps, a.scales[0].percent))
    if isinstance(a, Matrix) and isinstance(b, Matrix) and pairs[0].difference is not None:
        return likeness_of(a.values, b.values, a.scale.percent)
    return say("note.compare.by_eye") if pairs[0].difference is None else say("note.compare.below")


def _shape(values: np.ndarray) -> str:
    """An array's sizes: 12 × 64 × 64."""
    return " × ".join(map(str, values.shape))
