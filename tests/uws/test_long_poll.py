"""A WAIT is lengthened only while it does no harm: services with few threads, in virtual time."""

import asyncio

import pytest

from prefect_expres.errors import JobNotFound, ServerFault
from prefect_expres.uws import Job, Phase, UWSClient
from prefect_expres.uws.long_poll import LongPoll
from prefect_expres.uws.wait_policy import WaitPolicy
from tests.benchmarks.crowded_waits import WAYS, Scene, found, ours_anew
from tests.support.scripted_service import JOBS_URL, Answer, Script, ScriptedService
from tests.support.uws_documents import job_document
from tests.support.virtual_time import LoopClock, in_virtual_time

ROUNDS = 10
LOOP = WAYS["the documented loop"]
RUNS, DONE = Phase.EXECUTING, Phase.COMPLETED
DAY = 86400.0


@pytest.mark.parametrize("seconds", [3, 7, 20])
def test_service_with_many_threads_tells_the_end_at_once(seconds: float) -> None:
    """With 64 threads, the end is told in 0.35 s, after four requests; 0.97 s and up by a loop."""
    ours = found(ours_anew, Scene(64, seconds), ROUNDS)
    assert ours.late <= 0.35
    assert ours.requests <= 4
    assert ours.delay <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize(
    "scene",
    [Scene(1, 7), Scene(1, 60), Scene(5, 40, processes=5), Scene(5, 60, processes=5)],
    ids=str,
)
def test_service_with_few_threads_is_not_harmed(scene: Scene) -> None:
    """No later than a loop of two seconds, with no more requests; nobody waits for long."""
    ours, loop = found(ours_anew, scene, ROUNDS), found(LOOP, scene, ROUNDS)
    assert ours.late <= loop.late + 0.1
    assert ours.requests <= loop.requests + 0.1
    assert ours.delay <= 2.5


@pytest.mark.parametrize("way", ["uws-client's one WAIT", "pyvo's algorithm"])
def test_those_who_trust_wait_do_harm(way: str) -> None:
    """With one thread, one long WAIT keeps everybody waiting: what others measure is real."""
    other = found(WAYS[way], Scene(1, 7), 2)
    assert other.delay > 50
    assert other.late > 40


class Poll:
    """A wait for a job of a service that answers as it is told."""

    def __init__(self, wait: Script, *looks: Script) -> None:
        self.service = ScriptedService()
        self.waits = [wait]
        self.looks = list(looks)
        self.policy = WaitPolicy()
        self.told: list[Phase] = []
        self.service.on("GET /j1", self._answer)

    async def _answer(self, request: object) -> Script:
        script = self.waits if "WAIT" in self.service.asked[-1] else self.looks
        return script.pop(0) if len(script) > 1 else script[0]

    async def _tell(self, job: Job) -> None:
        self.told.append(job.phase)

    async def answer(self, phase: Phase | None = RUNS) -> Phase:
        """Wait for the job to leave a phase."""
        async with UWSClient(JOBS_URL, transport=self.service, clock=LoopClock()) as client:
            poll = LongPoll(client, "j1", self.policy, self._tell)
            return (await poll.answer(phase, DAY)).phase

    @property
    def avoided(self) -> bool:
        """The service is not asked to wait any more."""
        return not self.policy.may_wait(RUNS, LoopClock().now())


def job(phase: Phase, delay: float = 0.05) -> Answer:
    """Answer with a job."""
    return Answer(job_document("j1", f"<phase>{phase}</phase>"), delay=delay)


@in_virtual_time
async def test_look_that_shows_the_end_ends_a_wait_that_sleeps_on() -> None:
    """The service is asked to wait no more, and the job is known half a second later."""
    poll = Poll(job(RUNS, 600.0), job(RUNS), job(DONE))
    assert await poll.answer() is DONE
    assert LoopClock().now() == pytest.approx(0.5 + 0.05 + 6.0 + 0.05 + 0.5)
    assert poll.avoided


@in_virtual_time
async def test_change_at_the_moment_of_the_look_is_no_oversleeping() -> None:
    """The wait tells it a moment later."""
    poll = Poll(job(DONE, 0.6), job(DONE))
    assert await poll.answer() is DONE
    assert not poll.avoided


@pytest.mark.parametrize("taken", [0.5, 0.8])
@in_virtual_time
async def test_change_before_the_look_is_answered_is_no_harm(taken: float) -> None:
    """The wait did not run to its end, however long the look takes."""
    poll = Poll(job(DONE, taken), job(RUNS, 3.0))
    assert await poll.answer() is DONE
    assert LoopClock().now() == pytest.approx(taken)
    assert not poll.avoided
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_virtual_time
async def test_end_that_the_first_look_shows_says_nothing_of_the_wait() -> None:
    """No phase was named in it whose end the service could have told."""
    poll = Poll(job(DONE, 600.0), job(DONE))
    assert await poll.answer(None) is DONE
    assert LoopClock().now() == pytest.approx(0.55)
    assert not poll.avoided


@in_virtual_time
async def test_wait_that_another_has_followed_is_closed() -> None:
    """Else this client would hold two threads of the service, which is seen to wake it."""
    poll = Poll(job(RUNS, 600.0), job(RUNS))
    poll.waits.append(job(DONE, 5.0))
    assert await poll.answer() is DONE
    assert poll.policy.wakes
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_virtual_time
async def test_look_that_was_queued_shows_that_threads_are_few() -> None:
    """It is answered during the wait, but later than the service answers otherwise."""
    poll = Poll(job(RUNS, 1.0), job(RUNS, 0.2))
    assert await poll.answer() is RUNS
    assert poll.told == [RUNS]
    assert LoopClock().now() == pytest.approx(0.7)
    assert poll.avoided


@in_virtual_time
async def test_look_that_fails_lengthens_nothing() -> None:
    """The short wait is heard to its end; an error says nothing of the threads."""
    poll = Poll(job(RUNS, 1.0), 500)
    assert await poll.answer() is RUNS
    assert [name for name in poll.service.asked if "WAIT" in name] == [
        "GET /j1?WAIT=1&PHASE=EXECUTING"
    ]
    assert not poll.avoided


@in_virtual_time
async def test_look_that_does_not_find_the_job_ends_the_wait() -> None:
    """OPUS sleeps on for a job that was deleted."""
    with pytest.raises(JobNotFound):
        await Poll(job(RUNS, 600.0), 404).answer()
    assert LoopClock().now() < 1


@in_virtual_time
async def test_wait_that_fails_is_told() -> None:
    """Whoever waits decides what to do about it."""
    with pytest.raises(ServerFault):
        await Poll(500, job(RUNS)).answer()


@in_virtual_time
async def test_phase_that_the_first_look_shows_is_reported() -> None:
    """The wait goes on in it; a phase in which no service waits ends it."""
    poll = Poll(job(DONE, 3.0), job(RUNS))
    assert await poll.answer(None) is DONE
    assert poll.told == [RUNS]
    assert poll.service.asked[-1] == "GET /j1?WAIT=30&PHASE=EXECUTING"
    assert await Poll(job(RUNS, 3.0), job(Phase.HELD)).answer(None) is Phase.HELD


@in_virtual_time
async def test_job_that_was_started_is_told_by_the_look() -> None:
    """A service may wait in the old phase and in the new one: the change counts."""
    queued = Phase.QUEUED
    assert await Poll(job(queued, 600.0), job(RUNS)).answer(queued) is RUNS


@in_virtual_time
async def test_cancelled_wait_leaves_nothing_behind() -> None:
    """Wait and look are closed."""
    poll = Poll(job(RUNS, 600.0), job(RUNS, 600.0))
    waiting = asyncio.ensure_future(poll.answer())
    await asyncio.sleep(0.5)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert poll.service.open_answers == 0
