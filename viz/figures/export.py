"""Figures as PNG, SVG and PDF, and panels' numbers as npz and safetensors. The same input, the same bytes."""

import io
import json
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from safetensors.numpy import save

from viz.figures.lock import DRAWING
from viz.panel import Curves, Maps, Matrix, Numbers, Panel, Picture, Scale, Table

DPI = 300  # what journals ask for
IMAGE_DPI = 220  # of the photo inside vector files; maps keep one pixel a patch

AUTHOR = "SAM Encoder Explorer"

Arrays = Mapping[str, np.ndarray]
NOTHING: Arrays = MappingProxyType({})

# These settings exist only as matplotlib's global ones: text stays text, ids don't change from run to run.
_VECTOR: dict[str, object] = {"svg.fonttype": "none", "svg.hashsalt": "sam-encoder-explorer", "pdf.fonttype": 42}


@dataclass(frozen=True)
class About:
    """What a file says of itself: what it shows, who made it, what of; and facts as plain values, for data."""

    title: str = ""
    author: str = AUTHOR
    subject: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


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


def npz(panels: Sequence[Panel], names: Sequence[str] = (), more: Arrays = NOTHING, about: About = About()) -> bytes:
    """Everything that panels hold, as numpy arrays that load without pickle.

    Args:
        panels: With their words written in a language.
        names: What each panel's arrays are called, without its number; by its title where there are none.
        more: Further arrays, by name.
        about: Its facts go in as `about`, JSON.
    """
    arrays = arrays_of(panels, names) | dict(more)
    if about.facts:
        arrays["about"] = np.array(json.dumps(about.facts, sort_keys=True, ensure_ascii=False))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def safetensors(
    panels: Sequence[Panel], names: Sequence[str] = (), more: Arrays = NOTHING, about: About = About()
) -> bytes:
    """The same as safetensors; what isn't a number stands in the metadata, JSON under `samvit`."""
    arrays = arrays_of(panels, names) | dict(more)
    numbers = {name: np.ascontiguousarray(array) for name, array in arrays.items() if array.dtype.kind in "biuf"}
    words = {name: array.tolist() for name, array in arrays.items() if name not in numbers}
    said = json.dumps({**about.facts, "words": words}, sort_keys=True, ensure_ascii=False)
    return save(numbers, {"samvit": said})


def arrays_of(panels: Sequence[Panel], names: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """Everything that panels hold, by `<panel's number>_<its name>.<what>`: `0_heads.values`."""
    arrays: dict[str, np.ndarray] = {}
    for index, panel in enumerate(panels):
        known = names[index] if names else readable(str(panel.title))
        name = f"{index}_{known or type(panel).__name__.lower()}"
        arrays |= {f"{name}.{what}": array for what, array in panel_arrays(panel).items()}
    return arrays


def panel_arrays(panel: Panel) -> dict[str, np.ndarray]:
    """One panel's contents by name; numbers as they are with their scales' ends, words as numpy strings."""
    match panel:
        case Maps():
            notes = {"notes": _strings(panel.notes)} if panel.notes else {}
            return {"values": panel.values, "labels": _strings(panel.labels), **notes, "ranges": _ranges(panel.scales)}
        case Picture():
            return {"pixels": panel.pixels}
        case Curves():
            arrays: dict[str, np.ndarray] = {"labels": _strings([curve.label for curve in panel.curves])}
            for index, curve in enumerate(panel.curves):
                arrays |= {f"{index}.x": curve.x, f"{index}.y": curve.y}
            return arrays
        case Matrix():
            return {"values": panel.values, "ranges": _ranges((panel.scale,))}
        case Table():
            return {"columns": _strings(panel.columns), "rows": np.array([list(map(str, row)) for row in panel.rows])}
        case Numbers():
            return {
                "labels": _strings([number.label for number in panel.numbers]),
                "values": np.array([number.value for number in panel.numbers], np.float64),
                "units": _strings([number.unit for number in panel.numbers]),
            }


def _ranges(scales: Sequence[Scale]) -> np.ndarray:
    """The values at both ends of each colour scale, (scales, 2)."""
    return np.array([(scale.low, scale.high) for scale in scales], np.float64).reshape(-1, 2)


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
