"""Hostile photos: python -m benchmarks.fuzz_photos [--count 20000] [--seed 0] [--times]

Breaks small PNG, JPEG, WebP, TIFF, GIF and BMP files in all sorts of ways and opens them as the server does. Each must
be a picture or one sentence, within 5 s and 500 MB. With --times: what the other process costs 12 megapixels.
"""

import argparse
import io
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from PIL import Image

from samvit.errors import ImageError
from samvit.photo import Photo, open_photo
from viz.session.decoding import DECODER

SLOWEST_S, MOST_KB = 5.0, 500_000
PILLOW: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PNG", {}),
    ("PNG", {"interlace": 1}),
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("WEBP", {}),
    ("WEBP", {"lossless": True}),
    ("GIF", {}),
    ("BMP", {}),
)
TIFFS: tuple[dict[str, Any], ...] = (
    {},
    {"compression": "zlib"},
    {"compression": "lzw"},
    {"tile": (16, 16)},
    {"planarconfig": "separate"},
)


def seeds() -> list[bytes]:
    """Whole files of each kind, small, so that many can be broken."""
    picture = np.random.default_rng(0).integers(0, 256, (24, 33, 3), dtype=np.uint8)
    files = []
    for kind, options in PILLOW:
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, kind, **options)
        files.append(buffer.getvalue())
    for values in (picture, picture.astype(np.uint16) * 200, picture[:, :, 0].astype(np.float32)):
        for options in TIFFS if values.ndim == 3 else TIFFS[:4]:
            buffer = io.BytesIO()
            shaped = np.moveaxis(values, 2, 0) if "planarconfig" in options else values
            tifffile.imwrite(buffer, shaped, photometric="rgb" if values.ndim == 3 else "minisblack", **options)
            files.append(buffer.getvalue())
    return files


def flip(chance: random.Random, data: bytearray) -> None:
    """Some bytes become others."""
    for _ in range(chance.randrange(1, 12)):
        data[chance.randrange(len(data))] = chance.randrange(256)


def flip_header(chance: random.Random, data: bytearray) -> None:
    """Bytes of the first 200, where sizes and counts stand."""
    for _ in range(chance.randrange(1, 5)):
        data[chance.randrange(min(200, len(data)))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))


def cut(chance: random.Random, data: bytearray) -> None:
    """The end is missing."""
    del data[chance.randrange(len(data)) :]


def huge(chance: random.Random, data: bytearray) -> None:
    """A number in the header is the largest there is."""
    at, size = chance.randrange(min(300, len(data))), chance.choice((2, 4, 8))
    data[at : at + size] = chance.choice((b"\xff" * size, b"\x7f" + b"\xff" * (size - 1), b"\0" * size))


def repeat(chance: random.Random, data: bytearray) -> None:
    """A part stands there many times."""
    start = chance.randrange(len(data))
    part = bytes(data[start : start + chance.randrange(1, 64)])
    data[start:start] = part * chance.randrange(1, 400)


def swap(chance: random.Random, data: bytearray) -> None:
    """Two parts change places, as chunks in the wrong order."""
    one, other = sorted(chance.randrange(len(data)) for _ in range(2))
    data[one:other] = data[one:other][::-1] if chance.random() < 0.3 else data[other:] + data[one:other]


BREAKS: tuple[Callable[[random.Random, bytearray], None], ...] = (
    flip,
    flip_header,
    flip_header,
    cut,
    huge,
    huge,
    repeat,
    swap,
)


def broken_files(seed: int) -> Iterator[bytes]:
    """Endless broken files, the same for the same seed."""
    chance, whole = random.Random(seed), seeds()
    while True:
        data = bytearray(chance.choice(whole))
        for _ in range(chance.choice((1, 1, 2, 3))):
            if data:
                chance.choice(BREAKS)(chance, data)
        yield bytes(data)


def fault(open_one: Callable[[bytes], Photo], data: bytes) -> tuple[str, str]:
    """What came of a file ("picture" or "sentence"), and what is wrong with that, if anything."""
    start = time.perf_counter()
    try:
        open_one(data)
        came, wrong = "picture", ""
    except ImageError as error:
        said = str(error)
        came = "sentence"
        wrong = f"says {said!r}" if "\n" in said or str(Path(__file__).parents[1]) in said or len(said) > 400 else ""
    except Exception as error:  # noqa: BLE001 (what a server would answer with HTTP 500)
        came, wrong = "error", f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return came, wrong or (f"{seconds:.1f} s" if seconds > SLOWEST_S else "")


def fuzz(count: int, seed: int, open_one: Callable[[bytes], Photo]) -> tuple[Counter[str], list[str]]:
    """How many pictures and sentences came, and a line for each thing wrong."""
    came: Counter[str] = Counter()
    faults = []
    for index, data in zip(range(count), broken_files(seed), strict=False):
        what, wrong = fault(open_one, data)
        came[what] += 1
        if wrong:
            faults.append(f"file {index} of seed {seed}, {data[:12]!r}…: {wrong}")
    return came, faults


def times() -> str:
    """Milliseconds of a baseline JPEG of 12 megapixels decoded here, and of a progressive one there."""
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)).resize(
        (4000, 3000)
    )
    taken = []
    for progressive in (False, True):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", progressive=progressive)
        for open_one in (open_photo, DECODER.open):
            start = time.perf_counter()
            open_one(buffer.getvalue())
            taken.append(1000 * (time.perf_counter() - start))
    return "baseline {:.0f} ms here, {:.0f} ms as the server; progressive {:.0f} ms here, {:.0f} ms there".format(
        *taken
    )


def main() -> None:
    """Fuzz, and say what came."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--times", action="store_true")
    chosen = parser.parse_args()
    DECODER.start()
    if chosen.times:
        sys.stdout.write(times() + "\n")
        return
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    came, faults = fuzz(chosen.count, chosen.seed, DECODER.open)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    DECODER.close()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if max(grown, child) > MOST_KB:
        faults.append(f"took {max(grown, child) / 1000:.0f} MB")
    said = (
        f"{chosen.count} files in {time.perf_counter() - start:.0f} s: {dict(came)}; {grown / 1000:.0f} MB more here, "
    )
    sys.stdout.write("\n".join((said + f"{child / 1000:.0f} MB there", *(faults[:20] or ["no fault"]), "")))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
