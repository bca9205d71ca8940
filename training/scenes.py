"""Dead leaves: scenes of overlapping textured shapes, made without end, whose every pixel has a known owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32, Int, UInt8
from PIL import Image, ImageDraw, ImageFilter

from training.textures import octave_noise, photo_crop, standardised, stripes

Kind = Literal["easy", "hard"]

# A patch belongs to a shape that owns more of it than this; other patches belong to none.
PURE = 0.9
NO_SHAPE = -1
# Patches of a photograph behind the things: apart from them, but what they show isn't known.
BACKGROUND = -2


@dataclass(frozen=True)
class Scene:
    """A picture, and each pixel's shape by number: 0 is the background, later shapes lie on top."""

    pixels: UInt8[np.ndarray, "rows cols 3"]
    owner: Int[np.ndarray, "rows cols"]


def make_scene(
    rng: np.random.Generator, size: tuple[int, int], kind: Kind, photos: Sequence[Image.Image] = ()
) -> Scene:
    """Lay 4 to 20 shapes over a background, each with its own texture; then shade, blur and add noise.

    Args:
        size: Rows and columns in pixels.
        kind: "easy": each shape has a colour of its own. "hard": all shapes share 1 to 3 base colours, so that
            texture and outline must tell them apart.
        photos: Source of photo textures; without any, all textures are synthetic.

    Raises:
        ValueError: If a side is below 16 px.
    """
    if min(size) < 16:
        raise ValueError(f"both sides must be at least 16 px, got {size[0]} × {size[1]}")
    canvas = np.empty((*size, 3), dtype=np.float32)
    owner = np.zeros(size, dtype=np.int16)
    palette = free_palette(rng) if kind == "hard" else None
    canvas[:] = surface_of(rng, size, _colour(rng, palette), photos)
    for number in range(1, 1 + int(rng.integers(4, 21))):
        lay_shape(rng, canvas, owner, number, palette, photos)
    return Scene(finish(rng, canvas), owner)


def free_palette(rng: np.random.Generator) -> list[np.ndarray]:
    """The 1 to 3 base colours of a hard scene."""
    return [free_colour(rng) for _ in range(rng.integers(1, 4))]


def lay_shape(
    rng: np.random.Generator,
    canvas: Float32[np.ndarray, "rows cols 3"],
    owner: Int[np.ndarray, "rows cols"],
    number: int,
    palette: list[np.ndarray] | None,
    photos: Sequence[Image.Image],
) -> None:
    """Lay one textured shape over a scene, in place.

    Args:
        number: What its pixels are called in `owner`.
        palette: Base colours to draw from; None for a free one.
    """
    mask, (top, left) = _shape(rng, owner.shape)
    if not mask.any():
        return
    part = (slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1]))
    surface = surface_of(rng, mask.shape, _colour(rng, palette), photos)
    np.copyto(canvas[part], surface, where=mask[:, :, None])
    owner[part][mask] = number


def patch_owners(owner: Int[np.ndarray, "rows cols"], patch_size: int = 16) -> Int[np.ndarray, "grid_h grid_w"]:
    """The shape that owns more than 90 % of each patch; `NO_SHAPE` where none does.

    Raises:
        ValueError: If the sides aren't multiples of patch_size.
    """
    rows, cols = owner.shape
    if rows % patch_size or cols % patch_size:
        raise ValueError(f"sides must be multiples of {patch_size} px, got {rows} × {cols}")
    cut = owner.reshape(rows // patch_size, patch_size, cols // patch_size, patch_size)
    patches = cut.swapaxes(1, 2).reshape(rows // patch_size, cols // patch_size, -1)
    # A majority owner is also the median, which needs one partition instead of a count per shape.
    middle = np.partition(patches, patches.shape[-1] // 2, axis=-1)[..., patches.shape[-1] // 2]
    share = (patches == middle[..., None]).mean(-1)
    return np.where(share > PURE, middle, NO_SHAPE).astype(np.int64)


def _shape(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, tuple[int, int]]:
    """One random ellipse, box, polygon or blob: its mask within the scene, and that mask's top left (row, col)."""
    radius = np.sqrt(size[0] * size[1]) * 2.0 ** rng.uniform(-3.6, -1.2)
    aspect = 2.0 ** rng.uniform(-1.0, 1.0)
    outline = ("ellipse", "box", "polygon", "blob")[rng.integers(4)]
    if outline == "box":
        points = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)]) * 0.8
    else:
        corners = int(rng.integers(3, 9)) if outline == "polygon" else 48
        angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
        reach = np.ones(corners)
        if outline == "polygon":
            reach = rng.uniform(0.6, 1.2, corners)
        elif outline == "blob":
            for wave in range(2, 6):
                reach += rng.uniform(0, 0.5) / wave * np.cos(wave * angle + rng.uniform(0, 6.3))
        points = np.stack([np.sin(angle), np.cos(angle)], 1) * reach[:, None]
    turn = rng.uniform(0, np.pi)
    rotation = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    points = points * radius * (np.sqrt(aspect), 1 / np.sqrt(aspect)) @ rotation + rng.uniform(0, 1, 2) * size
    top, left = np.clip(np.floor(points.min(0)), 0, np.array(size) - 1).astype(int)
    bottom, right = np.clip(np.ceil(points.max(0)), 1, size).astype(int)
    stencil = Image.new("1", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(stencil).polygon([(col - left, row - top) for row, col in points], fill=1)
    return np.asarray(stencil), (int(top), int(left))


def free_colour(rng: np.random.Generator) -> np.ndarray:
    """A colour (3,) on the 0–255 scale, mostly greyish as in photos."""
    saturation = rng.choice((10.0, 30.0, 60.0))
    return np.clip(rng.uniform(30, 225) + rng.normal(0, saturation, 3), 5, 250)


def _colour(rng: np.random.Generator, palette: list[np.ndarray] | None) -> np.ndarray:
    """A base colour (3,): free, or one of the scene's palette."""
    return free_colour(rng) if palette is None else palette[rng.integers(len(palette))]


def surface_of(
    rng: np.random.Generator, size: tuple[int, int], colour: np.ndarray, photos: Sequence[Image.Image]
) -> Float32[np.ndarray, "rows cols 3"]:
    """A texture of mean `colour`, 0–255: a pattern along one random colour direction, and a slow gradient."""
    source = rng.choice(("photo", "noise", "stripes", "flat"), p=(0.45, 0.25, 0.15, 0.15))
    own_colours = None
    if source == "photo" and photos:
        crop = photo_crop(rng, photos[int(rng.integers(len(photos)))], size)
        own_colours = crop - crop.mean((0, 1))
        pattern = crop[:, :, 1]
    elif source == "stripes":
        pattern = stripes(rng, size)
    elif source == "flat":
        pattern = np.zeros(size, dtype=np.float32)
    else:
        pattern = octave_noise(rng, size)
    contrast = 2.0 ** rng.uniform(2.3, 5.6)
    # Mostly light and dark of one hue, as on real surfaces; now and then two hues.
    direction = np.ones(3) + rng.normal(0, 0.25 if rng.random() < 0.7 else 1.0, 3)
    direction = (direction / np.linalg.norm(direction) * np.sqrt(3)).astype(np.float32)
    if own_colours is not None and rng.random() < 0.3:
        detail = own_colours / max(float(own_colours.std()), 1e-3) * np.float32(contrast)
    else:
        detail = (standardised(pattern) * np.float32(contrast))[:, :, None] * direction
    slope = rng.normal(0, 12, 2).astype(np.float32)
    row = np.linspace(-1, 1, size[0], dtype=np.float32)[:, None, None]
    col = np.linspace(-1, 1, size[1], dtype=np.float32)[None, :, None]
    return detail + (colour.astype(np.float32) + slope[0] * row) + slope[1] * col


def finish(rng: np.random.Generator, canvas: Float32[np.ndarray, "rows cols 3"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """Shade the whole scene with slow light, blur and add noise as a camera does."""
    rows, cols = canvas.shape[:2]
    light = rng.uniform(-1, 1, (4, 4)).astype(np.float32)
    light = np.asarray(Image.fromarray(light).resize((cols, rows), Image.Resampling.BICUBIC))
    canvas *= 1 + np.float32(rng.uniform(0, 0.35)) * light[:, :, None]
    noise = rng.standard_normal((rows, cols, 1), dtype=np.float32)
    canvas += noise * np.float32(rng.uniform(0, 8))
    pixels = np.clip(canvas, 0, 255).astype(np.uint8)
    blur_px = rng.uniform(-0.5, 1.2)
    if blur_px <= 0.2:
        return pixels
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(blur_px)))
