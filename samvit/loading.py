"""An encoder by its name, or from where its weights lie."""

from pathlib import Path

from samvit import checkpoint
from samvit.config import CONFIGS
from samvit.encoder import ImageEncoderViT


def load_encoder(source: str | Path, allow_download: bool = True) -> ImageEncoderViT:
    """An encoder in evaluation mode, float32.

    Args:
        source: One of `vit_tiny` (bundled), `vit_b`, `vit_l`, `vit_h` (from the folder that SAMVIT_CHECKPOINTS names,
            the hub's cache, or a download); or the path of a checkpoint.
        allow_download: Whether the hub may be asked for a named encoder that isn't on this machine.

    Raises:
        CheckpointError: If there are no such weights, or they can't be used.
        ValueError: If it is neither a name nor the path of something that is there.
    """
    if str(source) in CONFIGS:
        return checkpoint.load_encoder(str(source), allow_download=allow_download)
    path = Path(source).expanduser()
    if not path.exists():
        raise ValueError(
            f"encoder must be one of {', '.join(CONFIGS)} or the path of its weights, "
            f"got {path.name!r}, which isn't there"
        )
    return checkpoint.load_checkpoint(path)
