"""Window partition: the patch grid padded, cut into windows, stacked as a batch, and put together again."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from PIL import Image, ImageDraw, ImageFont

from samvit.attention import span_of
from samvit.measures.photo import photo_pixels
from samvit.tracing import Trace
from samvit.windows import window_partition, window_unpartition
from viz.palette import ROLES, rgb
from viz.panel import Curve, Curves, Number, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.view import View

CELL_PX = 8  # one token in the picture
GAP_PX = 6  # between windows
INDEX_PX = 22  # height of a window's number
BATCH_COLUMNS = 9  # windows side by side in the picture of the batch
WORK_MARGIN = 1.25  # how far beyond this grid the curve of the work goes


@dataclass(frozen=True)
class Place:
    """Where a patch went: the window's index in the batch, and the (row, col) inside it."""

    index: int
    row: int
    col: int


def window_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The windows apart and as a batch, the pinned patch's way there and back, and the work that windows save."""
    lang, window = selection.lang, trace.encoder.blocks[selection.focus.block].window_size
    if window == 0:
        return _global_panels(trace, selection)
    tokens = trace[f"blocks.{selection.focus.block}.norm1"][None]
    windows, padded = window_partition(tokens, window)
    count, whole = len(windows), (trace.grid[0] // window) * (trace.grid[1] // window)
    place = place_in_windows(selection.focus.query, trace.grid, window)
    tiles = window_tiles(trace, window)
    return [
        Picture(
            text(lang, "panel.windows.cut", count=count, padded=count - whole),
            laid_out(tiles, place, window, columns=padded[1] // window),
            note=text(lang, "panel.windows.hatched", rows=padded[0], cols=padded[1]),
        ),
        Picture(
            text(lang, "panel.windows.batch", count=count, window=window, dim=windows.shape[-1]),
            laid_out(tiles, place, window, columns=BATCH_COLUMNS, shrink=2),
            note=text(lang, "panel.windows.batch_note"),
        ),
        _way_table(lang, selection.focus.query, trace.grid, window, place),
        work_panel(lang, trace.grid, window),
        Numbers(
            text(lang, "panel.windows.numbers"),
            (
                Number(text(lang, "label.windows.entries_windowed"), float(score_entries(trace.grid, window))),
                Number(text(lang, "label.windows.entries_global"), float(score_entries(trace.grid, 0))),
                Number(
                    text(lang, "label.windows.padding_tokens"),
                    float(span_of(selection.focus.query, trace.grid, window).padding_tokens),
                    role="query",
                ),
                Number(
                    text(lang, "label.windows.token_difference"),
                    float((windows[place.index, place.row, place.col] - tokens[0][selection.focus.query]).abs().max()),
                    role="result",
                ),
                Number(
                    text(lang, "label.windows.grid_difference"),
                    float((window_unpartition(windows, window, padded, trace.grid) - tokens).abs().max()),
                    role="result",
                ),
            ),
            text(lang, "panel.windows.work", count=count, keys=window**2, tokens=trace.grid[0] * trace.grid[1]),
        ),
    ]


def _global_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The grid left whole, why, and what it costs beside windows of the size that other blocks use."""
    lang, (rows, cols) = selection.lang, trace.grid
    panels: list[Panel] = [
        Picture(
            text(lang, "panel.windows.whole"),
            whole_picture(trace, selection.focus.query),
            note=text(lang, "panel.windows.global", block=selection.focus.block, rows=rows, cols=cols),
        )
    ]
    entries = Number(text(lang, "label.windows.entries_global"), float(score_entries(trace.grid, 0)))
    window = max(block.window_size for block in trace.encoder.blocks)
    if window == 0:
        return [*panels, Numbers(text(lang, "panel.windows.count"), (entries,))]
    windowed = Number(text(lang, "label.windows.entries_windowed"), float(score_entries(trace.grid, window)))
    note = text(lang, "panel.windows.why", tokens=rows * cols)
    return [
        *panels,
        work_panel(lang, trace.grid, window),
        Numbers(text(lang, "panel.windows.count"), (entries, windowed), note),
    ]


def place_in_windows(query: tuple[int, int], grid: tuple[int, int], window: int) -> Place:
    """Where `window_partition` puts a patch (row, col), found by sending the patches' numbers through it."""
    numbers = torch.arange(1.0, grid[0] * grid[1] + 1).view(1, *grid, 1)  # from 1: padding is 0
    windows, _ = window_partition(numbers, window)
    index, row, col = (windows[..., 0] == numbers[0, *query, 0]).nonzero()[0].tolist()
    return Place(index, row, col)


def score_entries(grid: tuple[int, int], window: int) -> int:
    """Entries of one head's attention scores on a grid (rows, cols), padding's included; a window of 0 is global."""
    if window == 0:
        return (grid[0] * grid[1]) ** 2
    return -(-grid[0] // window) * -(-grid[1] // window) * window**4


def work_panel(lang: str, grid: tuple[int, int], window: int) -> Curves:
    """Score entries of windowed and global attention for square grids, this grid's size marked."""
    side = (grid[0] * grid[1]) ** 0.5
    sides = np.arange(1, max(round(side * WORK_MARGIN), 2 * window) + 1)
    curves = tuple(
        Curve(
            text(lang, f"label.windows.{role}"),
            sides.astype(np.float32),
            np.array([score_entries((n, n), size) / 1e6 for n in sides.tolist()], np.float32),
            role=role,
        )
        for role, size in (("windowed", window), ("global", 0))
    )
    return Curves(
        text(lang, "panel.windows.curves"),
        curves,
        text(lang, "axis.windows.side"),
        text(lang, "axis.windows.entries"),
        marks=((side, text(lang, "label.windows.this_grid", rows=grid[0], cols=grid[1])),),
    )


def _way_table(lang: str, query: tuple[int, int], grid: tuple[int, int], window: int, place: Place) -> Table:
    """The pinned patch's indices on the way into its window and back, as the divisions that give them."""
    (row, col), across = query, -(-grid[1] // window)
    down, along = row // window, col // window
    rows = (
        ("grid", str(row), str(col)),
        ("window", f"{row} // {window} = {down}", f"{col} // {window} = {along}"),
        ("index", f"{down} · {across} + {along} = {place.index}", ""),
        ("inside", f"{row} − {down} · {window} = {place.row}", f"{col} − {along} · {window} = {place.col}"),
        ("back", f"{down} · {window} + {place.row} = {row}", f"{along} · {window} + {place.col} = {col}"),
    )
    return Table(
        text(lang, "panel.windows.way"),
        (text(lang, "axis.windows.step"), text(lang, "label.windows.row"), text(lang, "label.windows.col")),
        tuple((text(lang, f"label.windows.way_{key}"), *cells) for key, *cells in rows),
        marked=(2, 3),
    )


def whole_picture(trace: Trace, query: tuple[int, int]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo as one span, the query outlined."""
    image = _cells(trace)
    cell = image.shape[0] // trace.grid[0]
    _outline(image, query[0] * cell, query[1] * cell, cell)
    return image


def laid_out(
    tiles: UInt8[np.ndarray, "num_windows side side 3"], place: Place, window: int, columns: int, shrink: int = 1
) -> UInt8[np.ndarray, "rows cols 3"]:
    """Windows apart, in lines of `columns`, numbered in batch order; the query outlined, its window lit.

    Args:
        place: Where the query is.
        window: Side of a window, in tokens.
        shrink: How many times smaller than the tiles.
    """
    cell = max(tiles.shape[1] // window // shrink, 1)
    columns = min(columns, len(tiles))
    side, lines = window * cell, -(-len(tiles) // columns)
    picture = np.full((lines * (side + GAP_PX) - GAP_PX, columns * (side + GAP_PX) - GAP_PX, 3), 255, np.uint8)
    for index, tile in enumerate(tiles):
        top, left = (position * (side + GAP_PX) for position in divmod(index, columns))
        tile = np.asarray(Image.fromarray(tile).resize((side, side), Image.Resampling.BOX))
        if index == place.index:
            patch = tile[place.row * cell :, place.col * cell :][:cell, :cell]
        else:  # paler, so that the pinned patch's window stands out
            tile = (tile * 0.45 + 255 * 0.35).astype(np.uint8)
        picture[top : top + side, left : left + side] = tile
    picture = _numbered(picture, len(tiles), columns, side, INDEX_PX if shrink == 1 else INDEX_PX * 2 // 3)
    top, left = (position * (side + GAP_PX) for position in divmod(place.index, columns))
    top, left = top + place.row * cell, left + place.col * cell
    picture[top : top + cell, left : left + cell] = patch  # above the number, which may lie on it
    _outline(picture, top, left, cell)
    return picture


def _cells(trace: Trace) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo at about `CELL_PX` a token."""
    patch = trace.patch_size
    step = patch // CELL_PX if patch % CELL_PX == 0 else 1
    return photo_pixels(trace).numpy()[::step, ::step].copy()


def window_tiles(trace: Trace, window: int) -> UInt8[np.ndarray, "num_windows side side 3"]:
    """The photo's tokens through `window_partition` itself, window padding hatched."""
    (rows, cols), image = trace.grid, _cells(trace)
    cell = image.shape[0] // rows
    # (rows·cell, cols·cell, 3) -> one token for each patch, its pixels as its channels
    tokens = image.reshape(rows, cell, cols, cell, 3).transpose(0, 2, 1, 3, 4).reshape(1, rows, cols, -1)
    windows, _ = window_partition(torch.from_numpy(tokens).float(), window)
    inside, _ = window_partition(torch.ones(1, rows, cols, 1), window)
    tiles = windows.numpy().astype(np.uint8).reshape(-1, window, window, cell, cell, 3).swapaxes(2, 3)
    tiles = tiles.reshape(-1, window * cell, window * cell, 3)
    padding = (inside[..., 0] == 0).numpy().repeat(cell, axis=1).repeat(cell, axis=2)
    return _hatched(tiles, padding)


def _hatched(
    tiles: UInt8[np.ndarray, "num_windows side side 3"], padding: Bool[np.ndarray, "num_windows side side"]
) -> UInt8[np.ndarray, "num_windows side side 3"]:
    """Diagonal lines over padding."""
    row, col = np.indices(tiles.shape[1:3])
    lines = np.where((row + col) % 8 < 2, np.uint8(120), np.uint8(225))[..., None]
    return np.where(padding[..., None], lines, tiles)


def _numbered(
    picture: UInt8[np.ndarray, "rows cols 3"], count: int, columns: int, side: int, size: int
) -> UInt8[np.ndarray, "rows cols 3"]:
    """Each window's index in the batch in its top left corner, `size` pixels high; smaller in small windows."""
    size = min(size, side // 2)
    if size < 8:
        return picture
    image = Image.fromarray(picture)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for index in range(count):
        top, left = (position * (side + GAP_PX) for position in divmod(index, columns))
        box = draw.textbbox((left + 4, top + 2), str(index), font)
        draw.rectangle((left, top, box[2] + 4, box[3] + 4), fill="black")
        draw.text((left + 4, top + 2), str(index), "white", font)
    return np.asarray(image).copy()


def _outline(picture: np.ndarray, top: int, left: int, cell: int) -> None:
    """A frame of the query's colour around one token."""
    colour = rgb(ROLES["query"])
    outer = (slice(max(top - 3, 0), top + cell + 3), slice(max(left - 3, 0), left + cell + 3))
    inner = picture[top : top + cell, left : left + cell].copy()
    picture[outer] = colour
    picture[top : top + cell, left : left + cell] = inner


WINDOWS = View(
    id="windows",
    stage="windows",
    panels=window_panels,
    source=(window_partition, window_unpartition),
    tensors=("blocks.{block}.norm1",),
    uses=frozenset({"block", "query"}),
)
VIEWS = (WINDOWS,)
