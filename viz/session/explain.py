"""What am I looking at: words, formula, the source lines that ran, shapes, and what a picture doesn't prove."""

import inspect
from functools import cache
from pathlib import Path

from samvit.tracing import Trace
from viz.figures.formula import formula_svg, symbols_of
from viz.selection import Selection
from viz.texts import text
from viz.views import view_by_id

ROOT = Path(__file__).parents[2]


def explanation(trace: Trace, selection: Selection) -> dict[str, object]:
    """Everything under the picture, for the selected view."""
    view, lang = view_by_id(selection.view), selection.lang
    known = {info.name: info.shape for info in trace.tensors()}
    shapes = []
    for name in view.tensors:
        name = name.format(block=selection.focus.block, last=trace.depth - 1)
        if name in known:
            shapes.append({"name": name, "shape": "×".join(map(str, known[name]))})
    return {
        "view": view.id,
        "title": text(lang, f"view.{view.id}.title"),
        "what": text(lang, f"view.{view.id}.what"),
        "more": text(lang, f"view.{view.id}.more"),
        "formula": [formula_svg(line) for line in text(lang, f"view.{view.id}.formula").split("\n")],
        "symbols": [
            {"name": name, "meaning": text(lang, f"symbol.{name}"), "place": dict(view.symbols).get(name, "")}
            for name, _ in symbols_of(text(lang, f"view.{view.id}.formula"))
        ],
        "not": text(lang, f"view.{view.id}.not"),
        "source": [source_lines(thing) for thing in view.source],
        "shapes": shapes,
    }


@cache
def source_lines(thing: object) -> dict[str, object]:
    """A function's or class's own lines, from the file that runs; `file` is relative to the project."""
    thing = inspect.unwrap(thing)  # type: ignore[arg-type]
    lines, first = inspect.getsourcelines(thing)  # type: ignore[arg-type]
    file = Path(inspect.getsourcefile(thing)).resolve().relative_to(ROOT)  # type: ignore[arg-type]
    name = getattr(thing, "__qualname__", str(thing))
    return {"name": name, "file": file.as_posix(), "line": first, "code": inspect.cleandoc("\n" + "".join(lines))}
