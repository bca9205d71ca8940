"""The photo: how it becomes the model image, and which patches hold none of it."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image

from samvit.attention import check_patch
from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.measures.photo import patch_kinds, photo_pixels
from samvit.preprocess import ImageGeometry, ModelImage, preprocess
from samvit.tracing import Trace
from viz.palette import CATEGORIES, ROLES, rgb
from viz.panel import Curve, Curves, Number, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.view import View

BINS = 64  # of a histogram: four grey levels each
SHOWN_PX = 512  # pictures of the whole image are shrunk to this: a card on the page is smaller still
CELL_PX = 8  # one patch in the picture of the patches

# Blue before red, because curves without a role take the palette's colours in turn: blue, orange, green.
CHANNELS = (("blue", 2), ("red", 0), ("green", 1))


def photo_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The resized photo, its values before and after normalising, the padded image, and one pixel in numbers."""
    lang, pixels = selection.lang, photo_pixels(trace).numpy()
    rows, cols = trace.geometry.resized
    note = text(lang, "panel.photo.bare", rows=rows, cols=cols)
    if isinstance(trace.image, ModelImage):
        height, width = trace.image.geometry.original
        note = text(lang, "panel.photo.sizes", height=height, width=width, rows=rows, cols=cols)
    share = 1 - rows * cols / (pixels.shape[0] * pixels.shape[1])
    sizes = {"rows": pixels.shape[0], "cols": pixels.shape[1]}
    padded = text(lang, "panel.photo.no_padding", **sizes)
    if share:
        padded = text(lang, "panel.photo.padding", **sizes, share=f"{share:.0%}")
    normalised = trace.model_image()[0]
    before = torch.from_numpy(pixels[:rows, :cols].copy()).permute(2, 0, 1).float()
    return [
        Picture(text(lang, "panel.photo.resized"), shrunk(pixels[:rows, :cols]), note=note),
        _histogram(before, lang, normalised=False),
        _histogram(normalised[:, :rows, :cols], lang, normalised=True),
        Picture(text(lang, "panel.photo.model_image"), shrunk(pixels), note=padded),
        _pixel_table(trace, selection, pixels, normalised),
    ]


def shrunk(pixels: UInt8[np.ndarray, "rows cols 3"]) -> UInt8[np.ndarray, "shown_rows shown_cols 3"]:
    """A picture no longer than about `SHOWN_PX`, each of its pixels the mean of a square."""
    factor = max(1, max(pixels.shape) // SHOWN_PX)
    return np.array(Image.fromarray(pixels).reduce(factor))


def _histogram(channels: Float[torch.Tensor, "3 rows cols"], lang: str, normalised: bool) -> Curves:
    """How often each value occurs in each colour, in percent of the pixels.

    Every bin holds four grey levels, normalised or not: bins that hold now five, now six would draw a comb.
    """
    curves = []
    for name, index in CHANNELS:
        mean, std = (PIXEL_MEAN[index], PIXEL_STD[index]) if normalised else (0.0, 1.0)
        low, high = (-0.5 - mean) / std, (255.5 - mean) / std  # edges between levels, so that rounding moves none
        edges = np.linspace(low, high, BINS + 1, dtype=np.float32)
        counts = torch.histc(channels[index].clamp(low, high), BINS, low, high).numpy()
        share = counts * np.float32(100 / channels[index].numel())
        curves.append(Curve(text(lang, f"panel.photo.{name}"), (edges[:-1] + edges[1:]) / 2, share, role=name))
    when = "after" if normalised else "before"
    x_label, y_label = text(lang, f"panel.photo.level_{when}"), text(lang, "panel.photo.share")
    return Curves(text(lang, f"panel.photo.{when}"), tuple(curves), x_label, y_label, marks=((0.0, "0"),))


def _pixel_table(
    trace: Trace, selection: Selection, pixels: np.ndarray, normalised: Float[torch.Tensor, "3 img_h img_w"]
) -> Table:
    """What normalising does to the middle pixel of the pinned patch."""
    lang, size = selection.lang, trace.patch_size
    check_patch(selection.focus.query, trace.grid)
    row, col = (index * size + size // 2 for index in selection.focus.query)
    holds_photo = row < trace.geometry.resized[0] and col < trace.geometry.resized[1]
    lines = []
    for index, name in enumerate(("red", "green", "blue")):
        value = str(pixels[row, col, index]) if holds_photo else text(lang, "label.image_padding")
        result = f"{float(normalised[index, row, col]):.4f}"
        lines.append(
            (text(lang, f"panel.photo.{name}"), value, f"{PIXEL_MEAN[index]:g}", f"{PIXEL_STD[index]:g}", result)
        )
    names = ("channel", "value", "mean", "std", "result")
    title = text(lang, "panel.photo.pixel", row=row, col=col)
    return Table(title, tuple(text(lang, f"panel.photo.{name}") for name in names), tuple(lines))


def image_padding_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Which patches are all photo, partly photo or all image padding; and which original pixels the pinned one sees."""
    lang, (rows, cols) = selection.lang, trace.grid
    check_patch(selection.focus.query, trace.grid)
    kinds = patch_kinds(trace).numpy()
    counts = [int((kinds == kind).sum()) for kind in range(3)]
    numbers = tuple(
        Number(text(lang, f"panel.image_padding.{name}"), float(count))
        for name, count in zip(("whole", "partly", "none"), counts, strict=True)
    )
    tokens = Number(text(lang, "panel.image_padding.tokens", rows=rows, cols=cols), float(rows * cols))
    panels: list[Panel] = [
        Picture(
            text(lang, "panel.image_padding.picture"),
            kinds_picture(trace, kinds, selection.focus.query),
            note=text(lang, "panel.image_padding.legend"),
        ),
        Numbers(text(lang, "panel.image_padding.counts"), (*numbers, tokens), text(lang, "panel.image_padding.stays")),
    ]
    if isinstance(trace.image, ModelImage):
        panels.append(_way_back(trace.image.geometry, selection))
    return panels


def kinds_picture(
    trace: Trace, kinds: UInt8[np.ndarray, "grid_h grid_w"], query: tuple[int, int]
) -> UInt8[np.ndarray, "rows cols 3"]:
    """The model image with its patch grid: partly filled patches tinted, image padding hatched, the query framed."""
    size = trace.patch_size
    step = size // CELL_PX if size % CELL_PX == 0 else 1
    cell = size // step
    picture = np.array(Image.fromarray(photo_pixels(trace).numpy()).reduce(step))
    kind = kinds.repeat(cell, axis=0).repeat(cell, axis=1)
    row, col = np.indices(kind.shape)
    picture[(row % cell == 0) | (col % cell == 0)] //= 2  # patch borders
    partly = kind == 1
    picture[partly] = picture[partly] // 2 + (np.array(rgb(CATEGORIES[1]), np.uint8) // 2)
    picture[(kind == 2) & ((row + col) % 8 < 2)] = 40
    top, left = query[0] * cell, query[1] * cell
    inside = picture[top : top + cell, left : left + cell].copy()
    picture[max(top - 3, 0) : top + cell + 3, max(left - 3, 0) : left + cell + 3] = rgb(ROLES["query"])
    picture[top : top + cell, left : left + cell] = inside
    return picture


def _way_back(geometry: ImageGeometry, selection: Selection) -> Table:
    """The original pixels under the pinned patch."""
    lang, box = selection.lang, geometry.patch_box(*selection.focus.query)
    rows, cols = (text(lang, "label.image_padding"),) * 2
    if box is not None:
        top, left, bottom, right = box
        rows, cols = f"{top} … {bottom - 1}", f"{left} … {right - 1}"
    height, width = geometry.original
    return Table(
        text(lang, "panel.image_padding.way_back", row=selection.focus.query[0], col=selection.focus.query[1]),
        tuple(text(lang, f"panel.image_padding.{name}") for name in ("axis", "pixels", "of")),
        (
            (text(lang, "panel.image_padding.rows"), rows, str(height)),
            (text(lang, "panel.image_padding.cols"), cols, str(width)),
        ),
    )


PHOTO = View(
    id="photo",
    stage="photo",
    panels=photo_panels,
    source=(preprocess, ModelImage),
    tensors=("pixels", "image"),
    uses=frozenset({"query"}),
    live=False,
)
IMAGE_PADDING = View(
    id="image_padding",
    stage="photo",
    panels=image_padding_panels,
    source=(ImageGeometry, Trace.image_padding),
    tensors=("pixels", "image"),
    uses=frozenset({"query"}),
    live=False,
)
VIEWS = (PHOTO, IMAGE_PADDING)
