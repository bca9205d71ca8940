"""Patch embedding: the photo as a grid of patches, and the one matrix product that makes each a token."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from samvit.config import COLOURS
from samvit.encoder import PatchEmbed
from samvit.measures.patches import (
    extreme_patches,
    filter_colours,
    filter_levels,
    filters,
    filters_by_norm,
    patch_product,
    patch_vectors,
)
from samvit.measures.photo import patch_cells, patch_levels, patch_pixels, photo_pixels
from samvit.measures.similarity import cosines
from samvit.tracing import Trace
from viz.palette import ROLES
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Picture, Scale
from viz.selection import Selection
from viz.views.pictures import channel_names, channel_planes, mosaic
from viz.views.scales import signed_scale
from viz.views.view import View
from viz.words import joined, number, say

DARK = 30  # grey level of the gaps in a photo: white ones would make it pale
BEST_SHOWN = 12  # patches that a filter answers to most strongly
FIRST_NAMED = 8  # filters of the wall whose channels are named


def patch_grid_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The photo cut into patches, and the pinned patch enlarged: as a person sees it, and channel by channel."""
    row, col = query = selection.focus.query
    patch, levels = patch_pixels(trace, query).numpy(), patch_levels(trace, query).numpy()
    count = levels.shape[2]
    shape = say("panel.patch_grid.numbers", side=len(levels), channels=count, count=levels.size)
    title = say("panel.patch_grid.colours")
    if count != COLOURS:
        title = say("panel.patch_grid.channels", names=joined(*channel_names(count), by=", "))
    return [
        Picture(say("panel.patch_grid.cut"), cut_apart(trace, query)),
        Picture(say("panel.patch_grid.pinned", row=row, col=col), patch),
        Picture(title, channel_planes(levels), note=shape),
    ]


def cut_apart(trace: Trace, query: tuple[int, int]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo's patches with dark gaps between them, the query framed. Only those that hold some photo."""
    (rows, cols), pixels = trace.photo_grid, patch_cells(trace).numpy()
    cell = pixels.shape[0] // trace.grid[0]
    tiles = pixels[: rows * cell, : cols * cell].reshape(rows, cell, cols, cell, 3).swapaxes(1, 2)
    chosen = query[0] * cols + query[1] if query[0] < rows and query[1] < cols else None
    return mosaic(tiles.reshape(-1, cell, cell, 3), cols, 1, chosen, ROLES["query"], gap=DARK)


def patch_product_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One entry of the pinned patch's token: its values, the filter's, their products; and all entries both ways."""
    channel, both = PATCH_PRODUCT.channel_of(trace, selection), patch_product(trace, selection.focus.query)
    weights = filters(trace.encoder)[channel]
    drawn = (
        (say("panel.patch_product.pixels"), both.values, say("panel.patch_product.value")),
        (say("panel.patch_product.filter", channel=channel), weights, say("panel.patch_product.weight")),
        (say("panel.patch_product.products"), both.values * weights, say("panel.patch_product.product")),
    )
    chans, _, side = both.values.shape
    note = say("panel.patch_product.beside", count=chans, side=side)
    axes = say("panel.patch_product.row"), say("panel.patch_product.col")
    by_product, by_convolution = say("panel.patch_product.by_product"), say("panel.patch_product.by_conv")
    every = Curve(say("panel.patch_product.channel"), both.by_product.numpy(), both.by_convolution.numpy())
    return [
        *(
            Matrix(title, beside(values), signed_scale(values.numpy(), unit, note), *axes)
            for title, values, unit in drawn
        ),
        Numbers(
            say("panel.patch_product.both", channel=channel),
            (
                Number(say("panel.patch_product.sum"), float(both.product[channel])),
                Number(say("panel.patch_product.bias"), float(both.bias[channel])),
                Number(by_product, float(both.by_product[channel]), role="result"),
                Number(by_convolution, float(both.by_convolution[channel]), role="result"),
                Number(say("panel.patch_product.difference", count=len(both.bias)), both.largest_difference),
            ),
            say("panel.patch_product.rounding"),
        ),
        Curves(say("panel.patch_product.every"), (every,), by_product, by_convolution, points=True),
    ]


def beside(channels: Float[Tensor, "chans rows cols"]) -> Float[np.ndarray, "rows all_cols"]:
    """Channels next to one another: the first one's columns, then the second's."""
    return torch.cat(list(channels), dim=1).numpy()


def filter_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """All filters as tiles; one of them enlarged, its response over the photo, and the patches it answers to."""
    channel, tiles = FILTERS.channel_of(trace, selection), filter_colours(trace.encoder).numpy()
    response = trace["patch_embed"][:, :, channel]
    order, lengths = (part.tolist() for part in filters_by_norm(trace.encoder))
    rank = order.index(channel)
    columns = max(1, round(len(tiles) ** 0.5 * 1.3))  # a little wider than high
    first = joined(*(number(index, "count") for index in order[:FIRST_NAMED]), by=", ")
    one, note = tiles[channel], say("panel.filters.rank", length=lengths[rank], rank=rank, count=len(tiles))
    levels = filter_levels(trace.encoder)[channel].numpy()
    if levels.shape[2] > COLOURS:  # more than one picture can hold
        names = joined(*channel_names(levels.shape[2]), by=", ")
        one, note = channel_planes(levels), joined(note, say("panel.filters.beside", names=names), by="; ")
    return [
        Picture(
            say("panel.filters.all", count=len(tiles)),
            mosaic(tiles[order], columns, chosen=rank),
            note=say("panel.filters.sorted", first=first),
        ),
        Picture(
            say("panel.filters.one", channel=channel),
            one,
            note=note,
        ),
        Maps(
            say("panel.filters.response", channel=channel),
            response.numpy()[None],
            (signed_scale(response.numpy(), say("panel.filters.unit")),),
            labels=(say("panel.filters.channel", channel=channel),),
        ),
        Picture(
            say("panel.filters.best", channel=channel),
            best_patches(trace, response),
            note=say("panel.filters.extremes"),
        ),
    ]


def best_patches(trace: Trace, response: Float[Tensor, "grid_h grid_w"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo's patches with the largest responses in a first row, those with the smallest in a second."""
    pixels, size, (rows, cols) = photo_pixels(trace).numpy(), trace.patch_size, trace.grid
    patches = pixels.reshape(rows, size, cols, size, 3).swapaxes(1, 2)
    largest, smallest = extreme_patches(response, trace.photo_grid, BEST_SHOWN)
    return mosaic(np.stack([patches[patch] for patch in (*largest, *smallest)]), len(largest))


def patch_similarity_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How like the pinned patch every other is: by its pixels, and by its token."""
    compared = (patch_vectors(trace), trace["patch_embed"])
    values = torch.stack([cosines(vectors, selection.focus.query) for vectors in compared])
    return [
        Maps(
            say("panel.patch_similarity.title"),
            values.numpy(),
            (Scale("signed", -1.0, 1.0, say("panel.patch_similarity.unit")),),
            labels=(say("panel.patch_similarity.pixels"), say("panel.patch_similarity.tokens")),
        )
    ]


PATCH_GRID = View(
    id="patch_grid",
    stage="patches",
    panels=patch_grid_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query"}),
    live=False,
    symbols=(
        ("x.token", "node:patches"),
        ("W.patch", "node:patches"),
        ("patch", "panel:1"),
        ("b.patch", "node:patches"),
    ),
)
PATCH_PRODUCT = View(
    id="patch_product",
    stage="patches",
    panels=patch_product_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query", "channel"}),
    channels=lambda trace: trace.encoder.patch_embed.proj.out_channels,
    symbols=(("x.entry", "panel:3"), ("W.filter", "panel:1"), ("patch", "panel:0"), ("b.filter", "panel:3")),
)
FILTERS = View(
    id="filters",
    stage="patches",
    panels=filter_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"channel", "overlay"}),
    channels=lambda trace: trace.encoder.patch_embed.proj.out_channels,
    first_channel=lambda trace, selection: int(filters_by_norm(trace.encoder)[0][0]),
    live=False,
    symbols=(
        ("response", "map:0"),
        ("W.patch", "panel:0"),
        ("patch", "photo"),
        ("b.patch", "panel:2"),
        ("k.filter", "panel:1"),
    ),
)
PATCH_SIMILARITY = View(
    id="patch_similarity",
    stage="patches",
    panels=patch_similarity_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query", "overlay"}),
    symbols=(("x_i", "photo"), ("x_j", "panel:0")),
)
VIEWS = (PATCH_GRID, PATCH_PRODUCT, FILTERS, PATCH_SIMILARITY)
