"""Stop what a flow run has left on the service, found by the names of its jobs."""

import contextlib
from collections.abc import Callable, Collection

from prefect_expres.errors import JobNotFound
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase, UWSClient

ANSWER_SECONDS = 3.0
"""How long a process that is to end waits for the first answer of a service that may be away."""


def _nothing() -> None:
    pass


async def stop_jobs(
    client: UWSClient,
    owner: str,
    *,
    fingerprint: str | None = None,
    known: Collection[str] = (),
    spare_started: bool = False,
    on_answer: Callable[[], None] = _nothing,
) -> dict[str, Phase | None]:
    """Abort every unfinished job of a flow run, and delete those that were not started.

    Known jobs come first: a long job list takes its time. Doing it again does no harm.

    Args:
        client: The client of the job list.
        owner: Stands for the flow run, see `RunId`.
        fingerprint: Only the jobs of this simulation; None for all of the flow run's.
        known: Ids of the run's jobs that are known anyway: some services do not keep runIds.
        spare_started: Delete only the jobs that were not started.
        on_answer: Is called when the service has answered.

    Returns:
        The phase of each such job afterwards, by its URL; None for a deleted one.

    Raises:
        ServiceError: The service refused, or could not be reached.
    """
    stopped: dict[str, Phase | None] = {}

    async def stop(job_id: str, phase: Phase) -> None:
        on_answer()
        if not phase.finished and (phase is Phase.PENDING or not spare_started):
            stopped[client.job_url(job_id)] = await client.abort(job_id)

    for job_id in known:
        with contextlib.suppress(JobNotFound):
            await stop(job_id, await client.phase(job_id))
    for ref in await client.named_jobs():
        on_answer()
        if ref.id not in known and RunId.is_of(ref.run_id, owner, fingerprint):
            await stop(ref.id, ref.phase)
    return stopped
