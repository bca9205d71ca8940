"""A trace as a safetensors file: tensors by their dotted names, and in its metadata where they come from."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from samvit.encoder import ImageEncoderViT
from samvit.execution import Execution, encoder_as_seen, weights_of
from samvit.fingerprint import origin, weights_sha256
from samvit.preprocess import ImageGeometry, ModelImage, named_way
from samvit.tracing import Trace, trace

METADATA = "samvit"  # one entry of JSON: the order of several would change from run to run
FORMAT = 1


def save_trace(made: Trace, path: str | Path, names: Sequence[str] | None = None) -> None:
    """Write a trace's tensors to a safetensors file that `load_trace` and every other reader opens.

    The photo as the encoder saw it is always in the file: whatever else is left out can be computed from it.

    Args:
        names: Patterns of tensor names such as `blocks.*.attn.q`, as `Trace.tensors` lists them; None takes what a
            trace holds, so that opening the file needs no forward pass.

    Raises:
        ValueError: If a pattern names no tensor, or the trace is a what-if, which its file couldn't say of its tensors.
    """
    if made.what_if:
        raise ValueError(f"a trace must be of the encoder as it is to be saved, got a what-if: {made.what_if}")
    listed = [info.name for info in made.tensors()]
    shown = "pixels" if made.photo is not None else "image"
    chosen = {shown} if names is not None else {info.name for info in made.tensors() if info.held}
    for pattern in names or ():
        matching = {name for name in listed if fnmatchcase(name, pattern)}
        if not matching:
            raise ValueError(
                f"names must be of the trace's tensors, such as {listed[-1]}; got {pattern!r}, which is none"
            )
        chosen |= matching
    tensors = {name: made[name].detach().contiguous().clone() for name in listed if name in chosen}
    save_file(tensors, path, {METADATA: json.dumps(described(made), sort_keys=True)})


def described(made: Trace) -> dict[str, Any]:
    """What a file says of its trace, as plain values."""
    facts: dict[str, Any] = {"format": FORMAT, **origin(made)}
    facts["autocast"] = dtype_name(made.execution.autocast)
    facts["stream_dtype"] = dtype_name(made.execution.stream_dtype)
    if isinstance(made.image, ModelImage):
        geometry = made.image.geometry
        facts |= {"original": geometry.original, "way": made.image.way.name, "patch_size": geometry.patch_size}
    return facts


def load_trace(path: str | Path, encoder: ImageEncoderViT) -> Trace:
    """A trace from a file of `save_trace`; what the file leaves out is computed again from the photo in it.

    Args:
        encoder: The one that made the trace: a file says which weights that was.

    Raises:
        ValueError: If it isn't such a file, or was made with other weights.
    """
    facts, tensors = read(Path(path))
    got = weights_sha256(encoder)
    if got != facts["weights_sha256"]:
        raise ValueError(
            f"encoder must have the weights that the trace was made with ({facts['model']}, SHA-256 "
            f"{facts['weights_sha256'][:12]}…), got {got[:12]}…"
        )
    image = image_of(facts, tensors)
    depth = len(encoder.blocks)
    stream = ["blocks.0.input", *(f"blocks.{block}" for block in range(depth))]
    q, k = ([f"blocks.{block}.attn.{letter}" for block in range(depth)] for letter in "qk")
    autocast = dtype_of(facts["autocast"])
    if not tensors.keys() >= {*stream, *q, *k, "neck.3"}:
        kind = weights_of(encoder).device.type
        with nullcontext() if autocast is None else torch.autocast(kind, autocast):
            return trace(encoder, image, source=facts["photo"])
    execution = Execution(encoder, autocast, dtype_of(facts["stream_dtype"]) or torch.float32, False)
    held = [tuple(tensors[name] for name in group) for group in (stream, q, k)]
    seen = encoder_as_seen(encoder)
    return Trace(seen, execution, image, held[0], held[1], held[2], tensors["neck.3"], facts["photo"])


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """A file's facts and tensors; ValueError if it isn't one of `save_trace`."""
    wrong = f"trace must be a file that Trace.save wrote, got {path.name!r}"
    if not path.is_file():
        raise ValueError(f"{wrong}, which isn't there")
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {}).get(METADATA, "null"))
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118  (it is no mapping)
    except (SafetensorError, json.JSONDecodeError):
        raise ValueError(f"{wrong}, which is damaged or of another kind") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or not {"pixels", "image"} & tensors.keys():
        raise ValueError(f"{wrong}, which doesn't say how it was made")
    return facts, tensors


def image_of(facts: dict[str, Any], tensors: dict[str, Tensor]) -> ModelImage | Tensor:
    """The image that the encoder was shown."""
    if "pixels" not in tensors:
        return tensors["image"][None]
    pixels = tensors["pixels"].numpy()
    pixels.flags.writeable = False
    rows, cols = facts["original"]
    geometry = ImageGeometry((rows, cols), pixels.shape[:2], facts["size"], facts["patch_size"])
    return ModelImage(pixels, geometry, named_way(facts["way"]))


def dtype_name(dtype: torch.dtype | None) -> str | None:
    """`bfloat16` of torch.bfloat16."""
    return None if dtype is None else str(dtype).removeprefix("torch.")


def dtype_of(name: str | None) -> torch.dtype | None:
    """torch.bfloat16 of `bfloat16`."""
    return None if name is None else getattr(torch, name)
