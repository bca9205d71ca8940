"""What if: the encoder or the photo with one thing changed, and how far every layer then comes from the true one."""

import copy
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from samvit.attention import check_patch
from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.encoder import ImageEncoderViT
from samvit.measures.similarity import cosine
from samvit.progress import Progress, tell
from samvit.replay import Hook, forward_hooks
from samvit.tracing import Trace

COVERED = 2  # patches on each side of the pinned one that are covered with it: 5 × 5
CHANGES = (
    "head_off",  # one head of one block adds nothing
    "block_off",  # one block adds nothing
    "rel_pos_off",  # no rel_h, no rel_w
    "rel_h_off",
    "rel_w_off",
    "abs_pos_off",  # no position embedding
    "windows_8",  # other windows in windowed blocks
    "windows_16",
    "all_global",  # no windows
    "none_global",  # windows in every block
    "grey",  # the photo without colours
    "covered",  # a square around one patch in the mean colour
)


@dataclass(frozen=True)
class Change:
    """One thing that is changed.

    Attributes:
        kind: One of `CHANGES`.
        block, head: Which one is taken out by `block_off` and `head_off`.
        patch: The middle (row, col) of what `covered` covers.
    """

    kind: str
    block: int = 0
    head: int = 0
    patch: tuple[int, int] = (0, 0)

    @property
    def matters(self) -> tuple[object, ...]:
        """The parts of it that make a difference: what a result is kept by."""
        of_kind = {"block_off": (self.block,), "head_off": (self.block, self.head), "covered": (self.patch,)}
        return (self.kind, *of_kind.get(self.kind, ()))


def cosines_with_true(
    trace: Trace, change: Change, progress: Progress | None = None
) -> Float[Tensor, "layers grid_h grid_w"]:
    """How alike every token is with and without a change: after each block, and last in the image embedding.

    The changed encoder runs once; each layer is compared as it is made, so that no second trace is held. The weights
    were not trained for any change. Kept in the trace's replay.

    Args:
        progress: Called after each block with its name, the number done and the total.

    Returns:
        Cosines; NaN where a vector is zero.

    Raises:
        ValueError: If the change, or what it names, doesn't exist.
    """
    check_change(trace, change)
    return trace.replay.get(trace, ("what if", *change.matters), lambda: _cosines(trace, change, progress))


def check_change(trace: Trace, change: Change) -> None:
    """Raise ValueError unless the change is known and its block, head and patch exist."""
    if change.kind not in CHANGES:
        raise ValueError(f"change must be one of {', '.join(CHANGES)}, got {change.kind!r}")
    trace.check_block(change.block)
    if not 0 <= change.head < trace.heads:
        raise ValueError(f"head must be in 0..{trace.heads - 1}, got {change.head}")
    check_patch(change.patch, trace.grid)


@torch.no_grad()
def _cosines(trace: Trace, change: Change, progress: Progress | None) -> Float[Tensor, "layers grid_h grid_w"]:
    encoder, found = changed_encoder(trace.encoder, change), []

    def compare(index: int) -> Hook:
        def hook(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            found.append(cosine(output[0], trace.stream[index + 1]))
            tell(progress, f"block {index}", index + 1, trace.depth + 1)

        return hook

    with forward_hooks({block: compare(index) for index, block in enumerate(encoder.blocks)}):
        embedding = encoder(changed_image(trace, change))[0]
    tell(progress, "neck", trace.depth + 1, trace.depth + 1)
    return torch.stack([*found, cosine(embedding.permute(1, 2, 0), trace.embedding.permute(1, 2, 0))])


def changed_encoder(encoder: ImageEncoderViT, change: Change) -> ImageEncoderViT:
    """A copy of an encoder with one thing changed; it shares every parameter that isn't.

    A head or block is taken out by zeros where it writes into the stream. Tables of relative position are stretched to
    other windows as `get_rel_pos` stretches them to any other grid.
    """
    shared = {id(tensor): tensor for tensor in (*encoder.parameters(), *encoder.buffers())}
    changed = copy.deepcopy(encoder, shared)
    windows = [block.window_size for block in changed.blocks if block.window_size]
    for index, block in enumerate(changed.blocks):
        attn = block.attn
        if attn.use_rel_pos and change.kind in {"rel_pos_off", "rel_h_off"}:
            attn.rel_pos_h = zeros_like(attn.rel_pos_h)
        if attn.use_rel_pos and change.kind in {"rel_pos_off", "rel_w_off"}:
            attn.rel_pos_w = zeros_like(attn.rel_pos_w)
        if block.window_size and change.kind in {"windows_8", "windows_16", "all_global"}:
            block.window_size = {"windows_8": 8, "windows_16": 16, "all_global": 0}[change.kind]
        if not block.window_size and change.kind == "none_global" and windows:
            block.window_size = windows[0]
        if index == change.block and change.kind == "head_off":
            width = attn.proj.in_features // attn.num_heads
            attn.proj.weight = nn.Parameter(attn.proj.weight.detach().clone())
            attn.proj.weight.detach()[:, change.head * width : (change.head + 1) * width] = 0
        if index == change.block and change.kind == "block_off":
            for layer in (attn.proj, block.mlp.lin2):
                layer.weight, layer.bias = zeros_like(layer.weight), zeros_like(layer.bias)
    if change.kind == "abs_pos_off":
        changed.pos_embed = None
    return changed


def zeros_like(parameter: Tensor) -> nn.Parameter:
    """A parameter of zeros in place of another."""
    return nn.Parameter(torch.zeros_like(parameter))


def changed_image(trace: Trace, change: Change) -> Float[Tensor, "1 in_chans img_h img_w"]:
    """The model image, changed where the change is one of the photo; image padding stays as it is."""
    image = trace.model_image()
    rows, cols = trace.geometry.resized
    if change.kind == "grey":
        image = image.clone()
        mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (PIXEL_MEAN, PIXEL_STD))
        levels = (image[..., :rows, :cols] * std + mean).mean(1, keepdim=True)
        image[..., :rows, :cols] = (levels - mean) / std
    if change.kind == "covered":
        image, side = image.clone(), trace.patch_size
        (top, left), (bottom, right) = (
            [max(at + step, 0) * side for at in change.patch] for step in (-COVERED, COVERED + 1)
        )
        image[..., top : min(bottom, rows), left : min(right, cols)] = 0  # 0 is the mean colour
    return image
