"""Window partition: the patch grid padded and cut into windows, the pinned patch's window lit."""

import numpy as np
from jaxtyping import UInt8

from samvit.attention import span_of
from samvit.tracing import Trace
from samvit.windows import window_partition
from viz.palette import ROLES
from viz.panel import Number, Numbers, Panel, Picture
from viz.selection import Selection
from viz.texts import text
from viz.views.photo import photo_pixels
from viz.views.view import View

CELL_PX = 8  # one token in the picture
GAP_PX = 6  # between windows


def window_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """All windows apart, or the whole grid where the block is global, and where the pinned patch went."""
    lang, window = selection.lang, trace.encoder.blocks[selection.block].window_size
    rows, cols = trace.grid
    if window == 0:
        note = text(lang, "panel.windows.global", block=selection.block, rows=rows, cols=cols)
        return [Picture(text(lang, "panel.windows.whole"), windows_picture(trace, 0, selection.query), note=note)]
    down, across = -(-rows // window), -(-cols // window)
    span = span_of(selection.query, trace.grid, window)
    index = span.row // window * across + span.col // window
    padded = down * across - (rows // window) * (cols // window)
    place = (selection.query[0] - span.row, selection.query[1] - span.col)
    return [
        Picture(
            text(lang, "panel.windows.cut", count=down * across, padded=padded),
            windows_picture(trace, window, selection.query),
            note=text(lang, "panel.windows.hatched", rows=down * window, cols=across * window),
        ),
        Numbers(
            text(lang, "panel.windows.place"),
            (
                Number(text(lang, "label.window"), index, role="query"),
                Number(text(lang, "label.row_in_window"), place[0], role="query"),
                Number(text(lang, "label.col_in_window"), place[1], role="query"),
                Number(text(lang, "label.padding_tokens"), span.padding_tokens),
                Number(text(lang, "label.entries_windowed"), down * across * window**4),
                Number(text(lang, "label.entries_global"), (rows * cols) ** 2),
            ),
            text(lang, "panel.windows.work"),
        ),
    ]


def windows_picture(trace: Trace, window: int, query: tuple[int, int]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo as tokens of `CELL_PX`, cut at window borders; padding hatched, other windows dimmed, query outlined.

    A window size of 0 leaves the grid whole.
    """
    rows, cols = trace.grid
    side = window or max(rows, cols)
    down, across = -(-rows // side), -(-cols // side)
    patch = trace.encoder.patch_embed.proj.kernel_size[0]
    step = patch // CELL_PX if patch % CELL_PX == 0 else 1
    photo = photo_pixels(trace)
    cells = photo[: rows * patch : step, : cols * patch : step]
    cell = cells.shape[0] // rows  # pixels a token really takes
    image = np.full((down * side * cell, across * side * cell, 3), 255, np.uint8)
    image[: rows * cell, : cols * cell] = cells
    _hatch(image, rows * cell, cols * cell)
    gap = GAP_PX if window else 0
    picture = np.full((image.shape[0] + gap * (down - 1), image.shape[1] + gap * (across - 1), 3), 255, np.uint8)
    for i in range(down):
        for j in range(across):
            part = image[i * side * cell : (i + 1) * side * cell, j * side * cell : (j + 1) * side * cell]
            if window and (i, j) != (query[0] // side, query[1] // side):
                part = (part * 0.45 + 255 * 0.35).astype(np.uint8)
            top, left = i * (side * cell + gap), j * (side * cell + gap)
            picture[top : top + part.shape[0], left : left + part.shape[1]] = part
    top = query[0] * cell + gap * (query[0] // side)
    left = query[1] * cell + gap * (query[1] // side)
    _outline(picture, top, left, cell)
    return picture


def _hatch(image: np.ndarray, rows_px: int, cols_px: int) -> None:
    """Draw diagonal lines over everything below and right of the photo's tokens."""
    row, col = np.indices(image.shape[:2])
    padding = (row >= rows_px) | (col >= cols_px)
    image[padding] = 225
    image[padding & ((row + col) % 8 < 2)] = 120


def _outline(picture: np.ndarray, top: int, left: int, cell: int) -> None:
    """A frame of the query's colour around one token."""
    colour = [int(ROLES["query"][i : i + 2], 16) for i in (1, 3, 5)]
    outer = (slice(max(top - 3, 0), top + cell + 3), slice(max(left - 3, 0), left + cell + 3))
    inner = picture[top : top + cell, left : left + cell].copy()
    picture[outer] = colour
    picture[top : top + cell, left : left + cell] = inner


WINDOWS = View(
    id="windows",
    stage="windows",
    panels=window_panels,
    source=(window_partition,),
    tensors=("blocks.{block}.norm1",),
    uses=frozenset({"block", "query"}),
)
VIEWS = (WINDOWS,)
