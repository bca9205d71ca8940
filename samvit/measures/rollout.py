"""Attention rollout: one map for the whole network, made of every block's attention."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import check_patch
from samvit.measures.bands import attention_bands, softmax
from samvit.progress import Progress, tell
from samvit.tracing import Trace

WITH_RESIDUAL, WITHOUT_RESIDUAL = 0, 1  # what `rollout` gives, in this order


def rollout(
    trace: Trace, query: tuple[int, int], progress: Progress | None = None
) -> Float[Tensor, "residuals grid_h grid_w"]:
    """How one patch's output is shared out over the patches of the input, if attention were all that mixes them.

    The matrices of all blocks are multiplied, heads averaged; with the residual each is (A + I)/2, without it A alone.
    A windowed block's matrix is block-diagonal, a global one's is full. Weight on window padding leads to no patch: it
    is dropped and nothing takes its place, so that what is missing to 1 is what padding took on the way.

    Only the pinned patch's row of the product is asked for, so that a vector goes through the blocks from the last to
    the first, a band of queries at a time: no attention matrix ever exists.

    Args:
        query: Patch (row, col).
        progress: Called after each block with its name, the number done and the total.

    Returns:
        Two maps: with the residual, and without it. Kept in the trace's replay.

    Raises:
        ValueError: If the patch doesn't exist.

    Source: Abnar and Zuidema, arXiv 2005.00928, sec. 3, attention rollout; there for matrices without windows.
    """
    check_patch(query, trace.grid)
    return trace.replay.get(trace, ("rollout", query), lambda: _rollout(trace, query, progress))


@torch.no_grad()
def _rollout(
    trace: Trace, query: tuple[int, int], progress: Progress | None
) -> Float[Tensor, "residuals grid_h grid_w"]:
    shares = trace.q[0].new_zeros(2, *trace.grid)
    shares[:, query[0], query[1]] = 1
    for done, block in enumerate(reversed(range(trace.depth)), start=1):
        passed = torch.zeros_like(shares)
        for band in attention_bands(trace, block, wanted=(shares > 0).any(0)):
            weights = band.inside(softmax(band.scores)).mean(0)  # (queries, patches)
            handed_on = shares[:, *band.queries].flatten(1) @ weights
            passed[:, *band.span.slices] += handed_on.view(2, *band.span.inside)
        shares = torch.stack([(shares[WITH_RESIDUAL] + passed[WITH_RESIDUAL]) / 2, passed[WITHOUT_RESIDUAL]])
        tell(progress, f"block {block}", done, trace.depth)
    return shares
