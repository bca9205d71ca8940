"""Position embedding: the learned table beside the tokens it is added to, and at other sizes of the grid."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from samvit.encoder import ImageEncoderViT, resize_pos_embed
from samvit.errors import SaidError
from samvit.measures.pca import COLOURS, GREY, Basis, photo_basis, principal_components, score_colours
from samvit.tracing import Trace

PERCENTILE = 99  # of the scores' magnitudes: where a colour is full


@dataclass(frozen=True, eq=False)
class Addition:
    """Tokens before position is added, what is added, and their sum."""

    before: Float[Tensor, "grid_h grid_w dim"]
    position: Float[Tensor, "grid_h grid_w dim"]
    after: Float[Tensor, "grid_h grid_w dim"]

    def stacked(self) -> Float[Tensor, "3 grid_h grid_w dim"]:
        """The three, one after the other."""
        return torch.stack([self.before, self.position, self.after])


def addition(trace: Trace) -> Addition:
    """The patch embedding, the position table at this grid's size, and the first block's input.

    Raises:
        KeyError: If the encoder has no position table.

    Source: segment-anything image_encoder.py, ImageEncoderViT.forward.
    """
    return Addition(trace["patch_embed"], trace["pos_embed"], trace.stream[0])


def addition_colours(trace: Trace) -> UInt8[Tensor, "4 grid_h grid_w 3"]:
    """Before, position and after as RGB in one basis and one scale; last, position once more in a scale of its own.

    Red, green and blue are the three directions in which the sums differ most over the photo. Grey is each one's own
    mean over the photo, so that distances from grey add up where nothing is clipped; image padding is grey too.

    Raises:
        KeyError: If the encoder has no position table.
    """
    (rows, cols), added = trace.photo_grid, addition(trace)
    basis = photo_basis(added.after, trace.photo_grid)
    vectors = added.stacked()[:, :rows, :cols]
    scores = (vectors - vectors.mean((1, 2), keepdim=True)) @ basis.components.T  # (3, rows, cols, components)
    tops = torch.quantile(scores.abs().flatten(1, 2), PERCENTILE / 100, dim=1)  # (3, components)
    colours = torch.full((4, *trace.grid, COLOURS), GREY, dtype=torch.uint8)
    colours[:3, :rows, :cols] = score_colours(scores, -tops[2], tops[2])
    colours[3, :rows, :cols] = score_colours(scores[1], -tops[1], tops[1])
    return colours


def table_basis(encoder: ImageEncoderViT) -> Basis:
    """The three strongest principal components of the learned table, at its own size.

    Raises:
        ValueError: If the encoder has no position table.
    """
    return principal_components(learned_table(encoder).flatten(0, 1), COLOURS)


def learned_table(encoder: ImageEncoderViT) -> Float[Tensor, "rows cols dim"]:
    """The position table at the size that it was learned in.

    Raises:
        ValueError: If the encoder has none.
    """
    if encoder.pos_embed is None:
        raise SaidError("measure.position_table")
    return encoder.pos_embed.detach()[0]


@torch.no_grad()
def table_scores(
    encoder: ImageEncoderViT, basis: Basis, grid: tuple[int, int]
) -> Float[Tensor, "grid_h grid_w components"]:
    """The learned table's components, resized to a grid (rows, cols) as the encoder resizes the table itself.

    Resizing is linear and keeps constants, so the components resized are the components of the resized table.
    """
    return resize_pos_embed(basis.scores(learned_table(encoder))[None], grid)[0]


def token_counts(trace: Trace) -> tuple[int, int, int]:
    """How many patches the model image has, how many tokens the stream, and how many places the image embedding.

    The three are equal: no token is left over that would stand for the whole image.
    """
    rows, cols = (side // trace.patch_size for side in trace.model_image().shape[2:])
    stream, embedding = trace.stream[0], trace.embedding
    return rows * cols, stream.numel() // stream.shape[-1], embedding.numel() // embedding.shape[0]
