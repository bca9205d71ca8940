"""The current view as a file to take along."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from matplotlib.figure import Figure

from samvit.fingerprint import origin
from samvit.measures.photo import own_pixels
from samvit.tracing import Trace
from viz.figures.export import About, npz, pdf, png, readable, safetensors, svg
from viz.figures.figure import figure
from viz.figures.maps import Marks
from viz.panel import spoken
from viz.selection import Selection
from viz.session.bases import view_bases
from viz.session.models import weights_of
from viz.session.pair import key_of
from viz.views import view_by_id
from viz.views.view import BLOCK_STAGES
from viz.words import JOINED, VERBATIM, Problem, Text, Words, joined, say, symbol, written

DRAWN: dict[str, tuple[Callable[[Figure, About], bytes], str]] = {
    "png": (png, "image/png"),
    "svg": (svg, "image/svg+xml"),
    "pdf": (pdf, "application/pdf"),
}
VALUES = {"npz": npz, "safetensors": safetensors}
FORMATS = (*DRAWN, *VALUES)


@dataclass(frozen=True)
class File:
    """A file to take along."""

    name: str
    media_type: str
    data: bytes


def export_file(trace: Trace, selection: Selection, file_format: str) -> File:
    """One view as a file: png, svg or pdf; npz or safetensors with the values and where they come from.

    Raises:
        Problem: If the format is unknown.
    """
    if file_format not in FORMATS:
        raise Problem(say("problem.format", names=", ".join(FORMATS), got=symbol(repr(file_format[:20]))))
    if file_format in DRAWN:
        write, kind = DRAWN[file_format]
        data = write(drawn(trace, selection), about(trace, selection))
    else:
        kind = "application/octet-stream"
        panels = view_by_id(selection.view).panels(trace, selection)
        names = [stable_name(panel.title) for panel in panels]
        said = replace(about(trace, selection), facts=facts(trace, selection))
        data = VALUES[file_format](spoken(panels, selection.lang), names, view_bases(trace, selection), said)
    name = f"sam-encoder_{selection.subject.model}_{selection.view}_block{selection.focus.block}.{file_format}"
    return File(name, kind, data)


def drawn(trace: Trace, selection: Selection, width_in: float | None = None) -> Figure:
    """One view as a matplotlib Figure, with the pinned patches and a caption; `width_in` inches wide, for a paper."""
    shown = [spoken(panel, selection.lang) for panel in view_by_id(selection.view).panels(trace, selection)]
    under = written(caption(trace, selection), selection.lang)
    return figure(shown, own_pixels(trace).numpy(), under, marks(trace, selection), selection.look.overlay, width_in)


def about(trace: Trace, selection: Selection) -> About:
    """What a file says of itself: its view's title, and the caption."""
    title = written(say(f"view.{selection.view}.title"), selection.lang)
    return About(title, subject=written(caption(trace, selection), selection.lang))


def facts(trace: Trace, selection: Selection) -> dict[str, object]:
    """Which weights and photo, which versions, and what of them is shown, as plain values."""
    focus = selection.focus
    looked = {"view": selection.view, "block": focus.block, "head": focus.head, "query": focus.query, "key": focus.key}
    return {**origin(trace), **looked, "link": urlencode(selection.to_query())}


def stable_name(text: Text) -> str:
    """What a panel's values are called: the key of its title, which is the same whatever is selected."""
    if isinstance(text, str):
        return readable(text)
    if text.key == VERBATIM:
        return readable(str(dict(text.values)["name"]))
    if text.key == JOINED:
        return "_".join(filter(None, (stable_name(part) for _, part in text.values if isinstance(part, Words))))
    return text.key.removeprefix("panel.").removeprefix("label.")


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
