"""One forward pass of one image, captured by forward hooks."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from samvit.attention import AttentionRow, attention_row, value_bias
from samvit.encoder import ImageEncoderViT, resize_pos_embed
from samvit.preprocess import ModelImage
from samvit.windows import window_unpartition

# Called with what is being computed, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]
Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]


@contextmanager
def forward_hooks(hooks: Mapping[nn.Module, Hook]) -> Iterator[None]:
    """Listen to modules while the context is open, in the thread that opened it only.

    Hooks are removed whatever happens inside; a forward pass that another thread runs on the same modules isn't heard.
    """
    thread = threading.get_ident()

    def of_this_thread(hook: Hook) -> Hook:
        def heard(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            if threading.get_ident() == thread:
                hook(module, args, output)

        return heard

    with ExitStack() as registered:  # so that a hook that can't be registered doesn't leave those before it behind
        for module, hook in hooks.items():
            registered.callback(module.register_forward_hook(of_this_thread(hook)).remove)
        yield


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

    Attributes:
        encoder: The encoder that made it.
        image: The image it saw; a bare tensor has no photo behind it.
        stream: Each block's input, and the last block's output.
        q, k: Of each block, on the patch grid. (Rows of window padding are constants: the biases.)
        embedding: The neck's output.
    """

    encoder: ImageEncoderViT
    image: ModelImage | Float[Tensor, "1 in_chans img_h img_w"]
    stream: tuple[Float[Tensor, "grid_h grid_w dim"], ...]
    q: tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]
    k: tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]
    embedding: Float[Tensor, "out_chans grid_h grid_w"]
    # Steps of the one block (or the neck) in view, rebuilt on demand.
    _in_view: dict[str, dict[str, Tensor]] = field(default_factory=dict, repr=False)
    _rebuilding: threading.RLock = field(default_factory=threading.RLock, repr=False)
    # The row asked for last: a view and the numbers below it ask for the same one.
    _last_row: dict[tuple[int, tuple[int, int]], AttentionRow] = field(default_factory=dict, repr=False)

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
    def photo_grid(self) -> tuple[int, int]:
        """The (rows, cols) of patches that hold some of the photo; the rest of the grid is image padding."""
        return self.image.geometry.photo_grid if isinstance(self.image, ModelImage) else self.grid

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
        """Bytes held now, the steps in view and the last row included."""
        image = self.image.pixels.nbytes if isinstance(self.image, ModelImage) else self.image.nbytes
        in_view = [tensor for steps in list(self._in_view.values()) for tensor in steps.values()]
        rows = [tensor for row in list(self._last_row.values()) for tensor in (row.content, row.weights)]
        return image + sum(t.nbytes for t in (*self.stream, *self.q, *self.k, self.embedding, *in_view, *rows))

    def check_block(self, block: int) -> None:
        """Raise ValueError unless the encoder has this block."""
        if not 0 <= block < self.depth:
            raise ValueError(f"block must be in 0..{self.depth - 1}, got {block}")

    def attention(self, block: int, query: tuple[int, int]) -> AttentionRow:
        """What query patch (row, col) looks at in one block, in every head.

        Raises:
            ValueError: If the block or the patch doesn't exist.
        """
        self.check_block(block)
        row = self._last_row.get((block, query))
        if row is None:
            q, k = self.q[block], self.k[block]
            with torch.inference_mode():
                row = attention_row(self.encoder.blocks[block], q, k, query, self.image_padding())
            self._last_row.clear()
            self._last_row[block, query] = row
        return row

    def attention_output(self, block: int, query: tuple[int, int]) -> Float[Tensor, "heads head_dim"]:
        """Weights · v of one query in every head, window padding's share included."""
        row = self.attention(block, query)
        v = self[f"blocks.{block}.attn.v"]
        with torch.inference_mode():
            from_patches = torch.einsum("hrc,hrcd->hd", row.weights.nan_to_num(0.0), v)
            return from_patches + row.window_padding[:, None] * value_bias(self.encoder.blocks[block].attn)

    def proof(self, block: int, query: tuple[int, int]) -> Proof:
        """The rebuilt row · v → proj, beside what a hook saw leave this block's attention."""
        self._last_row.clear()  # rebuilt anew from the weights as they are now
        joined = self.attention_output(block, query).flatten()
        with torch.inference_mode():
            rebuilt = self.encoder.blocks[block].attn.proj(joined)
        return Proof(rebuilt, self[f"blocks.{block}.attn"][query])

    def block_steps(self, block: int) -> dict[str, Float[Tensor, "..."]]:
        """Every step inside one block on the patch grid, rebuilt exactly by running that block again with hooks.

        `norm1`, `attn.v` (heads, grid_h, grid_w, head_dim), `attn.heads` (weights · v, heads joined), `attn`
        (after proj), `residual` (stream + attn), `norm2`, `mlp.lin1`, `mlp.act` and `mlp`;
        residual + mlp is the block's output.
        """
        self.check_block(block)
        return self._steps_in_view(f"blocks.{block}", lambda: rebuild_block(self.encoder, block, self.stream[block]))

    def neck_steps(self) -> dict[str, Float[Tensor, "chans grid_h grid_w"]]:
        """The neck's four steps `0` … `3` (1×1 conv, LayerNorm2d, 3×3 conv, LayerNorm2d), rebuilt exactly."""
        return self._steps_in_view("neck", lambda: rebuild_neck(self.encoder, self.stream[-1]))

    def _steps_in_view(self, key: str, rebuild: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
        """Steps of the part in view; another part's are dropped first. Who asks meanwhile waits for the rebuild."""
        with self._rebuilding:
            steps = self._in_view.get(key)
            if steps is None:
                steps = rebuild()
                self._in_view.clear()
                self._in_view[key] = steps
            return steps

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
            return self._steps_in_view(name, lambda: {name: embed_patches(self.encoder, self.model_image())})[name]
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
        patch = self.encoder.patch_embed.proj.kernel_size[0]
        image = (self.encoder.patch_embed.proj.in_channels, grid[0] * patch, grid[1] * patch)
        listed: list[tuple[str, Shape, bool]] = [
            ("image", image, not isinstance(self.image, ModelImage)),
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
        if isinstance(self.image, ModelImage):  # held instead of the model image: a quarter of its size
            pixels = self.image.pixels
            infos.insert(0, TensorInfo("pixels", pixels.shape, pixels.nbytes, True))
        return infos


# What `rebuild_block` gives, in the order of the forward pass.
BLOCK_STEPS = ("norm1", "attn.v", "attn.heads", "attn", "residual", "norm2", "mlp.lin1", "mlp.act", "mlp")


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
    depth, patch = len(encoder.blocks), encoder.patch_embed.proj.kernel_size[0]
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
    with torch.inference_mode(), forward_hooks(hooks):
        embedding = encoder(x)[0]
    if progress:
        progress("neck", depth + 1, depth + 1)
    return Trace(encoder, image, tuple(stream), tuple(q), tuple(k), embedding)


def split_qkv(
    qkv: Float[Tensor, "windows rows cols three_dim"], num_heads: int, window_size: int, grid: tuple[int, int]
) -> tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]:
    """q, k and v by head on the patch grid, window padding dropped, from what leaves a block's qkv layer."""
    if window_size:
        padded = tuple(-(-side // window_size) * window_size for side in grid)
        qkv = window_unpartition(qkv, window_size, (padded[0], padded[1]), grid)
    return qkv.view(*grid, 3, num_heads, -1).permute(2, 3, 0, 1, 4).unbind(0)


def rebuild_block(
    encoder: ImageEncoderViT, index: int, x: Float[Tensor, "grid_h grid_w dim"]
) -> dict[str, Float[Tensor, "..."]]:
    """Run one block again on its input and keep the steps inside, on the patch grid."""
    block, grid = encoder.blocks[index], (x.shape[0], x.shape[1])
    window = block.window_size
    padded = tuple(-(-side // window) * window for side in grid) if window else grid
    steps: dict[str, Tensor] = {}

    def on_grid(tokens: Tensor) -> Tensor:
        return window_unpartition(tokens, window, (padded[0], padded[1]), grid)[0] if window else tokens[0]

    def keep(name: str) -> Hook:
        return lambda module, args, output: steps.__setitem__(name, output[0])

    hooks: dict[nn.Module, Hook] = {
        block.norm1: keep("norm1"),
        block.attn.qkv: lambda m, args, out: steps.__setitem__(
            "attn.v", split_qkv(out, block.attn.num_heads, window, grid)[2].contiguous()
        ),
        block.attn.proj: lambda m, args, out: steps.__setitem__("attn.heads", on_grid(args[0])),
        block.attn: lambda m, args, out: steps.__setitem__("attn", on_grid(out)),
        block.norm2: lambda m, args, out: steps.update({"residual": args[0][0], "norm2": out[0]}),
        block.mlp.lin1: keep("mlp.lin1"),
        block.mlp.act: keep("mlp.act"),
        block.mlp: keep("mlp"),
    }
    with torch.inference_mode(), forward_hooks(hooks):
        block(x[None])
    return {name: steps[name] for name in BLOCK_STEPS}


@torch.inference_mode()
def embed_patches(
    encoder: ImageEncoderViT, image: Float[Tensor, "1 in_chans img_h img_w"]
) -> Float[Tensor, "grid_h grid_w dim"]:
    """Run the patch embedding alone."""
    return encoder.patch_embed(image)[0]


def rebuild_neck(
    encoder: ImageEncoderViT, x: Float[Tensor, "grid_h grid_w dim"]
) -> dict[str, Float[Tensor, "chans grid_h grid_w"]]:
    """Run the neck again on the last block's output and keep its four steps."""
    steps: dict[str, Tensor] = {}

    def keep(name: str) -> Hook:
        return lambda module, args, output: steps.__setitem__(name, output[0])

    hooks = {layer: keep(name) for name, layer in encoder.neck.named_children()}
    with torch.inference_mode(), forward_hooks(hooks):
        encoder.neck(x[None].permute(0, 3, 1, 2))
    return steps
