"""From a person's photo to the encoder's input, and from a patch back to the photo's pixels."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, UInt8
from PIL import Image
from torch import Tensor

from samvit.config import COLOURS, pixel_constants
from samvit.errors import SaidError, check_index
from samvit.medsam import squash
from samvit.photo import Photo, Source, open_photo, read_photo
from samvit.photo.samples import as_rgb

__all__ = ["WAYS", "ImageGeometry", "ModelImage", "Way", "preprocess", "read_photo", "resized_shape"]


@dataclass(frozen=True)
class Way:
    """How checkpoints were trained to see photos; an encoder shown photos in another way answers something else.

    Args:
        name: What it is called, in links and on the command line.
        squashed: Whether the photo is squashed or stretched to the square, instead of keeping its shape.
        scale: "mean and deviation" of ImageNet's channels; or "0 to 1", from the smallest value to the largest.
        source: Where the code that it follows can be read.
    """

    name: str
    squashed: bool
    scale: Literal["mean and deviation", "0 to 1"]
    source: str


SEGMENT_ANYTHING = Way(
    "segment-anything", False, "mean and deviation", "segment-anything transforms.py and sam.py, Sam.preprocess"
)
MEDSAM = Way("medsam", True, "0 to 1", "MedSAM MedSAM_Inference.py, image preprocessing")
WAYS = {way.name: way for way in (SEGMENT_ANYTHING, MEDSAM)}


@dataclass(frozen=True)
class ImageGeometry:
    """Where a photo lies in its model image. All pairs are (rows, cols).

    Args:
        original: The person's photo, in pixels, upright.
        resized: The photo in the model image's top left corner, in pixels; the rest is image padding.
        img_size: Side of the square model image, in pixels.
        patch_size: Side of a patch, in pixels of the model image.

    Raises:
        ValueError: If img_size isn't a multiple of patch_size, or the resized photo doesn't fit.
    """

    original: tuple[int, int]
    resized: tuple[int, int]
    img_size: int
    patch_size: int

    def __post_init__(self) -> None:
        check_sizes(self.img_size, self.patch_size)
        if min(self.original) < 1:
            raise ValueError(f"original sides must be at least 1 px, got {self.original}")
        if min(self.resized) < 1 or max(self.resized) > self.img_size:
            raise ValueError(f"resized sides must be in 1..{self.img_size} px, got {self.resized}")

    @property
    def grid(self) -> tuple[int, int]:
        """Patches of the whole model image, (rows, cols)."""
        return self.img_size // self.patch_size, self.img_size // self.patch_size

    @property
    def photo_grid(self) -> tuple[int, int]:
        """Patches that hold at least one pixel of the photo, (rows, cols)."""
        return math.ceil(self.resized[0] / self.patch_size), math.ceil(self.resized[1] / self.patch_size)

    def patch_box(self, row: int, col: int) -> tuple[int, int, int, int] | None:
        """The smallest box of whole original pixels that holds everything the patch sees of the photo.

        Bottom and right are exclusive. Where one original pixel is larger than a patch, neighbours share it.

        Returns:
            (top, left, bottom, right) in original pixels; None if the patch is all image padding.

        Raises:
            ValueError: If the patch lies outside the grid.
        """
        for name, index, count in (("row", row, self.grid[0]), ("col", col, self.grid[1])):
            check_index(name, index, count)
        if row >= self.photo_grid[0] or col >= self.photo_grid[1]:
            return None
        top, bottom = self._original_span(row, axis=0)
        left, right = self._original_span(col, axis=1)
        return top, left, bottom, right

    def image_padding(self) -> Bool[np.ndarray, "grid_h grid_w"]:
        """True where a patch holds no pixel of the photo."""
        padding = np.ones(self.grid, dtype=bool)
        padding[: self.photo_grid[0], : self.photo_grid[1]] = False
        return padding

    def _original_span(self, index: int, axis: int) -> tuple[int, int]:
        """First and one-past-last original pixel under one patch row or column; integers, so nothing rounds."""
        original, resized = self.original[axis], self.resized[axis]
        start, stop = index * self.patch_size, min((index + 1) * self.patch_size, resized)
        return start * original // resized, -(-stop * original // resized)


@dataclass(frozen=True, eq=False)
class ModelImage:
    """A photo made ready for the encoder, kept as bytes: 3 MB at 1024 px where the float tensor takes 13 MB.

    Args:
        pixels: The resized photo, RGB 0–255, read-only; for an encoder of another number of channels, so many.
        geometry: Where it came from and where it lies.
        way: How it is scaled for the encoder.
    """

    pixels: UInt8[np.ndarray, "rows cols channels"]
    geometry: ImageGeometry
    way: Way = SEGMENT_ANYTHING

    @property
    def channels(self) -> int:
        """How many channels the encoder takes."""
        return self.pixels.shape[2]

    @property
    def shown(self) -> UInt8[np.ndarray, "rows cols 3"]:
        """The resized photo as a person sees it, RGB."""
        return as_rgb(self.pixels)

    def __repr__(self) -> str:
        """The sizes on one line: a notebook shows this, and pixels would fill pages."""
        known = self.geometry
        original, resized = ("×".join(map(str, sides)) for sides in (known.original, known.resized))
        return (
            f"ModelImage(photo {original} px, resized {resized} in {known.img_size}×{known.img_size}, {self.way.name})"
        )

    def normalised(self) -> Float[Tensor, "1 channels rows cols"]:
        """The resized photo less SAM's mean, over its standard deviation, or from 0 to 1; not padded yet."""
        chw = torch.tensor(self.pixels).permute(2, 0, 1).to(torch.float32, memory_format=torch.contiguous_format)
        if self.way.scale == "0 to 1":
            low, high = chw.min(), chw.max()
            return ((chw - low) / (high - low).clamp(min=1e-8))[None]
        mean, std = (torch.tensor(values)[:, None, None] for values in pixel_constants(len(chw)))
        return ((chw - mean) / std)[None]

    def tensor(self) -> Float[Tensor, "1 channels img_size img_size"]:
        """The encoder's input: normalised, then padded bottom and right with zeros (which stand for the mean colour).

        Source: segment-anything sam.py, Sam.preprocess.
        """
        rows, cols = self.geometry.resized
        return F.pad(self.normalised(), (0, self.geometry.img_size - cols, 0, self.geometry.img_size - rows))


def preprocess(
    photo: Photo | Source,
    img_size: int = 1024,
    patch_size: int = 16,
    way: Way | str = SEGMENT_ANYTHING,
    channels: int = COLOURS,
) -> ModelImage:
    """Make a photo ready for the encoder.

    segment-anything's way resizes the longest side to `img_size` with Pillow's bilinear filter, smaller photos grow;
    MedSAM's squashes both sides to it.

    Args:
        photo: What `open_photo` returned, or anything it takes.
        img_size: Side of the square model image, in pixels.
        patch_size: Side of a patch, in pixels.
        way: One of `WAYS`, or its name.
        channels: How many the encoder takes: grey of the photo for one, as many bands of it for others.

    Raises:
        ImageError: If the photo can't be read, or has too few bands.
        ValueError: If img_size isn't a multiple of patch_size, or there is no such way.

    Source: segment-anything transforms.py, ResizeLongestSide.apply_image.
    """
    check_sizes(img_size, patch_size)
    way = named_way(way)
    opened = photo if isinstance(photo, Photo) else open_photo(photo, channels=channels)
    values = opened.channels(channels)
    original = values.shape[:2]
    if way.squashed:
        rows, cols = img_size, img_size
        pixels = squash(values, img_size)
    else:
        rows, cols = resized_shape(original, img_size)
        pictures = [opened.image] if channels == COLOURS else map(Image.fromarray, np.moveaxis(values, 2, 0))
        resized = [np.array(one.resize((cols, rows), Image.Resampling.BILINEAR)) for one in pictures]
        pixels = resized[0] if channels == COLOURS else np.stack(resized, axis=2)
    pixels.flags.writeable = False
    return ModelImage(pixels, ImageGeometry(original, (rows, cols), img_size, patch_size), way)


def named_way(way: Way | str) -> Way:
    """A way of preprocessing by its name; ValueError lists the names there are."""
    if isinstance(way, Way):
        return way
    if way not in WAYS:
        raise SaidError("image.way", ways=", ".join(WAYS), got=way)
    return WAYS[way]


def resized_shape(original: tuple[int, int], img_size: int) -> tuple[int, int]:
    """Sides (rows, cols) once the longest is `img_size`; halves round up, and no side vanishes.

    Source: segment-anything transforms.py, ResizeLongestSide.get_preprocess_shape (which lets a side reach 0).
    """
    scale = img_size * 1.0 / max(original)
    return max(1, int(original[0] * scale + 0.5)), max(1, int(original[1] * scale + 0.5))


def check_sizes(img_size: int, patch_size: int) -> None:
    """Raise ValueError unless patches of `patch_size` tile an image of `img_size`, both in pixels."""
    if patch_size < 1:
        raise ValueError(f"patch_size must be at least 1, got {patch_size}")
    if img_size < patch_size or img_size % patch_size:
        raise SaidError("image.size", patch=patch_size, got=img_size)
