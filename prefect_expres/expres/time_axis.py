"""The times of a simulation, which an ephemeris file overrides."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from prefect_expres.expres.configuration import Configuration

_SCTIME = re.compile(r"\d{12}(\d{2})?", re.ASCII)


@dataclass(frozen=True)
class TimeAxis:
    """Evenly spaced times, as the epochs of a result.

    Attributes:
        start: The first time, UTC; None if it is not known.
        minutes: From the first time to the last.
        count: How many times there are.
    """

    start: datetime | None
    minutes: float
    count: int

    @classmethod
    def of(cls, configuration: Configuration) -> Self:
        """Give the times of ``OBSERVER.SCTIME`` and ``TIME``."""
        time = configuration.time
        return cls(start_of(configuration), time.max - time.min, time.nbr)

    @property
    def step(self) -> timedelta:
        """From one time to the next."""
        return timedelta(minutes=self.minutes / max(self.count - 1, 1))

    @property
    def stop(self) -> datetime | None:
        """The last time, UTC."""
        return None if self.start is None else self.start + timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        """Write it for people: the times, their number and their step."""
        step = f"{self.count} times, {self.step.total_seconds():g} s apart"
        if self.stop is None:
            return f"{self.minutes:g} minutes, {step}"
        return f"{self.start:%Y-%m-%d %H:%M:%S} to {self.stop:%Y-%m-%d %H:%M:%S} UTC, {step}"


def start_of(configuration: Configuration) -> datetime | None:
    """Give the time of ``OBSERVER.SCTIME``; None if it is no date."""
    text = configuration.observer.sctime
    if not _SCTIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
