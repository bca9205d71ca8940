"""How long a forward pass will take, told from those before."""

from collections.abc import Hashable

from cachetools import LRUCache

FIRST_GUESS_S = 1e-8  # for each byte of a trace: a second for vit_tiny's 95 MB, five for ViT-B's 473 MB
NEWEST = 0.3  # what the newest time weighs beside all before it


class Pace:
    """Seconds by kind of work, as a running mean; a kind not seen yet is told from the cost of those that were."""

    def __init__(self) -> None:
        self._kinds: LRUCache[Hashable, float] = LRUCache(100)
        self._all = FIRST_GUESS_S

    def seconds(self, kind: Hashable, cost: float) -> float:
        """How long a piece of work will take.

        Args:
            kind: What takes the same time: a model at an input size.
            cost: What time grows with where the kind is new: the bytes of its trace.
        """
        return self._kinds.get(kind, self._all * cost)

    def took(self, kind: Hashable, cost: float, seconds: float) -> None:
        """Learn from a piece of work that was done."""
        before = self._kinds.get(kind, seconds)
        self._kinds[kind] = before + NEWEST * (seconds - before)
        if cost > 0:
            self._all += NEWEST * (seconds / cost - self._all)
