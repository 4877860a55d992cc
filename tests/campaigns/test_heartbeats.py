"""A worker shows that it is alive, and reads what the others have done."""

import asyncio
from pathlib import Path

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.journal import Heartbeat, Journal, Row
from prefect_expres.campaigns.runner import CampaignRunner, CampaignSettings
from prefect_expres.campaigns.workers import BEAT_EVERY, send_heartbeats
from prefect_expres.execution import RunOptions
from prefect_expres.uws import JobListPoller


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


async def test_heartbeats_tell_how_often_the_list_was_read(tmp_path: Path) -> None:
    """One after each pause of the clock; rows that others have written meanwhile are read."""
    ours, others = (Journal(str(tmp_path), "c") for _ in range(2))
    service = ExpresService(base_url="http://127.0.0.1:9")
    settings = CampaignSettings(service, str(tmp_path), "master", RunOptions("A" * 22), 2, None)

    async def nothing() -> None:
        """Show nothing."""

    runner = CampaignRunner(settings, ours, nothing)
    runner.poller = JobListPoller(service.jobs_url("ExPRES"))
    runner.poller.readings = 5
    await others.keep(Row(number=7, label="io", state="completed"))
    clock = ShortLife(3)
    with pytest.raises(asyncio.CancelledError):
        await send_heartbeats(ours, "one", runner, clock)
    assert clock.slept == [BEAT_EVERY] * 3
    assert await others.heartbeat("one") == Heartbeat(beats=3, list_requests=5)
    assert list(ours.rows) == [7]
