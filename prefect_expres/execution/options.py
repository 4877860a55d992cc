"""How a simulation is to be run."""

from dataclasses import dataclass

QUEUE_ALLOWANCE = 3600.0
"""Seconds beyond the execution duration that a job may be queued, unless a timeout is given."""


@dataclass(frozen=True)
class RunOptions:
    """How a simulation is to be run.

    Args:
        owner: Stands for the flow run in the runIds of its jobs, see `RunId`.
        execution_duration: Seconds that a job may run.
        timeout: Seconds to wait for each job; by default an hour over the execution duration.
        attempts: How many jobs may end without results.
        exclusive: Take no job but the flow run's own.
        keep_running: Leave a started job running when the flow run ends early.
    """

    owner: str
    execution_duration: int = 600
    timeout: float | None = None
    attempts: int = 1
    exclusive: bool = False
    keep_running: bool = False

    @property
    def seconds_to_wait(self) -> float:
        """Seconds from the create until the wait is given up."""
        return self.timeout or self.execution_duration + QUEUE_ALLOWANCE
