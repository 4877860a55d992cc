"""Look after the jobs of ours on the service: which they are, and what is done with each."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ResultsMissing
from prefect_expres.execution import Submission, rebuild_request
from prefect_expres.execution.attempts import Finished
from prefect_expres.execution.manifest import PhaseTime, find_verified
from prefect_expres.execution.run import complete
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.housekeeping.inventory import Inventory
from prefect_expres.housekeeping.rules import FARTHEST_EAST, Action, JobDecision, Rules
from prefect_expres.monitoring.artifacts import show_result
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.prefect_support.flow_runs import Owner, find_owners
from prefect_expres.tasks.jobs import download_results
from prefect_expres.tasks.steps import TaskSteps
from prefect_expres.uws import Job, JobRef, Phase, Timestamp, UWSClient

Whose = Literal["this server", "account"]


@dataclass(frozen=True)
class OurJob:
    """A job of ours, as its list tells it.

    ``owner`` is the flow run that created it; None if this Prefect server does not know it.
    """

    job_list: str
    ref: JobRef
    name: RunId
    owner: Owner | None


async def find_our_jobs(service: ExpresService, whose: Whose) -> tuple[list[OurJob], int]:
    """Give the jobs that may be touched, oldest first in each list, and count the others.

    A job is ours if its runId names a flow run that this Prefect server knows: guests share one
    list, where a runId of our form may be anybody's. In an account, all jobs that were named here
    are the user's own.

    Args:
        service: The service.
        whose: Whether the flow run must be known to this server.

    Raises:
        ServiceError: A list cannot be read.
    """
    listed: list[tuple[str, JobRef]] = []
    for job_list in service.access.job_lists:
        async with service.get_client(job_list) as client:
            listed += [(job_list, ref) for ref in await client.named_jobs()]
    named = [(place, ref, name) for place, ref in listed if (name := RunId.parse(ref.run_id))]
    owners = await find_owners({name.owner for _, _, name in named})
    ours = [
        OurJob(place, ref, name, owners.get(name.owner))
        for place, ref, name in named
        if name.owner in owners or (whose == "account" and ref.owner_id in {None, service.user})
    ]
    return ours, len(listed) - len(ours)


@dataclass(frozen=True)
class Housekeeper:
    """Looks after jobs, one after the other.

    Args:
        service: The service.
        output: Path or fsspec URL under which the simulations are kept.
        rules: When jobs are old.
        inventory: What stands under the output.
        dry_run: Only say what would be done.
    """

    service: ExpresService
    output: str
    rules: Rules
    inventory: Inventory
    dry_run: bool

    async def look_after(self, jobs: list[OurJob]) -> AsyncGenerator[JobDecision]:
        """Decide about each job, and do it unless it is a dry run.

        Whatever fails with one job is told in its decision and does not stop the others.
        """
        for job_list, listed in groupby(jobs, key=lambda ours: ours.job_list):
            async with self.service.get_client(job_list) as client:
                for ours in listed:
                    decision = await self._kept(client, ours)
                    _log(decision)
                    yield decision

    async def _kept(self, client: UWSClient, ours: OurJob) -> JobDecision:
        decision = JobDecision(
            label=ours.name.label,
            job_url=client.job_url(ours.ref.id),
            phase=ours.ref.phase,
            days=None,
            action=Action.LEAVE,
            why="it could not be looked at",
        )
        try:
            job = await client.job(ours.ref.id)
            decision, request = await self._decided(client, ours, job, decision)
            return decision if self.dry_run else await self._done(client, job, decision, request)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the others are looked after
            return decision.model_copy(update={"error": _words(fault)})

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
        return await find_verified(self._folder(folder), fingerprint) is not None

    async def _done(
        self, client: UWSClient, job: Job, decision: JobDecision, request: SimulationRequest | None
    ) -> JobDecision:
        if decision.action is Action.DELETE:
            await client.delete(job.id)
            return decision.model_copy(update={"done": "deleted"})
        if decision.action is Action.EXTEND:
            return await self._extended(client, job, decision)
        if request is not None:
            return await self._collected(client, job, decision, request)
        return decision

    async def _collected(
        self, client: UWSClient, job: Job, decision: JobDecision, request: SimulationRequest
    ) -> JobDecision:
        """Bring a job's results home; if that fails, see to it that they can be had later."""
        folder = self._folder(request.folder)
        try:
            files = await download_results(decision.job_url, self.service, folder)
            submission = Submission(
                job_id=job.id,
                job_url=decision.job_url,
                run_id=job.run_id or "",
                ours=False,
                phase=job.phase,
            )
            finished = Finished(submission, job, _phases(job), files)
            allowed = int(job.execution_duration or 0)
            kept = await complete(request, finished, folder, allowed, TaskSteps(self.service))
            await show_result(*kept)
        except ResultsMissing:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, the results are still wanted
            extended = await self._extended(client, job, decision)
            errors = filter(None, (_words(fault), extended.error))
            return extended.model_copy(update={"error": ". ".join(errors)})
        return decision.model_copy(update={"done": f"collected into {folder}"})

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

    def _folder(self, name: str) -> str:
        return f"{self.output.rstrip('/')}/{name}"


async def _is_elsewhere(owner: Owner | None, request: SimulationRequest) -> bool:
    """Say whether the flow run that created a job has its results where it wanted them."""
    if owner is None or owner.output is None:
        return False
    folder = f"{owner.output.rstrip('/')}/{request.folder}"
    return await find_verified(folder, request.fingerprint) is not None


def _log(decision: JobDecision) -> None:
    what = decision.done or decision.action.value
    log_step("keep", "%s, %s: %s, since %s", decision.label, decision.job_url, what, decision.why)
    if decision.error:
        log_warning("%s, %s: %s", decision.label, decision.job_url, decision.error)


def _phases(job: Job) -> tuple[PhaseTime, ...]:
    """Tell how long a completed job took, in the service's own times."""
    if job.start_time is None or job.end_time is None:
        return ()
    seconds = job.end_time.order - job.start_time.order
    return (PhaseTime(phase=job.phase.value, seconds=seconds),)


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
