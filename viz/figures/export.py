"""Figures and panels as files: PNG, SVG, PDF, and the numbers themselves as npz. The same input, the same bytes."""

import io
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from viz.figures.lock import DRAWING
from viz.panel import Curves, Maps, Matrix, Numbers, Panel, Picture, Table

DPI = 300  # what journals ask for
IMAGE_DPI = 220  # of the photo inside vector files; maps keep one pixel a patch

AUTHOR = "SAM Encoder Explorer"

# These settings exist only as matplotlib's global ones: text stays text, ids don't change from run to run.
_VECTOR: dict[str, object] = {"svg.fonttype": "none", "svg.hashsalt": "sam-encoder-explorer", "pdf.fonttype": 42}


@dataclass(frozen=True)
class About:
    """What a file says of itself: what it shows, who made it, and what of."""

    title: str = ""
    author: str = AUTHOR
    subject: str = ""


def png(figure: Figure, about: About = About(), dpi: int = DPI) -> bytes:
    """A figure as PNG, at `dpi` pixels an inch."""
    said = {"Title": about.title, "Author": about.author, "Description": about.subject}
    return _written(figure, "png", dpi, {"Software": None, **_filled(said)})


def svg(figure: Figure, about: About = About()) -> bytes:
    """A figure as SVG whose text is text: it can be selected, searched and edited."""
    said = {"Title": about.title, "Creator": about.author, "Description": about.subject}
    return _written(figure, "svg", IMAGE_DPI, {"Date": None, **_filled(said)})


def pdf(figure: Figure, about: About = About()) -> bytes:
    """A figure as PDF with its fonts embedded."""
    said = {"Title": about.title, "Author": about.author, "Subject": about.subject}
    return _written(figure, "pdf", IMAGE_DPI, {"CreationDate": None, **_filled(said)})


def _filled(said: Mapping[str, str]) -> dict[str, str]:
    """What isn't empty, without characters that XML or PDF can't hold."""
    clean = {name: re.sub(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "", text) for name, text in said.items()}
    return {name: text for name, text in clean.items() if text}


def npz(panels: list[Panel]) -> bytes:
    """Everything that panels hold, as numpy arrays that load without pickle.

    Names are `<panel's number>_<its title>.<what>`: `0_where_the_pinned_patch_looks.values`.
    """
    arrays: dict[str, np.ndarray] = {}
    for index, panel in enumerate(panels):
        name = f"{index}_{readable(str(panel.title)) or type(panel).__name__.lower()}"
        arrays |= {f"{name}.{what}": array for what, array in panel_arrays(panel).items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def panel_arrays(panel: Panel) -> dict[str, np.ndarray]:
    """One panel's contents by name; numbers as they are, words as numpy strings."""
    match panel:
        case Maps():
            notes = {"notes": _strings(panel.notes)} if panel.notes else {}
            return {"values": panel.values, "labels": _strings(panel.labels), **notes}
        case Picture():
            return {"pixels": panel.pixels}
        case Curves():
            arrays: dict[str, np.ndarray] = {}
            for index, curve in enumerate(panel.curves):
                name = f"{index}_{readable(str(curve.label)) or 'curve'}"
                arrays |= {f"{name}.x": curve.x, f"{name}.y": curve.y}
            return arrays
        case Matrix():
            return {"values": panel.values}
        case Table():
            return {"columns": _strings(panel.columns), "rows": np.array([list(map(str, row)) for row in panel.rows])}
        case Numbers():
            return {
                "labels": _strings([number.label for number in panel.numbers]),
                "values": np.array([number.value for number in panel.numbers], np.float64),
                "units": _strings([number.unit for number in panel.numbers]),
            }


def _strings(texts: Iterable[object]) -> np.ndarray:
    """Texts as numpy strings, which load without pickle."""
    return np.array([str(text) for text in texts])


def readable(title: str) -> str:
    """A title as part of a file's name: lower case words joined by underscores, letters of any script."""
    return re.sub(r"\W+", "_", title).strip("_").lower()[:60]


def _written(figure: Figure, kind: str, dpi: int, metadata: Mapping[str, str | None]) -> bytes:
    """Draw a figure into bytes without anything that differs between two runs."""
    buffer = io.BytesIO()
    with DRAWING, rc_context(_VECTOR), warnings.catch_warnings():  # type: ignore[arg-type]
        # A caption in a script that no installed font has is drawn as boxes (as SVG: by the viewer's own font).
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()
