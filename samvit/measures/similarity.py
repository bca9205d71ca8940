"""How long vectors are, and how alike: cosines between patches, correlations between channels' maps."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.errors import SaidError, check_index
from samvit.measures.finite import check_finite


@torch.no_grad()
def norms(vectors: Float[Tensor, "*positions dim"]) -> Float[Tensor, "*positions"]:
    """Euclidean length of each vector.

    Written out, since torch's own norm is ten times slower on the layout that the stream has.
    """
    return vectors.square().sum(-1).sqrt()


@torch.no_grad()
def cosine(one: Float[Tensor, "*positions dim"], other: Float[Tensor, "*positions dim"]) -> Float[Tensor, "*positions"]:
    """Cosine of each vector with the one at the same position; NaN where either is zero and points nowhere."""
    return ((one * other).sum(-1) / (norms(one) * norms(other))).clamp(-1, 1)


@torch.no_grad()
def cosines(vectors: Float[Tensor, "grid_h grid_w dim"], patch: tuple[int, int]) -> Float[Tensor, "grid_h grid_w"]:
    """Cosine of every patch's vector with the vector of one patch (row, col); NaN where a vector is zero.

    Raises:
        ValueError: If the patch isn't on the grid.
    """
    rows, cols, _ = vectors.shape
    if not (0 <= patch[0] < rows and 0 <= patch[1] < cols):
        raise SaidError("patch", last_row=rows - 1, last_col=cols - 1, got=patch)
    lengths = norms(vectors)
    return (vectors @ vectors[patch] / (lengths * lengths[patch])).clamp(-1, 1)


@torch.no_grad()
def channel_correlations(channels: Float[Tensor, "chans rows cols"], chosen: int) -> Float[Tensor, " chans"]:
    """Pearson's correlation of every channel's map with the map of one channel; NaN where a map is constant.

    Raises:
        ValueError: If there is no such channel, or a number isn't finite.
    """
    check_index("channel", chosen, len(channels))
    check_finite(channels)
    maps = channels.flatten(1)
    varies = maps.amax(1, keepdim=True) > maps.amin(1, keepdim=True)
    centred = torch.where(varies, maps - maps.mean(1, keepdim=True), 0)  # a constant's rounding isn't a direction
    return cosine(centred, centred[chosen].expand_as(centred))


@torch.no_grad()
def relative_spread(lengths: Float[Tensor, "*positions"]) -> Float[Tensor, ""]:
    """How much lengths differ: their standard deviation over their mean; NaN where all are zero."""
    return lengths.std(correction=0) / lengths.mean()


@torch.no_grad()
def largest_difference(one: Float[Tensor, "*shape"], other: Float[Tensor, "*shape"]) -> float:
    """The largest absolute difference between two tensors: what a proof compares."""
    return float((one - other).abs().max())
