"""Where photos come from: the examples, and each visitor's own uploads."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from samvit.config import COLOURS
from samvit.photo import Photo, open_photo
from samvit.photo.fact import fact
from viz.session.decoding import DECODER
from viz.session.jobs import SILENT_S, Busy
from viz.words import Problem, say, symbol

EXAMPLES_FOLDER = Path(__file__).parents[1] / "examples"
UPLOAD_MARK = "upload-"
UPLOADED, GIVEN = "uploaded", "given"  # the first part of the key of an upload, of a trace's photo; an example's is ""
KEEP_S = 2 * 3600.0  # after its visitor's last look an upload is deleted, and what was computed of it

PhotoKey = tuple[str, str]


@dataclass(frozen=True)
class Example:
    """A bundled photo, the patch (row, col at 1024 px) that is pinned on it first, and its credit."""

    name: str
    query: tuple[int, int]
    credit: str

    def query_at(self, size: int) -> tuple[int, int]:
        """The patch to pin first when the model image's side is `size` pixels."""
        row, col = self.query
        return row * size // 1024, col * size // 1024

    @property
    def path(self) -> Path:
        """The file."""
        return EXAMPLES_FOLDER / f"{self.name}.jpg"


# The first one is what a newcomer sees, in this block and head: the face looks at the face, and the hair is part of it.
FIRST_BLOCK, FIRST_HEAD = 11, 1
EXAMPLES = (
    Example("astronaut", (12, 26), "NASA, public domain"),
    Example("coffee", (20, 34), "Rachel Michetti, CC0"),
    Example("chelsea", (14, 21), "Stéfan van der Walt, CC0"),
    Example("rocket", (22, 33), "SpaceX, public domain"),
    Example("china", (22, 30), "danielbuechele, CC BY 2.0"),
)


@dataclass
class Upload:
    """The bytes that came, and when each visitor who sent them last asked for them."""

    data: bytes
    seen: dict[str, float] = field(default_factory=dict)


class Photos:
    """Examples by name for everybody; uploads by mark, for the visitors who sent them only.

    Uploads stay in memory as the bytes that came, never on disk, and the same bytes are kept once. They go after
    `keep_seconds` without a look; sooner only where `budget_bytes` is full, and never while somebody waits for them.

    Args:
        clock: Seconds that never jump; another one in tests.
    """

    def __init__(
        self, budget_bytes: int, keep_seconds: float = KEEP_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.budget_bytes = budget_bytes
        self.keep_seconds = keep_seconds
        self._clock = clock
        self._uploads: OrderedDict[str, Upload] = OrderedDict()  # by SHA-256; looked at longest ago first
        self._marks: dict[tuple[str, str], str] = {}  # the SHA-256 behind each visitor's marks
        self._given: dict[str, np.ndarray | None] = {}  # by name
        self._lock = threading.Lock()

    def add(self, visitor: str, data: bytes) -> str:
        """Keep an upload that is a photo; its mark.

        Raises:
            ImageError: If it can't be read as a photo.
            Problem: If it is larger than everything kept here may be.
            Busy: If others' photos, which they wait for or look at, leave no room.
        """
        if len(data) > self.budget_bytes:
            size = {"limit": self.budget_bytes // 10**6, "size": len(data) // 10**6}
            raise Problem(say("problem.too_large", **size))
        DECODER.open(data)
        digest = hashlib.sha256(data).hexdigest()
        mark = UPLOAD_MARK + digest[:16]
        with self._lock:
            if digest not in self._uploads:
                self._make_room(visitor, len(data))
                self._uploads[digest] = Upload(data)
            self._marks[visitor, mark] = digest
            self._look(visitor, digest)
        return mark

    def give(self, name: str, pixels: np.ndarray | None) -> None:
        """Offer a trace's photo to everybody under its name.

        Args:
            pixels: RGB, as the trace holds them; None where it was made of a bare tensor.
        """
        self._given[name] = pixels

    def key(self, visitor: str, image: str) -> PhotoKey:
        """What traces of this image are kept under: the same for the same bytes, whoever sent them.

        Raises:
            Problem: If there is no such example, or this visitor sent no such upload.
        """
        if image in self._given:
            return GIVEN, image
        if not image.startswith(UPLOAD_MARK):
            if image not in {example.name for example in EXAMPLES}:
                names = ", ".join(example.name for example in EXAMPLES)
                raise Problem(say("problem.image", names=names, got=symbol(repr(image[:40]))))
            return "", image
        with self._lock:
            digest = self._marks.get((visitor, image))
            if digest is None:
                raise Problem(say("problem.link_gone"))
            self._look(visitor, digest)
        return UPLOADED, digest

    def open(
        self,
        key: PhotoKey,
        page: tuple[int, ...] | None = None,
        bands: tuple[int, ...] | None = None,
        channels: int = COLOURS,
    ) -> Photo:
        """The photo under a key, upright RGB, and what was done to read it.

        Args:
            page: One page or frame, or three grey pages to take as colours; from 1.
            bands: One band or three; from 1.
            channels: How many channels the encoder takes; see `samvit.photo.open_photo`.

        Raises:
            Problem: If it is gone, or never was: a trace may be of a bare tensor.
            ImageError: If it has no such page or band.
        """
        chosen = page[0] if page and len(page) == 1 else page
        if key[0] == GIVEN:
            return held_photo(self._given[key[1]], chosen, bands, channels)
        if not key[0]:
            return open_photo(EXAMPLES_FOLDER / f"{key[1]}.jpg", page=chosen, bands=bands, channels=channels)
        with self._lock:
            upload = self._uploads.get(key[1])
        if upload is None:
            raise Problem(say("problem.photo_gone"))
        return DECODER.open(upload.data, page=chosen, bands=bands, channels=channels)

    def has(self, key: PhotoKey) -> bool:
        """Whether the photo under a key is still here."""
        return key[0] != UPLOADED or key[1] in self._uploads

    @property
    def nbytes(self) -> int:
        """Bytes that all uploads hold now."""
        return sum(len(upload.data) for upload in list(self._uploads.values()))

    def sweep(self) -> None:
        """Delete what nobody looked at for so long."""
        with self._lock:
            oldest = self._clock() - self.keep_seconds
            for digest, upload in list(self._uploads.items()):
                for visitor in [visitor for visitor, seen in upload.seen.items() if seen < oldest]:
                    self._forget(visitor, digest)

    def _look(self, visitor: str, digest: str) -> None:
        self._uploads[digest].seen[visitor] = self._clock()
        self._uploads.move_to_end(digest)

    def _make_room(self, visitor: str, size: int) -> None:
        """Delete the photo that nobody looked at for longest, or else this visitor's own oldest, until `size` fits."""
        while self.nbytes + size > self.budget_bytes:
            recently = self._clock() - SILENT_S
            idle = (one for one, upload in self._uploads.items() if max(upload.seen.values()) < recently)
            own = (one for one, upload in self._uploads.items() if set(upload.seen) == {visitor})
            digest = next(idle, None) or next(own, None)
            if digest is None:
                raise Busy(say("problem.photos_full", limit=self.budget_bytes // 10**6))
            for owner in list(self._uploads[digest].seen):
                self._forget(owner, digest)

    def _forget(self, visitor: str, digest: str) -> None:
        """One visitor's claim to an upload, and with the last claim the upload itself."""
        del self._uploads[digest].seen[visitor]
        self._marks.pop((visitor, UPLOAD_MARK + digest[:16]), None)
        if not self._uploads[digest].seen:
            del self._uploads[digest]


def held_photo(
    pixels: np.ndarray | None, page: int | tuple[int, ...] | None, bands: tuple[int, ...] | None, channels: int
) -> Photo:
    """A trace's photo, of which it holds no more than what the encoder saw; Problem if it has none."""
    if pixels is None:
        raise Problem(say("problem.only_tensor"))
    photo, (rows, cols, _) = open_photo(pixels, page=page, bands=bands, channels=channels), pixels.shape
    return replace(photo, facts=(*photo.facts, fact("held", rows=rows, cols=cols)))
