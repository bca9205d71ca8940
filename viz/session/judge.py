"""The one place that judges a selection: what a link asks for, against what there is."""

from collections.abc import Mapping

from samvit.errors import SaidError
from samvit.tracing import Trace
from samvit.what_if import NOTHING, WhatIf, parse_change
from viz.selection import Limits, Selection, showing
from viz.session.models import Models
from viz.session.photos import EXAMPLES, UPLOAD_MARK
from viz.session.told import of_phrase
from viz.views import view_by_id
from viz.words import Problem, Words, say, symbol


def known(query: Mapping[str, str], first: Selection, models: Models) -> tuple[Selection, list[Words]]:
    """A link's selection with a model, image and view that exist here, and one sentence for each that didn't.

    Args:
        query: The link's fields by name.
        first: What a newcomer sees; it stands in for what the link doesn't say and for what doesn't exist.
        models: The encoders that are offered.
    """
    selection, problems = Selection.from_query(query)
    if "model" not in query:
        selection = selection.changed(model=first.subject.model)
    selection, missing = existing(selection, first, models)
    problems += missing
    example = next((one for one in EXAMPLES if one.name == selection.subject.image), None)
    if example is not None and "query" not in query:
        selection = selection.changed(query=example.query_at(selection.subject.size))
    try:
        view_by_id(selection.view)
    except Problem as problem:
        problems.append(showing(problem.words, first.view))
        selection = selection.changed(view=first.view)
    if selection.comparing:
        other, missing = existing(selection.other_side, first, models)
        problems += on_other_side(missing)
        selection = selection.against_side(other)
    return selection, problems


def existing(selection: Selection, first: Selection, models: Models) -> tuple[Selection, list[Words]]:
    """A selection with a model, an input size and an image that exist here, and one sentence for each that didn't."""
    problems: list[Words] = []
    model, image = selection.subject.model, selection.subject.image
    if model not in models.allowed:
        problem = say("problem.model", names=", ".join(models.allowed), got=symbol(repr(model[:40])))
        problems.append(showing(problem, first.subject.model))
        selection = selection.changed(model=first.subject.model)
    patch, size = models.patch_size(selection.subject.model), selection.subject.size
    if size % patch:
        nearest = max(round(size / patch), 1) * patch
        problems.append(showing(say("problem.multiple", patch=patch, got=size), nearest))
        selection = selection.changed(size=nearest)
    here = {first.subject.image, *(one.name for one in EXAMPLES)}
    if not image.startswith(UPLOAD_MARK) and image not in here:
        problems.append(showing(say("problem.example", got=symbol(repr(image[:40]))), first.subject.image))
        selection = selection.changed(image=first.subject.image)
    what_if, wrong = possible(selection, models)
    return selection.changed(what_if=str(what_if)), problems + wrong


def on_other_side(problems: list[Words]) -> list[Words]:
    """The same sentences, said of the second of two sides."""
    return [say("problem.other_side", problem=problem) for problem in problems]


def possible(selection: Selection, models: Models) -> tuple[WhatIf, list[Words]]:
    """The changes of a selection's what-if that this model can have, and one sentence for each that it can't.

    Where a block, a head or a patch isn't named, as in older links, the selected one is meant.
    """
    config, focus = models.config(selection.subject.model), selection.focus
    side = max(selection.subject.size // config.patch_size, 1)
    here = {
        "block_off": f".{focus.block}",
        "head_off": f".{focus.block}.{focus.head}",
        "covered": f".{focus.query[0]}.{focus.query[1]}",
    }
    what_if, problems = NOTHING, []
    for text in filter(None, (part.strip() for part in selection.subject.what_if.split(","))):
        try:
            more = WhatIf((*what_if.changes, parse_change(text + here.get(text, ""))))
            more.check(config.depth, config.num_heads, (side, side))
        except SaidError as error:
            problems.append(showing(of_phrase(error.phrase), say("problem.without_change")))
        else:
            what_if = more
    return what_if, problems


def fitted(
    selection: Selection,
    query: Mapping[str, str],
    trace: Trace,
    first: Selection | None = None,
    stops: int | None = None,
) -> tuple[Selection, list[Words]]:
    """A selection inside its trace's and its view's limits, and one sentence for each index that was moved in.

    A link that names no block opens the one that the view opens on; where it asks for nothing else, the first look's
    block and head. One that names no query pins a patch that holds photo.

    Args:
        first: What a newcomer sees.
        stops: How many stops the tour has.
    """
    if "block" not in query:
        opened = first if first and selection.subject == first.subject and "view" not in query else None
        block = opened.focus.block if opened else opening_block(trace, selection.view)
        selection = selection.changed(block=min(block, trace.depth - 1))
        if opened and "head" not in query:
            selection = selection.changed(head=min(opened.focus.head, trace.heads - 1))
    if "query" not in query:  # nobody asked for this patch, so nobody needs to hear that it was moved in
        rows, cols = trace.photo_grid
        row, col = selection.focus.query
        selection = selection.changed(query=(min(row, rows - 1), min(col, cols - 1)))
    return selection.fit(limits(trace, selection, stops))


def fitted_other(selection: Selection, one: Trace, other: Trace) -> tuple[Selection, list[Words]]:
    """The other side of a fitted selection inside its own trace's limits, and one sentence for each index moved in.

    Patches that are the same on both sides lie at the same (row, col). Between grids of different sizes, as those of
    two input sizes, they lie at the same place of the grid.

    Args:
        one, other: What both sides are of.
    """
    side = selection.other_side
    if one.grid != other.grid:
        (rows, cols), (other_rows, other_cols) = one.grid, other.grid
        placed = {
            name: (side[name][0] * other_rows // rows, side[name][1] * other_cols // cols)
            for name, own in (("query", selection.against.query), ("key", None))
            if own is None and side[name] is not None
        }
        side = side.changed(**placed)
    if selection.against.query is None:  # nobody asked for this patch there, so nobody needs to hear of it
        rows, cols = other.photo_grid
        (row, col), key = side.focus.query, side.focus.key
        side = side.changed(query=(min(row, rows - 1), min(col, cols - 1)))
        side = side.changed(key=key and (min(key[0], rows - 1), min(key[1], cols - 1)))
    side, moved = side.fit(limits(other, side))
    return side, on_other_side(moved)


def limits(trace: Trace, selection: Selection, stops: int | None = None) -> Limits:
    """What bounds a selection's indexes in this trace, this view and a tour of so many stops."""
    channels = view_by_id(selection.view).channels
    return Limits(
        trace.depth,
        trace.heads,
        trace.photo_grid,
        channels(trace) if channels else None,
        None if stops is None else stops + 1,
    )


def opening_block(trace: Trace, view: str) -> int:
    """The block that a view opens on: the last global one, or the last with windows where the view is about those."""
    windowed = [index for index, window in enumerate(trace.windows) if window is not None]
    return windowed[-1] if windowed and view_by_id(view).windowed else last_global_block(trace)


def last_global_block(trace: Trace) -> int:
    """The block that is shown first: the last one whose queries see the whole image, else the last."""
    return max((index for index, window in enumerate(trace.windows) if window is None), default=trace.depth - 1)
