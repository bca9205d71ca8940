"""Where photos come from: the examples, and each visitor's own uploads."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from samvit.errors import ImageError
from samvit.preprocess import read_photo
from viz.texts import text

EXAMPLES_FOLDER = Path(__file__).parents[1] / "examples"
UPLOAD_MARK = "upload-"


@dataclass(frozen=True)
class Example:
    """A bundled photo, the patch (row, col at 1024 px) that is pinned on it first, and its credit."""

    name: str
    query: tuple[int, int]
    credit: str

    @property
    def path(self) -> Path:
        """The file."""
        return EXAMPLES_FOLDER / f"{self.name}.jpg"


EXAMPLES = (
    Example("chelsea", (14, 21), "Stéfan van der Walt, CC0"),
    Example("coffee", (20, 34), "Rachel Michetti, CC0"),
    Example("astronaut", (12, 27), "NASA, public domain"),
    Example("rocket", (22, 33), "SpaceX, public domain"),
    Example("china", (22, 30), "danielbuechele, CC BY 2.0"),
)


class Photos:
    """Examples by name for everybody; uploads by mark, for the visitor who sent them only.

    Uploads stay in memory as the bytes that came, never on disk; the oldest go when `budget_bytes` is full.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._uploads: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, visitor: str, data: bytes) -> str:
        """Keep an upload that is a photo; its mark.

        Raises:
            ImageError: If it can't be read as a photo, or is larger than everything kept here may be.
        """
        if len(data) > self.budget_bytes:
            raise ImageError(text("en", "problem.too_large", limit=self.budget_bytes // 10**6, size=len(data) // 10**6))
        read_photo(data)
        mark = UPLOAD_MARK + hashlib.sha256(data).hexdigest()[:16]
        with self._lock:
            self._uploads[visitor, mark] = data
            self._uploads.move_to_end((visitor, mark))
            while sum(map(len, self._uploads.values())) > self.budget_bytes:
                self._uploads.popitem(last=False)
        return mark

    def key(self, visitor: str, image: str) -> tuple[str, str]:
        """What a trace of this image is kept under: examples are shared, an upload is its visitor's alone.

        Raises:
            ImageError: If there is no such example, or this visitor sent no such upload.
        """
        if not image.startswith(UPLOAD_MARK):
            if image not in {example.name for example in EXAMPLES}:
                names = ", ".join(example.name for example in EXAMPLES)
                raise ImageError(text("en", "problem.image", names=names, got=repr(image[:40])))
            return "", image
        with self._lock:
            if (visitor, image) not in self._uploads:
                raise ImageError(text("en", "problem.link_gone"))
        return visitor, image

    def open(self, key: tuple[str, str]) -> Image.Image:
        """The photo under a key, upright RGB.

        Raises:
            ImageError: If it is gone.
        """
        if not key[0]:
            return read_photo(EXAMPLES_FOLDER / f"{key[1]}.jpg")
        with self._lock:
            data = self._uploads.get(key)
        if data is None:
            raise ImageError(text("en", "problem.photo_gone"))
        return read_photo(data)
