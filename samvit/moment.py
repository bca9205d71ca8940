"""Only what takes a moment: for an answer that must not keep others waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class TakesLonger(Exception):
    """Raised where only a moment is given, and something asked for would take longer."""


_LEFT: ContextVar[int | None] = ContextVar("left", default=None)


@contextmanager
def only_a_moment(rows: int) -> Iterator[None]:
    """Rebuild a few rows of attention inside, in this thread, and nothing else that isn't kept: raise `TakesLonger`.

    Args:
        rows: How many rows may be rebuilt.
    """
    before = _LEFT.set(rows)
    try:
        yield
    finally:
        _LEFT.reset(before)


def spend_a_moment(quick: bool) -> None:
    """Go on to rebuild something, unless only a moment is given and that is spent or wouldn't do.

    Args:
        quick: Whether it is a row of attention.
    """
    left = _LEFT.get()
    if left is None:
        return
    if not quick or left == 0:
        raise TakesLonger
    _LEFT.set(left - 1)
