"""Which weights, which photo, which versions: what a file must say so that its numbers can be made again."""

import hashlib
import platform

import torch
from torch import Tensor

from samvit.encoder import ImageEncoderViT
from samvit.tracing import Trace
from samvit.version import __version__


def weights_sha256(encoder: ImageEncoderViT) -> str:
    """SHA-256 of all weights: of each in order of its name, the name, number format, shape and bytes."""
    state = hashlib.sha256()
    for name, tensor in sorted(encoder.state_dict().items()):
        state.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        state.update(tensor_bytes(tensor))
    return state.hexdigest()


def photo_sha256(trace: Trace) -> str:
    """SHA-256 of what the encoder was shown: shape and bytes of the resized RGB photo, or of a bare model image."""
    pixels = trace["pixels" if trace.photo is not None else "image"]
    return hashlib.sha256(f"{pixels.dtype} {tuple(pixels.shape)}\n".encode() + tensor_bytes(pixels)).hexdigest()


def tensor_bytes(tensor: Tensor) -> bytes:
    """A tensor's values as they lie in memory, row by row."""
    return tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()


def versions() -> dict[str, str]:
    """What the numbers were computed with."""
    return {"samvit": __version__, "torch": torch.__version__, "python": platform.python_version()}


def origin(trace: Trace) -> dict[str, object]:
    """Where a trace's numbers come from, as plain values for a file's metadata."""
    encoder, execution = trace.true_encoder or trace.execution.encoder, trace.execution
    return {
        "model": encoder.config.name if encoder.config else "image encoder",
        "weights_sha256": weights_sha256(encoder),
        **({"what_if": str(trace.what_if)} if trace.what_if else {}),
        "photo": trace.source,
        "photo_sha256": photo_sha256(trace),
        "size": trace.geometry.img_size,
        "computed_in": str(execution.dtype).removeprefix("torch."),
        "versions": versions(),
    }
