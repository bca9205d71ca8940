"""Window partition: the patch grid padded, cut into windows, stacked as a batch, and put together again."""

import numpy as np
from jaxtyping import Bool, UInt8
from PIL import Image, ImageDraw, ImageFont

from samvit.attention import span_of
from samvit.measures.photo import patch_cells
from samvit.measures.windows import (
    Partition,
    Place,
    partition,
    pixels_in_windows,
    place_in_windows,
    score_entries,
)
from samvit.tracing import Trace
from samvit.windows import window_partition, window_unpartition
from viz.palette import ROLES
from viz.panel import Curve, Curves, Number, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.views.pictures import draw_frame
from viz.views.view import View
from viz.words import Words, joined, number, say

GAP_PX = 6  # between windows
INDEX_PX = 22  # height of a window's number
BATCH_COLUMNS = 9  # windows side by side in the picture of the batch
WORK_MARGIN = 1.25  # how far beyond this grid the curve of the work goes


def window_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The windows apart and as a batch, the pinned patch's way there and back, and the work that windows save."""
    window, query = trace.windows[selection.focus.block], selection.focus.query
    if window is None:
        return _global_panels(trace, selection)
    cut = partition(trace, selection.focus.block)
    count, dim, (rows, cols) = len(cut.windows), cut.windows.shape[-1], cut.padded
    place, tiles = place_in_windows(query, trace.grid, window), window_tiles(trace, window)
    order, unordered = say("panel.windows.order"), say("panel.windows.unordered")
    hatched = say("panel.windows.hatched", rows=rows, cols=cols) if cut.padded_windows else None
    positions = say("panel.windows.positions") if trace.encoder.pos_embed is not None else None
    return [
        Picture(
            say("panel.windows.cut", count=count, padded=cut.padded_windows),
            laid_out(tiles, place, window, columns=cols // window),
            note=joined(order, hatched, by=" "),
        ),
        Picture(
            say("panel.windows.batch", count=count, window=window, dim=dim),
            laid_out(tiles, place, window, columns=BATCH_COLUMNS, shrink=2),
            note=joined(unordered, positions, by=" "),
        ),
        _way_table(query, trace.grid, window, place),
        work_panel(trace.grid, window),
        _work_numbers(cut, query, trace.grid, window),
    ]


def _work_numbers(cut: Partition, query: tuple[int, int], grid: tuple[int, int], window: int) -> Numbers:
    """The work of a windowed block beside a global one's, and whether every token is in its place."""
    padding = span_of(query, grid, window).padding_tokens
    return Numbers(
        say("panel.windows.numbers"),
        (
            Number(say("label.windows.entries_windowed"), float(score_entries(grid, window))),
            Number(say("label.windows.entries_global"), float(score_entries(grid, None))),
            Number(say("label.windows.padding_tokens"), float(padding), role="query"),
            Number(say("label.windows.token_difference"), cut.token_difference(query), role="result"),
            Number(say("label.windows.grid_difference"), cut.grid_difference, role="result"),
        ),
        say("panel.windows.work", count=len(cut.windows), keys=window**2, tokens=grid[0] * grid[1]),
    )


def _global_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The grid left whole, why, and what it costs beside windows of the size that other blocks use."""
    (rows, cols), block = trace.grid, selection.focus.block
    whole = Picture(
        say("panel.windows.whole"),
        whole_picture(trace, selection.focus.query),
        note=say("panel.windows.global", block=block, rows=rows, cols=cols),
    )
    title = say("panel.windows.count")
    entries = Number(say("label.windows.entries_global"), float(score_entries(trace.grid, None)))
    window = next((side for side in trace.windows if side is not None), None)
    if window is None:
        return [whole, Numbers(title, (entries,))]
    windowed = Number(say("label.windows.entries_windowed"), float(score_entries(trace.grid, window)))
    why = say("panel.windows.why", tokens=rows * cols)
    return [whole, work_panel(trace.grid, window), Numbers(title, (entries, windowed), why)]


def work_panel(grid: tuple[int, int], window: int) -> Curves:
    """Score entries of windowed and global attention for square grids, this grid's size marked."""
    side = (grid[0] * grid[1]) ** 0.5
    sides = np.arange(1, max(round(side * WORK_MARGIN), 2 * window) + 1)

    def millions(span: int | None) -> np.ndarray:
        return np.array([score_entries((n, n), span) / 1e6 for n in sides.tolist()], np.float32)

    along = sides.astype(np.float32)
    return Curves(
        say("panel.windows.curves"),
        (
            Curve(say("label.windows.windowed"), along, millions(window), role="windowed"),
            Curve(say("label.windows.global"), along, millions(None), role="global"),
        ),
        say("axis.windows.side"),
        say("axis.windows.entries"),
        marks=((side, say("label.windows.this_grid", rows=grid[0], cols=grid[1])),),
    )


def _way_table(query: tuple[int, int], grid: tuple[int, int], window: int, place: Place) -> Table:
    """The pinned patch's indices on the way into its window and back, as the divisions that give them."""
    (row, col), across = query, -(-grid[1] // window)
    down, along = row // window, col // window
    index = say("formula.windows.index", down=down, across=across, along=along, index=place.index)

    def window_of(at: int) -> Words:
        return say("formula.windows.window", at=at, window=window, result=at // window)

    def inside(at: int, result: int) -> Words:
        return say("formula.windows.inside", at=at, before=at // window, window=window, result=result)

    def back(at: int, place_inside: int) -> Words:
        return say("formula.windows.back", before=at // window, window=window, inside=place_inside, result=at)

    return Table(
        say("panel.windows.way"),
        (say("axis.windows.step"), say("label.windows.row"), say("label.windows.col")),
        (
            (say("label.windows.way_grid"), number(row, "count"), number(col, "count")),
            (say("label.windows.way_window"), window_of(row), window_of(col)),
            (say("label.windows.way_index"), index, ""),
            (say("label.windows.way_inside"), inside(row, place.row), inside(col, place.col)),
            (say("label.windows.way_back"), back(row, place.row), back(col, place.col)),
        ),
        marked=(2, 3),
    )


def whole_picture(trace: Trace, query: tuple[int, int]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo as one span, the query outlined."""
    image = patch_cells(trace).numpy()
    cell = image.shape[0] // trace.grid[0]
    draw_frame(image, (query[0] * cell, query[1] * cell), (cell, cell), ROLES["query"])
    return image


def window_tiles(trace: Trace, window: int) -> UInt8[np.ndarray, "num_windows side side 3"]:
    """The photo's windows in the order of the batch, window padding hatched."""
    tiles, padding = pixels_in_windows(patch_cells(trace), trace.grid, window)
    return _hatched(tiles.numpy(), padding.numpy())


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
    draw_frame(picture, (top, left), (cell, cell), ROLES["query"])
    return picture


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


WINDOWS = View(
    id="windows",
    stage="windows",
    panels=window_panels,
    source=(window_partition, window_unpartition),
    tensors=("blocks.{block}.norm1",),
    uses=frozenset({"block", "query"}),
    windowed=True,
    symbols=(("H", "panel:0"), ("W.columns", "panel:0"), ("n_windows", "panel:1"), ("C", "panel:1")),
)
VIEWS = (WINDOWS,)
