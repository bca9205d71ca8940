"""Panels on their way to the browser: JSON with arrays as base64 in it, or as they are behind it."""

import base64
import io
import math
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import orjson
import torch
from PIL import Image

from viz.palette import curve_colours
from viz.panel import Cell, Curves, Maps, Matrix, Numbers, Panel, Picture, Places, Scale, Table, spoken

EXACT_UP_TO = 4096  # entries: a map of one head at 1024 px, or a table of numbers
ALIGNED = 4  # bytes: where an array of floats may begin

Written = Callable[[bytes], object]  # how an array's bytes stand in a message


def in_text(data: bytes) -> object:
    """An array's bytes as base64."""
    return base64.b64encode(data).decode()


class Behind:
    """Arrays that travel behind their message as they are: a third less than base64, and nothing to pack.

    The bytes of `joined`: the length of the JSON (4 bytes, little-endian), the JSON, the arrays. In the JSON an array
    is `{"at": …, "bytes": …}`, counted from the JSON's end.
    """

    def __init__(self) -> None:
        self._arrays: list[bytes] = []
        self._length = 0

    def __call__(self, data: bytes) -> object:
        """Take an array along; where it will be."""
        place = {"at": self._length, "bytes": len(data)}
        padded = data + bytes(-len(data) % ALIGNED)
        self._arrays.append(padded)
        self._length += len(padded)
        return place

    def joined(self, message: object) -> bytes:
        """A message, and the arrays that were taken along while it was made."""
        text = orjson.dumps(message)
        text += b" " * (-len(text) % ALIGNED)
        return b"".join((len(text).to_bytes(4, "little"), text, *self._arrays))


def panel_message(panel: Panel, language: str = "en", write: Written = in_text) -> dict[str, object]:
    """One panel as the browser's drawers read it; `kind` names the drawer."""
    kind, panel = type(panel).__name__, spoken(panel, language)
    message: dict[str, object] = {"kind": kind, "title": panel.title}
    match panel:
        case Maps():
            message |= floats(panel.values, write)
            message["scales"] = [_scale(scale) for scale in panel.scales]
            message |= {"labels": panel.labels, "notes": panel.notes, "overPhoto": panel.over_photo}
            message |= {"picks": panel.picks, "chosen": panel.chosen, "rows": panel.rows, "cols": panel.cols}
            message |= {"sight": panel.sight and asdict(panel.sight), "whole": panel.whole, "titled": panel.titled}
        case Picture():
            message |= {"src": picture_url(panel.pixels), "onGrid": panel.on_grid, "note": panel.note}
            message |= {"rows": panel.pixels.shape[0], "cols": panel.pixels.shape[1]}
        case Curves():
            colours = curve_colours([curve.role for curve in panel.curves])
            message["curves"] = [
                {
                    "label": curve.label,
                    "x": _numbers(curve.x),
                    "y": _numbers(curve.y),
                    "colour": colour,
                    "patches": curve.patches,
                    "colours": [] if curve.colours is None else [bytes(one).hex() for one in curve.colours],
                    "square": curve.square,
                }
                for curve, colour in zip(panel.curves, colours, strict=True)
            ]
            message["yNames"] = panel.y_names
            message |= {"xLabel": panel.x_label, "yLabel": panel.y_label, "marks": panel.marks, "points": panel.points}
        case Matrix():
            message |= floats(panel.values, write)
            message |= {"scale": _scale(panel.scale), "rowLabel": panel.row_label, "colLabel": panel.col_label}
            message |= {"rowMark": panel.row_mark, "colMark": panel.col_mark, "numbers": panel.numbers}
        case Table():
            message |= {
                "columns": panel.columns,
                "rows": [[_cell(cell) for cell in row] for row in panel.rows],
                "marked": panel.marked,
            }
        case Numbers():
            message["numbers"] = [
                {"label": n.label, "text": n.text, "unit": n.unit, "role": n.role} for n in panel.numbers
            ]
            message["note"] = panel.note
    return message


def floats(values: np.ndarray, write: Written = in_text) -> dict[str, object]:
    """An array for the browser; NaN stays NaN.

    Small ones travel as float32, exact. Large ones as float16 of their largest magnitude: half the bytes, and small
    weights keep their digits.
    """
    finite = np.abs(values[np.isfinite(values)])
    factor = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    if values.size <= EXACT_UP_TO:
        kind, factor, data = "f4", 1.0, values.astype("<f4").tobytes()
    else:
        halves = torch.from_numpy(values / factor).half().numpy()  # NumPy rounds alike, twenty times slower
        kind, data = "f2", halves.astype("<f2", copy=False).tobytes()
    return {"shape": values.shape, "type": kind, "factor": factor, "data": write(data)}


def picture_url(pixels: np.ndarray, quality: int | None = None) -> str:
    """uint8 RGB as a data URL: lossless, or WebP at `quality` (0–100) where a photo only lies underneath."""
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    if quality is None:
        image.save(buffer, "PNG", compress_level=1)
    else:
        image.save(buffer, "WEBP", quality=quality, method=2)
    kind = "png" if quality is None else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _cell(cell: Cell) -> object:
    """A table's cell: its text, or the stages it names."""
    return {"stages": cell.stages, "texts": cell.texts} if isinstance(cell, Places) else cell


def _scale(scale: Scale) -> dict[str, object]:
    return {
        "kind": scale.kind,
        "low": scale.low,
        "high": scale.high,
        "unit": scale.unit,
        "note": scale.note,
        "log": scale.log,
        "percent": scale.percent,
        "categories": scale.categories,
    }


def _numbers(values: np.ndarray) -> list[float | None]:
    """Six digits are more than a screen shows; JSON has no NaN."""
    return [float(f"{value:.6g}") if math.isfinite(value) else None for value in values.tolist()]
