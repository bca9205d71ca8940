"""Answers that many visitors ask for: what a hover shows, packed as it travels."""

import gzip
import threading
import weakref
from collections.abc import Hashable

from cachetools import LRUCache

from samvit.tracing import Trace

LEVEL = 3  # of gzip: a higher one takes longer than the bytes that it saves travel


class KeptAnswers:
    """Packed answers by trace and selection; those not asked for longest go first, and a trace's go with it.

    A lecture hall looks at one photo: what one visitor's hover was answered, the next one's is as well.

    Args:
        budget_bytes: What all may hold together.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._answers: LRUCache[tuple[weakref.ref[Trace], Hashable], bytes] = LRUCache(budget_bytes, getsizeof=len)
        self._traces: set[weakref.ref[Trace]] = set()
        self._lock = threading.Lock()

    def get(self, trace: Trace, asked: Hashable) -> bytes | None:
        """What was answered before, gzipped JSON; None if nothing is kept."""
        with self._lock:
            return self._answers.get((weakref.ref(trace), asked))

    def keep(self, trace: Trace, asked: Hashable, answer: bytes) -> bytes:
        """Pack an answer and keep it; the packed answer."""
        packed, one = gzip.compress(answer, LEVEL), weakref.ref(trace)
        with self._lock:
            if one not in self._traces:
                self._forget_gone()
                self._traces.add(one)
            if len(packed) <= self._answers.maxsize:
                self._answers[one, asked] = packed
        return packed

    @property
    def nbytes(self) -> int:
        """Bytes that all answers hold now."""
        return int(self._answers.currsize)

    def _forget_gone(self) -> None:
        """Drop the answers of traces that are no more, as whenever another trace comes."""
        self._traces = {one for one in self._traces if one() is not None}
        for key in [key for key in self._answers if key[0]() is None]:
            del self._answers[key]
