"""Concurrency slots are counted among all flow runs that ask Prefect's server for them."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prefect import flow, get_client
from prefect.client.orchestration import PrefectClient
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from prefect_expres.campaigns.concurrency import GIVE_BACK_SECONDS, RENEW_EVERY, JobSlots
from tests.support.outage import Host, Trouble, way_to
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
                    assert await active_slots(client, "lost-slot") == 0
                    await told.says("A slot of lost-slot could not be renewed")
            async with slots.hold() as second:
                assert second not in {None, first}
                assert await active_slots(client, "lost-slot") == 1
            async with slots.hold() as third:
                assert third == second, "a free lease is used again"

    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name("lost-slot", 1)
        await loses(client)
        assert await active_slots(client, "lost-slot") == 0


async def test_a_server_that_is_away_takes_no_slot_and_gives_none() -> None:
    """What is held stays held, and who waits gets a slot when the server is back."""
    hurried = HurriedClock(RENEW_EVERY / 0.2)
    with way_to_the_server(tries=0) as host, told_warnings("prefect.expres") as told:
        async with get_client() as client:
            await client.upsert_global_concurrency_limit_by_name("away-slot", 2)
            async with JobSlots(2, "away-slot", hurried) as slots, slots.hold() as first:
                with host.failing(Trouble("reset")):
                    waiting = asyncio.ensure_future(slots.hold().__aenter__())
                    await told.says("gives no slot of away-slot just now: ")
                    await told.says("A slot of away-slot could not be renewed: ")
                    assert not waiting.done()
                    assert all("Error(" in reason for reason in told.warnings)
                assert await waiting not in {None, first}
                assert await active_slots(client, "away-slot") == 2
            assert await active_slots(client, "away-slot") == 0


async def test_the_end_does_not_wait_for_a_server_that_is_away() -> None:
    """What cannot be given back ends with its lease: Prefect's client tries each for a minute."""
    with way_to_the_server() as host:
        async with get_client() as client:
            await client.upsert_global_concurrency_limit_by_name("left-slot", 3)
        enough = asyncio.timeout(10 * GIVE_BACK_SECONDS)
        async with enough, JobSlots(3, "left-slot") as slots, slots.hold(), slots.hold():
            host.fail(Trouble("reset"))
    async with get_client() as client:
        assert await active_slots(client, "left-slot") == 2


async def active_slots(client: PrefectClient, limit: str) -> int:
    """Ask the server how many slots of a limit are taken."""
    return (await client.read_global_concurrency_limit_by_name(limit)).active_slots


@contextmanager
def way_to_the_server(tries: int = 5) -> Iterator[Host]:
    """Have all clients reach Prefect's server by a way that can fail, and try it again so often."""
    with way_to(PREFECT_API_URL.value().removesuffix("/api")) as host:
        changed = {PREFECT_API_URL: f"{host.url}/api", PREFECT_CLIENT_MAX_RETRIES: tries}
        with temporary_settings(changed):
            yield host


class _Told(logging.Handler):
    """Keeps what a run warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings: list[str] = []
        self._more = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's message."""
        self.warnings.append(record.getMessage())
        self._more.set()

    async def says(self, words: str) -> None:
        """Wait until it was warned of something."""
        while not any(words in warning for warning in self.warnings):
            self._more.clear()
            await self._more.wait()


@contextmanager
def told_warnings(source: str = "prefect.flow_runs") -> Iterator[_Told]:
    """Keep what flow runs warn of, or what runs without a flow."""
    told, logger = _Told(), logging.getLogger(source)
    logger.addHandler(told)
    try:
        yield told
    finally:
        logger.removeHandler(told)
