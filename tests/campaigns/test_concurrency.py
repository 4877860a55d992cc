"""Concurrency slots are counted among all flow runs that ask Prefect's server for them."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prefect import flow, get_client
from prefect.client.orchestration import PrefectClient

from prefect_expres.campaigns.concurrency import RENEW_EVERY, JobSlots
from tests.support.schedules import HurriedClock

pytestmark = pytest.mark.usefixtures("server")


class Crowd:
    """Counts how many hold a slot at once."""

    def __init__(self) -> None:
        self.now = self.most = self.served = 0

    async def enter(self, slots: JobSlots) -> None:
        """Hold a slot for a moment."""
        async with slots.hold():
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.02)
            self.now -= 1
            self.served += 1


async def test_the_limit_holds_among_all() -> None:
    """Two flow runs stay within the limit together, and give all slots back."""
    crowd = Crowd()

    @flow
    async def two_campaigns() -> None:
        async with JobSlots(4, "five-slots") as one, JobSlots(4, "five-slots") as other:
            await asyncio.gather(*(crowd.enter(one) for _ in range(12)))
            held = asyncio.gather(*(crowd.enter(one) for _ in range(12)))
            waiting = asyncio.gather(*(crowd.enter(other) for _ in range(1)))
            await asyncio.gather(held, waiting)

    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name("five-slots", 5)
        await two_campaigns()
        limit = await client.read_global_concurrency_limit_by_name("five-slots")
    assert crowd.served == 25
    assert 2 <= crowd.most <= 5
    assert limit.active_slots == 0


async def test_a_taken_slot_is_waited_for() -> None:
    """Who finds all slots taken goes on when one is given back, not before; nobody is warned."""
    order = []

    @flow
    async def second() -> None:
        async with JobSlots(1, "one-slot") as other:

            async def hold() -> None:
                async with other.hold():
                    order.append("late")

            async with JobSlots(1, "one-slot") as one, one.hold():
                waiting = asyncio.ensure_future(hold())
                await asyncio.sleep(0.5)
                order.append("early")
            await waiting

    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name("one-slot", 1)
    with told_warnings() as told:
        await second()
    assert (order, told.warnings) == (["early", "late"], [])


async def test_a_missing_limit_is_told_once() -> None:
    """Without a limit on the server each process counts its own, and says what makes one."""
    crowd = Crowd()

    @flow
    async def unlimited() -> None:
        async with JobSlots(3, "nobody-made-this") as slots:
            await asyncio.gather(*(crowd.enter(slots) for _ in range(9)))

    with told_warnings() as told:
        await unlimited()
    assert (crowd.most, crowd.served) == (3, 9)
    assert len(told.warnings) == 1
    assert "prefect-expres deploy makes it" in told.warnings[0]


async def test_a_lease_that_the_server_has_lost_is_not_used_again() -> None:
    """When its renewal is refused, the next slot is asked for anew, within the limit."""
    hurried = HurriedClock(RENEW_EVERY / 0.2)

    @flow
    async def loses(client: PrefectClient) -> None:
        async with JobSlots(2, "lost-slot", hurried) as slots:
            with told_warnings() as told:
                async with slots.hold() as first:
                    assert first is not None
                    await client.release_concurrency_slots_with_lease(first)
                    assert await active_slots(client) == 0
                    await told.first.wait()
                assert "A slot of lost-slot could not be renewed" in told.warnings[0]
            async with slots.hold() as second:
                assert second not in {None, first}
                assert await active_slots(client) == 1
            async with slots.hold() as third:
                assert third == second, "a free lease is used again"

    async def active_slots(client: PrefectClient) -> int:
        return (await client.read_global_concurrency_limit_by_name("lost-slot")).active_slots

    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name("lost-slot", 1)
        await loses(client)
        assert await active_slots(client) == 0


class _Told(logging.Handler):
    """Keeps what a run warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings: list[str] = []
        self.first = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's message."""
        self.warnings.append(record.getMessage())
        self.first.set()


@contextmanager
def told_warnings() -> Iterator[_Told]:
    """Keep what flow runs warn of."""
    told, logger = _Told(), logging.getLogger("prefect.flow_runs")
    logger.addHandler(told)
    try:
        yield told
    finally:
        logger.removeHandler(told)
