"""Where a patch's output can come from, block by block, and how much each patch of the input moves it."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.attention import Span, check_patch
from samvit.attention_rows import score_terms
from samvit.encoder import Attention, Block
from samvit.masked import attend, masks_padding
from samvit.measures.bands import BAND_ENTRIES, softmax, spans
from samvit.measures.similarity import norms
from samvit.progress import Progress, still_wanted, tell
from samvit.tracing import Trace
from samvit.windows import window_partition, window_unpartition

QKV = tuple[Tensor, Tensor, Tensor]


def within_reach(trace: Trace, patch: tuple[int, int], block: int) -> Bool[Tensor, "grid_h grid_w"]:
    """Which patches of the input can have influenced one patch's output of a block, by the shape of the network alone.

    Windows lie at the same places in every block, so that nothing crosses a border before the first global block.

    Args:
        patch: (row, col).

    Raises:
        ValueError: If there is no such patch or block.
    """
    check_patch(patch, trace.grid)
    trace.check_block(block)
    reached = torch.zeros(trace.grid, dtype=torch.bool)
    reached[patch] = True
    for earlier in reversed(range(block + 1)):
        touched = [span.slices for span in spans(trace.grid, trace.windows[earlier])]
        touched = [place for place in touched if bool(reached[place].any())]
        for place in touched:
            reached[place] = True
    return reached


def first_reached(trace: Trace, patch: tuple[int, int]) -> Float[Tensor, "grid_h grid_w"]:
    """The first block after whose output each patch can have influenced one patch; −1 for itself, NaN for never.

    Args:
        patch: (row, col).

    Raises:
        ValueError: If the patch doesn't exist.
    """
    first = torch.full(trace.grid, torch.nan)
    for block in reversed(range(trace.depth)):
        first[within_reach(trace, patch, block)] = block
    first[patch] = -1
    return first


@dataclass(frozen=True)
class InfluenceShares:
    """Which share of all influence on one patch comes from where.

    Attributes:
        own: From the patch itself.
        window: From its window in the first block (from everywhere if that is global), itself among them.
        padding: From image padding.
    """

    own: float
    window: float
    padding: float


def influence_shares(trace: Trace, patch: tuple[int, int]) -> InfluenceShares:
    """Shares of the sum of `influence` over all patches.

    Args:
        patch: (row, col).

    Raises:
        ValueError: If the patch doesn't exist.
    """
    shares = influence(trace, patch)
    shares = shares / shares.sum()
    window, padding = (float(shares[part].sum()) for part in (within_reach(trace, patch, 0), trace.image_padding()))
    return InfluenceShares(float(shares[patch]), window, padding)


def influence(trace: Trace, patch: tuple[int, int], progress: Progress | None = None) -> Float[Tensor, "grid_h grid_w"]:
    """How much each patch of the model image moves the length of one patch's token after the last block.

    The length of the gradient of that token's length with respect to the patch's pixels, by autograd. The network is
    run backwards a block at a time, and attention a band of queries at a time, so that no more than one block is held.

    Args:
        patch: (row, col).
        progress: Called after each block with its name, the number done and the total.

    Returns:
        Kept in the trace's replay.

    Raises:
        ValueError: If the patch doesn't exist.

    Source: Simonyan et al., arXiv 1312.6034, sec. 3, image-specific saliency; here of a token's length instead of a
    class score. Neural networks' effective receptive field: Luo et al., arXiv 1701.04128.
    """
    check_patch(patch, trace.grid)
    return trace.replay.get(trace, ("influence", patch), lambda: _influence(trace, patch, progress))


def _influence(trace: Trace, patch: tuple[int, int], progress: Progress | None) -> Float[Tensor, "grid_h grid_w"]:
    output = trace.stream[-1]
    gradient = torch.zeros_like(output)
    gradient[patch] = output[patch] / norms(output[patch])
    for done, block in enumerate(reversed(range(trace.depth)), start=1):
        gradient = block_gradient(trace.encoder.blocks[block], trace.stream[block], gradient)
        tell(progress, f"block {block}", done, trace.depth)
    with torch.enable_grad():
        image = trace.model_image().detach().clone().requires_grad_()
        (of_pixels,) = torch.autograd.grad(trace.encoder.patch_embed(image), image, gradient[None])
    (rows, cols), side = trace.grid, trace.patch_size
    return of_pixels.view(-1, rows, side, cols, side).square().sum((0, 2, 4)).sqrt()


def block_gradient(
    block: Block, x: Float[Tensor, "grid_h grid_w dim"], gradient: Float[Tensor, "grid_h grid_w dim"]
) -> Float[Tensor, "grid_h grid_w dim"]:
    """What autograd gives for a block's input, of a gradient of its output; attention's scores exist in bands only.

    Args:
        x: The block's input.
        gradient: Of some number with respect to the block's output.
    """
    attn, window, grid = block.attn, block.window_size, (x.shape[0], x.shape[1])
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        tokens = block.norm1(x[None])
        tokens, padded = window_partition(tokens, window) if window else (tokens, grid)
        batch, rows, cols, _ = tokens.shape
        qkv = attn.qkv(tokens).view(batch, rows, cols, 3, attn.num_heads, -1).permute(3, 0, 4, 1, 2, 5)
    q, k, v = qkv.detach()  # (batch, heads, rows, cols, head_dim) each
    with torch.no_grad():
        heads_out = attend(block, q, k, v, grid).requires_grad_()
    with torch.enable_grad():
        mixed = attn.proj(heads_out.permute(0, 2, 3, 1, 4).flatten(3))
        mixed = window_unpartition(mixed, window, padded, grid) if window else mixed
        residual = x + mixed
        output = residual + block.mlp(block.norm2(residual))
        of_x, of_heads = torch.autograd.grad(output, (x, heads_out), gradient[None])
    of_qkv = torch.zeros_like(qkv)
    for index, span in enumerate(spans(grid, window or None, masks_padding(block))):  # of a global block one
        if bool(of_heads[index].any()):
            of_qkv[:, index] = _attention_gradient(attn, (q[index], k[index], v[index]), of_heads[index], span)
    (through_attention,) = torch.autograd.grad(qkv, x, of_qkv)
    return of_x + through_attention


def _attention_gradient(
    attn: Attention, qkv: QKV, gradient: Float[Tensor, "heads rows cols head_dim"], span: Span
) -> Float[Tensor, "3 heads rows cols head_dim"]:
    """The gradients of one window's q, k and v (heads, rows, cols, head_dim each), a band of queries at a time."""
    q, (heads, rows, cols, _) = qkv[0], qkv[0].shape
    keys = (slice(None), slice(span.size[0]), slice(span.size[1]))  # those that take part in the softmax
    k, v = (one[keys] for one in qkv[1:])
    found = torch.zeros(3, *q.shape)
    step = max(1, BAND_ENTRIES // (heads * cols * rows * cols))
    for first in range(0, rows, step):
        still_wanted()
        band = slice(first, first + step)
        if not bool(gradient[:, band].any()):
            continue
        with torch.enable_grad():
            leaves = [one.detach().requires_grad_() for one in (q[:, band], k, v)]
            content, rel_h, rel_w = score_terms(attn, leaves[0], leaves[1], (first, 0), span.window)
            weights = softmax(content + rel_h[..., None] + rel_w[..., None, :]).flatten(3).flatten(1, 2)
            out = weights @ leaves[2].flatten(1, 2)
            of_q, of_k, of_v = torch.autograd.grad(out, leaves, gradient[:, band].flatten(1, 2))
        found[0, :, band] += of_q
        found[1][keys] += of_k
        found[2][keys] += of_v
    return found
