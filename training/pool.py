"""The pictures that training draws on: photographs and cut-out things from Debian packages, none of them committed."""

import io
import logging
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

log = logging.getLogger("training")

PACKAGES = (
    "tuxpaint-stamps-default",
    "gcompris-qt-data",
    "mate-backgrounds",
    "plasma-workspace-wallpapers",
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
)
STAMPS = "usr/share/tuxpaint/stamps"
# Words in a stamp's path that mean a drawing, a sign or a person rather than a photographed thing.
NO_THING = ("cartoon", "symbols", "flags", "roadsigns", "people", "faces", "naturalforces", "hanukkah", "newyears")
# Photographs stand in these of GCompris' resource files, whole and uncompressed.
RESOURCES = "usr/share/gcompris-qt/rcc"
RESOURCE_FILES = (
    "categorization",
    "details",
    "erase",
    "explore_farm_animals",
    "explore_monuments",
    "explore_world_animals",
    "explore_world_music",
)
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
LONGEST_ENTRY = 4_000_000  # bytes read from a signature on; an image ends where its decoder finds its end
WALLPAPERS = (
    "usr/share/backgrounds/mate/nature/*.jpg",
    "usr/share/backgrounds/*_by_*.jpg",
    *(
        f"usr/share/wallpapers/{name}/contents/images/2560x1600.jpg"
        for name in (
            "Autumn",
            "BytheWater",
            "ColorfulCups",
            "DarkestHour",
            "EveningGlow",
            "FallenLeaf",
            "Grey",
            "Kite",
            "OneStandsOut",
            "Path",
        )
    ),
)
LEAST_SIDE_PX, LONGEST_SIDE_PX = 240, 1280
LEAST_COLOURS = 300  # of 32,768: fewer mean a drawing
HELD_OUT_SHARE = 8  # every eighth picture, by the checksum of its name, is kept for evaluation


@dataclass(frozen=True)
class Pool:
    """Pictures to make scenes of: photographs (RGB) and cut-out things (RGBA, cropped to what isn't transparent)."""

    photos: Sequence[Image.Image]
    things: Sequence[Image.Image]


def load_pool(root: Path = Path("/"), held_out: bool = False) -> Pool:
    """Read the pictures of the installed `PACKAGES`.

    Args:
        root: Folder that the packages' files lie under.
        held_out: The pictures kept for evaluation instead of those for training.

    Raises:
        FileNotFoundError: If no photographs or no cut-outs are there.
    """
    photos = [image for name, image in _photos(root) if _is_held_out(name) == held_out]
    things = [image for name, image in _things(root) if _is_held_out(name) == held_out]
    if not photos or not things:
        raise FileNotFoundError(
            f"{root} must hold the pictures of {', '.join(PACKAGES)}, "
            f"got {len(photos)} photographs and {len(things)} things: apt-get install {' '.join(PACKAGES)}"
        )
    log.info("%d photographs, %d things", len(photos), len(things))
    return Pool(photos, things)


def colours(pixels: np.ndarray) -> int:
    """How many colours (n, 3) has, of 32 levels a channel."""
    levels = (pixels.astype(np.int32) >> 3) @ np.array([1024, 32, 1])
    return len(np.unique(levels))


def _is_held_out(name: str) -> bool:
    """Whether a picture is kept for evaluation; depends on its name alone."""
    return zlib.crc32(name.encode()) % HELD_OUT_SHARE == 0


def _photos(root: Path) -> Iterator[tuple[str, Image.Image]]:
    """Every photograph with its name, at most `LONGEST_SIDE_PX` a side."""
    found = [(path.parent.parent.parent.name + path.name, path.read_bytes()) for path in _wallpapers(root)]
    for name in RESOURCE_FILES:
        path = root / RESOURCES / f"{name}.rcc"
        if path.is_file():
            found += [(f"{name} {start}", entry) for start, entry in _entries(path.read_bytes())]
    for name, entry in found:
        try:
            image = Image.open(io.BytesIO(entry))
            image.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            image.load()
        except (OSError, SyntaxError):  # a signature's bytes in the midst of other data
            continue
        if min(image.size) < LEAST_SIDE_PX or _has_holes(image):
            continue
        photo = image.convert("RGB")
        photo.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.BILINEAR)
        if colours(np.asarray(photo).reshape(-1, 3)) >= LEAST_COLOURS:
            yield name, photo


def _wallpapers(root: Path) -> list[Path]:
    """The files of `WALLPAPERS`, links left out."""
    return sorted(path for pattern in WALLPAPERS for path in root.glob(pattern) if not path.is_symlink())


def _entries(resource: bytes) -> Iterator[tuple[int, bytes]]:
    """Where an image may begin in a resource file, with the bytes from there on."""
    for signature in SIGNATURES:
        start = resource.find(signature)
        while start >= 0:
            yield start, resource[start : start + LONGEST_ENTRY]
            start = resource.find(signature, start + 1)


def _has_holes(image: Image.Image) -> bool:
    """Whether a part of the image is transparent."""
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        return False
    return bool(np.asarray(image.convert("RGBA"))[..., 3].min() < 250)


def _things(root: Path) -> Iterator[tuple[str, Image.Image]]:
    """Every photographic cut-out with its name."""
    folder = root / STAMPS
    for path in sorted(folder.rglob("*.png")):
        name = path.relative_to(folder).as_posix()
        if any(word in name for word in NO_THING):
            continue
        thing = Image.open(path).convert("RGBA")
        box = thing.getchannel("A").point(lambda alpha: 255 * (alpha > 127)).getbbox()
        if box is None:
            continue
        thing = thing.crop(box)
        pixels = np.asarray(thing).reshape(-1, 4)
        solid = pixels[:, 3] > 127
        # A thing that fills its box is a picture with a frame, not a cut-out.
        if min(thing.size) >= 60 and solid.mean() < 0.97 and colours(pixels[solid, :3]) >= LEAST_COLOURS:
            yield name, thing
