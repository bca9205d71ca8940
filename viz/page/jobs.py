"""Forward passes in the background, one at a time, with their progress."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from samvit.tracing import Progress
from viz.texts import text

log = logging.getLogger(__name__)


@dataclass
class Job:
    """One piece of work: where it stands, and what went wrong if anything did."""

    work: Callable[[Progress], None]
    step: str = ""
    done: int = 0
    total: int = 0
    error: Exception | None = None


class Jobs:
    """Works off jobs in order in one thread; two that ask for the same key share one job.

    Args:
        limit: How many may wait; more are refused.
    """

    def __init__(self, limit: int = 16) -> None:
        self.limit = limit
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()  # waiting and running, the running one first
        self._failed: OrderedDict[Hashable, Exception] = OrderedDict()
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def start(self, key: Hashable, work: Callable[[Progress], None]) -> None:
        """Queue work under a key unless it is there already.

        Raises:
            ValueError: If too many jobs are waiting.
        """
        with self._change:
            if key in self._jobs:
                return
            if len(self._jobs) > self.limit:
                raise ValueError(text("en", "problem.busy", limit=self.limit))
            self._failed.pop(key, None)
            self._jobs[key] = Job(work)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work_off, name="forward passes", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def standing(self, key: Hashable) -> tuple[Job, int] | None:
        """A waiting or running job and how many are before it; None if there is none."""
        with self._change:
            if key not in self._jobs:
                return None
            return self._jobs[key], list(self._jobs).index(key)

    def take_error(self, key: Hashable) -> Exception | None:
        """What ended the last job of this key, once."""
        with self._change:
            return self._failed.pop(key, None)

    def wait(self, key: Hashable, timeout: float) -> bool:
        """Whether the key's job was over (or never there) within `timeout` seconds."""
        with self._change:
            return self._change.wait_for(lambda: key not in self._jobs, timeout)

    def _work_off(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: bool(self._jobs))
                key, job = next(iter(self._jobs.items()))

            def progress(step: str, done: int, total: int, job: Job = job) -> None:
                job.step, job.done, job.total = step, done, total

            error: Exception | None = None
            try:
                job.work(progress)
            except ValueError as expected:
                error = expected
            except Exception as unexpected:
                log.exception("a forward pass failed")
                error = unexpected
            with self._change:
                del self._jobs[key]
                if error is not None:
                    self._failed[key] = error
                    while len(self._failed) > self.limit:
                        self._failed.popitem(last=False)
                self._change.notify_all()
