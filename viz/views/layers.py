"""The layers beside one another: as colours in one basis, by their tokens' lengths, by cosines, and by CKA."""

import math

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from samvit.encoder import Block, ImageEncoderViT
from samvit.measures.layers import (
    cosines_through_depth,
    layer_cka,
    levelled,
    outlier_threshold,
    outliers,
    own_bases,
    shared_basis,
)
from samvit.measures.pca import Basis, photo_colours
from samvit.measures.similarity import norms
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Picture, Scale, Table
from viz.selection import Selection
from viz.views.scales import scale_from_zero
from viz.views.view import View
from viz.words import Words, joined, number, say, symbol

TILE_PX = 176  # about the longer side of one layer's picture
GAP_PX = 6  # between pictures
INDEX_PX = 18  # height of a block's number
WALL_ASPECT = 1.5  # about the width of all pictures together over their height
LISTED = 8  # outliers in the table


def layers_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every block's output in one shared basis and each in its own; the chosen block's large."""
    block, shared = selection.focus.block, shared_basis(trace)
    in_shared = [
        photo_colours(levelled(tokens, trace.photo_grid), trace.photo_grid, shared) for tokens in trace.stream[1:]
    ]
    bases = own_bases(trace)
    in_own = [
        photo_colours(tokens, trace.photo_grid, basis) for tokens, basis in zip(trace.stream[1:], bases, strict=True)
    ]
    return [
        Picture(
            say("panel.layers.shared", depth=trace.depth),
            wall(in_shared, trace.photo_grid, block),
            note=joined(_explained(shared), say("note.layers.order", block=block)),
        ),
        Picture(
            say("panel.layers.own", depth=trace.depth),
            wall(in_own, trace.photo_grid, block),
            note=say("note.layers.order", block=block),
        ),
        Picture(say("panel.layers.shared_one", block=block), in_shared[block].numpy(), on_grid=True),
        Picture(
            say("panel.layers.own_one", block=block), in_own[block].numpy(), on_grid=True, note=_explained(bases[block])
        ),
    ]


def _explained(basis: Basis) -> Words:
    """How much of the variance the three colours show."""
    return say("note.layers.variance", share=float(basis.variance.sum()))


def wall(
    pictures: list[UInt8[Tensor, "grid_h grid_w rgb"]], photo_grid: tuple[int, int], chosen: int
) -> UInt8[np.ndarray, "rows cols 3"]:
    """Small pictures of the photo's patches side by side, numbered from 0, the chosen one framed."""
    rows, cols = photo_grid
    zoom = max(1, TILE_PX // max(rows, cols))
    tall, wide = rows * zoom + GAP_PX, cols * zoom + GAP_PX
    across = tiles_across(len(pictures), tall / wide)
    down = -(-len(pictures) // across)
    image = Image.new("RGB", (across * wide + GAP_PX, down * tall + GAP_PX), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(INDEX_PX)
    for index, picture in enumerate(pictures):
        top, left = index // across * tall + GAP_PX, index % across * wide + GAP_PX
        tile = Image.fromarray(picture[:rows, :cols].numpy())
        if index == chosen:
            frame = (left - GAP_PX, top - GAP_PX, left + wide - 1, top + tall - 1)
            draw.rectangle(frame, fill="black")
        image.paste(tile.resize((cols * zoom, rows * zoom), Image.Resampling.NEAREST), (left, top))
        box = draw.textbbox((left + 3, top), str(index), font)
        draw.rectangle((left, top, box[2] + 3, box[3] + 3), fill="black")
        draw.text((left + 3, top), str(index), "white", font)
    return np.asarray(image)


def tiles_across(count: int, aspect: float) -> int:
    """How many tiles (height over width: `aspect`) stand in a row: hardly a place stays empty, and the wall is wide."""

    def fault(across: int) -> float:
        down = -(-count // across)
        empty = across * down / count - 1
        return 2 * empty + abs(math.log(across / (down * aspect) / WALL_ASPECT))

    return min(range(1, count + 1), key=fault)


def token_norms_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every token's length after each block; the chosen block's outliers, and where the longest of them looks."""
    block, grid = selection.focus.block, trace.photo_grid
    lengths = torch.stack([norms(tokens) for tokens in trace.stream[1:]])
    found = outliers(lengths[block], grid)
    panels: list[Panel] = [
        Maps(
            say("panel.token_norms.all"),
            lengths.numpy(),
            tuple(
                scale_from_zero(one[: grid[0], : grid[1]].numpy(), say("unit.token_norms.length"), say("scale.per_map"))
                for one in lengths
            ),
            tuple(say("label.block", block=index) for index in range(trace.depth)),
            notes=tuple(_length_note(one, grid) for one in lengths),
            picks="block",
            chosen=block,
        ),
        Maps(
            say("panel.token_norms.marked", block=block),
            found[None].float().numpy(),
            (
                Scale(
                    "categorical",
                    0,
                    1,
                    categories=(say("label.token_norms.ordinary"), say("label.token_norms.outlier")),
                ),
            ),
            (say("label.block", block=block),),
            titled=True,
        ),
    ]
    if bool(found.any()):
        return [*panels, *_outlier_panels(trace, block, lengths[block].where(found, -1))]
    limit = Number(say("label.token_norms.limit"), outlier_threshold(lengths[block], grid))
    return [*panels, Numbers(say("panel.token_norms.none", block=block), (limit,), say("note.token_norms.rule"))]


def _length_note(lengths: Float[Tensor, "grid_h grid_w"], grid: tuple[int, int]) -> Words:
    """A block's median length, its largest, and how many outliers it has."""
    photo = lengths[: grid[0], : grid[1]]
    count = int(outliers(lengths, grid).sum())
    return say("note.token_norms.block", median=float(photo.median()), largest=float(photo.max()), count=count)


def _outlier_panels(trace: Trace, block: int, lengths: Float[Tensor, "grid_h grid_w"]) -> list[Panel]:
    """The longest tokens of a block as a table, and the attention of the longest one, mean of heads.

    Args:
        lengths: Of the outliers; −1 elsewhere.
    """
    order = lengths.flatten().argsort(descending=True)[:LISTED].tolist()
    places = [divmod(place, trace.grid[1]) for place in order if lengths.flatten()[place] >= 0]
    weights = trace.attention(block, places[0]).weights.mean(0, keepdim=True).numpy()
    return [
        Maps(
            say("panel.token_norms.looks", block=block, patch=places[0]),
            weights,
            (scale_from_zero(weights, say("unit.weight"), percent=True),),
            (say("label.mean"),),
        ),
        Table(
            say("panel.token_norms.longest", block=block),
            (say("column.token_norms.patch"), say("column.token_norms.length")),
            tuple((symbol(f"({row}, {col})"), number(float(lengths[row, col]))) for row, col in places),
        ),
    ]


def layer_cosines_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How like the pinned patch every other one is after each block: as tokens are, and less the photo's mean."""
    labels = tuple(say("label.block", block=block) for block in range(trace.depth))
    scale = Scale("signed", -1, 1, say("unit.layer_cosines.cosine"), say("scale.shared"))
    return [
        Maps(
            title,
            cosines_through_depth(trace, selection.focus.query, centred).numpy(),
            (scale,),
            labels,
            picks="block",
            chosen=selection.focus.block,
        )
        for centred, title in ((False, say("panel.layer_cosines.raw")), (True, say("panel.layer_cosines.centred")))
    ]


def cka_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Linear CKA between every two layers, the chosen block outlined; and the outlined row as a curve."""
    block, values, layer = selection.focus.block, layer_cka(trace).numpy(), say("axis.cka.layer", depth=trace.depth)
    layers = np.arange(len(values), dtype=np.float32)
    return [
        Matrix(
            say("panel.cka.table"),
            values,
            Scale("sequential", 0, 1, say("unit.cka")),
            layer,
            layer,
            row_mark=block,
            col_mark=block,
        ),
        Curves(
            say("panel.cka.row", block=block),
            (Curve(say("label.block", block=block), layers, values[block], "query"),),
            layer,
            say("unit.cka"),
            marks=((float(block), say("label.block", block=block)),),
        ),
    ]


LAYERS = View(
    id="layers",
    stage="network",
    panels=layers_panels,
    source=(Block.forward,),
    tensors=("blocks.0", "blocks.{block}", "blocks.{last}"),
    uses=frozenset({"block"}),
    live=False,
    symbols=(("z_l", "panel:0"), ("x_l", "panel:1"), ("x_l.mean", "panel:1"), ("rms", "panel:0"), ("V", "panel:0")),
)
TOKEN_NORMS = View(
    id="token_norms",
    stage="network",
    panels=token_norms_panels,
    source=(Block.forward,),
    tensors=("blocks.0", "blocks.{block}", "blocks.{last}"),
    uses=frozenset({"block", "overlay"}),
    live=False,
    symbols=(("x_i.token", "panel:0"), ("x_ic", "panel:0"), ("Q_3", "panel:1"), ("Q_1", "panel:1")),
)
LAYER_COSINES = View(
    id="layer_cosines",
    stage="network",
    panels=layer_cosines_panels,
    source=(Block.forward,),
    tensors=("blocks.0", "blocks.{block}", "blocks.{last}"),
    uses=frozenset({"block", "query", "overlay"}),
    symbols=(("x_li", "photo"), ("x_lj", "panel:0"), ("x_l.less", "panel:1")),
)
CKA = View(
    id="cka",
    stage="network",
    panels=cka_panels,
    source=(Block.forward, ImageEncoderViT.forward),
    tensors=("blocks.0", "blocks.{block}", "blocks.{last}", "neck.3"),
    uses=frozenset({"block"}),
    live=False,
    symbols=(("X", "panel:0"), ("Y", "panel:0"), ("F", "panel:0")),
)
VIEWS = (LAYERS, TOKEN_NORMS, LAYER_COSINES, CKA)
