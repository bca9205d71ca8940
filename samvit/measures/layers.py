"""The layers beside one another: their tokens in one basis, their lengths, and how alike layers are as a whole."""

import math
from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from samvit.attention import check_patch
from samvit.measures.pca import COLOURS, Basis, photo_basis, place, principal_components, score_colours
from samvit.measures.similarity import cosines
from samvit.tracing import Trace

SHARED_POINTS = 4096  # tokens, of all layers together, that make the shared basis: a fit in float64 stays small
NECK_POINTS = 1024  # patches that make the basis of one of the neck's steps
CKA_POINTS = 1024  # patches that CKA compares: its matrices have one row and one column for each
OUTLIER_SPREADS = 3  # quartile ranges above the third quartile: what boxplots call far out


def levelled(
    tokens: Float[Tensor, "grid_h grid_w dim"], photo_grid: tuple[int, int]
) -> Float[Tensor, "grid_h grid_w dim"]:
    """Tokens less their mean over the photo, divided by the root mean square of the lengths that are left there.

    Layers differ in length by far more than in direction; levelled, each of them counts alike.

    Args:
        photo_grid: The (rows, cols) of patches that hold photo, from the top left.
    """
    mean, size = _level(tokens, photo_grid)
    return (tokens - mean) / size


Level = tuple[Float[Tensor, " dim"], Float[Tensor, ""]]


def _level(tokens: Float[Tensor, "grid_h grid_w dim"], photo_grid: tuple[int, int]) -> Level:
    """What `levelled` takes off, and what it divides by: without a second copy of the tokens."""
    rows, cols = photo_grid
    photo = tokens[:rows, :cols].reshape(rows * cols, -1)
    mean = photo.mean(0)
    squares = torch.dot(photo.flatten(), photo.flatten()) / len(photo)
    return mean, (squares - mean.square().sum()).clamp_min(0).sqrt().clamp_min(1e-12)


def _levels(trace: Trace) -> list[Level]:
    """The same of each block's output. Kept in the trace's replay."""
    return trace.replay.get(trace, "levels", lambda: [_level(tokens, trace.photo_grid) for tokens in trace.stream[1:]])


def shared_basis(trace: Trace) -> Basis:
    """The first three principal components of all blocks' outputs together, each levelled first; see `levelled`.

    Up to 4096 tokens, evenly spread over patches and blocks, take part. Kept in the trace's replay.
    """
    return trace.replay.get(trace, "shared basis", lambda: _shared_basis(trace))


def _shared_basis(trace: Trace) -> Basis:
    rows, cols = trace.photo_grid
    step = max(1, math.ceil(rows * cols * trace.depth / SHARED_POINTS))
    down = place((rows, cols)).flatten()
    chosen = []
    for block, (mean, size) in enumerate(_levels(trace)):
        tokens = trace.stream[block + 1][:rows, :cols].flatten(0, 1)
        chosen.append((tokens[block % step :: step] - mean) / size)
    return principal_components(
        torch.cat(chosen),
        COLOURS,
        torch.cat([down[block % step :: step] for block in range(trace.depth)]),
    )


def block_colours(trace: Trace) -> tuple[UInt8[Tensor, "rows cols rgb"], ...]:
    """Each block's output as RGB, one pixel for each patch that holds photo, all blocks in `shared_basis`.

    The blocks add to one stream, so the same colour means the same in all of them. Kept in the trace's replay.
    """
    return trace.replay.get(trace, "block colours", lambda: tuple(_block_colours(trace)))


def _block_colours(trace: Trace) -> Iterator[UInt8[Tensor, "rows cols rgb"]]:
    """Levelled scores without levelled tokens: mean and length are taken off after the projection, which is small."""
    (rows, cols), basis = trace.photo_grid, shared_basis(trace)
    for tokens, (mean, size) in zip(trace.stream[1:], _levels(trace), strict=True):
        photo = tokens[:rows, :cols]
        scores = (photo @ basis.components.T - basis.components @ mean) / size - basis.components @ basis.mean
        yield score_colours(scores, basis.low, basis.high)


def neck_colours(trace: Trace) -> tuple[UInt8[Tensor, "rows cols rgb"], ...]:
    """Each of the neck's four steps as RGB, one pixel for each patch that holds photo, each step in its own basis.

    A convolution's output channels are others than its input's, so steps can't share a basis. Up to 1024 patches,
    evenly spread, make each basis. Kept in the trace's replay.
    """

    def colours() -> tuple[UInt8[Tensor, "rows cols rgb"], ...]:
        rows, cols = trace.photo_grid
        step = max(1, math.ceil(math.sqrt(rows * cols / NECK_POINTS)))
        down = place((rows, cols))[::step, ::step].flatten()
        made = []
        for channels in trace.neck_steps().values():
            photo = channels[:, :rows, :cols].permute(1, 2, 0)
            made.append(principal_components(photo[::step, ::step].flatten(0, 1), COLOURS, down).colours(photo))
        return tuple(made)

    return trace.replay.get(trace, "neck colours", colours)


def own_bases(trace: Trace) -> tuple[Basis, ...]:
    """The first three principal components of each block's output on its own. Kept in the trace's replay."""
    return trace.replay.get(
        trace,
        "own bases",
        lambda: tuple(photo_basis(tokens, trace.photo_grid) for tokens in trace.stream[1:]),
    )


def outlier_threshold(lengths: Float[Tensor, "grid_h grid_w"], photo_grid: tuple[int, int]) -> float:
    """The length above which a token is an outlier: three quartile ranges above the photo's third quartile.

    Args:
        photo_grid: The (rows, cols) of patches that hold photo, from the top left.

    Source: Darcet et al., arXiv 2309.16588, sec. 2, look for tokens of high norm with a fixed limit for each model;
    this limit, Tukey's “far out”, needs none.
    """
    rows, cols = photo_grid
    low, high = torch.quantile(lengths[:rows, :cols].flatten(), torch.tensor([0.25, 0.75], dtype=lengths.dtype))
    return float(high + OUTLIER_SPREADS * (high - low))


def outliers(lengths: Float[Tensor, "grid_h grid_w"], photo_grid: tuple[int, int]) -> Bool[Tensor, "grid_h grid_w"]:
    """True where a patch holds photo and its token's length is above `outlier_threshold`."""
    rows, cols = photo_grid
    found = torch.zeros(lengths.shape, dtype=torch.bool)
    found[:rows, :cols] = lengths[:rows, :cols] > outlier_threshold(lengths, photo_grid)
    return found


@torch.no_grad()
def linear_cka(layers: Sequence[Float[Tensor, "points _"]]) -> Float[Tensor, "layers layers"]:
    """Linear centred kernel alignment of every pair of layers: 1 where two hold the same up to rotation and scale.

    By the matrices of products between points, K = X·Xᵀ: ⟨K, L⟩ / (‖K‖·‖L‖), which is ‖YᵀX‖² / (‖XᵀX‖·‖YᵀY‖).

    Args:
        layers: Vectors of the same points in each layer; widths may differ. Means are taken off here.

    Returns:
        Symmetric; NaN where a layer doesn't vary.

    Source: Kornblith et al., arXiv 1905.00414, sec. 3.
    """
    products = []
    for layer in layers:
        centred = layer - layer.mean(0)
        product = (centred @ centred.T).flatten()
        products.append(product / product.norm())
    together = torch.stack(products)
    return together @ together.T


def layer_cka(trace: Trace) -> Float[Tensor, "layers layers"]:
    """Linear CKA between all blocks' outputs, and the image embedding last. Kept in the trace's replay.

    Over the patches that hold photo; of a large grid every second row and column, so that at most 1024 take part.
    """
    return trace.replay.get(trace, "cka", lambda: linear_cka(_sampled(trace)))


def _sampled(trace: Trace) -> list[Float[Tensor, "points _"]]:
    """The vectors of some evenly spread photo patches in every layer."""
    rows, cols = trace.photo_grid
    step = max(1, math.ceil(math.sqrt(rows * cols / CKA_POINTS)))
    layers = [*trace.stream[1:], trace.embedding.permute(1, 2, 0)]
    return [layer[:rows:step, :cols:step].flatten(0, 1) for layer in layers]


def cosines_through_depth(trace: Trace, patch: tuple[int, int], centred: bool) -> Float[Tensor, "blocks grid_h grid_w"]:
    """Cosine of every patch with one patch (row, col) in each block's output; NaN where a vector is zero.

    Args:
        centred: The photo's mean token is taken off first: without that, what all tokens share makes them all alike.

    Raises:
        ValueError: If the patch doesn't exist.
    """
    check_patch(patch, trace.grid)
    rows, cols = trace.photo_grid
    means = [tokens[:rows, :cols].mean((0, 1)) if centred else 0 for tokens in trace.stream[1:]]
    return torch.stack([cosines(tokens - mean, patch) for tokens, mean in zip(trace.stream[1:], means, strict=True)])
