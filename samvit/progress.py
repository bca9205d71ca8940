"""How far something long has come: told to whoever listens, who may also stop it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# Called with what is being computed, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


class Stopped(Exception):
    """Raised inside something long when nobody waits for it any more."""


@dataclass(frozen=True)
class Listener:
    """Who hears of progress, and says whether the result is still wanted."""

    hear: Progress
    wanted: Callable[[], bool]


_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(hear: Progress, wanted: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Hear of the steps of everything long that runs inside, in this thread, and stop it when it isn't wanted.

    Args:
        hear: Called after each step.
        wanted: Asked at least at each step; when it is False, `Stopped` is raised there.
    """
    before = _LISTENER.set(Listener(hear, wanted))
    try:
        yield
    finally:
        _LISTENER.reset(before)


def still_wanted() -> None:
    """Go on, unless a listener says that nobody waits any more; then raise `Stopped`."""
    listener = _LISTENER.get()
    if listener and not listener.wanted():
        raise Stopped


def tell(progress: Progress | None, step: str, done: int, total: int) -> None:
    """Tell the caller's own `progress`, if there is one, and a listener; raise `Stopped` if nobody waits any more."""
    listener = _LISTENER.get()
    for hear in (progress, listener and listener.hear):
        if hear:
            hear(step, done, total)
    still_wanted()
