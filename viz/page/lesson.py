"""A lesson as one file: the page without a server, on the tokens of some blocks, which it computes every head from.

Stored is not q and k but what both are made of, norm1's output, with the layer that makes them: half the numbers, so
that all blocks of a small encoder go into one file, each number 9 bits with one scale for each token. A map computed
from them is off by less than `BOUND` of its largest weight.
"""

import base64
import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import PurePath, PurePosixPath
from typing import Any

import numpy as np
import orjson
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.encoder import Block
from samvit.fingerprint import origin
from samvit.masked import masks_padding
from samvit.rel_pos import resize_rel_pos
from samvit.tracing import Trace
from viz.page.lesson_views import LIVE, seen_at, stops_of, stored_views, tour_messages
from viz.page.modules import ROOT, Modules
from viz.page.scene import scene_message
from viz.page.wire import floats, panel_message
from viz.selection import FIELDS, Selection
from viz.session.explain import explanation
from viz.session.export import File, about
from viz.session.models import weights_of
from viz.session.photos import EXAMPLES
from viz.texts import catalogue
from viz.tour import Tour
from viz.views import VIEWS, view_by_id
from viz.views.view import View
from viz.words import Problem, say, written

LESSON, LESSON_WITH_TOUR = "html", "html_tour"  # the formats' names
BOUND = 0.05  # of a map's largest weight; tests hold every patch they try to it
LEVELS = 255  # numbers go from −255 to 255, 9 bits
PACKING = 6  # gzip's level: 9 takes four times as long for a hundredth of the bytes
TARGET_BYTES = 12_000_000  # of a file whose blocks nobody chose
IMPORT = re.compile(r'(\bfrom |\bimport )"(\.{1,2}/[^"]+)"')
# Nothing is fetched, and a browser holds the file to it.
POLICY = "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data: blob:"


def lesson(
    trace: Trace,
    selection: Selection,
    boot: Mapping[str, Any],
    blocks: Sequence[int] | None = None,
    tour: Tour | None = None,
) -> File:
    """A lesson on one trace, opened at a selection.

    Args:
        boot: What the page needs before any photo, as `Explorer.boot` gives it.
        blocks: Which blocks it holds; by default all of them, or as many as make a file of `TARGET_BYTES`: the one in
            view first, then those of the tour's live stops, then global ones.
        tour: A tour that it carries: each stop as it is here, and each question with its answer.

    Raises:
        Problem: If there is no such block.
    """
    for block in blocks or ():
        if not 0 <= block < trace.depth:
            raise Problem(say("problem.index", name="blocks", last=trace.depth - 1, got=block))
    stops = stops_of(tour, trace, selection)
    stored = stored_views(trace, [selection, *stops])
    views = [view for view in VIEWS if view.id in LIVE or view.id in stored]
    stored_bytes = len(gzip.compress(orjson.dumps(stored), 1)) * 4 // 3
    live = [stop.focus.block for stop in stops if stop.view in LIVE]
    parts: dict[int, bytes] = {}
    for block in blocks or by_worth(trace, [selection.focus.block, *live]):
        packed = base64.b64encode(gzip.compress(folded_planes(*quantised(normed(trace, block))), PACKING, mtime=0))
        if blocks is None and parts and sum(map(len, parts.values())) + len(packed) > TARGET_BYTES - stored_bytes:
            break
        parts[block] = packed
    if selection.focus.block not in parts:
        selection = selection.changed(block=next(iter(parts)))
    weights = written(weights_of(selection.subject.model, trace.encoder), selection.lang)
    held = {
        "boot": lesson_boot(boot, selection, views),
        "scene": scene_message(trace, selection, weights),
        "selection": selection.flat(),
        "layers": {str(block): layer(trace, block) for block in sorted(parts)},
        "stored": stored,
        "template": template(trace, selection),
        "explained": {view.id: explanation(trace, seen_at(view.id, selection, stops)) for view in views},
        "origin": origin(trace),
        **tour_messages(tour, trace, selection, stops),
    }
    said = about(trace, selection)
    data = page(said.title, said.subject, held, dict(sorted(parts.items())), selection.lang)
    return File(f"sam-encoder_{selection.subject.model}_lesson.html", "text/html", data)


def by_worth(trace: Trace, first: Sequence[int]) -> list[int]:
    """All blocks: those that come first, then global ones from the last, then the others."""
    rest = [block for block in reversed(range(trace.depth)) if block not in first]
    return [*dict.fromkeys(first), *sorted(rest, key=lambda block: trace.windows[block] is not None)]


def template(trace: Trace, selection: Selection) -> dict[str, Any]:
    """The live view's panel as the browser's drawers read it, less what depends on the patch."""
    (panel, *_) = view_by_id(LIVE[0]).panels(trace, selection.changed(view=LIVE[0]))
    filled = {"data", "shape", "scales", "labels", "notes", "sight"}
    return {name: value for name, value in panel_message(panel, selection.lang).items() if name not in filled}


def lesson_boot(boot: Mapping[str, Any], selection: Selection, views: Iterable[View]) -> dict[str, Any]:
    """What the page needs, less all that takes a server."""
    live = {view.id: sorted(view.uses) if view.id in LIVE else ["overlay"] for view in views}
    known = [{**one, "uses": live[one["id"]], "live": one["id"] in LIVE} for one in boot["views"] if one["id"] in live]
    nodes = {
        row: [{**node, "view": node["view"] if node["view"] in live else ""} for node in boot[row]]
        for row in ("nodes", "inner")
    }
    credit = next((one.credit for one in EXAMPLES if one.name == PurePath(selection.subject.image).stem), "")
    texts = dict(catalogue(selection.lang))  # all of them: here the browser writes what a server would
    texts["ui.no_view"] = texts["lesson.no_view"]
    texts["ui.yours"] = texts["ui.credit"].format(credit=credit or selection.subject.image)
    locked = [
        one.name for one in FIELDS if one.part not in {"focus", "look"} and one.name not in {"view", "against_query"}
    ]
    size = selection.subject.size
    model = {"name": selection.subject.model, "available": True, "reason": "", "sizes": [size]}
    return {**boot, **nodes, "texts": texts, "views": known, "models": [model], "examples": [], "locked": locked}


def normed(trace: Trace, block: int) -> Float[Tensor, "tokens dim"]:
    """What a block's q and k are made of: its input after norm1."""
    with torch.no_grad():
        return trace.encoder.blocks[block].norm1(trace.stream[block]).flatten(0, 1)


def quantised(x: Float[Tensor, "tokens dim"]) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers up to `LEVELS`, and each token's scale: their product is x but for half a scale."""
    scales = (x.abs().amax(1) / LEVELS).clamp_min(torch.finfo(torch.float32).tiny)
    return (x / scales[:, None]).round().to(torch.int16).numpy(), scales.numpy()


def folded_planes(numbers: np.ndarray, scales: np.ndarray) -> bytes:
    """Channel after channel, signs folded in; all low bytes, then all high ones, which are mostly 0 and pack well."""
    folded = np.where(numbers < 0, -2 * numbers - 1, 2 * numbers).astype(np.uint16).T
    return (folded & 255).astype(np.uint8).tobytes() + (folded >> 8).astype(np.uint8).tobytes()


def layer(trace: Trace, block: int) -> dict[str, Any]:
    """What makes q and k of a block's tokens, and scores of them."""
    attn, inner = trace.encoder.blocks[block].attn, trace.heads * trace.q[block].shape[-1]
    weight = attn.qkv.weight.detach()
    bias = weight.new_zeros(len(weight)) if attn.qkv.bias is None else attn.qkv.bias.detach()
    _, scales = quantised(normed(trace, block))
    arrays = {
        "scales": scales,
        "queryWeight": weight[:inner].numpy(),
        "queryBias": bias[:inner].numpy(),
        "keyWeight": weight[inner : 2 * inner].numpy(),
        "keyBias": bias[inner : 2 * inner].numpy(),
        **rel_pos_tables(trace.encoder.blocks[block], trace.grid),
    }
    return {
        "window": trace.windows[block] or 0,
        "masked": masks_padding(trace.encoder.blocks[block]),
        "heads": trace.heads,
        "dim": weight.shape[1],
        "scale": float(attn.scale),
        "arrays": {name: None if array is None else floats(array) for name, array in arrays.items()},
    }


def rel_pos_tables(block: Block, grid: tuple[int, int]) -> dict[str, np.ndarray | None]:
    """Both tables at the size of a query's span; None without relative position."""
    if not block.attn.use_rel_pos:
        return {"relH": None, "relW": None}
    sides = (block.window_size, block.window_size) if block.window_size else grid
    tables = zip(("relH", "relW"), (block.attn.rel_pos_h, block.attn.rel_pos_w), sides, strict=True)
    return {name: resize_rel_pos(table.detach(), 2 * side - 1).numpy() for name, table, side in tables}


def page(title: str, subject: str, held: Mapping[str, Any], parts: Mapping[int, bytes], language: str) -> bytes:
    """The file: styles, modules by name, what is held, the tokens of each block, and the root that the page fills."""
    modules = Modules()
    styles = "\n".join(path.read_text("utf-8") for name, path in modules.files().items() if name.endswith(".css"))
    imports = orjson.dumps({"imports": inlined(modules)}).decode()
    packed = base64.b64encode(gzip.compress(orjson.dumps(held), PACKING, mtime=0)).decode()
    tokens = "".join(
        f'<script type="text/plain" id="sx-tokens-{block}">{part.decode()}</script>\n' for block, part in parts.items()
    )
    return f"""<!doctype html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="description" content="{escape(subject)}">
<meta name="generator" content="SAM Encoder Explorer">
<title>{escape(title)}</title>
<style>
{styles}
</style>
<script type="importmap">{imports}</script>
</head>
<body>
{ROOT}
<script type="text/plain" id="sx-lesson">{packed}</script>
{tokens}<script type="module">import {{ beginLesson }} from "js/lesson/begin.js"; beginLesson();</script>
</body>
</html>
""".encode()


def inlined(modules: Modules) -> dict[str, str]:
    """Every module as a data URL under its name; what it imports it names in the same way."""
    found = {}
    for name, path in modules.files().items():
        if not name.endswith(".js"):
            continue
        folder = PurePosixPath(name).parent

        def absolute(match: re.Match[str], folder: PurePosixPath = folder) -> str:
            return f'{match[1]}"{normal(folder / match[2])}"'

        code = IMPORT.sub(absolute, path.read_text("utf-8"))
        found[name] = f"data:text/javascript;base64,{base64.b64encode(code.encode()).decode()}"
    return found


def normal(path: PurePosixPath) -> str:
    """A path without its dots."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
