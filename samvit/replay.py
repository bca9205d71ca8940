"""Running one part of the encoder again for its inner steps, and keeping what was rebuilt within one budget of bytes.

A trace holds what can't be rebuilt cheaply. Everything else inside a block, and the neck's steps, come from running
that part once more on its kept input. That gives exactly what the forward pass computed: it is the same modules on the
same input.
"""

import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float
from torch import Tensor, nn

from samvit.encoder import ImageEncoderViT
from samvit.moment import spend_a_moment
from samvit.progress import Stopped
from samvit.windows import window_partition, window_unpartition

Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]
Rebuilt = TypeVar("Rebuilt")
BUDGET_BYTES = 512 * 2**20  # of the replay that traces share unless they are given another


class Replay:
    """What was rebuilt of all traces, by trace and part; when the budget is full, what was used longest ago goes first.

    Two threads that ask for the same part share one rebuild; different parts are rebuilt side by side. What belongs to
    a trace that is gone goes with it.

    Args:
        budget_bytes: What all parts may hold together. The newest stays even if it alone is larger.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self.budget_bytes = budget_bytes
        self._kept: OrderedDict[tuple[int, Hashable], tuple[Any, int]] = OrderedDict()
        self._held = 0  # bytes of all that is kept
        self._under_way: dict[tuple[int, Hashable], Future[Any]] = {}
        self._owners: set[int] = set()
        self._gone: deque[int] = deque()  # filled by the garbage collector, which must not wait for the lock
        self._lock = threading.Lock()

    def get(self, owner: object, part: Hashable, rebuild: Callable[[], Rebuilt], quick: bool = False) -> Rebuilt:
        """A part of what `owner` stands for; rebuilt unless it is kept, or waited for while another rebuilds it.

        What `rebuild` raises, everybody who waits for it is told; only where it was stopped, one of them begins anew.

        Args:
            quick: Whether that is done in a moment; see `only_a_moment`.

        Raises:
            TakesLonger: If only a moment is given, and that isn't enough.
        """
        key = (id(owner), part)
        with self._lock:
            self._forget_gone()
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            spend_a_moment(quick)
            if id(owner) not in self._owners:
                self._owners.add(id(owner))
                weakref.finalize(owner, self._gone.append, id(owner))
            promised, mine = self._under_way.get(key), False
            if promised is None:
                promised = self._under_way[key] = Future()
                mine = True
        if not mine:
            try:
                return promised.result()
            except Stopped:  # nobody waits for the other one any more, but somebody does for this one
                return self.get(owner, part, rebuild, quick)
        try:
            value = rebuild()
        except BaseException as error:
            with self._lock:
                del self._under_way[key]
            promised.set_exception(error)
            raise
        with self._lock:
            del self._under_way[key]
            size = held_bytes(value)
            self._kept[key] = (value, size)
            self._held += size
            self._evict()
        promised.set_result(value)
        return value

    @property
    def nbytes(self) -> int:
        """Bytes held now."""
        with self._lock:
            self._forget_gone()
            return self._held

    def _evict(self) -> None:
        while len(self._kept) > 1 and self._held > self.budget_bytes:
            _, (_, size) = self._kept.popitem(last=False)
            self._held -= size

    def _forget_gone(self) -> None:
        while self._gone:
            gone = self._gone.popleft()
            self._owners.discard(gone)
            for key in [key for key in self._kept if key[0] == gone]:
                self._held -= self._kept.pop(key)[1]

    def __reduce__(self) -> tuple[Callable[[], "Replay"], tuple[()]]:
        """A pickled trace meets the replay of the process that reads it."""
        return shared_replay, ()


SHARED = Replay()


def shared_replay() -> Replay:
    """The replay of this process, which every trace uses unless it was given another."""
    return SHARED


def held_bytes(value: Any) -> int:
    """Bytes of all tensors and arrays in a value: one of them, a dataclass, or a mapping or sequence of them."""
    if isinstance(value, Tensor | np.ndarray):
        return value.nbytes
    if is_dataclass(value):
        return sum(held_bytes(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return sum(map(held_bytes, value.values()))
    return sum(map(held_bytes, value)) if isinstance(value, list | tuple) else 0


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


# What `rebuild_block` gives, in the order of the forward pass.
BLOCK_STEPS = ("norm1", "attn.v", "attn.heads", "attn", "residual", "norm2", "mlp.lin1", "mlp.act", "mlp")


def split_qkv(
    qkv: Float[Tensor, "windows rows cols three_dim"], num_heads: int, window_size: int, grid: tuple[int, int]
) -> tuple[Float[Tensor, "heads grid_h grid_w head_dim"], ...]:
    """q, k and v by head on the patch grid, window padding dropped, from what leaves a block's qkv layer."""
    if window_size:
        padded = tuple(-(-side // window_size) * window_size for side in grid)
        qkv = window_unpartition(qkv, window_size, (padded[0], padded[1]), grid)
    return qkv.view(*grid, 3, num_heads, -1).permute(2, 3, 0, 1, 4).unbind(0)


# Those of them that come before attention, which takes most of a block's time.
EARLY_STEPS = ("norm1", "attn.v")


def rebuild_early(
    encoder: ImageEncoderViT, index: int, x: Float[Tensor, "grid_h grid_w dim"]
) -> dict[str, Float[Tensor, "..."]]:
    """Run one block again as far as its attention, and keep `EARLY_STEPS`."""
    block, grid = encoder.blocks[index], (x.shape[0], x.shape[1])
    normed = block.norm1(x[None])
    tokens = window_partition(normed, block.window_size)[0] if block.window_size else normed
    v = split_qkv(block.attn.qkv(tokens), block.attn.num_heads, block.window_size, grid)[2]
    return {"norm1": normed[0], "attn.v": v.contiguous()}


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
    with forward_hooks(hooks):
        block(x[None])
    return {name: steps[name] for name in BLOCK_STEPS}


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
    with forward_hooks(hooks):
        encoder.neck(x[None].permute(0, 3, 1, 2))
    return steps
