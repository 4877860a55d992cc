"""What is to be done with a job of ours on the service, and why: rules that touch nothing.

Services tell their local time without a zone, or UTC. A time without a zone is therefore known to
a day only: a job counts as old when it is old in every zone, and as due when it is due in any.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from prefect_expres.uws import Job, Phase, Timestamp

STRAY_AFTER = timedelta(days=1)
FARTHEST_EAST = timedelta(hours=14)
"""How far ahead of UTC a local time may be."""
FARTHEST_WEST = timedelta(hours=12)
"""How far behind UTC a local time may be."""


class Action(StrEnum):
    """What may be done with a job."""

    COLLECT = "collect"
    DELETE = "delete"
    EXTEND = "extend"
    LEAVE = "leave"


class JobDecision(BaseModel):
    """A job of ours, what is to be done with it, and what came of it.

    ``days`` is the age at least, None if the service tells no time; ``until`` is how long the
    results are wanted on the service, if they are; ``done`` is what came of it, None if nothing
    was done; ``error`` says why it failed.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    job_url: str
    phase: Phase
    days: float | None
    action: Action
    why: str
    until: datetime | None = None
    done: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Rules:
    """When jobs are old.

    Args:
        now: The time, UTC.
        keep_days: Days that a finished job is kept on the service.
    """

    now: datetime
    keep_days: float

    def decide(self, job: Job, *, collected: bool, in_use: bool) -> tuple[Action, str]:
        """Choose what to do with a job.

        Args:
            job: The job as the service tells it.
            collected: Its results are complete and verified where they are wanted.
            in_use: The flow run that created it has not ended.

        Returns:
            The action, and the reason in words.
        """
        if job.phase is Phase.PENDING:
            return self._pending(job, in_use=in_use)
        if job.phase is Phase.COMPLETED:
            return self._completed(job, collected=collected, in_use=in_use)
        if job.phase not in {Phase.ERROR, Phase.ABORTED}:
            return Action.LEAVE, f"it is {job.phase}"
        if self._is_old(job):
            return Action.DELETE, f"it ended in {job.phase} over {self.keep_days:g} days ago"
        return Action.LEAVE, f"it ended in {job.phase}; what it printed is kept for a while"

    def days(self, job: Job) -> float | None:
        """Give a job's age in days, at least: since its end, or since its creation."""
        latest = _latest(job)
        return None if latest is None else (self.now - latest) / timedelta(days=1)

    def wanted_until(self, job: Job, *, collected: bool) -> datetime:
        """Say how long a completed job is wanted: from now on if it is still to be collected.

        It is a whole second, as services keep them.
        """
        since = (_latest(job) if collected else None) or self.now
        return (since + timedelta(days=self.keep_days)).replace(microsecond=0)

    def lasts(self, destruction: Timestamp | None, until: datetime) -> bool:
        """Say whether a job lasts until then, wherever its service is; no time is for ever."""
        moment = destruction.moment if destruction else None
        if moment is None:
            return True
        return until <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC) - FARTHEST_EAST)

    def _pending(self, job: Job, *, in_use: bool) -> tuple[Action, str]:
        if in_use:
            return Action.LEAVE, "its flow run has not ended and may start it"
        if self._is_over(job, STRAY_AFTER):
            return Action.DELETE, "it was never started, and is over a day old"
        return Action.LEAVE, "it was not started yet"

    def _completed(self, job: Job, *, collected: bool, in_use: bool) -> tuple[Action, str]:
        if not collected:
            if in_use and not self._is_over(job, STRAY_AFTER):
                return Action.LEAVE, "its flow run has not ended and downloads its results"
            return Action.COLLECT, "its results are not complete under the output"
        if self._is_old(job):
            return Action.DELETE, f"it is collected, and over {self.keep_days:g} days old"
        if not self.lasts(job.destruction, self.wanted_until(job, collected=True)):
            return Action.EXTEND, f"it is collected, but would not last {self.keep_days:g} days"
        return Action.LEAVE, "it is collected"

    def _is_old(self, job: Job) -> bool:
        return self._is_over(job, timedelta(days=self.keep_days))

    def _is_over(self, job: Job, age: timedelta) -> bool:
        """Say whether a job is surely older; one without a time never is."""
        latest = _latest(job)
        return latest is not None and self.now - latest > age


def _latest(job: Job) -> datetime | None:
    """Give the end of a job, or its creation, at the latest that its service may mean."""
    for stamp in (job.end_time, job.creation_time):
        moment = stamp.moment if stamp else None
        if moment is not None:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC) + FARTHEST_WEST
    return None
