"""Answers that many visitors ask for: what a hover shows, packed as it travels."""

import threading
import weakref
import zlib
from collections.abc import Hashable

from cachetools import LRUCache

from samvit.tracing import Trace

LEVEL = 3  # of gzip: a higher one takes longer than the bytes that it saves travel
SAMPLE = 2048  # bytes, at three places, that show whether an answer repeats itself
GZIP = 16 + zlib.MAX_WBITS
REPEATING = 0.6  # of its length is left of what repeats itself; base64 that doesn't keeps three quarters


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
        packed, one = gzipped(answer), weakref.ref(trace)
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


def gzipped(answer: bytes) -> bytes:
    """An answer, gzipped. One that repeats itself nowhere isn't searched for repetitions: a third of the time.

    Weights of a global block are such: 4096 different numbers a head. Those of a windowed one are NaN mostly.
    """
    quarter = len(answer) // 4
    sample = b"".join(answer[place : place + SAMPLE] for place in (quarter, 2 * quarter, 3 * quarter))
    repeats = len(zlib.compress(sample, 1)) < REPEATING * len(sample)
    strategy = zlib.Z_DEFAULT_STRATEGY if repeats else zlib.Z_HUFFMAN_ONLY
    packing = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP, strategy=strategy)
    return packing.compress(answer) + packing.flush()
