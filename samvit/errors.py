"""What a person can cause: errors that keep what they say as a key and values, so that any language can say it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from samvit.sentences import ENGLISH


@dataclass(frozen=True)
class Phrase:
    """A sentence, or a part of one, not yet in a language: a key of `samvit.sentences.ENGLISH`, and its values.

    A value may be a phrase again, such as the kind of a file within the sentence that refuses it. `str` is English.
    """

    key: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return ENGLISH[self.key].format(**dict(self.values))


def phrase(key: str, /, **values: Any) -> Phrase:
    """A phrase with its values by name: `phrase("photo.missing", name="cat.jpg")`."""
    return Phrase(key, tuple(values.items()))


class SaidError(ValueError):
    """An error whose text says what was expected and what came.

    Args:
        said: The text, or its key in `samvit.sentences.ENGLISH`.
        values: What fills the places of the key's text.

    Attributes:
        phrase: The text by key and values; `str(error)` is its English.
    """

    def __init__(self, said: str | Phrase, /, **values: Any) -> None:
        self.phrase = said if isinstance(said, Phrase) else phrase(said, **values)
        super().__init__(str(self.phrase))

    def __reduce__(self) -> tuple[Callable[..., "SaidError"], tuple[Phrase]]:
        """An error that came from another process is the same error."""
        return type(self), (self.phrase,)


def check_index(name: str, index: int, size: int) -> None:
    """Raise SaidError unless an index, as a person knows it by its name, is in 0..size − 1."""
    if not 0 <= index < size:
        raise SaidError("index", name=name, last=size - 1, got=index)


class ImageError(SaidError):
    """A photo that can't be used: unreadable, too large, or not a picture."""


class CheckpointError(SaidError):
    """A checkpoint that can't be used: missing, damaged, or of another architecture."""
