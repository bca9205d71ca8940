"""Photographed things: cut-outs laid on photographs or on dead leaves, so that every pixel's thing is known."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Int
from PIL import Image, ImageFilter

from training.pool import Pool
from training.scenes import BACKGROUND, Scene, finish, free_palette, lay_shape, make_scene

Canvas = Float32[np.ndarray, "rows cols 3"]
Owner = Int[np.ndarray, "rows cols"]


def photo_scene(rng: np.random.Generator, size: tuple[int, int], photos: Sequence[Image.Image]) -> Scene:
    """A photograph alone: all of it background.

    Args:
        size: Rows and columns in pixels.
    """
    canvas = photo_window(rng, photos[int(rng.integers(len(photos)))], size)
    return Scene(finish(rng, canvas), np.full(size, BACKGROUND, dtype=np.int16))


def thing_scene(rng: np.random.Generator, size: tuple[int, int], pool: Pool, shapes: float = 0.25) -> Scene:
    """One to seven things on a photograph.

    Args:
        size: Rows and columns in pixels.
        shapes: Chance that a thing is a textured shape instead of a cut-out.
    """
    canvas = photo_window(rng, pool.photos[int(rng.integers(len(pool.photos)))], size)
    owner = np.full(size, BACKGROUND, dtype=np.int16)
    alike = canvas.mean((0, 1)) if rng.random() < 0.25 else None  # all things in the photograph's tone
    for number in range(int(rng.integers(1, 8))):
        if rng.random() < shapes:
            lay_shape(rng, canvas, owner, number, free_palette(rng), pool.photos)
        else:
            lay_thing(rng, canvas, owner, number, pool.things, alike)
    return Scene(finish(rng, canvas), owner)


def things_on_leaves(
    rng: np.random.Generator, size: tuple[int, int], pool: Pool, photos: Sequence[Image.Image]
) -> Scene:
    """One to four cut-outs on a scene of dead leaves, whose shapes keep their numbers."""
    scene = make_scene(rng, size, "easy", photos)
    canvas, owner = scene.pixels.astype(np.float32), scene.owner
    for number in range(int(rng.integers(1, 5))):
        lay_thing(rng, canvas, owner, 100 + number, pool.things, None)
    return Scene(np.clip(canvas, 0, 255).astype(np.uint8), owner)


def photo_window(rng: np.random.Generator, photo: Image.Image, size: tuple[int, int]) -> Canvas:
    """A window of a photograph, upright, perhaps mirrored, with other light; 0–255.

    Args:
        size: Rows and columns of the result, in pixels; the window is from a third of what fits to all of it.
    """
    rows, cols = size
    widest = min(photo.height / rows, photo.width / cols)  # photo pixels per pixel
    scale = widest * 3.0 ** rng.uniform(-1, 0)
    height, width = rows * scale, cols * scale
    top, left = rng.random() * (photo.height - height), rng.random() * (photo.width - width)
    box = (max(left, 0), max(top, 0), min(left + width, photo.width), min(top + height, photo.height))
    window = np.asarray(photo.resize((cols, rows), Image.Resampling.BILINEAR, box=box), dtype=np.float32)
    if rng.random() < 0.5:
        window = window[:, ::-1]
    return _jittered(rng, window, 0.15)


def lay_thing(
    rng: np.random.Generator,
    canvas: Canvas,
    owner: Owner,
    number: int,
    things: Sequence[Image.Image],
    tone: np.ndarray | None,
) -> None:
    """Lay one cut-out over a scene, in place, recoloured, some with a soft shadow.

    Args:
        number: What its pixels are called in `owner`.
        tone: The mean colour (3,) it is given; None leaves its own.
    """
    thing, inside, here = scattered(rng, things, owner.shape)
    part = np.asarray(thing)[here].astype(np.float32)
    if part.size == 0:
        return
    if rng.random() < 0.4:
        _darken(rng, canvas, thing.getchannel("A"), (inside[0].start - here[0].start, inside[1].start - here[1].start))
    alpha = part[:, :, 3:] / 255
    colour = _jittered(rng, part[:, :, :3], 0.25)
    if tone is not None and (alpha > 0.5).any():
        colour = colour + (tone - colour[alpha[:, :, 0] > 0.5].mean(0)).astype(np.float32)
    canvas[inside] += alpha * (np.clip(colour, 0, 255) - canvas[inside])
    owner[inside][alpha[:, :, 0] > 0.5] = number


def scattered(
    rng: np.random.Generator, things: Sequence[Image.Image], size: tuple[int, int]
) -> tuple[Image.Image, tuple[slice, slice], tuple[slice, slice]]:
    """One of the things, scaled, turned and perhaps mirrored, at a random place of a scene.

    Args:
        size: Rows and columns of the scene, in pixels.

    Returns:
        The thing, the part of the scene that it covers, and the part of the thing that lies there.
    """
    thing = things[int(rng.integers(len(things)))]
    scale = np.sqrt(size[0] * size[1]) * 2.0 ** rng.uniform(-2.3, -0.3) / max(thing.size)
    thing = thing.resize(
        (max(8, round(thing.width * scale)), max(8, round(thing.height * scale))), Image.Resampling.BILINEAR
    )
    if rng.random() < 0.5:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    degrees = rng.uniform(-180, 180) if rng.random() < 0.3 else rng.uniform(-20, 20)
    thing = thing.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    top, left = (rng.uniform(0, size) - np.array(thing.size[::-1]) / 2).astype(int)
    return thing, *_overlap(size, thing.size[::-1], (int(top), int(left)))


def _overlap(
    scene: tuple[int, int], thing: tuple[int, int], corner: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where a thing of some size at a corner (row, col) lies in a scene, and which part of it that is."""
    spans = []
    for side, length, start in zip(scene, thing, corner, strict=True):
        first, last = min(max(start, 0), side), min(max(start + length, 0), side)
        spans.append((slice(first, last), slice(first - start, last - start)))
    (row, own_row), (col, own_col) = spans
    return (row, col), (own_row, own_col)


def _darken(rng: np.random.Generator, canvas: Canvas, alpha: Image.Image, corner: tuple[int, int]) -> None:
    """Lay the soft shadow of a thing at a corner (row, col) over a scene, in place."""
    longest = max(alpha.size)
    margin = int(longest * 0.1) + 2
    grown = Image.new("L", (alpha.width + 2 * margin, alpha.height + 2 * margin))
    grown.paste(alpha, (margin, margin))
    shadow = grown.filter(ImageFilter.BoxBlur(margin / 2))
    drop = (rng.uniform(-0.06, 0.06, 2) + np.array([0.04, 0])) * longest - margin
    at = (corner[0] + int(drop[0]), corner[1] + int(drop[1]))
    inside, here = _overlap(canvas.shape[:2], shadow.size[::-1], at)
    darkness = np.asarray(shadow)[here].astype(np.float32)[:, :, None] / 255
    canvas[inside] *= 1 - np.float32(rng.uniform(0.2, 0.6)) * darkness


def _jittered(rng: np.random.Generator, colours: Canvas, strength: float) -> Canvas:
    """Other contrast, saturation, brightness and white, each by about `strength`."""
    contrast, saturation = np.exp(rng.normal(0, strength, 2)).astype(np.float32)
    white = np.exp(rng.normal(0, strength / 3, 3)).astype(np.float32)
    grey = colours.mean(2, keepdims=True)
    middle = np.float32(128)
    jittered = (grey + saturation * (colours - grey) - middle) * contrast + middle
    return np.clip(jittered * white + np.float32(rng.normal(0, 80 * strength)), 0, 255)
