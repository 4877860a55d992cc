"""Review the jobs of ours: decide about each, and do what was decided."""

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from itertools import groupby

from prefect_expres.cleanup.inventory import Inventory
from prefect_expres.cleanup.jobs import OurJob, Owner
from prefect_expres.cleanup.rules import FARTHEST_EAST, Action, JobDecision, Rules
from prefect_expres.errors import ResultMismatch, ResultsMissing
from prefect_expres.execution import (
    Finished,
    PhaseTime,
    ResultView,
    SimulationResult,
    Steps,
    Submission,
    complete,
    find_verified,
    folder_of,
    rebuild_request,
    verify_downloaded,
)
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.storage import path_in
from prefect_expres.uws import Job, Phase, Timestamp, UWSClient


@dataclass(frozen=True)
class Review:
    """What was decided about a job and done, and its results if they were collected."""

    decision: JobDecision
    collected: tuple[SimulationResult, ResultView] | None = None

    def failed(self, fault: Exception) -> "Review":
        """Add what went wrong to what was done."""
        words = f"{type(fault).__name__}: {fault}"
        errors = filter(None, (words, self.decision.error))
        return Review(self.decision.model_copy(update={"error": ". ".join(errors)}))


@dataclass(frozen=True)
class Housekeeper:
    """Reviews jobs, one after the other.

    Args:
        steps: How clients are had, and results are downloaded, viewed and kept.
        output: Path or fsspec URL under which the simulations are kept.
        rules: When jobs are old.
        inventory: What stands under the output.
        dry_run: Only say what would be done.
    """

    steps: Steps
    output: str
    rules: Rules
    inventory: Inventory
    dry_run: bool

    async def review(self, jobs: Iterable[OurJob]) -> AsyncGenerator[Review]:
        """Decide about each job, and do it unless it is a dry run.

        Whatever fails with one job is told in its decision and does not stop the others.

        Args:
            jobs: The jobs, those of each list together.
        """
        for job_list, listed in groupby(jobs, key=lambda ours: ours.job_list):
            async with self.steps.client(job_list) as client:
                for ours in listed:
                    yield await self._reviewed(client, ours)

    async def _reviewed(self, client: UWSClient, ours: OurJob) -> Review:
        decision = JobDecision(
            label=ours.name.label,
            job_url=client.job_url(ours.ref.id),
            phase=ours.ref.phase,
            days=None,
            action=Action.LEAVE,
            why="it could not be read",
        )
        try:
            job = await client.job(ours.ref.id)
            decision, request = await self._decided(client, ours, job, decision)
            if self.dry_run:
                return Review(decision)
            return await self._done(client, ours, job, decision, request)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the others are reviewed
            return Review(decision).failed(fault)

    async def _decided(
        self, client: UWSClient, ours: OurJob, job: Job, decision: JobDecision
    ) -> tuple[JobDecision, SimulationRequest | None]:
        """Decide about a job; if its results may be missing, rebuild it from its inputs."""
        request = None
        collected = await self._is_collected(ours.name)
        if job.phase is Phase.COMPLETED and not collected:
            request = await rebuild_request(client, job.id, ours.name)
            collected = request is not None and await _is_elsewhere(ours.owner, request)
        in_use = ours.owner is not None and not ours.owner.ended
        action, why = self.rules.decide(job, collected=collected, in_use=in_use)
        if action is Action.COLLECT and request is None:
            action = Action.LEAVE
            why = "its inputs are not shown, or do not make the simulation that its runId tells"
        wanted = action in {Action.COLLECT, Action.EXTEND}
        facts = {
            "phase": job.phase,
            "days": self.rules.days(job),
            "action": action,
            "why": why,
            "until": self.rules.wanted_until(job, collected=collected) if wanted else None,
        }
        return decision.model_copy(update=facts), request

    async def _is_collected(self, name: RunId) -> bool:
        found = self.inventory.find(name.fingerprint)
        if found is None:
            return False
        fingerprint, folder = found
        return await find_verified(path_in(self.output, folder), fingerprint) is not None

    async def _done(
        self,
        client: UWSClient,
        ours: OurJob,
        job: Job,
        decision: JobDecision,
        request: SimulationRequest | None,
    ) -> Review:
        """Do what was decided."""
        match decision.action:
            case Action.DELETE:
                await client.delete(job.id)
                return Review(decision.model_copy(update={"done": "deleted"}))
            case Action.EXTEND:
                return Review(await self._extended(client, job, decision))
            case Action.COLLECT if request is not None:
                return await self._collected(client, ours, job, decision, request)
            case _:
                return Review(decision)

    async def _collected(
        self,
        client: UWSClient,
        ours: OurJob,
        job: Job,
        decision: JobDecision,
        request: SimulationRequest,
    ) -> Review:
        """Download a job's results; if that fails, see to it that they can be had later."""
        try:
            collected = await self._download(ours, job, decision.job_url, request)
        except (ResultMismatch, ResultsMissing):
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, the results are still wanted
            return Review(await self._extended(client, job, decision)).failed(fault)
        done = f"collected into {collected[0].folder}"
        return Review(decision.model_copy(update={"done": done}), collected)

    async def _download(
        self, ours: OurJob, job: Job, job_url: str, request: SimulationRequest
    ) -> tuple[SimulationResult, ResultView]:
        submission = Submission(
            job_id=job.id, job_url=job_url, run_id=str(ours.name), ours=False, phase=job.phase
        )
        folder = folder_of(request, self.output)
        files = await self.steps.download(submission, folder)
        compared = await verify_downloaded(request, files, folder, job_url)
        finished = Finished(submission, job, _phases(job), files, compared)
        seconds = int(job.execution_duration or 0)
        return await complete(
            request, finished, folder, seconds, self.steps, made_from=(None, None)
        )

    async def _extended(self, client: UWSClient, job: Job, decision: JobDecision) -> JobDecision:
        """Have a job destroyed later, unless it lasts long enough; tell what the service says.

        A service may take the time that it is given for its local one: more is asked for.
        """
        until = decision.until or self.rules.now
        if self.rules.lasts(job.destruction, until):
            return decision
        told = await client.set_destruction(job.id, until + FARTHEST_EAST)
        if self.rules.lasts(Timestamp(text=told), until):
            return decision.model_copy(update={"done": f"kept until {told}"})
        error = f"The service keeps it until {told} only; it is wanted until {until:%Y-%m-%d %H:%M}"
        return decision.model_copy(update={"error": error})


async def _is_elsewhere(owner: Owner | None, request: SimulationRequest) -> bool:
    """Say whether the flow run that created a job has its results where it wanted them."""
    return (
        owner is not None
        and owner.output is not None
        and await find_verified(folder_of(request, owner.output), request.fingerprint) is not None
    )


def _phases(job: Job) -> tuple[PhaseTime, ...]:
    """Tell how long a completed job took, in the service's own times."""
    if job.start_time is None or job.end_time is None:
        return ()
    seconds = job.end_time.order - job.start_time.order
    return (PhaseTime(phase=job.phase.value, seconds=seconds),)
