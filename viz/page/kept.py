"""Answers that many visitors ask for: what a hover shows, as it travels."""

import gzip
import threading
import weakref
import zlib
from collections.abc import Hashable
from dataclasses import dataclass

from cachetools import LRUCache

from samvit.tracing import Trace
from viz.texts import EDITION

LEVEL = 3  # of gzip: a higher one takes longer than the bytes that it saves travel
SAMPLE = 2048  # bytes, at three places, that show whether an answer repeats itself
REPEATING = 0.7  # of its length is left at most where it does; of float16 that doesn't, more than nine tenths


@dataclass(frozen=True)
class Packed:
    """An answer as it travels."""

    data: bytes
    is_gzip: bool


def packed(answer: bytes) -> Packed:
    """An answer, gzipped where that makes it smaller.

    Weights of a global block are 4096 different numbers a head: packing them took longer than computing them, for a
    tenth of their length. Those of a windowed block are NaN nearly everywhere.
    """
    quarter = len(answer) // 4
    sample = b"".join(answer[place : place + SAMPLE] for place in (quarter, 2 * quarter, 3 * quarter))
    repeats = len(zlib.compress(sample, 1)) < REPEATING * len(sample)
    return Packed(gzip.compress(answer, LEVEL), True) if repeats else Packed(answer, False)


class KeptAnswers:
    """Answers by trace, selection and the edition of the texts in them.

    Those not asked for longest go first, and a trace's go with it.

    A lecture hall looks at one photo: what one visitor's hover was answered, the next one's is as well.

    Args:
        budget_bytes: What all may hold together.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._answers: LRUCache[tuple[weakref.ref[Trace], Hashable, int], Packed] = LRUCache(
            budget_bytes, getsizeof=lambda one: len(one.data)
        )
        self._traces: set[weakref.ref[Trace]] = set()
        self._lock = threading.Lock()

    def get(self, trace: Trace, asked: Hashable) -> Packed | None:
        """What was answered before; None if nothing is kept."""
        with self._lock:
            return self._answers.get((weakref.ref(trace), asked, EDITION.number))

    def keep(self, trace: Trace, asked: Hashable, answer: bytes) -> Packed:
        """Pack an answer and keep it; the packed answer."""
        made, one = packed(answer), weakref.ref(trace)
        with self._lock:
            if one not in self._traces:
                self._forget_gone()
                self._traces.add(one)
            if len(made.data) <= self._answers.maxsize:
                self._answers[one, asked, EDITION.number] = made
        return made

    @property
    def nbytes(self) -> int:
        """Bytes that all answers hold now."""
        return int(self._answers.currsize)

    def _forget_gone(self) -> None:
        """Drop the answers of traces that are no more, as whenever another trace comes."""
        self._traces = {one for one in self._traces if one() is not None}
        for key in [key for key in self._answers if key[0]() is None]:
            del self._answers[key]
