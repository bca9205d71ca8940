"""One forward pass of one image, captured by forward hooks."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Float, Shaped, UInt8
from torch import Tensor

from samvit.attention import AttentionRow, attention_row, value_bias
from samvit.attention_rows import AttentionBand, attention_bands
from samvit.encoder import ImageEncoderViT, resize_pos_embed
from samvit.errors import SaidError, check_index
from samvit.execution import Execution, as_seen, autocast_of, encoder_as_seen, patch_size, plain_tensors, weights_of
from samvit.looking import Kept, looking_hooks
from samvit.preprocess import ImageGeometry, ModelImage
from samvit.progress import Progress, tell
from samvit.proof import Proof
from samvit.replay import (
    BLOCK_STEPS,
    EARLY_STEPS,
    SHARED,
    Replay,
    embed_patches,
    forward_hooks,
    held_bytes,
    rebuild_block,
    rebuild_early,
    rebuild_neck,
)
from samvit.tensor_list import TensorInfo, list_tensors
from samvit.what_if import NOTHING, WhatIf

Rebuilt = TypeVar("Rebuilt")


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass of one image. Holds no attention matrix: rows are rebuilt from q and k.

    What can be rebuilt exactly, such as the steps inside a block, is offered by name and lives in the replay. All
    tensors are float32 on the CPU, whatever the encoder computed in: nothing is rounded by that.

    Attributes:
        encoder: The weights that made it, in float32 on the CPU as well.
        execution: The encoder that ran, and how: what is rebuilt is run in the same way.
        image: The image it saw; a bare tensor has no photo behind it.
        stream: Each block's input, and the last block's output.
        q, k: Of each block, on the patch grid. (Rows of window padding are constants: the biases.)
        embedding: The neck's output.
        source: The photo's file name without its folder; empty where it had none.
        leaf: The model image that gradients reach; None where the trace is detached.
        replay: Where what is rebuilt is kept, within a budget that traces share.
        what_if: What was changed in the encoder or the image; both are the changed ones here.
        true_encoder, true_image: Before that change; None where nothing was changed.
    """

    # Set where they are written, on floors above this one: samvit/__init__.py and viz/__init__.py.
    pca: ClassVar[Callable[..., Any]]
    save: ClassVar[Callable[..., None]]
    show: ClassVar[Callable[..., Any]]
    figure: ClassVar[Callable[..., Any]]

    encoder: ImageEncoderViT
    execution: Execution
    image: ModelImage | Float[Tensor, "1 in_chans img_h img_w"]
    stream: tuple[Float[Tensor, "grid_h grid_w dim"], ...]
    q: tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]
    k: tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]
    embedding: Float[Tensor, "out_chans grid_h grid_w"]
    source: str = ""
    leaf: Float[Tensor, "1 in_chans img_h img_w"] | None = None
    replay: Replay = field(default=SHARED, repr=False)
    what_if: WhatIf = NOTHING
    true_encoder: ImageEncoderViT | None = None
    true_image: ModelImage | Float[Tensor, "1 in_chans img_h img_w"] | None = None

    def __repr__(self) -> str:
        """The sizes on one line: a notebook shows this, and tensors would fill pages."""
        grid, windowed = "×".join(map(str, self.grid)), sum(window is not None for window in self.windows)
        blocks = f"{self.depth} blocks ({windowed} windowed), {self.heads} heads"
        dtype = self.execution.dtype
        ran = "" if dtype == torch.float32 else f", computed in {str(dtype).removeprefix('torch.')}"
        return f"Trace(grid {grid}, {blocks}, width {self.stream[0].shape[-1]}, {self.nbytes / 1e6:.1f} MB{ran})"

    # — facts —

    @property
    def grid(self) -> tuple[int, int]:
        """The patch grid (rows, cols), in tokens."""
        rows, cols, _ = self.stream[0].shape
        return rows, cols

    @property
    def depth(self) -> int:
        """How many blocks the encoder has."""
        return len(self.q)

    @property
    def heads(self) -> int:
        """How many heads each block has."""
        return self.q[0].shape[0]

    @property
    def patch_size(self) -> int:
        """Side of a patch, in pixels of the model image."""
        return patch_size(self.encoder)

    @property
    def windows(self) -> tuple[int | None, ...]:
        """The side of each block's windows, in tokens; None for a global block."""
        return tuple(block.window_size or None for block in self.encoder.blocks)

    @property
    def geometry(self) -> ImageGeometry:
        """Where the photo lies in the model image; a bare tensor counts as a photo that fills it."""
        if isinstance(self.image, ModelImage):
            return self.image.geometry
        rows, cols = self.image.shape[2:]
        return ImageGeometry((rows, cols), (rows, cols), max(rows, cols), self.patch_size)

    @property
    def photo(self) -> UInt8[np.ndarray, "rows cols 3"] | None:
        """The resized photo as RGB; None where the encoder was given a bare tensor."""
        return self.image.shown if isinstance(self.image, ModelImage) else None

    @property
    def photo_grid(self) -> tuple[int, int]:
        """The (rows, cols) of patches that hold some of the photo; the rest of the grid is image padding."""
        return self.geometry.photo_grid

    @property
    def photo_extent(self) -> tuple[float, float]:
        """How far the photo reaches over the grid, in patches (rows, cols); a patch may be photo in part."""
        rows, cols = self.geometry.resized
        return rows / self.patch_size, cols / self.patch_size

    def image_padding(self) -> Bool[Tensor, "grid_h grid_w"]:
        """True where a patch holds no photo."""
        padding = torch.ones(self.grid, dtype=torch.bool)
        padding[: self.photo_grid[0], : self.photo_grid[1]] = False
        return padding

    def model_image(self) -> Float[Tensor, "1 in_chans img_h img_w"]:
        """The encoder's input, bit for bit; with gradients, the one that they reach."""
        if self.leaf is not None:
            return self.leaf
        return self.image.tensor() if isinstance(self.image, ModelImage) else self.image

    @property
    def nbytes(self) -> int:
        """Bytes that the trace holds itself; what is rebuilt counts in the replay."""
        image = self.image.nbytes if isinstance(self.image, Tensor) else self.image.pixels.nbytes
        unchanged = 0 if self.true_image is self.image else held_bytes(self.true_image)
        return image + unchanged + held_bytes((self.stream, self.q, self.k, self.embedding))

    def check_block(self, block: int) -> None:
        """Raise ValueError unless the encoder has this block."""
        check_index("block", block, self.depth)

    def detached(self) -> "Trace":
        """The same without gradients, as pictures need it; itself where it has none."""
        if not self.execution.grad:
            return self
        stream, q, k = (tuple(one.detach() for one in group) for group in (self.stream, self.q, self.k))
        execution, embedding = replace(self.execution, grad=False), self.embedding.detach()
        return replace(self, execution=execution, stream=stream, q=q, k=k, embedding=embedding, leaf=None)

    # — attention —

    def attention(self, block: int, query: tuple[int, int]) -> AttentionRow:
        """What query patch (row, col) looks at in one block, in every head.

        Raises:
            ValueError: If the block or the patch doesn't exist.
        """
        self.check_block(block)
        return self._rebuilt(("row", block, query), lambda: self._row(block, query), quick=True)

    def attention_rows(self, block: int) -> Iterator[AttentionBand]:
        """What every query patch looks at in one block, in every head: one row of the patch grid at a time.

        Memory stays flat, since nothing of a band is kept; for all queries, quicker than row by row.

        Raises:
            ValueError: If the block doesn't exist.
        """
        self.check_block(block)
        made = attention_bands(self.encoder.blocks[block], self.q[block], self.k[block], self.image_padding())
        while True:
            with plain_tensors(self.execution.grad):  # not around the yield: the caller's code runs there
                band = next(made, None)
            if band is None:
                return
            yield band

    def _row(self, block: int, query: tuple[int, int]) -> AttentionRow:
        padding = None if self.photo_grid == self.grid else self.image_padding()
        with plain_tensors(self.execution.grad):
            return attention_row(self.encoder.blocks[block], self.q[block], self.k[block], query, padding)

    def _rebuilt(self, part: Hashable, rebuild: Callable[[], Rebuilt], quick: bool = False) -> Rebuilt:
        """A part from the replay; anew each time with gradients, whose graph can be used only once."""
        return rebuild() if self.execution.grad else self.replay.get(self, part, rebuild, quick)

    def attention_output(self, block: int, query: tuple[int, int]) -> Float[Tensor, "heads head_dim"]:
        """Weights · v of one query in every head, window padding's share included."""
        return self._weighted_values(block, self.attention(block, query))

    def _weighted_values(self, block: int, row: AttentionRow) -> Float[Tensor, "heads head_dim"]:
        v = self[f"blocks.{block}.attn.v"]
        with plain_tensors(self.execution.grad):
            from_patches = torch.einsum("hrc,hrcd->hd", row.weights.nan_to_num(0.0), v)
            return from_patches + row.window_padding[:, None] * value_bias(self.encoder.blocks[block].attn)

    def proof(self, block: int, query: tuple[int, int]) -> Proof:
        """The rebuilt row · v → proj, beside what a hook saw leave this block's attention.

        The row is rebuilt anew, from the weights as they are now.
        """
        self.check_block(block)
        joined = self._weighted_values(block, self._row(block, query)).flatten()
        with plain_tensors(self.execution.grad):
            rebuilt = self.encoder.blocks[block].attn.proj(joined)
        return Proof(rebuilt, self[f"blocks.{block}.attn"][query], self.execution.tolerance)

    # — tensors by name —

    def block_steps(self, block: int) -> dict[str, Float[Tensor, "..."]]:
        """Every step inside one block on the patch grid, rebuilt exactly by running that block again with hooks.

        `norm1`, `attn.v` (heads, grid_h, grid_w, head_dim), `attn.heads` (weights · v, heads joined), `attn`
        (after proj), `residual` (stream + attn), `norm2`, `mlp.lin1`, `mlp.act` and `mlp`;
        residual + mlp is the block's output.
        """
        self.check_block(block)

        def rebuild() -> dict[str, Tensor]:
            return self.execution.again(lambda encoder, x: rebuild_block(encoder, block, x), self.stream[block])

        return self._rebuilt(("block", block), rebuild)

    def _early_steps(self, block: int) -> dict[str, Float[Tensor, "..."]]:
        """`norm1` and `attn.v` without the attention that comes after them."""

        def rebuild() -> dict[str, Tensor]:
            return self.execution.again(lambda encoder, x: rebuild_early(encoder, block, x), self.stream[block])

        return self._rebuilt(("early", block), rebuild)

    def neck_steps(self) -> dict[str, Float[Tensor, "chans grid_h grid_w"]]:
        """The neck's four steps `0` … `3` (1×1 conv, LayerNorm2d, 3×3 conv, LayerNorm2d), rebuilt exactly."""
        return self._rebuilt("neck", lambda: self.execution.again(rebuild_neck, self.stream[-1]))

    def __getitem__(self, name: str) -> Shaped[Tensor, "..."]:
        """A tensor by its dotted name, as `tensors` lists them; `blocks.N.input` too, which is the output before it.

        Raises:
            KeyError: If no tensor has that name.
        """
        if name == "pixels" and isinstance(self.image, ModelImage):
            return torch.tensor(self.image.pixels)  # a copy: the photo itself is read-only, which tensors can't be
        if name == "image":
            return self.model_image()[0]
        if name == "patch_embed":
            return self._rebuilt(name, lambda: self.execution.again_on_image(embed_patches, self.model_image()))
        if name == "pos_embed" and self.encoder.pos_embed is not None:
            return resize_pos_embed(self.encoder.pos_embed.detach(), self.grid)[0]
        part, _, rest = name.partition(".")
        if part == "neck" and rest in {"0", "1", "2"}:
            return self.neck_steps()[rest]
        if name == "neck.3":
            return self.embedding
        index, _, step = rest.partition(".")
        if part == "blocks" and index.isdecimal() and int(index) < self.depth:
            block = int(index)
            held = {"input": self.stream[block], "": self.stream[block + 1]}
            held |= {"attn.q": self.q[block], "attn.k": self.k[block]}
            if step in held:
                return held[step]
            if step in EARLY_STEPS:
                return self._early_steps(block)[step]
            if step in BLOCK_STEPS:
                return self.block_steps(block)[step]
        raise KeyError(f"no tensor named {name!r}; Trace.tensors lists the names")

    def tensors(self) -> list[TensorInfo]:
        """Every tensor on offer, in the order of the forward pass; those not held are rebuilt when asked for."""
        pixels = self.image.pixels if isinstance(self.image, ModelImage) else None
        return list_tensors(self.encoder, self.grid, pixels)


def trace(
    encoder: ImageEncoderViT,
    image: ModelImage | Float[Tensor, "batch in_chans img_h img_w"],
    progress: Progress | None = None,
    source: str = "",
    grad: bool = False,
    what_if: WhatIf = NOTHING,
) -> Trace:
    """Run the encoder on one image and keep what can't be rebuilt cheaply.

    The result is what the plain forward pass computes, bit for bit: hooks only look. Autocast takes part where it is
    on, and an image is brought to the encoder's device and number format.

    Args:
        image: What `preprocess` made of a photo, or a model image as a tensor.
        progress: Called after each step with its name, the number done and the total.
        source: The photo's file name, to tell traces apart.
        grad: Let gradients flow, to the model image (`Trace.leaf`) and to the encoder's weights.
        what_if: Changes to make first: the trace is of the changed encoder and image, and knows the true ones.

    Raises:
        ValueError: If the image doesn't fit the encoder, or holds more than one, or a change names what isn't there.
    """
    if what_if:
        return _changed_trace(encoder, image, progress, source, grad, what_if)
    x = image.tensor() if isinstance(image, ModelImage) else image
    encoder.check_image(x)
    if x.shape[0] != 1:
        raise SaidError("image.one", got=x.shape[0])
    leaf = None
    if grad:
        leaf = x = x if x.requires_grad else x.detach().clone().requires_grad_()
    stream, q, k = Kept(), Kept(), Kept()
    with plain_tensors(grad), forward_hooks(looking_hooks(encoder, x, stream, q, k, progress)):
        embedding = encoder(x.to(weights_of(encoder)))[0]
    tell(progress, "neck", len(encoder.blocks) + 1, len(encoder.blocks) + 1)
    execution = Execution(encoder, autocast_of(encoder), stream.dtype, grad)
    seen = image if isinstance(image, ModelImage) else as_seen(image.detach())
    return Trace(
        encoder_as_seen(encoder), execution, seen, tuple(stream), tuple(q), tuple(k), as_seen(embedding), source, leaf
    )


def _changed_trace(
    encoder: ImageEncoderViT,
    image: ModelImage | Float[Tensor, "batch in_chans img_h img_w"],
    progress: Progress | None,
    source: str,
    grad: bool,
    what_if: WhatIf,
) -> Trace:
    """An ordinary trace of the changed encoder and image."""
    side = patch_size(encoder)
    rows, cols = image.geometry.grid if isinstance(image, ModelImage) else (one // side for one in image.shape[2:])
    what_if.check(len(encoder.blocks), encoder.blocks[0].attn.num_heads, (rows, cols))
    made = trace(what_if.encoder(encoder), what_if.image(image, side), progress, source, grad)
    seen = image if isinstance(image, ModelImage) else as_seen(image.detach())
    return replace(made, what_if=what_if, true_encoder=encoder_as_seen(encoder), true_image=seen)
