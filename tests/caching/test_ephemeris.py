"""The cache of ephemerides: its key, its end, and how to ask anew."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from prefect import flow
from prefect.client.schemas.objects import State

from prefect_expres.blocks import ExpresService
from prefect_expres.caching.ephemeris import EXPIRATION
from prefect_expres.ephemeris import AnalyticEphemeris, Span, TableEphemeris, span_of
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.tasks import compute_ephemeris, prepare

SLOW = 1.0
TABLE = "time,longitude,latitude,distance\n" + "".join(
    f"2018-09-13T00:{minute:02}:00,{minute / 2},-3.0,5.1\n" for minute in range(10)
)
SPAN = Span(datetime(2018, 9, 13, tzinfo=UTC), 60, 10)


class SlowFiles(MemoryFileSystem):
    """A file system that takes its time to open a file."""

    protocol = "slow"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(path.removeprefix("slow:/"))  # type: ignore[no-any-return]

    def _open(self, *args: Any, **options: Any) -> Any:
        time.sleep(SLOW)
        return super()._open(*args, **options)


def table(path: str) -> TableEphemeris:
    """Give a source that is a file."""
    return TableEphemeris(
        path=path,
        observer="Juno",
        longitude="east",
        latitude="planetocentric",
        distance="au",
        light_time="corrected",
    )


async def test_loop_is_not_held_by_the_key() -> None:
    """While the key of a file on a slow file system is computed, the event loop goes on."""
    fsspec.register_implementation("slow", SlowFiles, clobber=True)
    SlowFiles().pipe_file("/juno.csv", TABLE.encode())
    pauses: list[float] = []

    async def tick() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            pauses.append(time.monotonic() - began)

    @flow
    async def computing() -> str:
        ticking = asyncio.create_task(tick())
        began = time.monotonic()
        csv: str = await compute_ephemeris(table("slow://juno.csv"), SPAN)
        assert time.monotonic() - began > SLOW
        ticking.cancel()
        return csv

    assert "2018-09-13" in await computing()
    assert max(pauses) < SLOW


async def test_answers_expire_and_can_be_refreshed(tmp_path: Path) -> None:
    """An answer is kept for a week; asked anew, it is computed and kept in place of the old."""
    start = SPAN.start + timedelta(seconds=time.time_ns() % 10**6)
    asked = AnalyticEphemeris(), Span(start, 60, 10)
    assert timedelta(days=7) == EXPIRATION == compute_ephemeris.cache_expiration

    @flow
    async def computing() -> list[State[str]]:
        brief = compute_ephemeris.with_options(cache_expiration=timedelta(seconds=1))
        anew = compute_ephemeris.with_options(refresh_cache=True)
        states = [await task(*asked, return_state=True) for task in (brief, brief)]
        await asyncio.sleep(1.1)
        return states + [
            await task(*asked, return_state=True)
            for task in (compute_ephemeris, compute_ephemeris, anew, compute_ephemeris)
        ]

    states = await computing()
    assert [state.name for state in states] == [
        "Completed",
        "Cached",
        "Completed",
        "Cached",
        "Completed",
        "Cached",
    ]
    metadata = states[-1].data.metadata
    assert metadata.expiration - datetime.now(UTC) == pytest.approx(
        EXPIRATION, abs=timedelta(minutes=5)
    )


def test_submitted_ones_are_cached_too() -> None:
    """A task that is submitted has an event loop for itself, on which it computes the key."""
    start = SPAN.start + timedelta(seconds=time.time_ns() % 10**6)
    asked = AnalyticEphemeris(), Span(start, 60, 10)

    @flow
    def computing() -> list[str]:
        states = []
        for _ in range(2):
            future = compute_ephemeris.submit(*asked)
            future.wait()
            states.append(future.state.name)
        return states

    assert computing() == ["Completed", "Cached"]


async def test_prepare_takes_the_file_and_can_refresh(
    configuration: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """What the task gives is what `prepare` takes; the source is asked again if it shall be."""
    model = Configuration.from_mapping(configuration)
    service = ExpresService(base_url="https://uws.example.org")
    asked: list[int] = []

    @flow
    async def preparing() -> list[SimulationRequest]:
        csv = await compute_ephemeris(AnalyticEphemeris(), span_of(model))
        requests = []
        source = AnalyticEphemeris()
        for given, refresh in ((csv, False), (source, False), (source, True)):
            caplog.clear()
            requests.append(await prepare(model, service, given, refresh=refresh))
            asked.append(caplog.text.count(" times, from "))
        return requests

    first, *others = await preparing()
    assert first.ephemeris is not None
    assert {request.fingerprint for request in others} == {first.fingerprint}
    assert asked == [0, 0, 1]
