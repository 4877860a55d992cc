"""How a simulation is to be run."""

from dataclasses import dataclass

from prefect_expres.expres.run_id import RunId

QUEUE_ALLOWANCE = 3600.0
"""Seconds beyond the execution duration that a job may be queued, unless a timeout is given."""


@dataclass(frozen=True)
class RunOptions:
    """How a simulation is to be run.

    Args:
        owner: Stands for the flow run in the runIds of its jobs, see `RunId`. Tasks and blocks put
            in the flow run's if it is empty.
        execution_duration: Seconds that a job may run.
        timeout: Seconds to wait for each job; by default an hour over the execution duration.
        attempts: How many jobs may end without results.
        exclusive: Take no job but the flow run's own.
        keep_running: Leave a started job running when the flow run ends early.

    Raises:
        ValueError: The owner does not fit a runId.
    """

    owner: str = ""
    execution_duration: int = 600
    timeout: float | None = None
    attempts: int = 1
    exclusive: bool = False
    keep_running: bool = False

    def __post_init__(self) -> None:
        if self.owner:
            RunId.check_owner(self.owner)

    @property
    def seconds_to_wait(self) -> float:
        """Seconds from the create until the wait is given up."""
        return self.timeout or self.execution_duration + QUEUE_ALLOWANCE
