"""From UTC to the time that ephemerides are computed in.

UTC is never treated as a uniform scale: 1 s is 0.01° of Jupiter's rotation. The leap seconds
come from the package tzdata, which follows the bulletins of the IERS.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files

from prefect_expres.ephemeris.timestamps import month_number
from prefect_expres.errors import EphemerisError

FIRST = datetime(1972, 1, 1, tzinfo=UTC)
"""UTC has whole leap seconds from here on; TAI - UTC was 10 s."""
_TAI_AT_FIRST = 10
_TT_FROM_TAI = 32.184
_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class LeapSeconds:
    """The leap seconds that are announced.

    Attributes:
        after: The midnights that follow a leap second, in order.
        expires: When the table ends: later leap seconds are not known yet.
    """

    after: tuple[datetime, ...]
    expires: datetime


@cache
def leap_seconds() -> LeapSeconds:
    """Read the table of the package tzdata."""
    text = (files("tzdata") / "zoneinfo" / "leapseconds").read_text("ascii")
    after, expires = [], FIRST
    for words in (line.split() for line in text.splitlines()):
        if words[:1] == ["Leap"]:
            day = datetime(int(words[1]), month_number(words[2]), int(words[3]), tzinfo=UTC)
            after.append(day + timedelta(days=1))
        elif words[:1] == ["#expires"]:
            expires = datetime.fromtimestamp(int(words[1]), UTC)
    return LeapSeconds(tuple(after), expires)


def tai_minus_utc(moment: datetime) -> int:
    """Give TAI - UTC in seconds.

    Raises:
        EphemerisError: The moment lies before 1972.
    """
    if moment < FIRST:
        msg = f"{moment:%Y-%m-%d} lies before 1972, when UTC had no whole leap seconds"
        raise EphemerisError(msg)
    return _TAI_AT_FIRST + bisect_right(leap_seconds().after, moment)


def dynamical_seconds(moment: datetime) -> float:
    """Give the seconds of TDB since J2000 at a moment of UTC.

    TDB - TT is the one-term formula of the NAIF leap-second kernels, good to 30 µs.
    """
    elapsed = (moment - _J2000).total_seconds() + tai_minus_utc(moment) + _TT_FROM_TAI
    anomaly = 6.239996 + 1.99096871e-7 * elapsed
    return elapsed + 1.657e-3 * math.sin(anomaly + 0.01671 * math.sin(anomaly))
