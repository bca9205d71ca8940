"""From a person's photo to the encoder's input, and from a patch back to the photo's pixels."""

import math
import struct
import zlib
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Shaped, UInt8
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.errors import ImageError

# Read from the header, before any pixel is decoded: a 64-megapixel photo needs 256 MB in Pillow.
MAX_PIXELS = 64_000_000

# A closed list: Pillow also opens EPS (by running Ghostscript) and formats that nobody's camera writes.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "PPM", "JPEG2000")

# How the files begin that people most often take for a photo.
OTHER_KINDS = (
    (b"%PDF", "a PDF"),
    (b"<", "a text file (HTML, XML or SVG)"),
    (b"version https://git-lfs", "a git-lfs pointer"),
    (b"PK\x03\x04", "a zip archive"),
)

# What Pillow's decoders let out on damaged files.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)


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
            if not 0 <= index < count:
                raise ValueError(f"{name} must be in 0..{count - 1}, got {index}")
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
        pixels: The resized photo, RGB 0–255, read-only.
        geometry: Where it came from and where it lies.
    """

    pixels: UInt8[np.ndarray, "rows cols 3"]
    geometry: ImageGeometry

    def normalised(self) -> Float[Tensor, "1 3 rows cols"]:
        """The resized photo less SAM's mean, over its standard deviation; not padded yet."""
        chw = torch.tensor(self.pixels).permute(2, 0, 1).to(torch.float32, memory_format=torch.contiguous_format)
        mean, std = (torch.tensor(values)[:, None, None] for values in (PIXEL_MEAN, PIXEL_STD))
        return ((chw - mean) / std)[None]

    def tensor(self) -> Float[Tensor, "1 3 img_size img_size"]:
        """The encoder's input: normalised, then padded bottom and right with zeros (which stand for the mean colour).

        Source: segment-anything sam.py, Sam.preprocess.
        """
        rows, cols = self.geometry.resized
        return F.pad(self.normalised(), (0, self.geometry.img_size - cols, 0, self.geometry.img_size - rows))


def preprocess(photo: Image.Image, img_size: int = 1024, patch_size: int = 16) -> ModelImage:
    """Resize a photo's longest side to `img_size` with Pillow's bilinear filter; smaller photos grow.

    Args:
        photo: RGB and upright, as `read_photo` returns it.
        img_size: Side of the square model image, in pixels.
        patch_size: Side of a patch, in pixels.

    Raises:
        ImageError: If the photo isn't RGB.
        ValueError: If img_size isn't a multiple of patch_size.

    Source: segment-anything transforms.py, ResizeLongestSide.apply_image.
    """
    check_sizes(img_size, patch_size)
    if photo.mode != "RGB":
        raise ImageError(f"photo must be RGB, got {photo.mode}; read_photo converts")
    original = (photo.height, photo.width)
    rows, cols = resized_shape(original, img_size)
    pixels = np.array(photo.resize((cols, rows), Image.Resampling.BILINEAR))
    pixels.flags.writeable = False
    return ModelImage(pixels, ImageGeometry(original, (rows, cols), img_size, patch_size))


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
        raise ValueError(f"img_size must be a multiple of {patch_size}, got {img_size}")


def read_photo(source: str | Path | bytes | BinaryIO | BufferedIOBase) -> Image.Image:
    """Read a photo as RGB, turned upright by its EXIF orientation.

    Transparency is laid on white. Grey values of 16 and more bits, and floats, are spread from their smallest to
    their largest over 0–255 (16-bit colour keeps its high byte). Of an animation the first frame is taken.

    Args:
        source: A file's path or its bytes, or a seekable binary stream, which stays open.

    Raises:
        ImageError: If it can't be read, isn't one of `FORMATS`, is damaged, or has more than `MAX_PIXELS`.
    """
    if isinstance(source, (str, Path)):
        source = read_file(Path(source))
    stream = cast(BinaryIO, BytesIO(source) if isinstance(source, bytes) else source)
    try:
        image = Image.open(stream, formats=FORMATS)
    except UnidentifiedImageError:
        stream.seek(0)
        raise ImageError(f"photo must be one of {', '.join(FORMATS)}, got {kind_of_file(stream.read(64))}") from None
    except Image.DecompressionBombError:  # Pillow gives up by itself at twice its own limit
        at_least = 2 * (Image.MAX_IMAGE_PIXELS or MAX_PIXELS) // 1_000_000
        raise ImageError(f"photo must have at most {MAX_PIXELS:,} pixels, got over {at_least} million") from None
    except DECODER_ERRORS:
        raise ImageError("photo must be a whole picture file, got one whose header is damaged") from None
    with image:
        rows, cols = image.height, image.width
        if rows * cols > MAX_PIXELS:
            raise ImageError(
                f"photo must have at most {MAX_PIXELS:,} pixels, got {cols}×{rows} = {rows * cols:,} (columns × rows)"
            )
        try:
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return to_rgb(image)
        except DECODER_ERRORS:
            kind = image.format or "picture"
            raise ImageError(f"photo must be a whole file, got a {kind} that is truncated or damaged") from None


def read_file(path: Path) -> bytes:
    """A file's bytes; ImageError names the file but never the folder."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ImageError(f"photo must be an existing file, got {path.name!r}, which isn't there") from None
    except IsADirectoryError:
        raise ImageError(f"photo must be a file, got the folder {path.name!r}") from None
    except (OSError, ValueError):
        raise ImageError(f"photo must be a readable file, got {path.name!r}, which can't be opened") from None


def kind_of_file(start: bytes) -> str:
    """What a file that isn't a photo seems to be by its first bytes, for an error message."""
    start = start.lstrip()
    if not start:
        return "an empty file"
    if start[4:8] == b"ftyp" and start[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "a HEIC photo (export it as JPEG)"
    for prefix, kind in OTHER_KINDS:
        if start.startswith(prefix):
            return kind
    return "another kind of file, or a damaged one"


def to_rgb(image: Image.Image) -> Image.Image:
    """A decoded picture of any Pillow mode as RGB; see `read_photo` for what becomes of alpha and deep grey."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image)
        grey = spread_to_uint8(values)
        if isinstance(see_through := image.info.get("transparency"), int):  # PNG: one grey value stands for nothing
            grey[values == see_through] = 255
        return Image.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        return on_white(image.convert("RGBA"))
    return image.convert("RGB")


def on_white(rgba: Image.Image) -> Image.Image:
    """An RGBA picture laid on white."""
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def spread_to_uint8(values: Shaped[np.ndarray, "rows cols"]) -> UInt8[np.ndarray, "rows cols"]:
    """Values spread from smallest to largest over 0–255.

    NaN becomes 0, infinities the ends. A single value has no range of its own: an integer is then placed in
    0–65535, a float in 0–1.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low == high:
        low, high = 0.0, 1.0 if values.dtype.kind == "f" else 65535.0
    spread = np.empty(values.shape, dtype=np.uint8)
    flat_in, flat_out = values.reshape(-1), spread.reshape(-1)
    for start in range(0, values.size, 1 << 20):  # in pieces: float64 for 64 megapixels would take 0.5 GB
        piece = flat_in[start : start + (1 << 20)].astype(np.float64)
        piece = np.nan_to_num(piece, nan=low, posinf=high, neginf=low)
        flat_out[start : start + (1 << 20)] = np.clip((piece - low) * (255 / (high - low)), 0, 255).round()
    return spread
