"""Views from Python: a trace's view as a figure, a file or panels, by the names that links and the command line use."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from samvit.preprocess import SEGMENT_ANYTHING, ModelImage
from samvit.tracing import Trace
from viz.figures.slides import Slide
from viz.links import link_fields
from viz.panel import Panel, spoken
from viz.selection import BY_NAME, Limits, Selection
from viz.session.comparison import Side
from viz.session.export import FORMATS, drawn, export_file, presentation, slide
from viz.session.judge import fitted_other, limits, opening_block
from viz.views import view_by_id
from viz.words import Problem, say, symbol


def selected(trace: Trace, view: str = "heads", **fields: Any) -> Selection:
    """What is looked at in a trace; by default the block that the view opens on, head 0 and the patch in the middle.

    Args:
        view: One of `python -m viz --list`.
        fields: Any of a selection's: `block=8, head=2, query=(20, 31), heads="mean", scale="log"` …

    Raises:
        Problem: If there is no such view or field, or a value lies outside the trace.
    """
    view_by_id(view)
    for name in fields:
        if name not in BY_NAME:
            raise Problem(say("problem.field", names=", ".join(BY_NAME), got=symbol(repr(name[:40]))))
    (rows, cols) = trace.photo_grid
    known = {
        "image": trace.source or "photo",
        "model": model_name(trace),
        "size": trace.geometry.img_size,
        "way": way_of(trace),
        "what_if": str(trace.what_if),
        "block": opening_block(trace, view),
        "query": (rows // 2, cols // 2),
    }
    chosen = Selection.of(**{**known, **fields, "view": view})
    return check(chosen, limits(trace, chosen))


def way_of(trace: Trace) -> str:
    """How a trace's photo was made ready; the usual way where it was made of a bare tensor."""
    image = trace.image if trace.true_image is None else trace.true_image
    return image.way.name if isinstance(image, ModelImage) else SEGMENT_ANYTHING.name


def model_name(trace: Trace) -> str:
    """What a trace's encoder is called: by the named encoder's name only if it has that one's weights."""
    encoder = trace.true_encoder or trace.execution.encoder
    name, known = encoder.config.name if encoder.config else "image-encoder", encoder.provenance
    if known is None:
        return f"{name}-in-memory"
    return f"{name}-random" if known.origin == "random" else name


def check(selection: Selection, bounds: Limits) -> Selection:
    """The selection, unless an index lies outside its bounds."""
    _, problems = selection.fit(bounds)
    if problems:  # "…; showing …" is what a page would say
        raise Problem(dict(problems[0].values)["problem"])
    return selection


def figure(
    trace: Trace, view: str = "heads", width_in: float | None = None, against: Trace | None = None, **fields: Any
) -> Figure:
    """A view as a matplotlib Figure, which a notebook shows by itself; of two traces both, and their difference.

    Args:
        view, fields: As for `selected`; `against_block=5` and the like say what differs on the other side, `compare`
            is "one" scale for both or each its "own".
        against: The trace of the other side. Without it, `compare="one"` compares the trace with itself.
        width_in: How wide it is, in inches, as 3.25 for a column of a paper; a slide's width by default.

    Raises:
        Problem: As `selected`, or if the view has nothing to show for this encoder.
        ValueError: If width_in isn't in 2..20.
    """
    trace = trace.detached()
    chosen, other = both_sides(trace, against and against.detached(), view, fields)
    return drawn(trace, chosen, width_in, other)


def both_sides(
    trace: Trace, against: Trace | None, view: str, fields: Mapping[str, Any]
) -> tuple[Selection, Side | None]:
    """What is looked at, and the other side of it where two are compared.

    Raises:
        Problem: As `selected`, or if the other side is of another photo or model and its trace isn't given.
    """
    if against is None:
        chosen = selected(trace, view, **fields)
        if not chosen.comparing:
            return chosen, None
        if chosen.other_side.subject != chosen.subject:
            raise Problem(say("problem.against"))
        return chosen, compared_side(chosen, trace, trace)
    one, other = (selected(each, view).subject for each in (trace, against))
    names = ("image", "model", "size", "way", "what_if")
    differs = {f"against_{name}": getattr(other, name) for name in names if getattr(one, name) != getattr(other, name)}
    chosen = selected(trace, view, **{"compare": "one", **differs, **fields})
    return chosen, compared_side(chosen, trace, against)


show = figure  # the same, under the name that one looks for in a notebook


def panels(trace: Trace, view: str = "heads", **fields: Any) -> list[Panel]:
    """What a view shows as values: maps, curves, tables, numbers, with their words in the selection's language.

    Args:
        view, fields: As for `selected`.

    Raises:
        Problem: As `figure`.
    """
    trace = trace.detached()
    chosen = selected(trace, view, **fields)
    return spoken(view_by_id(view).panels(trace, chosen), chosen.lang)


def save_slides(trace: Trace, path: str | Path, links: Iterable[str | Mapping[str, Any]]) -> None:
    """A list of links as slides of one trace, a slide each: .pptx, which takes the extra `slides`.

    Args:
        links: Links of the page, or their fields: `["view=heads&block=8", {"view": "neck_pca"}]`. What they say of
            photo and model is left aside, since this trace has its own. `viz.links.read_links` reads a file of them.

    Raises:
        Problem: If a link can't be read or lies outside the trace, compares with another photo or model, or
            python-pptx isn't installed.
        ValueError: If there is no link.
    """
    trace = trace.detached()
    Path(path).write_bytes(presentation([linked_slide(trace, link) for link in links]))


def linked_slide(trace: Trace, link: str | Mapping[str, Any]) -> Slide:
    """One link as a slide of a trace."""
    given = link_fields(link) if isinstance(link, str) else link
    fields = {name: value for name, value in given.items() if name not in BY_NAME or BY_NAME[name].part != "subject"}
    chosen = selected(trace, **fields)
    if not chosen.comparing:
        return slide(trace, chosen)
    if chosen.other_side.subject != chosen.subject:
        raise Problem(say("problem.links.other"))
    return slide(trace, chosen, compared_side(chosen, trace, trace))


def compared_side(selection: Selection, one: Trace, other: Trace) -> Side:
    """The second of two sides of a selection; Problem if an index lies outside its trace."""
    side, moved = fitted_other(selection, one, other)
    if moved:
        raise Problem(moved[0])
    return Side(other, side)


def save(trace: Trace, path: str | Path, view: str = "heads", against: Trace | None = None, **fields: Any) -> None:
    """A view as a file, of the format that its ending names: png, svg, pdf; npz or safetensors for the values.

    Args:
        view, against, fields: As for `figure`.

    Raises:
        Problem: As `figure`, or if the ending names no format.
    """
    path = Path(path)
    file_format = path.suffix.removeprefix(".").lower()
    if file_format not in FORMATS:
        raise Problem(say("problem.format", names=", ".join(FORMATS), got=symbol(repr(file_format[:20]))))
    trace = trace.detached()
    chosen, other = both_sides(trace, against and against.detached(), view, fields)
    path.write_bytes(export_file(trace, chosen, file_format, other).data)
