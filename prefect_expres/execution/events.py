"""What an execution tells while it runs, without knowing who listens.

Prefect's side turns these events into log lines, artifacts and Prefect events
(`prefect_expres.monitoring`); a script may print them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prefect_expres.errors import JobError
from prefect_expres.uws import Job


@dataclass(frozen=True)
class StepTaken:
    """A step was done: its name, as ``submit``, and a line for people."""

    step: str
    message: str


@dataclass(frozen=True)
class Warned:
    """Something that the user should know; ``step`` is the step that it belongs to, if to one."""

    message: str
    step: str = "warning"


@dataclass(frozen=True)
class JobChosen:
    """The job that runs the simulation is known."""

    label: str
    job_url: str


@dataclass(frozen=True)
class JobObserved:
    """The job was read once more.

    Args:
        label: The simulation's label.
        job_url: The job.
        job: What the service told.
        elapsed: Seconds since the wait began.
        changed: The phase is another one than at the last look.
    """

    label: str
    job_url: str
    job: Job
    elapsed: float
    changed: bool


@dataclass(frozen=True)
class BytesReceived:
    """How far a download is: the file's name, its bytes so far, and those expected if known."""

    name: str
    received: int
    expected: int | None


@dataclass(frozen=True)
class AttemptFailed:
    """A job ended without its results; another attempt may follow."""

    label: str
    fault: JobError


Event = StepTaken | Warned | JobChosen | JobObserved | BytesReceived | AttemptFailed
Listener = Callable[[Event], Awaitable[None]]
"""Is told each event; it must neither fail nor take long."""


async def ignore(event: Event) -> None:
    """Listen to nothing."""
