"""How an encoder ran: on which device and in which number format; and running a part of it again in the same way.

A trace is looked at in float32 on the CPU, whatever the encoder computes in: both bfloat16 and float16 fit into float32
without rounding, so that every number shown is the one that was computed.
"""

import copy
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from samvit.encoder import ImageEncoderViT

Rebuilt = TypeVar("Rebuilt", Tensor, dict[str, Tensor])

# How far a rebuilt attention output may be from what was computed, relative to its largest value: in float32, where
# both sides are as precise; and in multiples of a coarser format's rounding step, where only the rebuilt one is.
FLOAT32_TOLERANCE = 1e-4
ROUNDING_STEPS = 8


@dataclass(frozen=True, eq=False)
class Execution:
    """One encoder's way of computing.

    Attributes:
        encoder: The encoder that ran; for float32 on the CPU, the one that is looked at as well.
        autocast: What `torch.autocast` made of its linear layers, or None where that was off.
        stream_dtype: Of the residual stream.
        grad: Whether gradients flow through what is run.
    """

    encoder: ImageEncoderViT
    autocast: torch.dtype | None
    stream_dtype: torch.dtype
    grad: bool

    @property
    def dtype(self) -> torch.dtype:
        """The number format of the linear layers' outputs."""
        return self.autocast or weights_of(self.encoder).dtype

    @property
    def tolerance(self) -> float:
        """How far a rebuilt attention output may be from what was computed, relative to its largest value."""
        eps = torch.finfo(self.dtype).eps
        return FLOAT32_TOLERANCE if eps <= torch.finfo(torch.float32).eps else ROUNDING_STEPS * eps

    def casting(self) -> AbstractContextManager[None]:
        """What a forward pass runs in, to compute in the same number formats."""
        kind = weights_of(self.encoder).device.type
        return nullcontext() if self.autocast is None else torch.autocast(kind, self.autocast)

    def again(self, part: Callable[[ImageEncoderViT, Tensor], Rebuilt], x: Tensor) -> Rebuilt:
        """Run a part of the encoder again on what a trace holds, as it ran before."""
        return self._run(part, x, self.stream_dtype)

    def again_on_image(self, part: Callable[[ImageEncoderViT, Tensor], Rebuilt], image: Tensor) -> Rebuilt:
        """The same for a part that takes the model image, which comes in the weights' own format."""
        return self._run(part, image, weights_of(self.encoder).dtype)

    def _run(self, part: Callable[[ImageEncoderViT, Tensor], Rebuilt], x: Tensor, dtype: torch.dtype) -> Rebuilt:
        with self.casting(), plain_tensors(self.grad):
            rebuilt = part(self.encoder, x.to(weights_of(self.encoder).device, dtype))
        if isinstance(rebuilt, Mapping):
            return {name: as_seen(tensor) for name, tensor in rebuilt.items()}
        return as_seen(rebuilt)


@contextmanager
def plain_tensors(grad: bool) -> Iterator[None]:
    """Compute with or without gradients, and always tensors that autograd can use later."""
    with torch.inference_mode(False), torch.set_grad_enabled(grad):
        yield


def weights_of(encoder: ImageEncoderViT) -> Tensor:
    """The weights whose device and number format the encoder's are."""
    return encoder.patch_embed.proj.weight


def patch_size(encoder: ImageEncoderViT) -> int:
    """Side of a patch of this encoder, in pixels."""
    return encoder.patch_embed.proj.kernel_size[0]


def in_channels(encoder: ImageEncoderViT) -> int:
    """How many channels the image has that this encoder takes."""
    return encoder.patch_embed.proj.in_channels


def autocast_of(encoder: ImageEncoderViT) -> torch.dtype | None:
    """What autocast makes of this encoder's linear layers now; None where it is off."""
    kind = weights_of(encoder).device.type
    if kind == "meta":  # without memory nothing is computed, in whatever format
        return None
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None


def as_seen(tensor: Tensor) -> Tensor:
    """A tensor in float32 (float64 stays) on the CPU; itself if it is that already."""
    device = tensor.device if tensor.is_meta else "cpu"  # a tensor without memory can't be brought anywhere
    return tensor.to(device, torch.promote_types(tensor.dtype, torch.float32))


# The copy of each encoder that is looked at, and the state of the weights that it was made from.
_copies: "weakref.WeakKeyDictionary[ImageEncoderViT, tuple[list[tuple[int, int]], ImageEncoderViT]]" = (
    weakref.WeakKeyDictionary()
)


def encoder_as_seen(encoder: ImageEncoderViT) -> ImageEncoderViT:
    """The encoder's weights in float32 on the CPU: itself, or a copy that traces share until its weights change."""
    parameters = list(encoder.parameters())
    if all(is_seen(parameter) for parameter in parameters):
        return encoder
    state = [(parameter.data_ptr(), parameter._version) for parameter in parameters]
    kept = _copies.get(encoder)
    if kept is None or kept[0] != state:
        seen = copy.deepcopy(encoder).to("cpu", torch.promote_types(weights_of(encoder).dtype, torch.float32))
        _copies[encoder] = kept = (state, seen.requires_grad_(False))
    return kept[1]


def is_seen(tensor: Tensor) -> bool:
    """Whether a tensor is on the CPU and in float32 or float64."""
    return tensor.device.type in {"cpu", "meta"} and tensor.dtype in {torch.float32, torch.float64}
