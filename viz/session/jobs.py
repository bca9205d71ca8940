"""Forward passes in the background, one at a time, with their progress."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from cachetools import LRUCache

from samvit.looking import Progress
from viz.words import Problem, say

log = logging.getLogger(__name__)


class Stopped(Exception):
    """Raised inside a job when the app ends, at its next step of progress."""


class Busy(Problem):
    """Too many are waiting: what is asked for now can be asked for again a little later."""


@dataclass
class Job:
    """One piece of work and where it stands."""

    step: str = ""
    done: int = 0
    total: int = 0
    future: "Future[None]" = field(default_factory=Future)


class Jobs:
    """Works off jobs in order in one thread; two that ask for the same key share one job.

    Args:
        limit: How many may wait; more are refused.
    """

    def __init__(self, limit: int = 16) -> None:
        self.limit = limit
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="forward passes")
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()  # waiting and running, the running one first
        self._failed: LRUCache[Hashable, BaseException] = LRUCache(limit)
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def start(self, key: Hashable, work: Callable[[Progress], None]) -> None:
        """Queue work under a key unless it is there already.

        Raises:
            Busy: If too many jobs are waiting.
        """
        with self._lock:
            if key in self._jobs:
                return
            if len(self._jobs) > self.limit:
                raise Busy(say("problem.busy", limit=self.limit))
            self._failed.pop(key, None)
            job = self._jobs[key] = Job()
            job.future = self._pool.submit(self._run, key, job, work)

    def standing(self, key: Hashable) -> tuple[Job, int] | None:
        """A waiting or running job and how many are before it; None if there is none."""
        with self._lock:
            return (self._jobs[key], list(self._jobs).index(key)) if key in self._jobs else None

    def take_error(self, key: Hashable) -> BaseException | None:
        """What ended the last job of this key, once."""
        with self._lock:
            return self._failed.pop(key, None)

    def wait(self, key: Hashable, timeout: float) -> bool:
        """Whether the key's job was over (or never there) within `timeout` seconds."""
        standing = self.standing(key)
        return standing is None or not wait([standing[0].future], timeout).not_done

    def close(self) -> None:
        """End: nothing new begins, and what runs stops at its next step."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, key: Hashable, job: Job, work: Callable[[Progress], None]) -> None:
        def progress(step: str, done: int, total: int) -> None:
            if self._closing.is_set():
                raise Stopped
            job.step, job.done, job.total = step, done, total

        error: BaseException | None = None
        try:
            work(progress)
        except Stopped:
            log.info("a forward pass was stopped, since the app ends")
        except ValueError as expected:
            error = expected
        except Exception as unexpected:
            log.exception("a forward pass failed")
            error = unexpected
        with self._lock:
            del self._jobs[key]
            if error is not None:
                self._failed[key] = error
