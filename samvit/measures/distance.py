"""How far attention reaches: the mean distance between a query and the patches that it looks at."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.attention import AttentionRow
from samvit.tracing import Trace


def mean_distances(
    row: AttentionRow, left_out: Bool[Tensor, "grid_h grid_w"] | None = None
) -> tuple[Float[Tensor, " heads"], Float[Tensor, ""]]:
    """How far one query looks, in patches: the mean distance of its keys, each counted by its weight.

    Weight on window padding lies nowhere on the patch grid. It is left out, and the rest counts as the whole.

    Args:
        row: The query's row of the attention matrix.
        left_out: True for patches that are left out as well: `trace.image_padding()` leaves the photo alone.

    Returns:
        The mean distance in every head, and the one of even weights. Both are NaN where every patch in the query's
        window is left out.

    Source: ViT, arXiv 2010.11929, appendix D.7, attention distance; there over all keys of all queries.
    """
    slices = row.span.slices
    weights = row.weights[:, *slices].float()
    rows, cols = (torch.arange(part.start, part.stop, device=weights.device).float() for part in slices)
    distances = torch.hypot((rows - row.query[0])[:, None], (cols - row.query[1])[None, :])
    even = torch.ones_like(distances)
    if left_out is not None:
        even = (~left_out[slices]).float()
        weights = weights * even
    reach = (weights * distances).sum((1, 2)) / weights.sum((1, 2))
    return reach, (even * distances).sum() / even.sum()


def distances_by_block(
    trace: Trace, query: tuple[int, int], photo_only: bool
) -> tuple[Float[Tensor, "blocks heads"], Float[Tensor, " blocks"]]:
    """How far one query looks in every block, in patches: see `mean_distances`.

    Args:
        query: Patch (row, col).
        photo_only: Weight on patches that hold no photo is left out, as weight on window padding always is.

    Raises:
        ValueError: If the patch doesn't exist.
    """
    left_out = trace.image_padding() if photo_only else None
    by_block = [mean_distances(trace.attention(block, query), left_out) for block in range(trace.depth)]
    return torch.stack([reach for reach, _ in by_block]), torch.stack([even for _, even in by_block])
