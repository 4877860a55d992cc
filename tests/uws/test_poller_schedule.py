"""When a poller reads the list, which caller gets which reading, and what errors do."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    JobLost,
    JobNotFound,
    Unreachable,
    WaitTimeout,
)
from prefect_expres.uws import Job, JobListPoller, Observation, Phase
from tests.support.scripted_service import JOBS_URL, Answer, Script, ScriptedService
from tests.support.uws_documents import job_document, jobs_document
from tests.support.virtual_time import LoopClock, in_virtual_time

ACTIVE = "?PHASE=EXECUTING&PHASE=HELD&PHASE=PENDING&PHASE=QUEUED&PHASE=SUSPENDED&PHASE=UNKNOWN"


def now() -> float:
    """Give the loop's time."""
    return asyncio.get_running_loop().time()


class ListedJobs(ScriptedService):
    """A service with jobs that a test changes.

    Attributes:
        phases: The jobs and their phases.
        bad_once: Answers to the next requests for the list, instead of the list.
        bad: The answer to all requests for the list, if there is one.
        delay: Seconds from a request for the list to its answer; the list is that of its beginning.
        moments: When the list was asked for.
    """

    def __init__(self, **phases: str) -> None:
        super().__init__()
        self.phases = phases
        self.bad_once: list[Script] = []
        self.bad: Script | None = None
        self.delay = 0.0
        self.moments: list[float] = []
        self.on("GET", self._list)

    def end(self, job_id: str, phase: str = "COMPLETED") -> None:
        """Let a job end."""
        self.phases[job_id] = phase
        self.on(f"GET /{job_id}", job_document(job_id, f"<phase>{phase}</phase>"))

    async def _list(self, request: httpx.Request) -> Script:
        self.moments.append(now())
        if self.bad_once:
            return self.bad_once.pop(0)
        if self.bad is not None:
            return self.bad
        wanted = request.url.params.get_list("PHASE")
        listed = "".join(
            f'<jobref id="{job_id}"><phase>{phase}</phase><runId>r-{job_id}</runId></jobref>'
            for job_id, phase in self.phases.items()
            if not wanted or phase in wanted
        )
        return Answer(jobs_document(listed), delay=self.delay)


def poller_of(service: ScriptedService) -> JobListPoller:
    """Give a poller of a service."""
    return JobListPoller(JOBS_URL, transport=service, clock=LoopClock())


def at(seconds: float, act: Callable[[], object]) -> None:
    """Do something later."""
    asyncio.get_running_loop().call_later(seconds, act)


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


async def wait_one(poller: JobListPoller, told: list[str]) -> Job:
    """Wait for the job a, and note the phases that are reported."""

    async def show(seen: Observation) -> None:
        told.append(seen.job.phase.value)

    return await poller.finished("a", timeout=1000, on_progress=show)


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
