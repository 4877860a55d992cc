"""Start the chosen job: a job of ours at once, another's if its creator does not."""

import random

from prefect_expres.errors import ActiveJobsLimit
from prefect_expres.execution.election import Submission
from prefect_expres.execution.events import Listener, StepTaken, ignore
from prefect_expres.execution.job_limit import JobLimitWait
from prefect_expres.uws import Phase, UWSClient

SECONDS_FOR_CREATOR = 15.0
SPREAD = 10.0
_LOOK_EVERY = 1.0


async def ensure_started(
    client: UWSClient,
    submission: Submission,
    *,
    timeout: float,
    tell: Listener = ignore,
) -> Phase:
    """Start a job of ours; start another's only if its creator does not in some time.

    A start is safe to repeat: a job leaves PENDING once. Those who wait for the same job do not
    start it at the same moment, since services check the phase before they change it.

    Args:
        client: The client of the job's list.
        submission: The job.
        timeout: Seconds that it may wait for the limit of active jobs.
        tell: Is told what happens.

    Returns:
        The phase afterwards.

    Raises:
        JobNotFound: The job was withdrawn.
        WaitTimeout: The limit was reached all the time.
        ServiceError: It could not be started.
    """
    if submission.phase is not Phase.PENDING:
        return submission.phase
    if not submission.ours:
        phase = await _left_to_creator(client, submission.job_id)
        if phase is not Phase.PENDING:
            return phase
        msg = f"Starting {submission.job_url}: the flow run that created it has not"
        await tell(StepTaken("submit", msg))
    limit = JobLimitWait(client.clock, timeout, submission.job_url, tell)
    while True:
        try:
            return await client.start(submission.job_id)
        except ActiveJobsLimit as fault:
            await limit.pause(fault)


async def _left_to_creator(client: UWSClient, job_id: str) -> Phase:
    grace = SECONDS_FOR_CREATOR + random.uniform(0.0, SPREAD)  # noqa: S311 - jitter is no secret
    deadline = client.clock.now() + grace
    while (phase := await client.phase(job_id)) is Phase.PENDING:
        if client.clock.now() >= deadline:
            break
        await client.clock.sleep(_LOOK_EVERY)
    return phase
