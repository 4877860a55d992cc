"""Stop what a flow run has left on the service, found by the names of its jobs."""

from collections.abc import Collection

from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase, UWSClient


async def stop_jobs(
    client: UWSClient,
    owner: str,
    *,
    fingerprint: str | None = None,
    known: Collection[str] = (),
    spare_started: bool = False,
) -> dict[str, Phase | None]:
    """Abort every unfinished job of a flow run, and delete those that were not started.

    Doing it again does no harm.

    Args:
        client: The client of the job list.
        owner: Stands for the flow run, see `RunId`.
        fingerprint: Only the jobs of this simulation; None for all of the flow run's.
        known: Ids of the run's jobs that are known anyway: some services do not keep runIds.
        spare_started: Delete only the jobs that were not started.

    Returns:
        The phase of each such job afterwards, by its URL; None for a deleted one.

    Raises:
        ServiceError: The service refused, or could not be reached.
    """
    stopped: dict[str, Phase | None] = {}
    for ref in await client.named_jobs():
        ours = ref.id in known or RunId.is_of(ref.run_id, owner, fingerprint)
        if not ours or ref.phase.finished:
            continue
        if ref.phase is Phase.PENDING or not spare_started:
            stopped[client.job_url(ref.id)] = await client.abort(ref.id)
    return stopped
