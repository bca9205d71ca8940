"""The one place where traces are kept, within a budget of bytes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

from samvit.tracing import Trace


class TraceStore:
    """Traces by key; when the budget is full the one looked at longest ago goes first.

    Args:
        budget_bytes: What all traces may hold together. The newest stays even if it alone is larger.
        idle_seconds: A trace that nobody looked at for so long goes too.
    """

    def __init__(self, budget_bytes: int, idle_seconds: float = 3600) -> None:
        self.budget_bytes = budget_bytes
        self.idle_seconds = idle_seconds
        self._traces: OrderedDict[Hashable, tuple[Trace, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Trace | None:
        """The trace under a key, or None if it isn't here (any more)."""
        with self._lock:
            kept = self._traces.pop(key, None)
            if kept is None:
                return None
            self._traces[key] = (kept[0], time.monotonic())
            self._evict()
            return kept[0]

    def put(self, key: Hashable, trace: Trace) -> None:
        """Keep a trace under a key."""
        with self._lock:
            self._traces.pop(key, None)
            self._traces[key] = (trace, time.monotonic())
            self._evict()

    @property
    def nbytes(self) -> int:
        """Bytes that all traces hold now."""
        return sum(trace.nbytes for trace, _ in list(self._traces.values()))

    def __len__(self) -> int:
        return len(self._traces)

    def _evict(self) -> None:
        """Drop the idle, then the oldest, until the budget holds."""
        oldest_allowed = time.monotonic() - self.idle_seconds
        while len(self._traces) > 1:
            _, last_seen = next(iter(self._traces.values()))
            if last_seen >= oldest_allowed and self.nbytes <= self.budget_bytes:
                return
            self._traces.popitem(last=False)
