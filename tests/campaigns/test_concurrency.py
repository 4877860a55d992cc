"""Places on the service are counted among all who ask Prefect's server for them."""

import asyncio
import logging
from typing import Any

import pytest
from prefect import flow, get_client

from prefect_expres.campaigns.concurrency import JobSlots

pytestmark = pytest.mark.usefixtures("server")


class Crowd:
    """Counts how many hold a place at once."""

    def __init__(self) -> None:
        self.now = self.most = self.served = 0

    async def enter(self, slots: JobSlots) -> None:
        """Hold a place for a moment."""
        async with slots.hold():
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.02)
            self.now -= 1
            self.served += 1


async def test_the_limit_holds_among_all() -> None:
    """Two processes' worth of places stay within the limit together, and all are given back."""
    crowd = Crowd()

    @flow
    async def two_campaigns() -> None:
        async with JobSlots(4, "five-places") as one, JobSlots(4, "five-places") as other:
            await asyncio.gather(*(crowd.enter(one) for _ in range(12)))
            held = asyncio.gather(*(crowd.enter(one) for _ in range(12)))
            waiting = asyncio.gather(*(crowd.enter(other) for _ in range(1)))
            await asyncio.gather(held, waiting)

    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name("five-places", 5)
        await two_campaigns()
        limit = await client.read_global_concurrency_limit_by_name("five-places")
    assert crowd.served == 25
    assert 2 <= crowd.most <= 5
    assert limit.active_slots == 0


async def test_who_is_full_waits_for_the_other() -> None:
    """One who finds all places taken goes on when one is given back, and not before."""
    order = []

    @flow
    async def late_comer() -> None:
        async with JobSlots(1, "one-place") as other:

            async def hold() -> None:
                async with other.hold():
                    order.append("late")

            async with JobSlots(1, "one-place") as one, one.hold():
                waiting = asyncio.ensure_future(hold())
                await asyncio.sleep(0.5)
                order.append("early")
            await waiting

    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name("one-place", 1)
    await late_comer()
    assert order == ["early", "late"]


async def test_a_missing_limit_is_told_once() -> None:
    """Without a limit on the server the process counts alone, and says what makes one."""
    crowd = Crowd()

    @flow
    async def alone() -> None:
        async with JobSlots(3, "nobody-made-this") as slots:
            await asyncio.gather(*(crowd.enter(slots) for _ in range(9)))

    told = _Told()
    logger = logging.getLogger("prefect.flow_runs")
    logger.addHandler(told)
    try:
        await alone()
    finally:
        logger.removeHandler(told)
    assert (crowd.most, crowd.served) == (3, 9)
    assert len(told.warnings) == 1
    assert "prefect-expres deploy makes it" in told.warnings[0]


class _Told(logging.Handler):
    """Keeps what a run warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's message."""
        self.warnings.append(record.getMessage())
