"""Create a job of ours, and find out what became of a create that failed or whose answer was lost.

A service may save a job before it takes its inputs, as OPUS does. If it then fails, it leaves a
husk: a PENDING job under our runId and without a configuration, which would run with the default
one of the service. So a job that is found by its runId counts only with our inputs, and a husk is
deleted.
"""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

from prefect_expres.errors import (
    ActiveJobsLimit,
    AuthenticationFailed,
    Busy,
    ExpresError,
    RequestRejected,
    ServiceError,
    SubmissionUncertain,
)
from prefect_expres.execution.events import Listener, StepTaken
from prefect_expres.execution.inputs import Likeness, compare
from prefect_expres.execution.job_limit import JobLimitWait
from prefect_expres.execution.options import RunOptions
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase, Upload, UWSClient

CREATES_LOST = 5
MOST_CREATES = 10
MOST_HUSKS = 3
PAUSES_AFTER_A_LOST_CREATE = (0.5, 1.0, 2.0, 4.0)
_FAILED = 500
"""The status of a server that has failed, and so will not complete the job later."""

_sent: ContextVar[list[RunId] | None] = ContextVar("sent", default=None)


@contextlib.contextmanager
def creates_noted() -> Iterator[list[RunId]]:
    """Give the runIds of the creates that are sent inside: each may have become a job."""
    noted: list[RunId] = []
    token = _sent.set(noted)
    try:
        yield noted
    finally:
        _sent.reset(token)


class Creation:
    """The creates for one simulation of one flow run.

    ``created`` holds the runIds of our jobs by their ids; ``strays`` says that a create was lost,
    whose job may still appear.

    Args:
        client: The client of the job list.
        request: The simulation.
        options: How it is to be run.
        tell: Is told what happens.
    """

    def __init__(
        self, client: UWSClient, request: SimulationRequest, options: RunOptions, tell: Listener
    ) -> None:
        self._client = client
        self._request = request
        self._options = options
        self._limit = JobLimitWait(client.clock, options.seconds_to_wait, client.jobs_url, tell)
        self._tell = tell
        self._creates = 0
        self._lost = 0
        self._husks = 0
        self.created: dict[str, RunId] = {}
        self.strays = False

    async def create(self) -> None:
        """Create a job of ours; if the answer is lost, look whether it came to be.

        Raises:
            WaitTimeout: The limit of active jobs was reached all the time.
            SubmissionUncertain: Answers were lost again and again, or new jobs vanished.
            RequestRejected: The service refused the job, or took it without its inputs each time.
            ServiceError: The service could not be reached.
        """
        self._creates += 1
        if self._creates > MOST_CREATES:
            msg = f"{MOST_CREATES} new jobs vanished from {self._client.jobs_url}; look at its list"
            raise SubmissionUncertain(msg, self._client.jobs_url)
        run_id = RunId.new(self._request.label, self._request.fingerprint, self._options.owner)
        noted = _sent.get()
        if noted is not None:
            noted.append(run_id)
        try:
            job_id = await self._client.create(self._parameters(run_id), self._uploads())
        except ActiveJobsLimit as fault:
            self._creates -= 1
            await self._limit.pause(fault)
        except (SubmissionUncertain, Busy) as fault:
            self._lost += 1
            if self._lost > CREATES_LOST:
                raise
            await self._settle(run_id, fault)
        except RequestRejected as fault:
            if not isinstance(fault, AuthenticationFailed):
                await self._clear(run_id, fault)
            raise
        else:
            self.created[job_id] = run_id

    async def _settle(self, run_id: RunId, fault: ServiceError) -> None:
        """Find the job of a create without an answer; a husk of it is deleted."""
        await self._told(
            "The answer to a create was lost, or was an error of the server; looking for "
            f"{run_id} in the job list"
        )
        await self._client.clock.sleep(fault.retry_after or 0.0)
        husks: list[str] = []
        for pause in PAUSES_AFTER_A_LOST_CREATE:
            husks = await self._look_for(run_id)
            if run_id in self.created.values():
                return
            if husks and fault.status == _FAILED:
                break
            await self._client.clock.sleep(pause)
        if not husks or not await self._discard(husks, fault):
            self.strays = True
            return
        self._husks += 1
        if self._husks >= MOST_HUSKS:
            msg = (
                f"{self._client.jobs_url} created {self._husks} jobs without their inputs, which "
                f"were deleted; tell its operators, or try again later. {fault.reason or fault}"
            )
            raise RequestRejected(msg, fault.url, fault.status, fault.reason)

    async def _look_for(self, run_id: RunId) -> list[str]:
        """Take the job of a create if it has our inputs; give the ids of husks."""
        husks = []
        for ref in await self._client.find(str(run_id)):
            likeness = await compare(self._client, ref.id, self._request)
            if likeness is Likeness.SAME:
                self.created[ref.id] = run_id
                await self._told(f"The job {ref.id} was created")
            elif likeness is Likeness.MISSING and ref.phase is Phase.PENDING:
                husks.append(ref.id)
        return husks

    async def _clear(self, run_id: RunId, fault: RequestRejected) -> None:
        """Delete what a refused create has left; the refusal matters more than a failure here."""
        with contextlib.suppress(ExpresError):
            await self._discard(await self._look_for(run_id), fault)

    async def _discard(self, husks: Iterable[str], fault: ServiceError) -> bool:
        """Delete husks, and tell the server's reason; say whether none is left."""
        left = False
        for job_id in husks:
            try:
                await self._client.delete(job_id)
                done = "it was deleted"
            except ServiceError as refusal:
                left, done = True, f"it could not be deleted, and must not be run. {refusal}"
            reason = f" ({fault.reason})" if fault.reason else ""
            await self._told(
                f"The create failed{reason} and left the job {job_id} without its inputs: {done}"
            )
        return not left

    def _parameters(self, run_id: RunId) -> dict[str, str]:
        return {
            "runId": str(run_id),
            "branch": self._request.branch,
            "executionDuration": str(self._options.execution_duration),
        }

    def _uploads(self) -> dict[str, Upload]:
        request = self._request
        content = request.configuration.to_json()
        uploads = {"config": Upload(request.configuration_name, content, "application/json")}
        if request.ephemeris is not None:
            uploads["ephemeride"] = Upload(request.ephemeris_name, request.ephemeris, "text/csv")
        return uploads

    async def _told(self, message: str) -> None:
        await self._tell(StepTaken("submit", message))
