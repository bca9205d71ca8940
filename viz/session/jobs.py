"""Forward passes in the background, one at a time: visitors take turns, and each is told its place and a time."""

import logging
import math
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

from cachetools import LRUCache

from samvit.progress import Progress, Stopped
from viz.session.pace import Pace
from viz.session.threads import encoding_thread
from viz.words import Problem, say

log = logging.getLogger(__name__)

LEFT_S = 3.0  # a page that was closed may come back by a reload
SILENT_S = 75.0  # a page that waits asks every half second; one in a hidden tab once a minute
FOR_ONE = 32  # jobs that one visitor may have waiting
FOR_ALL = 2000  # a waiting job holds no photo, only its name, so this is a bound and no limit that people meet


class Busy(Problem):
    """Too much is waiting: what is asked for now can be asked for again a little later."""


@dataclass(frozen=True)
class Working:
    """A job that isn't done yet.

    Attributes:
        step, done, total: How far it is.
        before: How many jobs come before it, the running one included.
        seconds: How long it will take until it is done, about, those before it included.
    """

    step: str = ""
    done: int = 0
    total: int = 0
    before: int = 0
    seconds: float = 0.0


@dataclass
class Waiter:
    """Whose turn a job is for one visitor, when they last asked for it, and when the page was closed, if it was."""

    turn: int
    asked: float
    left: float | None = None

    def is_gone(self, now: float) -> bool:
        """Whether nobody is there to see the job's end, for now at least."""
        return self.is_lost(now) or (self.left is not None and now - self.left > LEFT_S)

    def is_lost(self, now: float) -> bool:
        """Whether nobody will come back either."""
        return now - self.asked > SILENT_S


@dataclass(eq=False)
class Job:
    """One piece of work, who waits for it, and where it stands."""

    work: Callable[[Progress], None]
    number: int  # in the order in which they came
    kind: Hashable
    cost: float
    idle: bool  # to be done when nobody waits for anything, and for nobody
    waiters: dict[str, Waiter] = field(default_factory=dict)
    step: str = ""
    done: int = 0
    total: int = 0
    over: "Future[None]" = field(default_factory=Future)

    def turn(self) -> float:
        """The first turn of those who wait for it; after all others' if nobody does."""
        return min((waiter.turn for waiter in self.waiters.values()), default=math.inf)

    def is_deserted(self, now: float) -> bool:
        """Whether nobody waits for it: it isn't worked at, but keeps its place in case that somebody comes back."""
        return not self.idle and all(waiter.is_gone(now) for waiter in list(self.waiters.values()))

    def is_lost(self, now: float) -> bool:
        """Whether nobody will come back for it either."""
        return not self.idle and all(waiter.is_lost(now) for waiter in list(self.waiters.values()))


class Jobs:
    """Works off jobs in one thread; all who ask for the same key share one job.

    Visitors take turns: the first waiting job of each comes before the second of any. A job that nobody waits for any
    more is passed over, and stopped at its next step of progress if it runs; a reload finds its place again.

    Args:
        clock: Seconds that never jump; another one in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.pace = Pace()
        self._clock = clock
        self._pool = encoding_thread()
        self._jobs: dict[Hashable, Job] = {}  # waiting and running, in the order in which they came
        self._running: Hashable | None = None
        self.done = 0
        self._count = 0
        self._turn = 0
        self._next_turns: LRUCache[str, int] = LRUCache(10_000)  # of each visitor
        self._failed: LRUCache[tuple[Hashable, str], BaseException] = LRUCache(FOR_ALL)
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def start(
        self,
        key: Hashable,
        work: Callable[[Progress], None],
        waiter: str = "",
        kind: Hashable = None,
        cost: float = 1.0,
        idle: bool = False,
    ) -> None:
        """Queue work under a key unless it is there already; who asks again is still there.

        Args:
            waiter: Who waits for it.
            kind, cost: What its time is estimated from; see `Pace`.
            idle: For nobody, when nothing else waits.

        Raises:
            Busy: If this visitor, or all together, have too many jobs waiting.
        """
        with self._lock:
            now = self._clock()
            self._drop_lost(now)
            if key not in self._jobs:
                self._check_room(waiter)
                self._count += 1
                self._jobs[key] = Job(work, self._count, kind, cost, idle)
                self._pool.submit(self._run_next)
            elif self._jobs[key].is_deserted(now):
                self._pool.submit(self._run_next)  # it may have been passed over
            if not idle:
                self._failed.pop((key, waiter), None)
                self._join(self._jobs[key], waiter, now)

    def leave(self, key: Hashable, waiter: str) -> None:
        """A visitor's page was closed, or shows something else; asking again within seconds takes that back."""
        with self._lock:
            if key in self._jobs and waiter in self._jobs[key].waiters:
                self._jobs[key].waiters[waiter].left = self._clock()

    def standing(self, key: Hashable) -> Working | None:
        """Where a waiting or running job stands; None if there is none."""
        with self._lock:
            if key not in self._jobs:
                return None
            order = self._order()
            before = order.index(key) if key in order else len(order)
            seconds = sum(self._seconds(self._jobs[one]) for one in order[: before + 1])
            job = self._jobs[key]
            return Working(job.step, job.done, job.total, before, round(seconds, 1))

    def waiting(self) -> int:
        """How many jobs wait or run."""
        return len(self._jobs)

    def waiters(self, key: Hashable) -> list[str]:
        """Who waits for a job."""
        with self._lock:
            return list(self._jobs[key].waiters) if key in self._jobs else []

    def take_error(self, key: Hashable, waiter: str = "") -> BaseException | None:
        """What ended the last job of this key, once for each who waited."""
        with self._lock:
            return self._failed.pop((key, waiter), None)

    def wait(self, key: Hashable, timeout: float) -> bool:
        """Whether the key's job was over (or never there) within `timeout` seconds."""
        with self._lock:
            job = self._jobs.get(key)
        return job is None or not wait([job.over], timeout).not_done

    def close(self) -> None:
        """End: nothing new begins, and what runs stops at its next step."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _join(self, job: Job, visitor: str, now: float) -> None:
        """Note that a visitor waits. Each visitor's jobs have turns of their own, that begin with the present one."""
        waiter = job.waiters.get(visitor)
        if waiter is None:
            turn = max(self._turn, self._next_turns.get(visitor, 0))
            self._next_turns[visitor] = turn + 1
            waiter = job.waiters[visitor] = Waiter(turn, now)
        waiter.asked, waiter.left = now, None

    def _check_room(self, waiter: str) -> None:
        if len(self._jobs) >= FOR_ALL:
            raise Busy(say("problem.busy", limit=FOR_ALL))
        if sum(waiter in job.waiters for job in self._jobs.values()) >= FOR_ONE:
            raise Busy(say("problem.busy_yourself", limit=FOR_ONE))

    def _drop_lost(self, now: float) -> None:
        for key in [key for key, job in self._jobs.items() if key != self._running and job.is_lost(now)]:
            del self._jobs[key]

    def _order(self) -> list[Hashable]:
        """The keys that are waited for in the order of their turns, the running one first."""
        now = self._clock()
        worth = [key for key, job in self._jobs.items() if key == self._running or not job.is_deserted(now)]
        return sorted(worth, key=lambda key: (key != self._running, self._jobs[key].turn(), self._jobs[key].number))

    def _seconds(self, job: Job) -> float:
        """How long a job will still take."""
        left = 1 - job.done / job.total if job.total else 1.0
        return left * self.pace.seconds(job.kind, job.cost)

    def _run_next(self) -> None:
        """Do the job whose turn it is; those for whom this turn was queued may have left."""
        with self._lock:
            self._drop_lost(self._clock())
            order = self._order()
            if not order:
                return
            self._running = key = order[0]
            job = self._jobs[key]
            if job.waiters:
                self._turn = max(self._turn, int(job.turn()))
        error = self._run(job)
        with self._lock:
            self._running = None
            if isinstance(error, Stopped):
                job.step, job.done, job.total = "", 0, 0
                if not job.is_deserted(self._clock()):
                    self._pool.submit(self._run_next)  # somebody came back just now
                return
            del self._jobs[key]
            if error is not None:
                self._failed.update({(key, waiter): error for waiter in job.waiters})
        job.over.set_result(None)

    def _run(self, job: Job) -> BaseException | None:
        """Do a job; what ended it before its end, if something did."""
        begun = self._clock()

        def progress(step: str, done: int, total: int) -> None:
            nonlocal begun
            if self._closing.is_set() or job.is_deserted(self._clock()):
                raise Stopped
            if total and not job.total:
                begun = self._clock()  # loading an encoder takes its time once, and the next photo doesn't wait for it
            job.step, job.done, job.total = step, done, total

        try:
            work = job.work
            work(progress)
            seconds = self._clock() - begun
            self.pace.took(job.kind, job.cost, seconds)
            self.done += 1
            log.info(
                "encoded %s in %.2f s for %d who wait, %d more to do",
                job.kind,
                seconds,
                len(job.waiters),
                len(self._jobs) - 1,
            )
        except Stopped as stopped:
            return stopped.with_traceback(None)
        except ValueError as expected:
            return expected.with_traceback(None)  # its frames hold tensors
        except Exception as unexpected:
            log.exception("a forward pass failed")
            return unexpected.with_traceback(None)
        return None
