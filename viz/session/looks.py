"""Looks that may take long: in the background, shared by all who want the same, stopped when nobody waits any more."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

from samvit.progress import Stopped, listening
from viz.session.jobs import Busy, Working
from viz.words import say

log = logging.getLogger(__name__)

PATIENCE_S = 3.0  # who hasn't asked again for so long has gone elsewhere
THREADS = 4  # so that one long look doesn't hold up the short ones of others
WAITING = float("inf")

Result = TypeVar("Result")


@dataclass
class Look:
    """One look under way, and when each of its waiters was last seen; `WAITING` while an answer is held back."""

    step: tuple[str, int, int] = ("", 0, 0)
    begun: bool = False
    seen: dict[str, float] = field(default_factory=dict)
    future: "Future[Any]" = field(default_factory=Future)

    def wanted(self) -> bool:
        """Whether anybody still waits."""
        oldest = time.monotonic() - PATIENCE_S
        return any(seen >= oldest for seen in list(self.seen.values()))


class Looks:
    """Runs looks by key; nothing of them is kept here once they are done.

    Args:
        limit: How many may be under way or wait; more are refused.
    """

    def __init__(self, limit: int = 200) -> None:
        self.limit = limit
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="looks")
        self._looks: dict[Hashable, Look] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def ask(self, key: Hashable, waiter: str, work: Callable[[], Result], wait_s: float) -> Result | Working:
        """What `work` gives, or how far it has come after `wait_s` seconds; ask again until it is there.

        Raises:
            Busy: If too many looks are under way.
            Exception: What `work` raises, to everybody who waits at that moment.
        """
        with self._lock:
            look = self._looks.get(key)
            if look is None or not look.wanted():  # one that everybody left is about to stop
                if len(self._looks) >= self.limit:
                    raise Busy(say("problem.busy", limit=self.limit))
                look = self._looks[key] = Look()
                look.seen[waiter] = WAITING
                look.future = self._pool.submit(self._run, key, look, work)
            look.seen[waiter] = WAITING
        try:
            if not wait([look.future], wait_s).not_done:
                result: Result = look.future.result()
                return result
        except Stopped:
            return Working()  # it stopped just before this one came: the next question begins it anew
        finally:
            look.seen[waiter] = time.monotonic()
        with self._lock:
            before = 0 if look.begun else list(self._looks).index(key)
        return Working(*look.step, before)

    def leave(self, waiter: str) -> None:
        """Somebody has gone elsewhere: what only this one waited for stops at its next step."""
        with self._lock:
            for look in self._looks.values():
                if look.seen.get(waiter, WAITING) != WAITING:  # another tab of theirs may be waiting right now
                    del look.seen[waiter]

    def close(self) -> None:
        """End: nothing new begins, and what runs stops at its next step."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __len__(self) -> int:
        return len(self._looks)

    def _run(self, key: Hashable, look: Look, work: Callable[[], Result]) -> Result:
        def hear(step: str, done: int, total: int) -> None:
            look.step = (step, done, total)

        def wanted() -> bool:
            return look.wanted() and not self._closing.is_set()

        try:
            if not wanted():
                raise Stopped
            look.begun = True
            with listening(hear, wanted):
                return work()
        except Stopped:
            log.info("a look was stopped, since nobody waits for it any more")
            raise
        finally:
            with self._lock:
                if self._looks.get(key) is look:
                    del self._looks[key]
