"""Patch embedding: the photo as a grid of patches, and the one matrix product that makes each a token."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor

from samvit.attention import check_patch
from samvit.encoder import ImageEncoderViT, PatchEmbed
from samvit.measures.photo import patch_pixels, photo_pixels
from samvit.tracing import Trace
from viz.palette import ROLES, rgb
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Picture, Scale
from viz.selection import Selection
from viz.texts import text
from viz.views.photo import CELL_PX
from viz.views.scales import signed_scale
from viz.views.view import View

GAP_PX = 2  # between tiles
DARK = 30  # grey level of the gaps in a photo: white ones would make it pale
BEST_SHOWN = 12  # patches that a filter answers to most strongly


def patch_grid_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The photo cut into patches, and the pinned patch enlarged: as a person sees it, and channel by channel."""
    check_patch(selection.focus.query, trace.grid)
    lang, patch = selection.lang, patch_pixels(trace, selection.focus.query).numpy()
    side, row, col = patch.shape[0], *selection.focus.query
    shape = text(lang, "panel.patch_grid.numbers", side=side, count=patch.size)
    return [
        Picture(text(lang, "panel.patch_grid.cut"), cut_apart(trace, selection.focus.query)),
        Picture(text(lang, "panel.patch_grid.pinned", row=row, col=col), patch),
        Picture(text(lang, "panel.patch_grid.channels"), colour_planes(patch), note=shape),
    ]


def cut_apart(trace: Trace, query: tuple[int, int]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo's patches with dark gaps between them, the query framed. Only those that hold some photo."""
    rows, cols = trace.photo_grid
    patch = trace.patch_size
    step = patch // CELL_PX if patch % CELL_PX == 0 else 1
    pixels = np.array(Image.fromarray(photo_pixels(trace).numpy()).reduce(step))
    cell = patch // step
    tiles = pixels[: rows * cell, : cols * cell].reshape(rows, cell, cols, cell, 3).swapaxes(1, 2)
    chosen = query[0] * cols + query[1] if query[0] < rows and query[1] < cols else None
    return mosaic(tiles.reshape(-1, cell, cell, 3), cols, 1, chosen, ROLES["query"], gap=DARK)


def mosaic(
    tiles: UInt8[np.ndarray, "tiles tile_h tile_w 3"],
    columns: int,
    gap_px: int = GAP_PX,
    chosen: int | None = None,
    colour: str = "#000000",
    gap: int = 255,
) -> UInt8[np.ndarray, "rows cols 3"]:
    """Tiles in rows, the grey level `gap` between them; one of them framed. The last row may stay unfilled."""
    count, tile_h, tile_w, _ = tiles.shape
    down = -(-count // columns)
    sheet = np.full((down * columns, tile_h + gap_px, tile_w + gap_px, 3), gap, np.uint8)
    sheet[:count, gap_px:, gap_px:] = tiles
    sheet = sheet.reshape(down, columns, tile_h + gap_px, tile_w + gap_px, 3).swapaxes(1, 2)
    picture = np.full((down * (tile_h + gap_px) + gap_px, columns * (tile_w + gap_px) + gap_px, 3), gap, np.uint8)
    picture[:-gap_px, :-gap_px] = sheet.reshape(picture.shape[0] - gap_px, picture.shape[1] - gap_px, 3)
    if chosen is not None:
        top, left = chosen // columns * (tile_h + gap_px) + gap_px, chosen % columns * (tile_w + gap_px) + gap_px
        bottom, right = top + tile_h, left + tile_w
        picture[top - gap_px : bottom + gap_px, left - gap_px : right + gap_px] = rgb(colour)
        picture[top:bottom, left:right] = tiles[chosen]
    return picture


def colour_planes(patch: UInt8[np.ndarray, "side side 3"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """Red, green and blue of a patch beside one another, each in its own colour."""
    planes = np.zeros((3, *patch.shape), np.uint8)
    for channel in range(3):
        planes[channel, :, :, channel] = patch[:, :, channel]
    return mosaic(planes, columns=3, gap_px=1)


def patch_product_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One entry of the pinned patch's token: its values, the filter's, their products; and all entries both ways."""
    lang, conv = selection.lang, trace.encoder.patch_embed.proj
    channel = selection.look.channel
    weight = conv.weight.detach()
    pixels = pinned_values(trace, selection.focus.query)  # (in_chans, patch, patch)
    by_convolution = trace["patch_embed"][selection.focus.query]
    with torch.no_grad():
        product = weight.flatten(1) @ pixels.flatten()
        bias = torch.zeros_like(product) if conv.bias is None else conv.bias.detach()
        by_product = product + bias
    filter_values = weight[channel]
    note = text(lang, "panel.patch_product.beside", count=pixels.shape[0], side=pixels.shape[-1])
    drawn = (
        ("pixels", pixels, text(lang, "panel.patch_product.value")),
        ("filter", filter_values, text(lang, "panel.patch_product.weight")),
        ("products", pixels * filter_values, text(lang, "panel.patch_product.product")),
    )
    row_label, col_label = text(lang, "panel.patch_product.row"), text(lang, "panel.patch_product.col")
    difference = float((by_product - by_convolution).abs().max())
    return [
        *(
            Matrix(
                text(lang, f"panel.patch_product.{name}", channel=channel),
                beside(values),
                signed_scale(values.numpy(), unit, note),
                row_label,
                col_label,
            )
            for name, values, unit in drawn
        ),
        Numbers(
            text(lang, "panel.patch_product.both", channel=channel),
            (
                Number(text(lang, "panel.patch_product.sum"), float(product[channel])),
                Number(text(lang, "panel.patch_product.bias"), float(bias[channel])),
                Number(text(lang, "panel.patch_product.by_product"), float(by_product[channel]), role="result"),
                Number(text(lang, "panel.patch_product.by_conv"), float(by_convolution[channel]), role="result"),
                Number(text(lang, "panel.patch_product.difference", count=len(bias)), difference),
            ),
            text(lang, "panel.patch_product.rounding"),
        ),
        Curves(
            text(lang, "panel.patch_product.every"),
            (Curve(text(lang, "panel.patch_product.channel"), by_product.numpy(), by_convolution.numpy()),),
            text(lang, "panel.patch_product.by_product"),
            text(lang, "panel.patch_product.by_conv"),
            points=True,
        ),
    ]


def pinned_values(trace: Trace, patch: tuple[int, int]) -> Float[Tensor, "in_chans patch patch"]:
    """What the encoder gets of one patch (row, col): normalised, image padding as zeros."""
    check_patch(patch, trace.grid)
    size = trace.patch_size
    rows, cols = (slice(index * size, (index + 1) * size) for index in patch)
    return trace.model_image()[0, :, rows, cols]


def beside(channels: Float[Tensor, "chans rows cols"]) -> Float[np.ndarray, "rows all_cols"]:
    """Channels next to one another: the first one's columns, then the second's."""
    return np.concatenate(list(channels.numpy()), axis=1)


def filter_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """All filters as tiles; one of them enlarged, its response over the photo, and the patches it answers to."""
    lang, channel = selection.lang, selection.look.channel
    tiles = filter_tiles(trace.encoder)
    response = trace["patch_embed"][:, :, channel].numpy()
    unit = text(lang, "panel.filters.unit")
    columns = max(1, round(len(tiles) ** 0.5 * 1.3))  # a little wider than high
    return [
        Picture(
            text(lang, "panel.filters.all", count=len(tiles)),
            mosaic(tiles, columns, chosen=channel),
            note=text(lang, "panel.filters.grey"),
        ),
        Picture(text(lang, "panel.filters.one", channel=channel), tiles[channel]),
        Maps(
            text(lang, "panel.filters.response", channel=channel),
            response[None],
            (signed_scale(response, unit),),
            labels=(text(lang, "panel.filters.channel", channel=channel),),
        ),
        Picture(
            text(lang, "panel.filters.best", channel=channel),
            extreme_patches(trace, response),
            note=text(lang, "panel.filters.extremes"),
        ),
    ]


def filter_tiles(encoder: ImageEncoderViT) -> UInt8[np.ndarray, "filters patch patch 3"]:
    """Each filter as RGB: grey is zero, and each one's largest magnitude is fully bright or fully dark."""
    weight = encoder.patch_embed.proj.weight.detach()
    if weight.shape[1] != 3:
        raise ValueError(f"a filter drawn as RGB has 3 channels, got {weight.shape[1]}")
    top = weight.abs().amax((1, 2, 3), keepdim=True).clamp_min(torch.finfo(weight.dtype).tiny)
    return (127.5 + 127.5 * weight / top).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()


def extreme_patches(trace: Trace, response: Float[np.ndarray, "grid_h grid_w"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo's patches with the largest responses in a first row, those with the smallest in a second."""
    rows, cols = trace.photo_grid
    order = np.argsort(-response[:rows, :cols], axis=None, kind="stable")
    shown = min(BEST_SHOWN, len(order))
    chosen = [divmod(int(index), cols) for index in (*order[:shown], *order[::-1][:shown])]
    size, pixels = trace.patch_size, photo_pixels(trace).numpy()
    cut = [pixels[r * size : (r + 1) * size, c * size : (c + 1) * size] for r, c in chosen]
    return mosaic(np.stack(cut), shown)


def patch_similarity_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How like the pinned patch every other is: by its pixels, and by its token."""
    check_patch(selection.focus.query, trace.grid)
    lang, size = selection.lang, trace.patch_size
    chans, (rows, cols) = trace.encoder.patch_embed.proj.in_channels, trace.grid
    image = trace.model_image().view(chans, rows, size, cols, size)
    flat = image.permute(1, 3, 0, 2, 4).reshape(rows, cols, -1)  # (grid_h, grid_w, in_chans·patch·patch)
    values = np.stack([cosine_map(tokens, selection.focus.query) for tokens in (flat, trace["patch_embed"])])
    names = ("pixels", "tokens")
    return [
        Maps(
            text(lang, "panel.patch_similarity.title"),
            values,
            (Scale("signed", -1.0, 1.0, text(lang, "panel.patch_similarity.unit")),),
            labels=tuple(text(lang, f"panel.patch_similarity.{name}") for name in names),
        )
    ]


def cosine_map(
    tokens: Float[Tensor, "grid_h grid_w dim"], query: tuple[int, int]
) -> Float[np.ndarray, "grid_h grid_w"]:
    """Cosine of every vector with that of the query (row, col); NaN where a vector is zero and points nowhere."""
    with torch.no_grad():
        lengths = torch.linalg.vector_norm(tokens, dim=-1)
        return ((tokens @ tokens[query]) / (lengths * lengths[query])).numpy()


PATCH_GRID = View(
    id="patch_grid",
    stage="patches",
    panels=patch_grid_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query"}),
    live=False,
)
PATCH_PRODUCT = View(
    id="patch_product",
    stage="patches",
    panels=patch_product_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query", "channel"}),
    channels=lambda trace: trace.encoder.patch_embed.proj.out_channels,
)
FILTERS = View(
    id="filters",
    stage="patches",
    panels=filter_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"channel", "overlay"}),
    channels=lambda trace: trace.encoder.patch_embed.proj.out_channels,
    live=False,
)
PATCH_SIMILARITY = View(
    id="patch_similarity",
    stage="patches",
    panels=patch_similarity_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query", "overlay"}),
)
VIEWS = (PATCH_GRID, PATCH_PRODUCT, FILTERS, PATCH_SIMILARITY)
