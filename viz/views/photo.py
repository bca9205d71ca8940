"""The photo: how it becomes the model image, and which patches hold none of it."""

import numpy as np
from jaxtyping import UInt8

from samvit.config import COLOURS
from samvit.measures.photo import (
    NO_PHOTO,
    PARTLY_PHOTO,
    holds_photo,
    level_shares,
    middle_pixel,
    model_levels,
    normalisation,
    own_pixels,
    padding_share,
    patch_cells,
    patch_kinds,
    photo_pixels,
    photo_way,
)
from samvit.preprocess import ImageGeometry, ModelImage, preprocess
from samvit.tracing import Trace
from viz.palette import CATEGORIES, ROLES, rgb
from viz.panel import Curve, Curves, Number, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.views.pictures import channel_names, draw_frame, shrunk
from viz.views.view import View
from viz.words import number, say

# Roles of the three colours' curves, and their channels. Blue before red, because curves without a role take the
# palette's colours in turn: blue, orange, green.
COLOUR_CURVES = (("blue", 2), ("red", 0), ("green", 1))
# What is taken away from a level, what it is divided by, and both together, by the way that photos are scaled.
WAYS = {
    "mean and deviation": ("panel.photo.mean", "panel.photo.std", "panel.photo.level_after"),
    "0 to 1": ("panel.photo.darkest", "panel.photo.range", "panel.photo.level_from_0_to_1"),
}


def photo_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The resized photo, its values before and after normalising, the padded image, and one pixel in numbers."""
    (rows, cols), (height, width) = trace.geometry.resized, trace.geometry.original
    note = say("panel.photo.sizes", height=height, width=width, rows=rows, cols=cols)
    if trace.photo is None:
        note = say("panel.photo.bare", rows=rows, cols=cols)
    pixels, share = photo_pixels(trace).numpy(), padding_share(trace)
    padded = say("panel.photo.no_padding", rows=pixels.shape[0], cols=pixels.shape[1])
    if share:
        padded = say("panel.photo.padding", rows=pixels.shape[0], cols=pixels.shape[1], share=share)
    return [
        Picture(
            say(f"panel.photo.{'squashed' if photo_way(trace).squashed else 'resized'}"),
            shrunk(own_pixels(trace).numpy()),
            note=note,
        ),
        _histogram(trace, normalised=False),
        _histogram(trace, normalised=True),
        Picture(say("panel.photo.model_image"), shrunk(pixels), note=padded),
        _pixel_table(trace, selection.focus.query),
    ]


def _histogram(trace: Trace, normalised: bool) -> Curves:
    """How often each value occurs in each colour, in percent of the pixels."""
    values, shares = (part.numpy() for part in level_shares(trace, normalised))
    names = channel_names(len(values))
    drawn = COLOUR_CURVES if len(names) == COLOURS else tuple(("", index) for index in range(len(names)))
    curves = tuple(Curve(names[index], values[index], shares[index] * 100, role=role) for role, index in drawn)
    title, x_label = say("panel.photo.before"), say("panel.photo.level_before")
    if normalised:
        title, x_label = say("panel.photo.after"), say(WAYS[photo_way(trace).scale][2])
    return Curves(title, curves, x_label, say("panel.photo.share"), marks=((0.0, number(0)),))


def _pixel_table(trace: Trace, patch: tuple[int, int]) -> Table:
    """What normalising does to the middle pixel of the pinned patch."""
    row, col = middle_pixel(trace, patch)
    levels, results = model_levels(trace)[row, col].tolist(), trace.model_image()[0, :, row, col].tolist()
    means, deviations = (part.tolist() for part in normalisation(trace))
    lines = []
    for index, name in enumerate(channel_names(len(levels))):
        in_photo = holds_photo(trace, (row, col))
        level = number(levels[index], "count") if in_photo else say("label.image_padding")
        constants = (say("panel.photo.constant", value=part[index]) for part in (means, deviations))
        lines.append((name, level, *constants, say("panel.photo.normalised", value=results[index])))
    taken_away, divided_by, _ = WAYS[photo_way(trace).scale]
    columns = ("panel.photo.channel", "panel.photo.value", taken_away, divided_by, "panel.photo.result")
    return Table(say("panel.photo.pixel", row=row, col=col), tuple(map(say, columns)), tuple(lines))


def image_padding_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Which patches are all photo, partly photo or all image padding; and which original pixels the pinned one sees."""
    (rows, cols), query = trace.grid, selection.focus.query
    whole, partly, none = patch_kinds(trace).flatten().int().bincount(minlength=3).tolist()
    panels: list[Panel] = [
        Picture(
            say("panel.image_padding.picture"), kinds_picture(trace, query), note=say("panel.image_padding.legend")
        ),
        Numbers(
            say("panel.image_padding.counts"),
            (
                Number(say("panel.image_padding.whole"), float(whole)),
                Number(say("panel.image_padding.partly"), float(partly)),
                Number(say("panel.image_padding.none"), float(none)),
                Number(say("panel.image_padding.tokens", rows=rows, cols=cols), float(rows * cols)),
            ),
            say("panel.image_padding.stays"),
        ),
    ]
    if trace.photo is not None:
        panels.append(_way_back(trace.geometry, query))
    return panels


def kinds_picture(trace: Trace, query: tuple[int, int]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The model image with its patch grid: partly filled patches tinted, image padding hatched, the query framed."""
    picture = patch_cells(trace).numpy()
    cell = picture.shape[0] // trace.grid[0]
    kind = patch_kinds(trace).numpy().repeat(cell, axis=0).repeat(cell, axis=1)
    row, col = np.indices(kind.shape)
    picture[(row % cell == 0) | (col % cell == 0)] //= 2  # patch borders
    partly = kind == PARTLY_PHOTO
    picture[partly] = picture[partly] // 2 + (np.array(rgb(CATEGORIES[1]), np.uint8) // 2)
    picture[(kind == NO_PHOTO) & ((row + col) % 8 < 2)] = 40
    draw_frame(picture, (query[0] * cell, query[1] * cell), (cell, cell), ROLES["query"])
    return picture


def _way_back(geometry: ImageGeometry, patch: tuple[int, int]) -> Table:
    """The original pixels under the pinned patch."""
    box, (height, width) = geometry.patch_box(*patch), geometry.original
    rows = cols = say("label.image_padding")
    if box is not None:
        top, left, bottom, right = box
        rows = say("panel.image_padding.span", first=top, last=bottom - 1)
        cols = say("panel.image_padding.span", first=left, last=right - 1)
    return Table(
        say("panel.image_padding.way_back", row=patch[0], col=patch[1]),
        (say("panel.image_padding.axis"), say("panel.image_padding.pixels"), say("panel.image_padding.of")),
        (
            (say("panel.image_padding.rows"), rows, number(height, "count")),
            (say("panel.image_padding.cols"), cols, number(width, "count")),
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
    symbols=(("x.pixel", "panel:2"), ("p", "panel:1"), ("μ", "panel:4"), ("σ", "panel:4")),
)
IMAGE_PADDING = View(
    id="image_padding",
    stage="photo",
    panels=image_padding_panels,
    source=(ImageGeometry, Trace.image_padding),
    tensors=("pixels", "image"),
    uses=frozenset({"query"}),
    live=False,
    symbols=(("resized_rows", "panel:0"), ("patch_size", "panel:0")),
)
VIEWS = (PHOTO, IMAGE_PADDING)
