"""One forward pass of one image, captured by forward hooks."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Bool, Float, Shaped, UInt8
from torch import Tensor, nn

from samvit.attention import AttentionRow, attention_row, value_bias
from samvit.encoder import ImageEncoderViT, resize_pos_embed
from samvit.preprocess import ImageGeometry, ModelImage
from samvit.replay import (
    BLOCK_STEPS,
    SHARED,
    Hook,
    Replay,
    embed_patches,
    forward_hooks,
    held_bytes,
    rebuild_block,
    rebuild_neck,
    split_qkv,
)

# Called with what is being computed, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TensorInfo:
    """One tensor that a trace offers: its dotted name, shape, size in bytes, and whether the trace holds it."""

    name: str
    shape: tuple[int, ...]
    nbytes: int
    held: bool


@dataclass(frozen=True, eq=False)
class Proof:
    """One attention output twice: rebuilt from the row, and as a forward hook saw it leave `attn`."""

    rebuilt: Float[Tensor, " dim"]
    seen: Float[Tensor, " dim"]

    @property
    def largest_difference(self) -> float:
        """Over all channels, absolute."""
        return float((self.rebuilt - self.seen).abs().max())

    @property
    def holds(self) -> bool:
        """Whether the two agree to float32 rounding: 1e-4 of what was seen."""
        return self.largest_difference <= 1e-4 * max(float(self.seen.abs().max()), 1e-6)


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass of one image. Holds no attention matrix: rows are rebuilt from q and k.

    What can be rebuilt exactly, such as the steps inside a block, is offered by name and lives in the replay.

    Attributes:
        encoder: The encoder that made it.
        image: The image it saw; a bare tensor has no photo behind it.
        stream: Each block's input, and the last block's output.
        q, k: Of each block, on the patch grid. (Rows of window padding are constants: the biases.)
        embedding: The neck's output.
        replay: Where what is rebuilt is kept, within a budget that traces share.
    """

    encoder: ImageEncoderViT
    image: ModelImage | Float[Tensor, "1 in_chans img_h img_w"]
    stream: tuple[Float[Tensor, "grid_h grid_w dim"], ...]
    q: tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]
    k: tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]
    embedding: Float[Tensor, "out_chans grid_h grid_w"]
    replay: Replay = field(default=SHARED, repr=False)

    def __repr__(self) -> str:
        """The sizes on one line: a notebook shows this, and tensors would fill pages."""
        grid, windowed = "×".join(map(str, self.grid)), sum(window is not None for window in self.windows)
        blocks = f"{self.depth} blocks ({windowed} windowed), {self.heads} heads"
        return f"Trace(grid {grid}, {blocks}, width {self.stream[0].shape[-1]}, {self.nbytes / 1e6:.1f} MB)"

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
        """The resized photo, RGB; None where the encoder was given a bare tensor."""
        return self.image.pixels if isinstance(self.image, ModelImage) else None

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
        """The encoder's input, bit for bit."""
        return self.image.tensor() if isinstance(self.image, ModelImage) else self.image

    @property
    def nbytes(self) -> int:
        """Bytes that the trace holds itself; what is rebuilt counts in the replay."""
        image = self.image.nbytes if isinstance(self.image, Tensor) else self.image.pixels.nbytes
        return image + held_bytes((self.stream, self.q, self.k, self.embedding))

    def check_block(self, block: int) -> None:
        """Raise ValueError unless the encoder has this block."""
        if not 0 <= block < self.depth:
            raise ValueError(f"block must be in 0..{self.depth - 1}, got {block}")

    # — attention —

    def attention(self, block: int, query: tuple[int, int]) -> AttentionRow:
        """What query patch (row, col) looks at in one block, in every head.

        Raises:
            ValueError: If the block or the patch doesn't exist.
        """
        self.check_block(block)
        return self.replay.get(self, ("row", block, query), lambda: self._row(block, query))

    def _row(self, block: int, query: tuple[int, int]) -> AttentionRow:
        with torch.no_grad():
            return attention_row(self.encoder.blocks[block], self.q[block], self.k[block], query, self.image_padding())

    def attention_output(self, block: int, query: tuple[int, int]) -> Float[Tensor, "heads head_dim"]:
        """Weights · v of one query in every head, window padding's share included."""
        return self._weighted_values(block, self.attention(block, query))

    def _weighted_values(self, block: int, row: AttentionRow) -> Float[Tensor, "heads head_dim"]:
        v = self[f"blocks.{block}.attn.v"]
        with torch.no_grad():
            from_patches = torch.einsum("hrc,hrcd->hd", row.weights.nan_to_num(0.0), v)
            return from_patches + row.window_padding[:, None] * value_bias(self.encoder.blocks[block].attn)

    def proof(self, block: int, query: tuple[int, int]) -> Proof:
        """The rebuilt row · v → proj, beside what a hook saw leave this block's attention.

        The row is rebuilt anew, from the weights as they are now.
        """
        self.check_block(block)
        joined = self._weighted_values(block, self._row(block, query)).flatten()
        with torch.no_grad():
            rebuilt = self.encoder.blocks[block].attn.proj(joined)
        return Proof(rebuilt, self[f"blocks.{block}.attn"][query])

    # — tensors by name —

    def block_steps(self, block: int) -> dict[str, Float[Tensor, "..."]]:
        """Every step inside one block on the patch grid, rebuilt exactly by running that block again with hooks.

        `norm1`, `attn.v` (heads, grid_h, grid_w, head_dim), `attn.heads` (weights · v, heads joined), `attn`
        (after proj), `residual` (stream + attn), `norm2`, `mlp.lin1`, `mlp.act` and `mlp`;
        residual + mlp is the block's output.
        """
        self.check_block(block)
        return self.replay.get(self, ("block", block), lambda: rebuild_block(self.encoder, block, self.stream[block]))

    def neck_steps(self) -> dict[str, Float[Tensor, "chans grid_h grid_w"]]:
        """The neck's four steps `0` … `3` (1×1 conv, LayerNorm2d, 3×3 conv, LayerNorm2d), rebuilt exactly."""
        return self.replay.get(self, "neck", lambda: rebuild_neck(self.encoder, self.stream[-1]))

    def __getitem__(self, name: str) -> Shaped[Tensor, "..."]:
        """A tensor by its dotted name, as `tensors` lists them; `blocks.N.input` too, which is the output before it.

        Raises:
            KeyError: If no tensor has that name.
        """
        if name == "pixels" and self.photo is not None:
            return torch.tensor(self.photo)  # a copy: the photo itself is read-only, which tensors can't be
        if name == "image":
            return self.model_image()[0]
        if name == "patch_embed":
            return self.replay.get(self, name, lambda: embed_patches(self.encoder, self.model_image()))
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
            if step in BLOCK_STEPS:
                return self.block_steps(block)[step]
        raise KeyError(f"no tensor named {name!r}; Trace.tensors lists the names")

    def tensors(self) -> list[TensorInfo]:
        """Every tensor on offer, in the order of the forward pass; those not held are rebuilt when asked for."""
        grid, dim = self.grid, self.stream[0].shape[-1]
        heads, _, _, head_dim = self.q[0].shape
        Shape = tuple[int, ...]
        token: Shape = (*grid, dim)
        by_head: Shape = (heads, *grid, head_dim)
        hidden: Shape = (*grid, self.encoder.blocks[0].mlp.lin1.out_features)
        shapes = {step: token for step in BLOCK_STEPS} | {"attn.v": by_head, "mlp.lin1": hidden, "mlp.act": hidden}
        patch, proj = self.patch_size, self.encoder.patch_embed.proj
        image = (proj.in_channels, grid[0] * patch, grid[1] * patch)
        listed: list[tuple[str, Shape, bool]] = [
            ("image", image, self.photo is None),
            ("patch_embed", token, False),
        ]
        if self.encoder.pos_embed is not None:
            listed.append(("pos_embed", token, False))
        listed.append(("blocks.0.input", token, True))
        for block in range(self.depth):
            name = f"blocks.{block}"
            listed += [(f"{name}.attn.q", by_head, True), (f"{name}.attn.k", by_head, True)]
            listed += [(f"{name}.{step}", shapes[step], False) for step in BLOCK_STEPS]
            listed.append((name, token, True))
        neck = tuple(self.embedding.shape)
        listed += [(f"neck.{step}", neck, step == 3) for step in range(4)]
        size = self.stream[0].element_size()
        infos = [TensorInfo(name, shape, torch.Size(shape).numel() * size, held) for name, shape, held in listed]
        if (pixels := self.photo) is not None:  # held instead of the model image: a quarter of its size
            infos.insert(0, TensorInfo("pixels", pixels.shape, pixels.nbytes, True))
        return infos


def trace(
    encoder: ImageEncoderViT,
    image: ModelImage | Float[Tensor, "batch in_chans img_h img_w"],
    progress: Progress | None = None,
) -> Trace:
    """Run the encoder on one image and keep what can't be rebuilt cheaply.

    The result is what the plain forward pass computes, bit for bit: hooks only look.

    Args:
        image: What `preprocess` made of a photo, or a model image as a tensor.
        progress: Called after each step with its name, the number done and the total.

    Raises:
        ValueError: If the image doesn't fit the encoder, or holds more than one.
    """
    x = image.tensor() if isinstance(image, ModelImage) else image
    encoder.check_image(x)
    if x.shape[0] != 1:
        raise ValueError(f"a trace holds one image, got {x.shape[0]}")
    depth, patch = len(encoder.blocks), patch_size(encoder)
    grid = (x.shape[2] // patch, x.shape[3] // patch)
    stream: list[Tensor] = []
    q: list[Tensor] = []
    k: list[Tensor] = []
    hooks: dict[nn.Module, Hook] = {}
    for index, block in enumerate(encoder.blocks):

        def keep_qk(
            module: nn.Module, args: tuple[Tensor, ...], output: Tensor, window: int = block.window_size
        ) -> None:
            queries, keys, _ = split_qkv(output, encoder.blocks[0].attn.num_heads, window, grid)
            q.append(queries.contiguous())
            k.append(keys.contiguous())

        def keep_stream(module: nn.Module, args: tuple[Tensor, ...], output: Tensor, index: int = index) -> None:
            stream.append(args[0][0])
            if index == depth - 1:
                stream.append(output[0])
            if progress:
                progress(f"block {index}", index + 1, depth + 1)

        hooks[block.attn.qkv] = keep_qk
        hooks[block] = keep_stream
    with torch.no_grad(), forward_hooks(hooks):
        embedding = encoder(x)[0]
    if progress:
        progress("neck", depth + 1, depth + 1)
    return Trace(encoder, image, tuple(stream), tuple(q), tuple(k), embedding)


def patch_size(encoder: ImageEncoderViT) -> int:
    """Side of a patch of this encoder, in pixels."""
    return encoder.patch_embed.proj.kernel_size[0]
