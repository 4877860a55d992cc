"""UTC, leap seconds and the time that ephemerides are computed in."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from prefect_expres.ephemeris.timescale import dynamical_seconds, leap_seconds, tai_minus_utc
from prefect_expres.errors import EphemerisError
from tests.ephemeris.spice_values import ROWS

STEPS = (
    (1972, 7, 11),
    (1973, 1, 12),
    (1974, 1, 13),
    (1975, 1, 14),
    (1976, 1, 15),
    (1977, 1, 16),
    (1978, 1, 17),
    (1979, 1, 18),
    (1980, 1, 19),
    (1981, 7, 20),
    (1982, 7, 21),
    (1983, 7, 22),
    (1985, 7, 23),
    (1988, 1, 24),
    (1990, 1, 25),
    (1991, 1, 26),
    (1992, 7, 27),
    (1993, 7, 28),
    (1994, 7, 29),
    (1996, 1, 30),
    (1997, 7, 31),
    (1999, 1, 32),
    (2006, 1, 33),
    (2009, 1, 34),
    (2012, 7, 35),
    (2015, 7, 36),
    (2017, 1, 37),
)
"""Year and month from whose first day on TAI - UTC is so many seconds (IERS Bulletin C)."""


@pytest.mark.parametrize(("year", "month", "seconds"), STEPS)
def test_leap_seconds_are_those_of_the_iers(year: int, month: int, seconds: int) -> None:
    """Each step comes at midnight, and not a microsecond before."""
    midnight = datetime(year, month, 1, tzinfo=UTC)
    assert tai_minus_utc(midnight) == seconds
    assert tai_minus_utc(midnight - timedelta(microseconds=1)) == seconds - 1


def test_the_table_holds_these_steps_first() -> None:
    """Others may follow in later releases of tzdata."""
    steps = [datetime(year, month, 1, tzinfo=UTC) for year, month, _ in STEPS]
    assert list(leap_seconds().after[: len(steps)]) == steps


def test_the_table_says_until_when_it_holds() -> None:
    """As the file of tzdata does, in a remark."""
    text = (files("tzdata") / "zoneinfo" / "leapseconds").read_text("ascii")
    (expires,) = (line.split()[1] for line in text.splitlines() if line.startswith("#expires"))
    assert leap_seconds().expires == datetime.fromtimestamp(int(expires), UTC)


def test_utc_begins_in_1972() -> None:
    """TAI - UTC was 10 s then; what lies before is refused."""
    first = datetime(1972, 1, 1, tzinfo=UTC)
    assert tai_minus_utc(first) == 10
    with pytest.raises(EphemerisError, match="1971-12-31 lies before 1972"):
        tai_minus_utc(first - timedelta(microseconds=1))


@pytest.mark.parametrize(("stamp", "seconds", "_directions"), ROWS)
def test_dynamical_time_is_that_of_spice(stamp: str, seconds: float, _directions: object) -> None:
    """The ephemeris time of SPICE, to the microsecond; 1 s would be 0.01 degrees."""
    moment = datetime.fromisoformat(f"{stamp}+00:00")
    assert dynamical_seconds(moment) == pytest.approx(seconds, abs=1e-6, rel=0)


def test_dynamical_time_at_j2000_is_that_of_the_naif_kernel() -> None:
    """At 2000-01-01T12:00:00Z the ephemeris time of SPICE is 64.183927 s."""
    assert dynamical_seconds(datetime(2000, 1, 1, 12, tzinfo=UTC)) == pytest.approx(
        64.183927, abs=1e-6
    )
