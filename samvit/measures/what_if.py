"""What if: how far every layer, and one patch's attention, of a changed forward pass comes from the true one."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from samvit.attention import AttentionRow, attention_row
from samvit.encoder import resize_pos_embed
from samvit.measures.similarity import cosine
from samvit.preprocess import ModelImage
from samvit.progress import Progress, tell
from samvit.replay import Hook, forward_hooks, split_qkv
from samvit.tracing import Trace


def cosines_with_true(trace: Trace, progress: Progress | None = None) -> Float[Tensor, "layers grid_h grid_w"]:
    """How alike every token is with and without the changes of a what-if: after each block, and last in the embedding.

    The true encoder runs once on the true photo; each layer is compared as it is made, so that no second trace is
    held. Kept in the trace's replay.

    Args:
        trace: Of a what-if; where nothing was changed, all cosines are 1.
        progress: Called after each block with its name, the number done and the total.

    Returns:
        Cosines; NaN where a vector is zero.
    """
    if not trace.what_if:
        return torch.ones(trace.depth + 1, *trace.grid)
    return trace.replay.get(trace, "what if", lambda: _cosines(trace, progress))


@torch.no_grad()
def _cosines(trace: Trace, progress: Progress | None) -> Float[Tensor, "layers grid_h grid_w"]:
    encoder, image, found = trace.true_encoder, trace.true_image, []
    assert encoder is not None and image is not None  # as every what-if has them

    def compare(index: int) -> Hook:
        def hook(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            found.append(cosine(output[0], trace.stream[index + 1]))
            tell(progress, f"block {index}", index + 1, trace.depth + 1)

        return hook

    with forward_hooks({block: compare(index) for index, block in enumerate(encoder.blocks)}):
        embedding = encoder(image.tensor() if isinstance(image, ModelImage) else image)[0]
    tell(progress, "neck", trace.depth + 1, trace.depth + 1)
    return torch.stack([*found, cosine(embedding.permute(1, 2, 0), trace.embedding.permute(1, 2, 0))])


def true_attention(trace: Trace, block: int, query: tuple[int, int], progress: Progress | None = None) -> AttentionRow:
    """What a query patch looks at in one block of the true encoder, on the true photo.

    The true encoder runs as far as this block; the block's q and k are kept in the trace's replay.

    Args:
        trace: Of a what-if; where nothing was changed, its own attention is the true one.
        query: Patch (row, col).
        progress: Called before each block with its name, the number done and the total.

    Raises:
        ValueError: If there is no such block or patch.
    """
    trace.check_block(block)
    if trace.true_encoder is None:
        return trace.attention(block, query)
    q, k = trace.replay.get(trace, ("true q and k", block), lambda: _true_q_and_k(trace, block, progress))
    with torch.no_grad():
        return attention_row(trace.true_encoder.blocks[block], q, k, query, trace.image_padding())


@torch.no_grad()
def _true_q_and_k(
    trace: Trace, block: int, progress: Progress | None
) -> tuple[Float[Tensor, "heads grid_h grid_w head_dim"], Float[Tensor, "heads grid_h grid_w head_dim"]]:
    encoder, image = trace.true_encoder, trace.true_image
    assert encoder is not None and image is not None  # as every what-if has them
    x = encoder.patch_embed(image.tensor() if isinstance(image, ModelImage) else image)
    if encoder.pos_embed is not None:
        x = x + resize_pos_embed(encoder.pos_embed, trace.grid)
    for index in range(block):
        tell(progress, f"block {index}", index, block + 1)
        x = encoder.blocks[index](x)
    last = encoder.blocks[block]
    tell(progress, f"block {block}", block, block + 1)
    # Without windows: norm1 and qkv treat each token alone, and window padding is dropped from q and k anyway.
    q, k, _ = split_qkv(last.attn.qkv(last.norm1(x)), trace.heads, 0, trace.grid)
    return q.contiguous(), k.contiguous()
