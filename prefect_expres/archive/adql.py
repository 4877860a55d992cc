"""The questions to a TAP service, in ADQL: bounded, and read page by page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from prefect_expres.archive.granule import Granule, julian_date
from prefect_expres.errors import UsageError

REQUIRED = (
    *("granule_uid", "obs_id", "target_name", "access_url"),
    *("time_min", "time_max", "spectral_range_min", "spectral_range_max"),
)
"""Columns without which a search makes no sense."""
WANTED = tuple(Granule.model_fields)
_WITH_NAMES = (
    *("granule_uid", "obs_id", "file_name", "target_name", "feature_name"),
    "instrument_host_name",
)
"""Columns that may hold the name of a moon or of an observer."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .-]{0,39}")


@dataclass(frozen=True)
class Sought:
    """What is searched for.

    Args:
        first: The first day, UTC.
        last: The last day, UTC; by default the first.
        observer: The observer; None for all.
        moon: The moon; None for all.
        obs_id: One simulation, instead of all of these days.

    Raises:
        UsageError: A name cannot be one, or the last day is before the first.
    """

    first: date | None = None
    last: date | None = None
    observer: str | None = None
    moon: str | None = None
    obs_id: str | None = None

    def __post_init__(self) -> None:
        for what, name in (("observer", self.observer), ("moon", self.moon)):
            if name is not None and not _NAME.fullmatch(name):
                msg = f"{name[:80]!r} is no {what}; give its name, as Earth or Io"
                raise UsageError(msg)
        if self.first and self.last and self.last < self.first:
            msg = f"The last day {self.last} is before the first, {self.first}; give them in order"
            raise UsageError(msg)

    def matches(self, granule: Granule) -> bool:
        """Say whether a row is meant; the service is asked for somewhat more."""
        return (self.observer is None or granule.is_seen_from(self.observer)) and (
            self.moon is None or granule.shows(self.moon)
        )

    def conditions(self, columns: Iterable[str]) -> Iterator[str]:
        """Give the conditions that the service can judge."""
        if self.obs_id is not None:
            yield f"obs_id = {_text(self.obs_id)}"
        if self.first is not None:
            end = (self.last or self.first) + timedelta(days=1)
            yield f"time_max > {julian_date(self.first):.6f}"
            yield f"time_min < {julian_date(end):.6f}"
        there = [name for name in _WITH_NAMES if name in set(columns)]
        for name in filter(None, (self.observer, self.moon)):
            spellings = dict.fromkeys((name, name.lower(), name.upper(), name.capitalize()))
            alike = (f"{column} LIKE '%{each}%'" for column in there for each in spellings)
            yield f"({' OR '.join(alike)})"


def columns_query(table: str) -> str:
    """Ask which columns a table has; every TAP service answers that."""
    return f"SELECT column_name FROM TAP_SCHEMA.columns WHERE table_name = {_text(table)}"  # noqa: S608 - a text is quoted


def page_query(
    table: str, columns: Iterable[str], sought: Sought, size: int, after: str | None
) -> str:
    """Ask for the next rows, in the order of their identifiers.

    Args:
        table: The table.
        columns: Its columns.
        sought: What is searched for.
        size: How many rows.
        after: The identifier of the last row that is known; None to begin.
    """
    there = [name for name in WANTED if name in set(columns)]
    conditions = [*sought.conditions(there)]
    if after is not None:
        conditions.append(f"granule_uid > {_text(after)}")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT TOP {size} {', '.join(there)} FROM {table}{where} ORDER BY granule_uid"  # noqa: S608 - texts are quoted, names are checked


def _text(value: str) -> str:
    """Write a text as ADQL does."""
    return "'" + value.replace("'", "''") + "'"
