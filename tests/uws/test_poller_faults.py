"""What a poller tells its callers when reading fails, a job vanishes or a caller goes away."""

import asyncio

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    JobLost,
    JobNotFound,
    Unreachable,
    WaitTimeout,
)
from prefect_expres.uws import Observation, Phase
from tests.support.listed_jobs import ListedJobs, at, now, poller_of, wait_one
from tests.support.scripted_service import JOBS_URL, Script
from tests.support.uws_documents import job_document
from tests.support.virtual_time import in_virtual_time


@pytest.mark.parametrize("bad", [503, 500, 429, httpx.ConnectError("down"), "<jobs"])
@in_virtual_time
async def test_waiters_outlast_what_may_pass(bad: Script) -> None:
    """No job is read by itself because the list could not be read for a while."""
    service = ListedJobs(a="QUEUED", b="QUEUED")
    async with poller_of(service) as poller:
        waiting = [asyncio.create_task(poller.finished(job, timeout=9999)) for job in "ab"]
        await asyncio.sleep(0.5)
        service.bad = bad
        await asyncio.sleep(500)
        assert not any(task.done() for task in waiting)
        assert service.count("GET /a") == service.count("GET /b") == 0
        service.bad = None
        service.end("a")
        service.end("b")
        assert [(await task).phase for task in waiting] == [Phase.COMPLETED] * 2
    assert service.count("GET /a") == service.count("GET /b") == 1


@in_virtual_time
async def test_fault_is_told_to_those_who_look() -> None:
    """They get it after all attempts of the reading; the next reading works again."""
    service = ListedJobs(a="QUEUED")
    service.bad = 503
    async with poller_of(service) as poller:
        told = await asyncio.gather(poller.named_jobs(), poller.find("r"), return_exceptions=True)
        assert [type(fault) for fault in told] == [Unreachable] * 2
        assert len(service.moments) == 6
        assert poller.readings == 1
        service.bad = None
        assert [ref.id for ref in await poller.named_jobs()] == ["a"]


@in_virtual_time
async def test_deadline_holds_while_the_service_is_away() -> None:
    """The wait ends soon after its deadline."""
    service = ListedJobs(a="QUEUED")
    service.bad = 503
    service.on("GET /a", 503)
    async with poller_of(service) as poller:
        with pytest.raises(WaitTimeout, match="never seen"):
            await poller.finished("a", timeout=100)
        assert 100 <= now() < 160


@in_virtual_time
async def test_deadline_of_an_active_job() -> None:
    """The job is read once, and its phase is in the error."""
    service = ListedJobs(a="EXECUTING")
    service.on("GET /a", job_document("a", "<phase>EXECUTING</phase>"))
    told: list[str] = []

    async def show(seen: Observation) -> None:
        told.append(seen.job.phase.value)

    async with poller_of(service) as poller:
        await asyncio.sleep(50)
        with pytest.raises(WaitTimeout, match="still EXECUTING after") as caught:
            await poller.finished("a", timeout=20, on_progress=show)
        assert caught.value.waited == pytest.approx(now() - 50)
        assert 20 <= caught.value.waited < 23
    assert service.count("GET /a") == 1
    assert told == ["EXECUTING"] * 2


@in_virtual_time
async def test_refusal_is_told_to_all() -> None:
    """A waiter reads its job by itself, and is refused as well."""
    service = ListedJobs(a="QUEUED")
    service.bad = 403
    service.on("GET /a", 403)
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("a", timeout=1000))
        await asyncio.sleep(0.5)
        with pytest.raises(AuthenticationFailed):
            await poller.named_jobs()
        with pytest.raises(AuthenticationFailed):
            await waiting


@in_virtual_time
async def test_job_can_be_read_though_the_list_is_refused() -> None:
    """The caller waits for its job by itself, and each reading of the job is reported."""
    service = ListedJobs()
    service.bad = 403
    service.on("GET /a", *[job_document("a", f"<phase>{p}</phase>") for p in ("QUEUED", "ERROR")])
    told: list[str] = []
    async with poller_of(service) as poller:
        assert (await wait_one(poller, told)).phase is Phase.ERROR
        assert poller.readings == 1
    assert told == ["QUEUED", "ERROR"]


@in_virtual_time
async def test_unforeseen_fault_is_told_to_all() -> None:
    """No caller waits for ever, and polling continues."""
    service = ListedJobs(a="QUEUED")
    service.bad = RuntimeError("unforeseen")
    service.end("b")
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("b", timeout=1000))
        with pytest.raises(RuntimeError, match="unforeseen"):
            await poller.named_jobs()
        assert (await waiting).phase is Phase.COMPLETED
        service.bad = None
        assert len(await poller.named_jobs()) == 2


@in_virtual_time
async def test_job_that_vanishes_is_lost_and_one_that_never_was_is_not_found() -> None:
    """A job that no list has shown was never there."""
    service = ListedJobs(a="EXECUTING")
    service.on("GET /a", 404)
    service.on("GET /b", 404)
    async with poller_of(service) as poller:
        at(3, service.phases.clear)
        with pytest.raises(JobLost, match="its last phase was EXECUTING") as caught:
            await poller.finished("a", timeout=1000)
        assert caught.value.job_url == f"{JOBS_URL}/a"
        with pytest.raises(JobNotFound):
            await poller.finished("b", timeout=1000)


@in_virtual_time
async def test_fault_of_an_observer_is_its_own() -> None:
    """It ends the wait of its caller only."""
    service = ListedJobs(a="QUEUED", b="QUEUED")

    async def fail(seen: Observation) -> None:
        raise RuntimeError("full")

    async with poller_of(service) as poller:
        other = asyncio.create_task(poller.finished("b", timeout=1000))
        with pytest.raises(RuntimeError, match="full"):
            await poller.finished("a", timeout=1000, on_progress=fail)
        at(2, lambda: service.end("b"))
        assert (await other).phase is Phase.COMPLETED
    assert service.count("GET /a") == 0


@in_virtual_time
async def test_caller_that_goes_away_takes_nothing_along() -> None:
    """The other callers get their answers."""
    service = ListedJobs(a="QUEUED", b="QUEUED")
    service.delay = 0.5

    async def shown_late(seen: Observation) -> None:
        gone_waiting.cancel()
        await asyncio.sleep(0.1)
        raise RuntimeError("too late")

    async with poller_of(service) as poller:
        gone = asyncio.create_task(poller.named_jobs())
        gone_waiting = asyncio.create_task(
            poller.finished("a", timeout=1000, on_progress=shown_late)
        )
        stays = asyncio.create_task(poller.named_jobs())
        waits = asyncio.create_task(poller.finished("b", timeout=1000))
        await asyncio.sleep(0.1)
        gone.cancel()
        assert [ref.id for ref in await stays] == ["a", "b"]
        await asyncio.sleep(3)
        service.end("b")
        assert (await waits).phase is Phase.COMPLETED
        assert gone.cancelled()
        assert gone_waiting.cancelled()
        service.bad = 503
        gone = asyncio.create_task(poller.named_jobs())
        await asyncio.sleep(3)
        gone.cancel()
        with pytest.raises(Unreachable):
            await poller.named_jobs()


@in_virtual_time
async def test_poller_ends_with_its_block() -> None:
    """No more requests are sent, and the connections are closed."""
    service = ListedJobs(a="QUEUED")
    before = asyncio.all_tasks()
    async with poller_of(service) as poller:
        waiting = asyncio.create_task(poller.finished("a", timeout=1000))
        await asyncio.sleep(3.5)
        assert len(service.moments) == 4
    await asyncio.sleep(100)
    assert len(service.moments) == 4
    waiting.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    with pytest.raises(RuntimeError, match="closed"):
        await poller.job("a")


@in_virtual_time
async def test_polling_that_was_ended_with_all_tasks_begins_anew() -> None:
    """Whoever cleans up after that looks at the list at once, and who had asked gets it, too."""
    service = ListedJobs(a="QUEUED")
    service.delay = 0.5
    asked = await _poll_and_end_polling(service, seconds=0.1)
    assert asked == [["a"], ["a"]]
    assert len(service.moments) == 2
    assert await _poll_and_end_polling(service, seconds=0.6) == [["a"], ["a"]]


async def _poll_and_end_polling(service: ListedJobs, seconds: float) -> list[list[str]]:
    """End the polling some seconds after a caller has asked, and ask again at once."""
    async with poller_of(service) as poller:
        first = asyncio.create_task(poller.named_jobs())
        await asyncio.sleep(seconds)
        for task in asyncio.all_tasks() - {asyncio.current_task(), first}:
            task.cancel()
        second = await poller.named_jobs()
        return [[ref.id for ref in listed] for listed in (await first, second)]


@in_virtual_time
async def test_reading_under_way_says_nothing_of_those_who_begin_to_wait() -> None:
    """It may lack their new jobs, which are not read by themselves for that."""
    service = ListedJobs(a="QUEUED")
    service.delay = 5.0
    async with poller_of(service) as poller:
        first = asyncio.create_task(poller.finished("a", timeout=1000))
        await asyncio.sleep(1)
        service.phases["b"] = "QUEUED"
        second = asyncio.create_task(poller.finished("b", timeout=1000))
        await asyncio.sleep(100)
        service.end("a")
        service.end("b")
        await asyncio.gather(first, second)
    assert service.count("GET /b") == 1


@in_virtual_time
async def test_end_of_one_job_makes_the_interval_short_for_the_others() -> None:
    """Jobs that began together end together."""
    service = ListedJobs(a="QUEUED", b="QUEUED")
    async with poller_of(service) as poller:
        waiting = [asyncio.create_task(poller.finished(job, timeout=9999)) for job in "ab"]
        await asyncio.sleep(300)
        service.end("a")
        await asyncio.sleep(25)
        assert waiting[0].done()
        assert service.moments[-1] - service.moments[-2] < 3
        service.end("b")
        await asyncio.gather(*waiting)
