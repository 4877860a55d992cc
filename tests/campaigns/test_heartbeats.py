"""A worker shows that it is alive, and reads what the others have done."""

import asyncio
from pathlib import Path

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.journal import Heartbeat, Journal, Row
from prefect_expres.campaigns.runner import CampaignRunner, CampaignSettings
from prefect_expres.campaigns.workers import BEAT_EVERY, send_heartbeats
from prefect_expres.errors import StorageError
from prefect_expres.execution import RunOptions
from prefect_expres.uws import JobListPoller
from tests.support.outage import Host, Trouble, store_on_a_way


class ShortLife:
    """A clock whose owner is cancelled after some pauses."""

    def __init__(self, pauses: int) -> None:
        self.slept: list[float] = []
        self._pauses = pauses

    def now(self) -> float:
        """Seconds that were slept."""
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        """Note a pause."""
        self.slept.append(seconds)
        if len(self.slept) == self._pauses:
            raise asyncio.CancelledError


class Outage(ShortLife):
    """Such a clock, by which a store fails from one pause to another."""

    def __init__(self, pauses: int, host: Host, trouble: Trouble) -> None:
        super().__init__(pauses)
        self._host, self._trouble = host, trouble

    async def sleep(self, seconds: float) -> None:
        """Note a pause; the first one begins the outage, the second one ends it."""
        await super().sleep(seconds)
        self._host.fail(self._trouble if len(self.slept) == 1 else None)


def runner_of(journal: Journal, output: str) -> CampaignRunner:
    """Give a runner that has read the job list five times."""
    service = ExpresService(base_url="http://127.0.0.1:9")
    settings = CampaignSettings(service, output, "master", RunOptions("A" * 22), 2, None)

    async def nothing() -> None:
        """Show nothing."""

    runner = CampaignRunner(settings, journal, nothing)
    runner.poller = JobListPoller(service.jobs_url("ExPRES"))
    runner.poller.readings = 5
    return runner


async def test_heartbeats_go_on_after_an_outage() -> None:
    """Else the worker would be taken for dead, although it works."""
    with store_on_a_way() as (bucket, host):
        journal = Journal(bucket, "c")
        clock = Outage(3, host, Trouble("status", 503))
        with pytest.raises(asyncio.CancelledError):
            await send_heartbeats(journal, "one", runner_of(journal, bucket), clock)
        assert await journal.heartbeat("one") == Heartbeat(beats=3, list_requests=5)
        clock = Outage(3, host, Trouble("status", 403))
        with pytest.raises(StorageError, match="cannot be written: "):
            await send_heartbeats(journal, "two", runner_of(journal, bucket), clock)


async def test_heartbeats_tell_how_often_the_list_was_read(tmp_path: Path) -> None:
    """One after each pause of the clock; rows that others have written meanwhile are read."""
    ours, others = (Journal(str(tmp_path), "c") for _ in range(2))
    await others.keep(Row(number=7, label="io", state="completed"))
    clock = ShortLife(3)
    with pytest.raises(asyncio.CancelledError):
        await send_heartbeats(ours, "one", runner_of(ours, str(tmp_path)), clock)
    assert clock.slept == [BEAT_EVERY] * 3
    assert await others.heartbeat("one") == Heartbeat(beats=3, list_requests=5)
    assert list(ours.rows) == [7]
