"""What if: how far every layer of a changed forward pass comes from the true one."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from samvit.measures.similarity import cosine
from samvit.preprocess import ModelImage
from samvit.progress import Progress, tell
from samvit.replay import Hook, forward_hooks
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
