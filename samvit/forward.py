"""A photo of any kind through the encoder, or a folder of them."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from samvit import tracing
from samvit.encoder import ImageEncoderViT
from samvit.errors import ImageError
from samvit.execution import in_channels, patch_size
from samvit.photo import Photo, Source
from samvit.preprocess import SEGMENT_ANYTHING, ModelImage, Way, preprocess
from samvit.progress import Progress
from samvit.tracing import Trace
from samvit.what_if import NOTHING, WhatIf

# What is taken for a photo in a folder; a file that is named itself may have any ending.
SUFFIXES = frozenset(
    [
        ".avif",
        ".bmp",
        ".dcm",
        ".gif",
        ".j2k",
        ".jp2",
        ".jpeg",
        ".jpg",
        ".pbm",
        ".pgm",
        ".png",
        ".pnm",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    ]
)


def trace(
    encoder: nn.Module,
    photo: Photo | Source | ModelImage | Tensor,
    size: int | None = None,
    progress: Progress | None = None,
    way: Way | str = SEGMENT_ANYTHING,
    grad: bool = False,
    what_if: WhatIf | str = NOTHING,
) -> Trace:
    """Run the encoder on one photo and keep what happened inside.

    Args:
        encoder: What `load_encoder` or `wrap` gave.
        photo: A path, bytes, stream, Pillow picture or array; a uint8 tensor 3 × rows × cols; or a model image, as
            `preprocess` makes it or as a floating point tensor 1 × 3 × rows × cols, which the encoder sees as it is.
            For an encoder of other than three channels, see `open_photo`.
        size: Side of the square model image, in pixels; the encoder's own if None.
        progress: Called after each step with its name, the number done and the total.
        way: How the photo is made ready: `segment-anything`, or `medsam` for checkpoints trained so.
        grad: Let gradients flow: `trace.model_image().grad` has the pixels' after `backward()`.
        what_if: Changes of the encoder or the photo, as a link has them: `rel_pos_off,head_off.8.2`. The weights were
            not trained for any.

    Raises:
        ImageError: If the photo can't be read.
        ValueError: If the encoder, the size, the image or a change doesn't fit.
    """
    if not isinstance(encoder, ImageEncoderViT):
        raise ValueError(f"encoder must come from samvit.load_encoder or samvit.wrap, got {type(encoder).__name__}")
    what_if = WhatIf.parse(what_if) if isinstance(what_if, str) else what_if
    if isinstance(photo, ModelImage) or (isinstance(photo, Tensor) and photo.is_floating_point()):
        if size is not None:
            raise ValueError(f"size must be left out where the model image is given, got {size}")
        if isinstance(photo, Tensor):
            encoder.check_image(photo)
        return tracing.trace(encoder, photo, progress, grad=grad, what_if=what_if)
    name = Path(photo).name if isinstance(photo, str | Path) else ""
    source = pixels_of(photo, in_channels(encoder)) if isinstance(photo, Tensor) else photo
    image = preprocess(source, size or encoder.img_size, patch_size(encoder), way, in_channels(encoder))
    return tracing.trace(encoder, image, progress, name, grad, what_if)


def pixels_of(photo: Tensor, channels: int) -> np.ndarray:
    """The pixels (rows, cols, channels) of a uint8 tensor with its channels first, as torchvision reads photos."""
    if photo.dtype != torch.uint8 or photo.ndim != 3 or photo.shape[0] not in (3, channels):
        dtype, shape = str(photo.dtype).removeprefix("torch."), " × ".join(map(str, photo.shape))
        raise ImageError("photo.tensor", dtype=dtype, shape=shape)
    return photo.permute(1, 2, 0).cpu().numpy()


def trace_many(
    encoder: nn.Module,
    photos: str | Path | Iterable[Photo | Source | ModelImage | Tensor],
    size: int | None = None,
    way: Way | str = SEGMENT_ANYTHING,
    failed: Callable[[object, ValueError], None] | None = None,
) -> Iterator[Trace]:
    """Trace photos one after the other; `Trace.source` tells which. A photo that can't be read is skipped.

    Memory stays flat as long as the caller lets each trace go.

    Args:
        encoder, size, way: As for `trace`.
        photos: Photos; or a folder, whose files with a photo's ending are taken in order of their names.
        failed: Called with a photo that can't be read and its error; without it, a warning says so.

    Raises:
        ImageError: If the folder isn't there.
    """
    for photo in photos_of(photos) if isinstance(photos, str | Path) else photos:
        try:
            made = trace(encoder, photo, size, way=way)
        except ImageError as error:
            if failed is None:
                name = Path(photo).name if isinstance(photo, str | Path) else "a photo"
                warnings.warn(f"{name} was skipped: {error}", stacklevel=2)
            else:
                failed(photo, error)
            continue
        yield made
        del made  # before the next one is made


def photos_of(folder: str | Path) -> list[Path]:
    """A folder's files with a photo's ending, in order of their names; ImageError if there is no such folder."""
    folder = Path(folder)
    if not folder.is_dir():
        raise ImageError("photos.folder", name=folder.name)
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
