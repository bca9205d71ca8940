"""Surfaces for the shapes of a scene: photo crops, noise in octaves, stripes, checks, flat. One grey pattern each."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from PIL import Image

# Files of skimage/data that are free to use, and that neither the page nor the model card shows.
TRAINING_PHOTOS = (
    "brick.png",
    "grass.png",
    "gravel.png",
    "retina.jpg",
    "hubble_deep_field.jpg",
    "coins.png",
    "text.png",
)


def photo_folder() -> Path:
    """The folder of photos that comes inside the scikit-image package.

    Raises:
        FileNotFoundError: If scikit-image isn't installed.
    """
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the photos come with scikit-image: pip install scikit-image, or pass --photos")
    return Path(spec.origin).parent / "data"


def load_photos(folder: Path, names: Sequence[str] = TRAINING_PHOTOS) -> list[Image.Image]:
    """The training photos, RGB, each continued by its mirror images to 1024 px at least, so that crops keep scale.

    Raises:
        FileNotFoundError: If one of `names` isn't in `folder`.
    """
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} must hold {', '.join(names)}; missing: {', '.join(missing)}")
    return [_mirrored(Image.open(folder / name).convert("RGB"), 1024) for name in names]


def _mirrored(photo: Image.Image, side_px: int) -> Image.Image:
    """The photo, repeated as in facing mirrors until both sides have at least side_px."""
    missing = [(0, max(0, side_px - side)) for side in (photo.height, photo.width)]
    return Image.fromarray(np.pad(np.asarray(photo), [*missing, (0, 0)], mode="symmetric"))


def photo_crop(
    rng: np.random.Generator, photo: Image.Image, size: tuple[int, int]
) -> Float32[np.ndarray, "rows cols 3"]:
    """A random crop of a photo at a random scale, turned and mirrored, as (rows, cols, 3) in 0..1.

    Args:
        size: Rows and columns of the result, in pixels.
    """
    turned = bool(rng.integers(2))
    rows, cols = size[::-1] if turned else size
    scale = min(2.0 ** rng.uniform(-1.0, 1.0), photo.height / rows, photo.width / cols)  # photo pixels per pixel
    box_h, box_w = rows * scale, cols * scale
    top, left = rng.random() * (photo.height - box_h), rng.random() * (photo.width - box_w)
    box = (max(left, 0), max(top, 0), min(left + box_w, photo.width), min(top + box_h, photo.height))
    crop = photo.resize((cols, rows), Image.Resampling.BILINEAR, box=box)
    pixels = np.asarray(crop, dtype=np.float32) / 255
    if turned:
        pixels = pixels.swapaxes(0, 1)
    return pixels[:: rng.choice((-1, 1)), :: rng.choice((-1, 1))]


def octave_noise(rng: np.random.Generator, size: tuple[int, int]) -> Float32[np.ndarray, "rows cols"]:
    """Smooth noise: random grids of 1 to 3 cell sizes, each enlarged to (rows, cols) and summed; about −1..1."""
    rows, cols = size
    total = np.zeros(size, dtype=np.float32)
    cell_px = 2.0 ** rng.uniform(1.0, 6.0)
    for octave in range(rng.integers(1, 4)):
        step = max(cell_px / 2**octave, 1.0)
        coarse = rng.uniform(-1, 1, (int(rows / step) + 2, int(cols / step) + 2)).astype(np.float32)
        grown = Image.fromarray(coarse).resize((cols, rows), Image.Resampling.BICUBIC)
        total += np.asarray(grown) * 0.7**octave
    return total


def stripes(rng: np.random.Generator, size: tuple[int, int]) -> Float32[np.ndarray, "rows cols"]:
    """Stripes or checks of 4 to 40 px at any angle, with soft or hard edges, −1..1."""
    angle = rng.uniform(0, np.pi)
    frequency = 2 * np.pi / 2.0 ** rng.uniform(2.0, 5.3)
    row, col = np.ogrid[: size[0], : size[1]]
    across = (np.cos(angle) * row + np.sin(angle) * col).astype(np.float32) * frequency
    wave = np.sin(across + rng.uniform(0, 6.3), dtype=np.float32)
    if rng.random() < 0.4:
        along = (np.sin(angle) * row - np.cos(angle) * col).astype(np.float32) * frequency
        wave = wave * np.sin(along, dtype=np.float32)
    return np.sign(wave) if rng.random() < 0.4 else wave


def standardised(pattern: Float32[np.ndarray, "rows cols"]) -> Float32[np.ndarray, "rows cols"]:
    """The pattern with mean 0 and standard deviation 1; zeros if it is flat."""
    pattern = pattern - pattern.mean()
    return pattern / max(float(pattern.std()), 1e-3)
