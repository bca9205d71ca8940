"""Write a run's averaged weights as the file that comes with the project: python -m training.bundle --folder FOLDER"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from samvit.config import VIT_TINY
from training.train import CHECKPOINT

BUNDLED = Path(__file__).parent.parent / "samvit" / "weights" / "vit_tiny.safetensors"
MAX_BYTES = 9_000_000
NOTICE = (
    "vit_tiny: 4.4 M parameters, trained by this project on synthetic scenes and photographs of things; the "
    "architecture is SAM's, the weights are not."
)


def bundle(checkpoint: Path, target: Path) -> None:
    """Save the checkpoint's average as float16 under segment-anything's parameter names.

    The file's metadata names the sizes ("config") and the training ("training"), both as JSON, and says what it is.

    Raises:
        ValueError: If a weight is too large for float16, or the file would be over 9 MB.
    """
    state = torch.load(checkpoint, weights_only=True)
    weights = {name: half(name, value) for name, value in state["average"].items()}
    size = sum(value.numel() * value.element_size() for value in weights.values())
    if size > MAX_BYTES:
        raise ValueError(f"weights must take at most {MAX_BYTES} bytes, got {size}")
    training = {
        "steps": state["step"],
        "minutes": round(state["elapsed_s"] / 60, 1),
        "begun_from": state["begun_from"],
        "history": state["history"],
    }
    metadata: Mapping[str, str] = {
        "format": "pt",
        "notice": NOTICE,
        "config": json.dumps(asdict(VIT_TINY)),
        "training": json.dumps(training),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, target, metadata=dict(metadata))


def half(name: str, value: Tensor) -> Tensor:
    """The tensor in float16.

    Raises:
        ValueError: If a value becomes infinite.
    """
    halved = value.to(torch.float16).contiguous()
    if not torch.isfinite(halved).all():
        raise ValueError(f"{name} must fit float16, got a largest value of {float(value.abs().max()):g}")
    return halved


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder that holds checkpoint.pt")
    parser.add_argument("--out", type=Path, default=BUNDLED)
    args = parser.parse_args()
    bundle(args.folder / CHECKPOINT, args.out)


if __name__ == "__main__":
    main()
