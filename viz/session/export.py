"""The current view as a file to take along."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from samvit.measures.photo import own_pixels
from samvit.tracing import Trace
from viz.figures.export import npz, pdf, png, svg
from viz.figures.figure import figure
from viz.figures.maps import Marks
from viz.panel import spoken
from viz.selection import Selection
from viz.session.models import weights_of
from viz.session.pair import key_of
from viz.views import view_by_id
from viz.views.view import BLOCK_STAGES
from viz.words import Problem, Words, joined, say, symbol, written

DRAWN: dict[str, tuple[Callable[[Figure], bytes], str]] = {
    "png": (png, "image/png"),
    "svg": (svg, "image/svg+xml"),
    "pdf": (pdf, "application/pdf"),
}
FORMATS = (*DRAWN, "npz")


@dataclass(frozen=True)
class File:
    """A file to take along."""

    name: str
    media_type: str
    data: bytes


def export_file(trace: Trace, selection: Selection, file_format: str) -> File:
    """One view as a file: png, svg, pdf, or npz with the values.

    Raises:
        Problem: If the format is unknown.
    """
    if file_format not in FORMATS:
        raise Problem(say("problem.format", names=", ".join(FORMATS), got=symbol(repr(file_format[:20]))))
    view, lang = view_by_id(selection.view), selection.lang
    shown = [spoken(panel, lang) for panel in view.panels(trace, selection)]
    if file_format == "npz":
        data, kind = npz(shown), "application/octet-stream"
    else:
        write, kind = DRAWN[file_format]
        under = written(caption(trace, selection), lang)
        data = write(figure(shown, own_pixels(trace).numpy(), under, marks(trace, selection), selection.look.overlay))
    name = f"sam-encoder_{selection.subject.model}_{selection.view}_block{selection.focus.block}.{file_format}"
    return File(name, kind, data)


def marks(trace: Trace, selection: Selection) -> Marks:
    """The pinned patches, as on screen."""
    key = key_of(trace, selection) if view_by_id(selection.view).stage in BLOCK_STAGES else selection.focus.key
    return Marks(selection.focus.query, key, selection.against.query, grid=trace.grid, photo_extent=trace.photo_extent)


def caption(trace: Trace, selection: Selection) -> Words:
    """What the figure shows, of which model, with whose weights, where."""
    subject, focus, view = selection.subject, selection.focus, view_by_id(selection.view)
    in_block = view.stage in BLOCK_STAGES
    return joined(
        say("caption.sentence", what=say(f"view.{view.id}.title")),
        weights_of(subject.model, trace.encoder),
        say("caption.place", block=focus.block, head=focus.head) if in_block else None,
        say("caption.photo", image=symbol(subject.image), size=subject.size, query=focus.query),
        by=" ",
    )
