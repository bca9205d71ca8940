"""The current view as a file to take along."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from matplotlib.figure import Figure

from samvit.fingerprint import origin
from samvit.measures.photo import own_pixels
from samvit.tracing import Trace
from samvit.version import __version__
from viz.figures.export import AUTHOR, About, npz, pdf, png, safetensors, svg
from viz.figures.figure import figure, figure_of_scenes
from viz.figures.maps import Marks, Scene
from viz.figures.slides import Slide, pptx
from viz.panel import spoken
from viz.selection import Selection
from viz.session.bases import bases_of_two, view_bases
from viz.session.comparison import Side, compared
from viz.session.models import other_way, weights_of
from viz.session.names import stable_name
from viz.session.pair import key_of
from viz.views import view_by_id
from viz.views.view import BLOCK_STAGES
from viz.what_if import what_if_words
from viz.words import Problem, Words, joined, say, symbol, written

MADE_WITH = f"{AUTHOR} {__version__}"
DRAWN: dict[str, tuple[Callable[[Figure, About], bytes], str]] = {
    "png": (png, "image/png"),
    "svg": (svg, "image/svg+xml"),
    "pdf": (pdf, "application/pdf"),
}
VALUES = {"npz": npz, "safetensors": safetensors}
SLIDES = {"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}
FIRST_SENTENCE = re.compile(r"(?<=[.?!]) |(?<=[。？！])")
FORMATS = (*DRAWN, *VALUES, *SLIDES)
SLIDE_DPI = 200


@dataclass(frozen=True)
class File:
    """A file to take along."""

    name: str
    media_type: str
    data: bytes


def export_file(trace: Trace, selection: Selection, file_format: str, other: Side | None = None) -> File:
    """One view as a file: png, svg or pdf; npz or safetensors with the values and where they come from.

    Args:
        other: The second of two sides that are compared: the file holds both, and their differences.

    Raises:
        Problem: If the format is unknown.
    """
    if file_format not in FORMATS:
        raise Problem(say("problem.format", names=", ".join(FORMATS), got=symbol(repr(file_format[:20]))))
    if file_format in DRAWN:
        write, kind = DRAWN[file_format]
        data = write(drawn(trace, selection, other=other), about(trace, selection, other))
    elif file_format in SLIDES:
        kind, data = SLIDES[file_format], presentation([slide(trace, selection, other)])
    else:
        kind = "application/octet-stream"
        data = values(trace, selection, file_format, other)
    compared_view = f"{selection.view}_compared" if other else selection.view
    name = f"sam-encoder_{selection.subject.model}_{compared_view}_block{selection.focus.block}.{file_format}"
    return File(name, kind, data)


def values(trace: Trace, selection: Selection, file_format: str, other: Side | None = None) -> bytes:
    """One view's values, of two sides as `a_…`, `b_…` and `difference_…`; and where they come from."""
    if other is None:
        panels = view_by_id(selection.view).panels(trace, selection)
        names = [stable_name(panel.title) for panel in panels]
        more, said = view_bases(trace, selection), facts(trace, selection)
    else:
        one = Side(trace, selection.one_side)
        shown = compared(one, other, selection.against.compare).in_order()
        panels = [panel for _, _, panel in shown]
        names = [f"{side}_{name}" for side, name, _ in shown]
        found = bases_of_two((one.trace, one.selection), (other.trace, other.selection))
        more = {f"{name}.{key}": array for name, of in zip("ab", found, strict=True) for key, array in of.items()}
        said = facts(trace, selection) | {"against": facts(other.trace, other.selection)}
    return VALUES[file_format](
        spoken(panels, selection.lang), names, more, replace(about(trace, selection, other), facts=said)
    )


def drawn(
    trace: Trace, selection: Selection, width_in: float | None = None, other: Side | None = None, foot: bool = True
) -> Figure:
    """One view as a matplotlib Figure, with the pinned patches and a caption; of two sides both, and differences.

    Args:
        width_in: Inches, for a paper; without it the figure is a slide.
        foot: Whether there is a caption.
    """
    lang, overlay = selection.lang, selection.look.overlay
    under = written(caption(trace, selection, other), lang) if foot else ""
    if other is None:
        shown = [spoken(panel, lang) for panel in view_by_id(selection.view).panels(trace, selection)]
        return figure(shown, own_pixels(trace).numpy(), under, marks(trace, selection), overlay, width_in)
    one = Side(trace, selection.one_side)
    here = Scene(own_pixels(trace).numpy(), marks(trace, one.selection), overlay)
    there = Scene(own_pixels(other.trace).numpy(), marks(other.trace, other.selection), overlay)
    parts = []
    for side, _, panel in compared(one, other, selection.against.compare).in_order():
        title = panel.title if side == "difference" else say(f"panel.compare.{side}", what=panel.title)
        parts.append((spoken(replace(panel, title=title), lang), there if side == "b" else here))
    return figure_of_scenes(parts, under, width_in)


def slide(
    trace: Trace, selection: Selection, other: Side | None = None, title: str = "", text: str = "", notes: str = ""
) -> Slide:
    """One view as a slide.

    Args:
        title, text, notes: Instead of the view's own title, first sentence and explanation.
    """
    own = {
        part: written(say(f"view.{selection.view}.{part}"), selection.lang) for part in ("title", "what", "more", "not")
    }
    picture = png(drawn(trace, selection, other=other, foot=False), dpi=SLIDE_DPI)
    first = FIRST_SENTENCE.split(own["what"], maxsplit=1)[0]
    told = notes or "\n\n".join((own["what"], own["more"], own["not"]))
    link = urlencode(selection.to_query(), safe=",")
    under = written(caption(trace, selection, other), selection.lang)
    return Slide(title or own["title"], picture, text or first, under, f"{told}\n\n{link}")


def presentation(slides: Sequence[Slide]) -> bytes:
    """Slides in order as a file that says which version made it.

    Raises:
        Problem: If python-pptx isn't installed.
        ValueError: If there is no slide.
    """
    return pptx(slides, author=MADE_WITH)


def about(trace: Trace, selection: Selection, other: Side | None = None) -> About:
    """What a file says of itself: its view's title, which version made it, and the caption."""
    title = written(say(f"view.{selection.view}.title"), selection.lang)
    return About(title, MADE_WITH, written(caption(trace, selection, other), selection.lang))


def facts(trace: Trace, selection: Selection) -> dict[str, object]:
    """Which weights and photo, which versions, and what of them is shown, as plain values."""
    focus = selection.focus
    looked = {"view": selection.view, "block": focus.block, "head": focus.head, "query": focus.query, "key": focus.key}
    return {**origin(trace), **looked, "link": urlencode(selection.to_query())}


def marks(trace: Trace, selection: Selection) -> Marks:
    """The pinned patches, as on screen."""
    key = key_of(trace, selection) if view_by_id(selection.view).stage in BLOCK_STAGES else selection.focus.key
    query, key_name, other = (written(say(f"label.mark.{role}"), selection.lang) for role in ("query", "key", "other"))
    return Marks(
        selection.focus.query,
        key,
        selection.against.query,
        grid=trace.grid,
        photo_extent=trace.photo_extent,
        names=(query, key_name, other),
    )


def caption(trace: Trace, selection: Selection, other: Side | None = None) -> Words:
    """What the figure shows, of which model, with whose weights, where; of two sides that are compared, of both."""
    if other is not None:
        return joined(
            say("caption.sentence", what=say(f"view.{selection.view}.title")),
            say("caption.side.a", what=place(trace, selection)),
            say("caption.side.b", what=place(other.trace, other.selection)),
            by=" ",
        )
    return joined(say("caption.sentence", what=say(f"view.{selection.view}.title")), place(trace, selection), by=" ")


def place(trace: Trace, selection: Selection) -> Words:
    """Of which model, with whose weights, in which block and head, on which photo."""
    subject, focus = selection.subject, selection.focus
    in_block = view_by_id(selection.view).stage in BLOCK_STAGES
    return joined(
        weights_of(subject.model, trace.encoder),
        say("caption.place", block=focus.block, head=focus.head) if in_block else None,
        what_if_words(trace.what_if),
        other_way(trace),
        say("caption.photo", image=symbol(subject.image), size=subject.size, query=focus.query),
        by=" ",
    )
