"""What a wait requests next, and when it gives up, in virtual time."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    ExpresError,
    JobLost,
    JobNotFound,
    Malformed,
    ProtocolError,
    RequestRejected,
    ServerFault,
    WaitTimeout,
)
from prefect_expres.uws import Observation, UWSClient, wait_for
from tests.support.listed_jobs import now
from tests.support.scripted_service import JOBS_URL, Answer, Script, ScriptedService
from tests.support.uws_documents import job_document, jobs_document
from tests.support.virtual_time import LoopClock, in_virtual_time

LISTED = jobs_document('<jobref id="j1"><phase>EXECUTING</phase></jobref>')
UNLISTED = jobs_document('<jobref id="j2"><phase>EXECUTING</phase></jobref>')


def job(phase: str, delay: float = 0.0) -> Answer:
    """Answer with a job, after some time."""
    return Answer(job_document("j1", f"<phase>{phase}</phase>"), delay=delay)


class Story:
    """A service, a client of it, and when it was asked."""

    def __init__(self, *answers: Script) -> None:
        self.service = ScriptedService()
        self.service.on("GET /j1", *answers)
        self.client = UWSClient(JOBS_URL, transport=self.service, clock=LoopClock())
        self.seen: list[tuple[str, float]] = []

    async def note(self, observation: Observation) -> None:
        """Note what a wait tells."""
        self.seen.append((observation.job.phase.value, observation.elapsed))

    async def wait(self, timeout: float = 1000.0, began: float | None = None) -> str:
        """Wait for the job, and give its phase."""
        found = await wait_for(
            self.client, "j1", timeout=timeout, on_progress=self.note, began=began
        )
        return found.phase.value


@in_virtual_time
async def test_finished_job_is_read_once() -> None:
    """It is reported with the time since the wait began."""
    story = Story(job("COMPLETED", delay=0.2))
    assert await story.wait() == "COMPLETED"
    assert story.service.asked == ["GET /j1?WAIT=1"]
    assert story.seen == [("COMPLETED", 0.2)]
    quiet = await wait_for(story.client, "j1", timeout=5)
    assert quiet.id == "j1"


@in_virtual_time
async def test_wait_is_lengthened_after_a_look() -> None:
    """The first look shows that others are answered, the next that the service sleeps on."""
    story = Story(
        job("EXECUTING", 1.0), job("EXECUTING", 0.05), job("EXECUTING", 20.0), job("COMPLETED", 0.1)
    )
    assert await story.wait() == "COMPLETED"
    assert story.service.asked == [
        "GET /j1?WAIT=1",
        "GET /j1",
        "GET /j1?WAIT=30&PHASE=EXECUTING",
        "GET /j1",
    ]
    assert [round(elapsed, 2) for _, elapsed in story.seen] == [0.55, 7.15]


@in_virtual_time
async def test_service_that_answers_nobody_meanwhile_is_not_asked_to_wait_again() -> None:
    """The look is answered only after the wait; then the job is read every two seconds."""
    story = Story(job("EXECUTING", 1.0), job("EXECUTING", 0.8), job("EXECUTING"))
    with pytest.raises(WaitTimeout):
        await story.wait(timeout=15)
    assert story.service.asked == ["GET /j1?WAIT=1"] + ["GET /j1"] * 7
    assert [elapsed for _, elapsed in story.seen] == pytest.approx([1, 6, 8, 10, 12, 14, 15])
    again = Story(job("EXECUTING"))
    with pytest.raises(WaitTimeout):
        await again.wait(timeout=5)
    assert [elapsed for _, elapsed in again.seen] == pytest.approx([0, 4, 5])
    assert again.service.asked == ["GET /j1"] * 3


@in_virtual_time
async def test_pauses_grow_with_the_phase() -> None:
    """A pause is a fiftieth of the phase's seconds, from 2 to 15 s."""
    seconds = [0.0]
    story = Story()

    async def told(request: httpx.Request) -> Script:
        seconds.append(now())
        return job("COMPLETED" if now() > 1500 else "EXECUTING" if now() > 1200 else "QUEUED")

    story.service.on("GET /j1", told)
    assert await story.wait(timeout=5000) == "COMPLETED"
    assert [name for name in story.service.asked if "WAIT" in name] == [
        "GET /j1?WAIT=1",
        *["GET /j1?WAIT=1&PHASE=QUEUED"] * 2,
    ]
    pauses = [(before, after - before) for before, after in pairwise(seconds[4:])]
    changed = next(second for second in seconds if second > 1200)
    for moment, pause in pauses:
        lasted = moment - (changed if moment >= changed else 0.0)
        assert pause == pytest.approx(min(max(0.02 * lasted, 2.0), 15.0))
    assert {round(pause, 1) for _, pause in pauses} >= {2.0, 15.0}


@in_virtual_time
async def test_deadline_is_kept() -> None:
    """No pause goes beyond it; the error names job, phase and time."""
    story = Story(job("EXECUTING"))
    with pytest.raises(WaitTimeout, match=r"/j1 is still EXECUTING after 60 s") as caught:
        await story.wait(timeout=60)
    fault = caught.value
    assert (fault.job_url, fault.phase) == (f"{JOBS_URL}/j1", "EXECUTING")
    assert fault.waited == now() == pytest.approx(60)
    assert story.seen[-1][1] == pytest.approx(60)


@in_virtual_time
async def test_wait_asks_for_no_more_than_is_left() -> None:
    """The service is not asked to answer after the deadline."""
    story = Story(job("EXECUTING", 1.0), job("EXECUTING", 0.1), job("EXECUTING", 4.0))
    with pytest.raises(WaitTimeout):
        await story.wait(timeout=5)
    assert story.service.asked[2] == "GET /j1?WAIT=4&PHASE=EXECUTING"


@in_virtual_time
async def test_time_before_the_wait_counts() -> None:
    """A wait that began earlier ends earlier."""
    await asyncio.sleep(50)
    story = Story(job("EXECUTING"))
    with pytest.raises(WaitTimeout, match="after 60 s"):
        await story.wait(timeout=60, began=10.0)
    assert now() == pytest.approx(70)
    assert story.seen[0] == ("EXECUTING", 40.0)


@pytest.mark.parametrize("bad", [503, 429, 502, httpx.ConnectError("down"), httpx.ReadTimeout("")])
@in_virtual_time
async def test_service_that_is_away_is_outlasted(bad: Script) -> None:
    """The wait goes on until the deadline."""
    story = Story(*[bad] * 30, job("COMPLETED"))
    assert await story.wait(timeout=10_000) == "COMPLETED"
    assert len(story.service.requests) == 31
    story = Story(bad)
    with pytest.raises(WaitTimeout, match="is still never seen after 100 s") as caught:
        await story.wait(timeout=100)
    assert caught.value.phase == "never seen"
    assert now() >= 100


@in_virtual_time
async def test_pauses_after_faults_grow_and_begin_anew() -> None:
    """They grow from 0.5 to 15 s; a good answer makes them short again."""
    moments: list[float] = []
    story = Story()
    script = [503] * 9 + [job("QUEUED")] + [503] * 2 + [job("COMPLETED")]

    async def told(request: httpx.Request) -> Script:
        moments.append(now())
        return script[len(moments) - 1]

    story.service.on("GET /j1", told)
    await story.wait()
    pauses = [after - before for before, after in pairwise(moments)]
    for pause, usual in zip(pauses[:9], [0.5, 1, 2, 4, 8, 15, 15, 15, 15], strict=True):
        assert 0.75 * usual <= pause <= 1.25 * usual
    assert 0.375 <= pauses[10] <= 0.625


@in_virtual_time
async def test_service_says_when_to_come_back() -> None:
    """It is not asked earlier, unless the deadline is earlier."""
    story = Story(Answer(status=503, headers={"Retry-After": "40"}), job("COMPLETED"))
    await story.wait()
    assert 40 <= now() <= 44
    story = Story(Answer(status=429, headers={"Retry-After": "40"}))
    began = now()
    with pytest.raises(WaitTimeout):
        await story.wait(timeout=50)
    assert now() - began == pytest.approx(50)


@pytest.mark.parametrize(
    ("bad", "kind"), [(500, ServerFault), ("<other/>", ProtocolError), ("<jo", Malformed)]
)
@in_virtual_time
async def test_failures_in_a_row_are_counted(bad: Script, kind: type[ExpresError]) -> None:
    """The ninth in a row ends the wait; answers that mean busy are not counted."""
    story = Story(*[bad] * 8, job("EXECUTING"), *[bad] * 4, 503, 429, *[bad] * 4, job("COMPLETED"))
    assert await story.wait() == "COMPLETED"
    for good in ([job("EXECUTING")], []):
        story = Story(*good, bad)
        with pytest.raises(kind) as caught:
            await story.wait()
        assert type(caught.value) is kind
        assert len(story.service.requests) == len(good) + 9


@pytest.mark.parametrize(("bad", "kind"), [(400, RequestRejected), (403, AuthenticationFailed)])
@in_virtual_time
async def test_refusal_ends_the_wait(bad: Script, kind: type[ExpresError]) -> None:
    """The same request would be refused again."""
    story = Story(job("EXECUTING"), bad)
    with pytest.raises(kind):
        await story.wait()
    assert len(story.service.requests) == 2


@in_virtual_time
async def test_new_job_may_not_be_found_at_first() -> None:
    """For ten seconds the list is not read; then the list decides."""
    story = Story(404)
    story.service.on("GET", LISTED, LISTED, UNLISTED)
    with pytest.raises(JobNotFound):
        await story.wait()
    first = story.service.asked.index("GET")
    assert story.service.asked[:first] == ["GET /j1?WAIT=1"] * first
    assert first >= 4
    assert story.service.count("GET") == 3
    story = Story(404, 404, job("COMPLETED"))
    assert await story.wait() == "COMPLETED"


@pytest.mark.parametrize(("after", "asked"), [(9.9, False), (10.1, True)])
@in_virtual_time
async def test_grace_for_new_jobs_is_ten_seconds(after: float, *, asked: bool) -> None:
    """It is counted from the start of the wait."""
    story = Story(404, job("COMPLETED"))
    story.service.on("GET", LISTED)
    await asyncio.sleep(100)
    await story.wait(began=now() - after)
    assert ("GET" in story.service.asked) is asked


@in_virtual_time
async def test_job_that_vanishes_is_lost() -> None:
    """It was not found five times and is not in the list; the error has its last phase."""
    story = Story(job("EXECUTING"), 404)
    story.service.on("GET", UNLISTED)
    with pytest.raises(JobLost, match="its last phase was EXECUTING") as caught:
        await story.wait()
    assert caught.value.job_url == f"{JOBS_URL}/j1"
    assert [name.partition("?")[0] for name in story.service.asked] == [
        *["GET /j1"] * 6,
        "GET",
    ]


@pytest.mark.parametrize("listed", [LISTED, 500, 503, 403, "<html/>", "<jobs"])
@in_virtual_time
async def test_list_that_does_not_deny_the_job_proves_nothing(listed: Script) -> None:
    """If the job is listed, or the list cannot be read, the wait goes on."""
    story = Story(job("EXECUTING"), *[404] * 8, job("COMPLETED"))
    story.service.on("GET", listed)
    assert await story.wait(timeout=100_000) == "COMPLETED"
    assert "GET" in story.service.asked


@in_virtual_time
async def test_misses_in_a_row_are_counted() -> None:
    """Four in a row, twice, are not enough to read the list."""
    story = Story(job("EXECUTING"), *[404] * 4, job("EXECUTING"), *[404] * 4, job("COMPLETED"))
    assert await story.wait() == "COMPLETED"
    assert "GET" not in story.service.asked


@pytest.mark.parametrize("interrupted", [lambda: RuntimeError("full"), asyncio.CancelledError])
@in_virtual_time
async def test_fault_of_the_observer_ends_the_wait(
    interrupted: Callable[[], BaseException],
) -> None:
    """The error is raised to the caller."""

    async def fail(observation: Observation) -> None:
        raise interrupted()

    story = Story(job("EXECUTING"))
    with pytest.raises(type(interrupted())):
        await wait_for(story.client, "j1", timeout=10, on_progress=fail)
