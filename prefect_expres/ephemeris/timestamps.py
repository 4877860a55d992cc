"""Read the times that sources and files write; month names are English in any locale."""

import re
from datetime import UTC, datetime

from prefect_expres.errors import EphemerisError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_STAMP = re.compile(
    r"(\d{4})-(\d\d|[A-Za-z]{3})-(\d\d)"
    r"[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d*))?)?(?: ?UTC|Z)?",
    re.ASCII,
)


def read_stamp(text: str, source: str) -> datetime:
    """Read a UTC time on a whole second.

    Args:
        text: As 2018-09-13 00:00:00.000 UTC, 2018-09-13T00:00Z or 2018-Sep-13 00:00.
        source: Whose time it is, for messages.

    Raises:
        EphemerisError: It is not a UTC time, not on a whole second, or a leap second.
    """
    found = _STAMP.fullmatch(text.strip())
    if not found:
        msg = f"{source}: {text[:40]!r} is not a UTC time; write it as 2018-09-13 00:00:00"
        raise EphemerisError(msg)
    year, month, day, hour, minute, second, fraction = found.groups(default="0")
    if int(fraction or 0):
        msg = f"{source}: {text[:40]!r} is not on a whole second, and ExPRES cuts fractions off"
        raise EphemerisError(msg)
    if int(second) == 60:  # noqa: PLR2004 - a leap second
        msg = f"{source}: {text[:40]!r} is a leap second, and the calendar of ExPRES has none"
        raise EphemerisError(msg)
    try:
        number = month_number(month)
        return datetime(
            int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:
        msg = f"{source}: {text[:40]!r} is not on the calendar"
        raise EphemerisError(msg) from None


def month_number(month: str) -> int:
    """Give the number of a month that is written as a number or as its first three letters.

    Raises:
        ValueError: There is no such month.
    """
    return int(month) if month.isdecimal() else _MONTHS.index(month.lower()) + 1
