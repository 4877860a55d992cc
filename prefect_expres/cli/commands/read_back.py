"""Compare a job with what was asked for it: a service may clip or ignore a value without a word."""

from collections.abc import Iterator
from datetime import UTC, datetime

from prefect_expres.cli.commands.assignments import DESTRUCTION, DURATION, RUN_ID, Assignments
from prefect_expres.uws import Job, Timestamp


def differences(asked: Assignments, job: Job) -> tuple[str, ...]:
    """Return a line for each value that the service refused or changed; none if all is as asked.

    Args:
        asked: What was asked for.
        job: The job, read after that.
    """
    return tuple(
        f"{name} is {found or 'not set'}; {value} was asked for. The service does not allow it, or "
        "not in this phase: take what it has set, or create another job."
        for name, value, found in _compared(asked, job)
    )


def _compared(asked: Assignments, job: Job) -> Iterator[tuple[str, str, str | None]]:
    """Give name, asked and found value of what differs."""
    given = {each.id.lower(): each for each in job.parameters if not each.by_reference}
    for name, value in asked.texts.items():
        if name == RUN_ID:
            found = job.run_id
        else:
            parameter = given.get(name.lower())
            found = parameter.value if parameter else None
        if (found or "").strip() != value.strip():
            yield name, value, found
    duration = job.execution_duration
    if asked.duration is not None and duration != asked.duration:
        yield DURATION, f"{asked.duration} s", None if duration is None else f"{duration:g} s"
    if asked.destruction is not None and not _same(asked.destruction, job.destruction):
        text = job.destruction.text if job.destruction else None
        yield DESTRUCTION, asked.destruction.isoformat(), text


def _same(asked: datetime, found: Timestamp | None) -> bool:
    """Return whether a time was taken, to the second; times without a zone are those sent."""
    moment = found.moment if found else None
    return moment is not None and _to_second(asked) == _to_second(moment)


def _to_second(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0)
