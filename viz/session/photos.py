"""Where photos come from: the examples, and each visitor's own uploads."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from cachetools import LRUCache

from samvit.photo import Photo, open_photo
from viz.words import Problem, say, symbol

EXAMPLES_FOLDER = Path(__file__).parents[1] / "examples"
UPLOAD_MARK = "upload-"


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


# The first one is what a newcomer sees, at FIRST_BLOCK: the face looks at the face, and the hair is part of it.
FIRST_BLOCK = 8
EXAMPLES = (
    Example("astronaut", (12, 26), "NASA, public domain"),
    Example("coffee", (20, 34), "Rachel Michetti, CC0"),
    Example("chelsea", (14, 21), "Stéfan van der Walt, CC0"),
    Example("rocket", (22, 33), "SpaceX, public domain"),
    Example("china", (22, 30), "danielbuechele, CC BY 2.0"),
)


class Photos:
    """Examples by name for everybody; uploads by mark, for the visitor who sent them only.

    Uploads stay in memory as the bytes that came, never on disk; the oldest go when `budget_bytes` is full.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._uploads: LRUCache[tuple[str, str], bytes] = LRUCache(budget_bytes, getsizeof=len)
        self._lock = threading.Lock()

    def add(self, visitor: str, data: bytes) -> str:
        """Keep an upload that is a photo; its mark.

        Raises:
            ImageError: If it can't be read as a photo.
            Problem: If it is larger than everything kept here may be.
        """
        if len(data) > self.budget_bytes:
            size = {"limit": self.budget_bytes // 10**6, "size": len(data) // 10**6}
            raise Problem(say("problem.too_large", **size))
        open_photo(data)
        mark = UPLOAD_MARK + hashlib.sha256(data).hexdigest()[:16]
        with self._lock:
            self._uploads[visitor, mark] = data
        return mark

    def key(self, visitor: str, image: str) -> tuple[str, str]:
        """What a trace of this image is kept under: examples are shared, an upload is its visitor's alone.

        Raises:
            Problem: If there is no such example, or this visitor sent no such upload.
        """
        if not image.startswith(UPLOAD_MARK):
            if image not in {example.name for example in EXAMPLES}:
                names = ", ".join(example.name for example in EXAMPLES)
                raise Problem(say("problem.image", names=names, got=symbol(repr(image[:40]))))
            return "", image
        with self._lock:
            if (visitor, image) not in self._uploads:
                raise Problem(say("problem.link_gone"))
        return visitor, image

    def open(
        self, key: tuple[str, str], page: tuple[int, ...] | None = None, bands: tuple[int, ...] | None = None
    ) -> Photo:
        """The photo under a key, upright RGB, and what was done to read it.

        Args:
            page: One page or frame, or three grey pages to take as colours; from 1.
            bands: One band or three; from 1.


        Raises:
            Problem: If it is gone.
            ImageError: If it has no such page or band.
        """
        chosen = page[0] if page and len(page) == 1 else page
        if not key[0]:
            return open_photo(EXAMPLES_FOLDER / f"{key[1]}.jpg", page=chosen, bands=bands)
        with self._lock:
            data = self._uploads.get(key)
        if data is None:
            raise Problem(say("problem.photo_gone"))
        return open_photo(data, page=chosen, bands=bands)
