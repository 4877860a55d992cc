"""Compare a job with what was asked for it: a service may clip or ignore a value without a word."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

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
            found, same = job.run_id, _same_text
        else:
            parameter = given.get(name.lower())
            found, same = (parameter.value if parameter else None), _same_value
        if not same(value, found or ""):
            yield name, value, found
    duration = job.execution_duration
    if asked.duration is not None and duration != asked.duration:
        yield DURATION, f"{asked.duration} s", None if duration is None else f"{duration:g} s"
    if asked.destruction is not None and not _same_time(asked.destruction, job.destruction):
        text = job.destruction.text if job.destruction else None
        yield DESTRUCTION, asked.destruction.isoformat(), text


def _same_text(asked: str, found: str) -> bool:
    return asked.strip() == found.strip()


def _same_value(asked: str, found: str) -> bool:
    """Return whether a value was taken; a service may write a number in its own form."""
    if _same_text(asked, found):
        return True
    try:
        return Decimal(asked) == Decimal(found)
    except InvalidOperation:
        return False


def _same_time(asked: datetime, found: Timestamp | None) -> bool:
    """Return whether a time was taken, to the second; times without a zone are those sent."""
    moment = found.moment if found else None
    return moment is not None and _to_second(asked) == _to_second(moment)


def _to_second(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0)
