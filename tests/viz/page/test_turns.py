"""Turns at the door: a few requests of one visitor at a time, and all others pass."""

import asyncio

from tests.running import run
from viz.page.turns import Turns


def test_a_flood_of_one_visitor_waits_for_itself_and_not_for_others():
    async def door():
        turns, order, inside, most = Turns(2), [], 0, 0

        async def request(visitor):
            nonlocal inside, most
            async with turns.of(visitor):
                inside += visitor == "flood"
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= visitor == "flood"
                order.append(visitor)

        await asyncio.gather(*(request("flood") for _ in range(20)), request("anna"))
        return order, most, len(turns)

    order, most, left = run(door())
    assert most == 2
    assert order.index("anna") <= 2
    assert left == 0


def test_a_request_that_fails_gives_its_turn_back():
    async def door():
        turns = Turns(1)
        for _ in range(3):
            try:
                async with turns.of("anna"):
                    raise ValueError
            except ValueError:
                pass
        return len(turns)

    assert run(door()) == 0
