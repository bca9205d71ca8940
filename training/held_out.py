"""Scenes that training can't draw, to measure the encoder on: other seeds, other pictures, other outlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from training.pool import Pool
from training.scenes import Scene, finish, free_colour, make_scene, surface_of
from training.things import scattered, thing_scene

Kind = Literal["easy", "hard", "other", "real"]
# Training draws scenes from (seed, step, number) with small seeds, and never from this one.
HELD_OUT_SEED = 99_991
STREAMS: dict[Kind, int] = {"easy": 0, "hard": 1, "other": 2, "real": 3}


@dataclass(frozen=True)
class Sources:
    """What held-out scenes are made of.

    Args:
        known: Textures that training saw too.
        unknown: Photos that training never saw, for surfaces.
        pool: Photographs and things that were kept from training.
    """

    known: Sequence[Image.Image]
    unknown: Sequence[Image.Image]
    pool: Pool


def held_out_scene(kind: Kind, number: int, side_px: int, sources: Sources) -> Scene:
    """Scene `number` of a kind; the same each time.

    Args:
        kind: "easy" and "hard": dead leaves of the training's shapes and textures. "other": easy ones with outlines of
            held-out things and textures of photos that training never saw. "real": held-out things on held-out photos.
    """
    rng = np.random.default_rng((HELD_OUT_SEED, STREAMS[kind], side_px, number))
    size = (side_px, side_px)
    if kind == "real":
        return thing_scene(rng, size, sources.pool, shapes=0.0)
    if kind == "other":
        return outline_scene(rng, size, sources.pool.things, sources.unknown)
    return make_scene(rng, size, kind, sources.known)


def outline_scene(
    rng: np.random.Generator, size: tuple[int, int], outlines: Sequence[Image.Image], photos: Sequence[Image.Image]
) -> Scene:
    """Dead leaves in the outlines of things: each has a colour and texture of its own, none the thing's.

    Args:
        size: Rows and columns in pixels.
    """
    canvas = surface_of(rng, size, free_colour(rng), photos)
    owner = np.zeros(size, dtype=np.int16)
    for number in range(1, 1 + int(rng.integers(4, 15))):
        thing, inside, here = scattered(rng, outlines, size)
        mask = np.asarray(thing.getchannel("A"))[here] > 127
        if not mask.any():
            continue
        np.copyto(canvas[inside], surface_of(rng, mask.shape, free_colour(rng), photos), where=mask[:, :, None])
        owner[inside][mask] = number
    return Scene(finish(rng, canvas), owner)
