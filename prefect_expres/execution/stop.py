"""Stop what a flow run has left on the service, found by the names of its jobs."""

from collections.abc import Callable

from prefect_expres.errors import JobNotFound, ServiceError, Unreachable
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase, UWSClient

ANSWER_SECONDS = 2.0
"""How long a process that is to end waits for the first answer of a service that may be away."""

_given_up: set[str] = set()


def give_up(owner: str) -> None:
    """Note that the service did not answer when this process wanted to stop a flow run's jobs."""
    _given_up.add(owner)


def was_given_up(owner: str) -> bool:
    """Say whether it is of no use that this process asks the service once more."""
    return owner in _given_up


def _nothing() -> None:
    pass


async def stop_job(
    client: UWSClient,
    job_id: str,
    *,
    spare_started: bool = False,
    on_answer: Callable[[], None] = _nothing,
) -> dict[str, Phase | None]:
    """Abort a job, or delete it if it was not started; the arguments are those of `stop_jobs`."""
    try:
        phase = await client.phase(job_id)
    except JobNotFound:
        return {}
    on_answer()
    if phase.finished or (spare_started and phase is not Phase.PENDING):
        return {}
    return {client.job_url(job_id): await client.abort(job_id)}


async def stop_jobs(
    client: UWSClient,
    owner: str,
    *,
    fingerprint: str | None = None,
    spare_started: bool = False,
    on_answer: Callable[[], None] = _nothing,
) -> dict[str, Phase | None]:
    """Abort every unfinished job of a flow run, and delete those that were not started.

    Doing it again does no harm. A job that cannot be stopped keeps no other running.

    Args:
        client: The client of the job list.
        owner: Stands for the flow run, see `RunId`.
        fingerprint: Only the jobs of this simulation; None for all of the flow run's.
        spare_started: Delete only the jobs that were not started.
        on_answer: Is called when the service has answered.

    Returns:
        The phase of each such job afterwards, by its URL; None for a deleted one.

    Raises:
        ServiceError: The service refused, or could not be reached.
    """
    stopped: dict[str, Phase | None] = {}
    refusals: list[ServiceError] = []
    listed = await client.named_jobs()
    on_answer()
    for ref in listed:
        ours = RunId.is_of(ref.run_id, owner, fingerprint) and not ref.phase.finished
        if ours and (ref.phase is Phase.PENDING or not spare_started):
            try:
                stopped[client.job_url(ref.id)] = await client.abort(ref.id)
            except Unreachable:
                raise
            except ServiceError as fault:
                refusals.append(fault)
    if refusals:
        raise refusals[0]
    return stopped
