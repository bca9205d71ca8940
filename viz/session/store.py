"""The one place where traces are kept, within a budget of bytes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Any

from samvit.tracing import Trace

LOOKING_S = 5.0  # who asked so recently still looks


@dataclass
class Kept:
    """A trace, when it was last asked for, and by whom."""

    trace: Trace
    used: float
    looks: dict[str, float] = field(default_factory=dict)


class TraceStore:
    """Traces by key; where room is needed the one used longest ago goes first, but none that is looked at.

    Args:
        budget_bytes: What all traces may hold together.
        idle_seconds: A trace that nobody looked at for so long goes at the next sweep.
        clock: Seconds that never jump; another one in tests.
    """

    def __init__(
        self, budget_bytes: int, idle_seconds: float = 3600, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.budget_bytes = budget_bytes
        self.idle_seconds = idle_seconds
        self._clock = clock
        self._traces: OrderedDict[Hashable, Kept] = OrderedDict()  # used longest ago first
        self._pinned: dict[Hashable, Trace] = {}
        self._lock = threading.Lock()

    def pin(self, key: Hashable, trace: Trace) -> None:
        """Keep a trace for good, outside the budget: it is somebody else's, who holds it anyway."""
        self._pinned[key] = trace

    def get(self, key: Hashable, visitor: str | None = None) -> Trace | None:
        """The trace under a key, or None if it isn't here (any more).

        Args:
            visitor: Who looks at it now; None where nobody does.
        """
        if key in self._pinned:
            return self._pinned[key]
        with self._lock:
            kept = self._traces.get(key)
            if kept is None:
                return None
            self._traces.move_to_end(key)
            kept.used = self._clock()
            if visitor is not None:
                kept.looks[visitor] = kept.used
            return kept.trace

    def make_room(self, nbytes: int, waiters: Collection[str] = ()) -> bool:
        """Whether `nbytes` more fit now; if so, traces that nobody looks at went for that.

        Args:
            waiters: The visitors for whom room is made: what they looked at until now doesn't count as looked at.
        """
        with self._lock:
            over = self.nbytes + nbytes - self.budget_bytes
            going = []
            for key, kept in self._traces.items():
                if over > 0 and not self._is_looked_at(kept, waiters):
                    going.append(key)
                    over -= kept.trace.nbytes
            if over > 0:
                return False  # and then nothing goes in vain
            for key in going:
                del self._traces[key]
            return True

    def put(self, key: Hashable, trace: Trace, visitors: Collection[str] = ()) -> None:
        """Keep a trace under a key, for visitors who will look at it; `make_room` comes first."""
        with self._lock:
            now = self._clock()
            self._traces[key] = Kept(trace, now, dict.fromkeys(visitors, now))
            self._traces.move_to_end(key)

    def sweep(self, wanted: Callable[[Any], bool] = lambda key: True) -> int:
        """Drop the idle, and those whose keys aren't wanted any more; how many went."""
        with self._lock:
            oldest = self._clock() - self.idle_seconds
            going = [key for key, kept in self._traces.items() if kept.used < oldest or not wanted(key)]
            for key in going:
                del self._traces[key]
            for kept in self._traces.values():
                kept.looks = {visitor: seen for visitor, seen in kept.looks.items() if seen >= oldest}
            return len(going)

    @property
    def nbytes(self) -> int:
        """Bytes that all traces hold now."""
        return sum(kept.trace.nbytes for kept in list(self._traces.values()))

    def __len__(self) -> int:
        return len(self._traces)

    def _is_looked_at(self, kept: Kept, waiters: Collection[str]) -> bool:
        """Whether somebody else than the waiters looks at a trace."""
        since = self._clock() - LOOKING_S
        return any(seen >= since for visitor, seen in list(kept.looks.items()) if visitor not in waiters)
