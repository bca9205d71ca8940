"""Turns at the door: a visitor's requests beyond a few at a time wait for that visitor's own, and for nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_A_TIME = 4  # a page asks for at most a view, its explanation, its proof and a hover at once


class Turns:
    """Lets each visitor have a few requests under way; more of the same visitor wait, first come first served.

    For one event loop.
    """

    def __init__(self, at_a_time: int = AT_A_TIME) -> None:
        self.at_a_time = at_a_time
        self._visitors: dict[str, tuple[asyncio.Semaphore, int]] = {}  # and how many are under way or wait

    @asynccontextmanager
    async def of(self, visitor: str) -> AsyncIterator[None]:
        """One request of a visitor's, once it is its turn."""
        gate, count = self._visitors.get(visitor) or (asyncio.Semaphore(self.at_a_time), 0)
        self._visitors[visitor] = gate, count + 1
        try:
            async with gate:
                yield
        finally:
            gate, count = self._visitors.pop(visitor)
            if count > 1:
                self._visitors[visitor] = gate, count - 1

    def __len__(self) -> int:
        return len(self._visitors)
