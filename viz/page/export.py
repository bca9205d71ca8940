"""The current view as a file to take along."""

import base64
from collections.abc import Callable

from matplotlib.figure import Figure

from samvit.measures.photo import own_pixels
from samvit.tracing import Trace
from viz.figures.export import npz, pdf, png, svg
from viz.figures.figure import figure
from viz.figures.maps import Marks
from viz.page.pair import key_of
from viz.panel import spoken
from viz.selection import Selection
from viz.texts import text
from viz.views import view_by_id
from viz.views.view import BLOCK_STAGES

DRAWN: dict[str, tuple[Callable[[Figure], bytes], str]] = {
    "png": (png, "image/png"),
    "svg": (svg, "image/svg+xml"),
    "pdf": (pdf, "application/pdf"),
}
FORMATS = (*DRAWN, "npz")


def export_file(trace: Trace, selection: Selection, file_format: str, weights: str) -> dict[str, object]:
    """One view as a file: its name, media type and bytes (base64).

    Args:
        file_format: png, svg, pdf, or npz with the values.
        weights: What the model is, for the caption.

    Raises:
        ValueError: If the format is unknown.
    """
    if file_format not in FORMATS:
        raise ValueError(text("en", "problem.format", names=", ".join(FORMATS), got=repr(file_format[:20])))
    panels = [spoken(panel, selection.lang) for panel in view_by_id(selection.view).panels(trace, selection)]
    if file_format == "npz":
        data, kind = npz(panels), "application/octet-stream"
    else:
        write, kind = DRAWN[file_format]
        photo = own_pixels(trace).numpy()
        data = write(
            figure(panels, photo, caption(selection, weights), marks(trace, selection), selection.look.overlay)
        )
    name = f"sam-encoder_{selection.subject.model}_{selection.view}_block{selection.focus.block}.{file_format}"
    return {"name": name, "type": kind, "data": base64.b64encode(data).decode()}


def marks(trace: Trace, selection: Selection) -> Marks:
    """The pinned patches, as on screen."""
    key = key_of(trace, selection) if view_by_id(selection.view).stage in BLOCK_STAGES else selection.focus.key
    return Marks(selection.focus.query, key, selection.against.query, grid=trace.grid, photo_extent=trace.photo_extent)


def caption(selection: Selection, weights: str) -> str:
    """What the figure shows, of which model, with whose weights, where."""
    lang, view = selection.lang, view_by_id(selection.view)
    parts = [text(lang, f"view.{view.id}.title"), weights]
    if view.stage in BLOCK_STAGES:
        parts.append(text(lang, "caption.place", block=selection.focus.block, head=selection.focus.head))
    parts.append(
        text(
            lang,
            "caption.photo",
            image=selection.subject.image,
            size=selection.subject.size,
            query=selection.focus.query,
        )
    )
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts)
