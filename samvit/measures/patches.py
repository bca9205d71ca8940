"""Patch embedding: one matrix product for each patch, what its filters answer, and to which patches."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from samvit.config import COLOURS
from samvit.encoder import ImageEncoderViT
from samvit.measures.photo import patch_values
from samvit.tracing import Trace


@dataclass(frozen=True, eq=False)
class PatchProduct:
    """One patch's token twice: as a matrix product of its flattened pixels, and as the convolution gave it.

    Attributes:
        values: What the encoder gets of the patch.
        product: W · flatten(values), before the bias.
        bias: Zeros where the convolution has none.
        by_convolution: The token as a forward pass of the patch embedding gives it.
    """

    values: Float[Tensor, "in_chans patch patch"]
    product: Float[Tensor, " dim"]
    bias: Float[Tensor, " dim"]
    by_convolution: Float[Tensor, " dim"]

    @property
    def by_product(self) -> Float[Tensor, " dim"]:
        """W · flatten(values) + b."""
        return self.product + self.bias

    @property
    def largest_difference(self) -> float:
        """Between the two, over all entries, absolute; the two add in a different order, so float32 may round it up."""
        return float((self.by_product - self.by_convolution).abs().max())


@torch.no_grad()
def patch_product(trace: Trace, patch: tuple[int, int]) -> PatchProduct:
    """One patch (row, col) through the patch embedding, both ways.

    Source: segment-anything image_encoder.py, PatchEmbed.
    """
    convolution, values = trace.encoder.patch_embed.proj, patch_values(trace, patch)
    product = convolution.weight.flatten(1) @ values.flatten()
    bias = torch.zeros_like(product) if convolution.bias is None else convolution.bias.detach()
    return PatchProduct(values, product, bias, trace["patch_embed"][patch])


def patch_vectors(trace: Trace) -> Float[Tensor, "grid_h grid_w values"]:
    """What the encoder gets of every patch, flattened channel by channel as its filters are; image padding is zeros."""
    image, (rows, cols), size = trace.model_image()[0], trace.grid, trace.patch_size
    patches = image.view(len(image), rows, size, cols, size).permute(1, 3, 0, 2, 4)
    return patches.reshape(rows, cols, -1)


def filters(encoder: ImageEncoderViT) -> Float[Tensor, "filters in_chans patch patch"]:
    """The weights of every filter of the patch embedding."""
    return encoder.patch_embed.proj.weight.detach()


def filters_by_norm(encoder: ImageEncoderViT) -> tuple[Int[Tensor, " filters"], Float[Tensor, " filters"]]:
    """Indexes of the filters from the one with the longest weight vector to the shortest, and those lengths."""
    lengths, order = filters(encoder).flatten(1).square().sum(1).sqrt().sort(descending=True, stable=True)
    return order, lengths


def filter_levels(encoder: ImageEncoderViT) -> UInt8[Tensor, "filters patch patch in_chans"]:
    """Each filter on 0–255: the middle is zero, and each one's largest magnitude is fully bright or fully dark."""
    weights = filters(encoder)
    top = weights.abs().amax((1, 2, 3), keepdim=True).clamp_min(torch.finfo(weights.dtype).tiny)
    return (127.5 + 127.5 * weights / top).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def filter_colours(encoder: ImageEncoderViT) -> UInt8[Tensor, "filters patch patch 3"]:
    """Each filter as RGB for the eye: of four and more channels the first three, of one or two the first as grey."""
    levels = filter_levels(encoder)
    count = levels.shape[3]
    return levels if count == COLOURS else levels[..., [0, 1, 2] if count > COLOURS else [0, 0, 0]]


def extreme_patches(
    response: Float[Tensor, "grid_h grid_w"], photo_grid: tuple[int, int], count: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The patches (row, col) with the largest responses, falling, and those with the smallest, rising.

    Args:
        photo_grid: The (rows, cols) of patches that hold photo; image padding is left out.
        count: How many of each are wanted; fewer come back where the photo has fewer patches.
    """
    rows, cols = photo_grid
    order = response[:rows, :cols].flatten().sort(descending=True, stable=True).indices.tolist()
    falling = [(index // cols, index % cols) for index in order]
    return falling[:count], falling[::-1][:count]
