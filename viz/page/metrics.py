"""Numbers for an operator, in Prometheus' text format: how much is asked, how long it takes, what is held.

Nothing in them tells who asked, or for which photo.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

BUCKETS_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
MEDIA_TYPE = "text/plain; version=0.0.4"


class Metrics:
    """Counts of answers and their times, and gauges that are read when they are asked for.

    Args:
        gauges: Name and explanation of each, and what reads it.
    """

    def __init__(self, gauges: Mapping[tuple[str, str], Callable[[], float]]) -> None:
        self._gauges = gauges
        self._below: Counter[tuple[str, float]] = Counter()
        self._count: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count an answer and its time."""
        start = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - start
            with self._lock:
                self._count[name] += 1
                self._seconds[name] += seconds
                for bucket in BUCKETS_S:
                    self._below[name, bucket] += seconds <= bucket

    def text(self) -> str:
        """All of them as Prometheus reads them."""
        lines = described("answer_seconds", "Time from a question to its answer.", "histogram")
        with self._lock:
            for name, count in sorted(self._count.items()):
                asked, one = f'asked="{name}"', "explorer_answer_seconds"
                below = [(f"{bucket:g}", self._below[name, bucket]) for bucket in BUCKETS_S]
                lines += [f'{one}_bucket{{{asked},le="{le}"}} {n}' for le, n in [*below, ("+Inf", count)]]
                lines += [f"{one}_sum{{{asked}}} {self._seconds[name]:.6f}", f"{one}_count{{{asked}}} {count}"]
        for (name, explained), read in self._gauges.items():
            lines += described(name, explained, "counter" if name.endswith("_total") else "gauge")
            lines.append(f"explorer_{name} {read():.15g}")
        return "\n".join(lines) + "\n"


def described(name: str, explained: str, kind: str) -> list[str]:
    """What comes before a number."""
    return [f"# HELP explorer_{name} {explained}", f"# TYPE explorer_{name} {kind}"]
