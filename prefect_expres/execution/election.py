"""Choose the one job that runs a simulation, also when several flow runs want it at once.

UWS separates create from run, and its list shows every job with its creation time. So each client
reads the list first. If it sees no job, it creates one in phase PENDING, lets it settle, and reads
the list again: the oldest job wins, and clients delete their own jobs that lost and wait for it.
All who read the list see the same winner, and only the winner is ever started.

Why nothing slips through:

- *Equal times.* Services tell whole seconds, so a job that is created later may tie with ours and
  come first by its id. A decision is therefore taken only on a list that is read `SETTLE_SECONDS`
  after a job that is not older than the winner was seen: by then the service's clock has left that
  second, and every job that could tie is in the list.
- *A winner whose creator dies.* Starting is safe to repeat, as a job leaves PENDING once: those
  who wait start the winner themselves after a while (`ensure_started`). No job is deleted for it.
- *A forged runId.* Guests see and may copy runIds. A job counts only after its inputs were fetched
  and make the same fingerprint, so that a forged one either is the same simulation or is ignored.
- *A lost answer.* Each create has its own runId, and the list tells what became of it; the job
  counts only with our inputs, see `prefect_expres.execution.creation`.
- *A stale list.* A list that lacks a job of ours that still exists is not believed.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import (
    JobNotFound,
    ServiceError,
    WaitTimeout,
)
from prefect_expres.execution.creation import Creation
from prefect_expres.execution.events import Listener, StepTaken, ignore
from prefect_expres.execution.inputs import Likeness, compare
from prefect_expres.execution.options import RunOptions
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import JobRef, Phase, UWSClient

SETTLE_SECONDS = 1.25
LOOKS_FOR_OURS = 5


class Submission(BaseModel):
    """The job that runs a simulation.

    ``ours`` says that this flow run created it, and so is the one to stop it; ``phase`` is the one
    it was chosen in; ``strays`` says that a create was lost, whose job may still appear.
    """

    model_config = ConfigDict(frozen=True)

    job_id: str
    job_url: str
    run_id: str
    ours: bool
    phase: Phase
    strays: bool = False


class Election:
    """The choice of the job for one simulation of one flow run.

    Args:
        client: The client of the job list.
        request: The simulation.
        options: How it is to be run.
        excluded: Ids of jobs to exclude: earlier attempts failed.
        tell: Is told what happens.
    """

    def __init__(
        self,
        client: UWSClient,
        request: SimulationRequest,
        options: RunOptions,
        excluded: Collection[str] = (),
        tell: Listener = ignore,
    ) -> None:
        self._client = client
        self._clock = client.clock
        self._request = request
        self._options = options
        self._timeout = options.seconds_to_wait
        self._deadline = client.clock.now() + self._timeout
        self._creation = Creation(client, request, options, tell)
        self._excluded = frozenset(excluded)
        self._tell = tell
        self._verdicts: dict[str, bool] = {}

    async def submit(self) -> Submission:
        """Choose the one job, which may be another's, running or completed.

        Raises:
            WaitTimeout: No job could be had in all the time.
            SubmissionUncertain: Answers to creates were lost again and again.
            ServiceError: The service refused, or could not be reached.
        """
        seen: frozenset[str] = frozenset()
        while True:
            listed = await self._listed()
            winner = await self._preferred(listed)
            if winner is None:
                await self._creation.create()
            elif winner.phase is not Phase.PENDING or _settled(winner, listed, seen):
                return await self._chosen(winner, listed)
            elif self._clock.now() > self._deadline:
                msg = f"No job could be chosen on {self._client.jobs_url} in {self._timeout:.0f} s"
                raise WaitTimeout(msg, self._client.jobs_url, "not chosen", self._timeout)
            seen = frozenset(ref.id for ref in listed) | self._creation.created.keys()
            await self._clock.sleep(SETTLE_SECONDS)

    async def _listed(self) -> list[JobRef]:
        """Read the jobs that claim to be this simulation."""
        for _ in range(LOOKS_FOR_OURS):
            named = map(self._as_created, await self._client.named_jobs())
            listed = [ref for ref in named if self._may_serve(ref)]
            missing = self._creation.created.keys() - {ref.id for ref in listed}
            late = [ref for job_id in missing if (ref := await self._still_there(job_id))]
            if not late:
                return listed
            await self._clock.sleep(SETTLE_SECONDS)
        return [*listed, *late]

    async def _still_there(self, job_id: str) -> JobRef | None:
        """Read a job of ours that the list does not show; forget it if it is gone."""
        try:
            job = await self._client.job(job_id)
        except JobNotFound:
            del self._creation.created[job_id]
            return None
        ref = JobRef(id=job.id, phase=job.phase, creation_time=job.creation_time)
        named = self._as_created(ref)
        return named if self._may_serve(named) else None

    def _as_created(self, ref: JobRef) -> JobRef:
        """Give a job of ours the name that it was sent with: some services do not keep it."""
        name = self._creation.created.get(ref.id)
        return ref if name is None else replace(ref, run_id=str(name))

    def _may_serve(self, ref: JobRef) -> bool:
        name = RunId.parse(ref.run_id)
        return (
            name is not None
            and self._request.fingerprint.startswith(name.fingerprint)
            and (name.owner == self._options.owner or not self._options.exclusive)
            and ref.id not in self._excluded
            and ref.phase not in {Phase.ERROR, Phase.ABORTED, Phase.ARCHIVED}
        )

    async def _preferred(self, listed: Iterable[JobRef]) -> JobRef | None:
        """Take the best job that is what it claims to be: completed, else running, else oldest."""
        for ref in sorted(listed, key=_preference):
            if await self._is_same(ref):
                return ref
        return None

    async def _is_same(self, ref: JobRef) -> bool:
        """Say whether a job has our inputs; one that has none yet is looked at again."""
        if ref.id in self._creation.created:
            return True
        if ref.id not in self._verdicts:
            likeness = await compare(self._client, ref.id, self._request)
            if likeness is Likeness.MISSING:
                return False
            if likeness is Likeness.HIDDEN:
                # It is believed about a job of ours that was started, as no husk ever is.
                return self._is_ours(ref) and ref.phase is not Phase.PENDING
            self._verdicts[ref.id] = likeness is Likeness.SAME
        return self._verdicts[ref.id]

    def _is_ours(self, ref: JobRef) -> bool:
        return RunId.is_of(ref.run_id, self._options.owner)

    async def _chosen(self, winner: JobRef, listed: Iterable[JobRef]) -> Submission:
        """Withdraw what else is ours and has not begun, and name the winner."""
        for ref in listed:
            if ref.id != winner.id and ref.phase is Phase.PENDING and self._is_ours(ref):
                await self._withdraw(ref)
        return Submission(
            job_id=winner.id,
            job_url=self._client.job_url(winner.id),
            run_id=str(winner.run_id),
            ours=self._is_ours(winner),
            phase=winner.phase,
            strays=self._creation.strays,
        )

    async def _withdraw(self, ref: JobRef) -> None:
        try:
            await self._client.delete(ref.id)
            await self._told(f"Withdrew {ref.id}: another job runs the simulation")
        except ServiceError as fault:
            await self._told(
                f"The PENDING job {ref.id} could not be withdrawn; it does nothing. {fault}"
            )

    async def _told(self, message: str) -> None:
        await self._tell(StepTaken("submit", message))


def _preference(ref: JobRef) -> tuple[int, float, str]:
    """Completed jobs first, the youngest before the others; then running; then pending ones."""
    created, job_id = ref.age
    if ref.phase is Phase.COMPLETED:
        return (0, -created, job_id)
    return (2 if ref.phase is Phase.PENDING else 1, created, job_id)


def _settled(winner: JobRef, listed: Iterable[JobRef], seen: Collection[str]) -> bool:
    """Say whether every job that could come before the winner must be in this list."""
    return any(ref.id in seen and ref.age >= winner.age for ref in listed)
