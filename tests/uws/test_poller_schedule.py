"""When a poller reads the list, which caller gets which reading, and what errors do."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from prefect_expres.uws import Job, Observation, Phase
from tests.support.listed_jobs import ListedJobs, at, now, poller_of, wait_one
from tests.support.uws_documents import job_document
from tests.support.virtual_time import in_virtual_time

ACTIVE = "?PHASE=EXECUTING&PHASE=HELD&PHASE=PENDING&PHASE=QUEUED&PHASE=SUSPENDED&PHASE=UNKNOWN"


@in_virtual_time
async def test_reading_under_way_is_not_for_those_who_come_later() -> None:
    """A reading that has begun may miss a new job; a later caller gets the next reading."""
    service = ListedJobs(old="QUEUED")
    service.delay = 5.0
    async with poller_of(service) as poller:
        first = asyncio.create_task(poller.named_jobs())
        await asyncio.sleep(1)
        assert service.moments == [0.0]
        service.phases["new"] = "PENDING"
        second = await poller.named_jobs()
        assert [ref.id for ref in await first] == ["old"]
        assert [ref.id for ref in second] == ["new", "old"]
        assert poller.readings == 2
    assert service.asked == ["GET", "GET"]


@in_virtual_time
async def test_callers_at_the_same_time_share_a_reading() -> None:
    """Each caller gets the phases that it asked for, sorted."""
    service = ListedJobs(b="QUEUED", a="ERROR", c="PENDING")
    async with poller_of(service) as poller:
        everything, some, none = await asyncio.gather(
            poller.named_jobs(),
            poller.named_jobs(iter([Phase.QUEUED, Phase.PENDING])),
            poller.named_jobs([Phase.HELD]),
        )
        assert [ref.id for ref in everything] == ["a", "b", "c"]
        assert [ref.id for ref in some] == ["b", "c"]
        assert none == ()
        assert [ref.id for ref in await poller.find("r-c")] == ["c"]
        assert poller.readings == 2


@in_virtual_time
async def test_request_with_a_time_is_not_shared() -> None:
    """Its answer is only a part of the list."""
    service = ListedJobs(a="QUEUED", b="ERROR")
    async with poller_of(service) as poller:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        listed = await poller.named_jobs([Phase.QUEUED], after=moment)
        assert [ref.id for ref in listed] == ["a"]
        assert poller.readings == 0
    assert service.asked == ["GET ?AFTER=2026-01-01T00:00:00Z&PHASE=QUEUED"]


@in_virtual_time
async def test_phases_are_reported_and_the_end_is_read() -> None:
    """Each phase is reported once; the job itself is read only at its end."""
    service = ListedJobs(a="QUEUED", b="QUEUED")
    told: list[tuple[Job, float]] = []

    async def show(seen: Observation) -> None:
        told.append((seen.job, seen.elapsed))

    async with poller_of(service) as poller:
        await asyncio.sleep(7)
        at(2.5, lambda: service.phases.update(a="EXECUTING"))
        at(5.5, lambda: service.end("a", "ERROR"))
        job = await poller.finished("a", timeout=100, on_progress=show)
        readings = poller.readings
    assert job.phase is Phase.ERROR
    assert [(seen.id, seen.phase, seen.run_id) for seen, _ in told] == [
        ("a", Phase.QUEUED, "r-a"),
        ("a", Phase.EXECUTING, "r-a"),
        ("a", Phase.ERROR, None),
    ]
    assert [elapsed for _, elapsed in told] == [0.0, 3.0, 6.0]
    assert service.asked == [f"GET {ACTIVE}"] * readings + ["GET /a"]
    assert readings == 7


@in_virtual_time
async def test_interval_grows_while_nothing_changes() -> None:
    """It is a tenth of the quiet time, from 1 to 15 s; a change makes it short again."""
    service = ListedJobs(a="QUEUED")
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("a", timeout=10_000))
        await asyncio.sleep(400)
        for before, after in pairwise(service.moments):
            assert after - before == pytest.approx(min(max(before / 10, 1.0), 15.0), abs=0.11)
        assert service.moments[-1] - service.moments[-2] == pytest.approx(15.0)
        assert len(asyncio.all_tasks()) <= 5  # this one, the poller with its pause, and the waiter
        service.phases["a"] = "EXECUTING"
        await asyncio.sleep(20)
        assert service.moments[-1] - service.moments[-2] == pytest.approx(1.0)
        service.end("a")
        await waiting


@in_virtual_time
async def test_new_caller_ends_a_long_interval() -> None:
    """The list is read at once, but not within one second after the last reading."""
    service = ListedJobs(a="QUEUED", b="QUEUED")
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("a", timeout=10_000))
        await asyncio.sleep(300)
        last = service.moments[-1]
        await asyncio.sleep(last + 15 + 5 - now())
        asked = now()
        await poller.named_jobs()
        assert service.moments[-1] == asked
        await poller.named_jobs()
        assert service.moments[-1] == pytest.approx(asked + 1.0)
        other = asyncio.create_task(poller.finished("b", timeout=10_000))
        await asyncio.sleep(1.01)
        assert service.moments[-1] == pytest.approx(asked + 2.0)
        for task in (waiting, other):
            task.cancel()


@pytest.mark.parametrize(("delay", "interval"), [(0.05, 1.0), (0.4, 4.0), (3.0, 15.0)])
@in_virtual_time
async def test_slow_service_is_spared(delay: float, interval: float) -> None:
    """The interval is ten times as long as an answer takes, even if callers come."""
    service = ListedJobs(a="QUEUED")
    service.delay = delay
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("a", timeout=10_000))
        for _ in range(3):
            await poller.named_jobs()
        pauses = [after - before - delay for before, after in pairwise(service.moments)]
        assert pauses == [pytest.approx(interval)] * len(pauses)
        waiting.cancel()


@in_virtual_time
async def test_nobody_waits_nobody_asks() -> None:
    """The list is read only while there are callers."""
    service = ListedJobs(a="QUEUED")
    async with poller_of(service) as poller:
        await asyncio.sleep(100)
        assert service.moments == []
        await poller.named_jobs()
        waiting = asyncio.create_task(poller.finished("a", timeout=10_000))
        await asyncio.sleep(10)
        waiting.cancel()
        await asyncio.sleep(10)
        count = len(service.moments)
        await asyncio.sleep(1000)
        assert len(service.moments) == count
        asked = now()
        await poller.named_jobs()
        assert service.moments[-1] == asked


@in_virtual_time
async def test_end_that_the_whole_list_shows_is_read() -> None:
    """The reading that shows the end may be one for another caller."""
    service = ListedJobs(a="QUEUED")
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("a", timeout=1000))
        await asyncio.sleep(0.5)
        service.end("a")
        assert [ref.phase for ref in await poller.named_jobs()] == [Phase.COMPLETED]
        assert (await waiting).phase is Phase.COMPLETED
    assert service.asked == [f"GET {ACTIVE}", "GET", "GET /a"]


@in_virtual_time
async def test_filter_that_lacks_an_active_job_is_not_used_again() -> None:
    """The job is read and is active, so from then on the whole list is read."""
    service = ListedJobs(a="NAPPING")
    service.on("GET /a", job_document("a", "<phase>UNKNOWN</phase>"))
    told: list[str] = []
    async with poller_of(service) as poller:
        at(4.5, lambda: service.end("a"))
        assert (await wait_one(poller, told)).phase is Phase.COMPLETED
    assert told == ["UNKNOWN", "COMPLETED"]
    assert service.count("GET") == service.asked.count("GET") + 1
    assert service.asked[:3] == [f"GET {ACTIVE}", "GET /a", "GET"]
    assert service.asked[-1] == "GET /a"
    assert service.count("GET /a") == 2


@in_virtual_time
async def test_job_that_the_whole_list_lacks_is_waited_for_by_itself() -> None:
    """The whole list may lack a new job; then each reading of the job is reported."""
    service = ListedJobs()
    service.on("GET /a", *[job_document("a", f"<phase>{p}</phase>") for p in ("QUEUED", "ERROR")])
    told: list[str] = []
    async with poller_of(service) as poller:
        service.bad_once = [400]
        assert (await wait_one(poller, told)).phase is Phase.ERROR
    assert told == ["QUEUED", "ERROR"]
    assert service.asked[:3] == [f"GET {ACTIVE}", "GET", "GET /a"]


@in_virtual_time
async def test_refused_filter_is_replaced_at_once() -> None:
    """The whole list is read in the same reading and in all later ones."""
    service = ListedJobs(a="QUEUED")
    service.bad_once = [400]
    async with poller_of(service) as poller:
        at(3.5, lambda: service.end("a"))
        assert (await poller.finished("a", timeout=1000)).phase is Phase.COMPLETED
        assert poller.readings == 5
    assert service.asked == [f"GET {ACTIVE}", *["GET"] * 5, "GET /a"]
