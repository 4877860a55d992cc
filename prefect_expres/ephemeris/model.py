"""An observer's ephemeris in the convention of ExPRES, on a grid that ExPRES reads correctly.

A row stamped t holds the point of the planet below the observer for the planet's orientation when
the light left it, t - light time, and the distance that the light travelled. Times are UTC at the
observer.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from prefect_expres.ephemeris.bodies import LIGHT_KM_S
from prefect_expres.ephemeris.rotation import Point
from prefect_expres.ephemeris.timescale import leap_seconds, tai_minus_utc
from prefect_expres.errors import EphemerisError

MIN_ROWS = 7
"""ExPRES refuses a file with fewer."""
MAX_ROWS = 1_000_000
"""Eleven days of seconds, two years of minutes: more is a typing error."""
CONVENTION = "sub-observer point at t - light time"


@dataclass(frozen=True)
class Span:
    """A uniform grid of UTC times.

    Args:
        start: The first time, on a whole second; taken for UTC if it names no time zone.
        step: Whole seconds from one time to the next.
        count: How many times there are, at least 7.

    Raises:
        EphemerisError: ExPRES would misread a file with these times.
    """

    start: datetime
    step: int
    count: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _utc(self.start))
        if self.step < 1 or self.step % 1:
            msg = f"A step of {self.step} s is not one or more whole seconds, as ExPRES needs"
            raise EphemerisError(msg)
        if self.count < MIN_ROWS:
            msg = (
                f"{self.count} times from {self.start:%Y-%m-%d %H:%M:%S} are too few: ExPRES needs "
                f"{MIN_ROWS} rows; ask for more hours or a shorter step"
            )
            raise EphemerisError(msg)
        if self.count > MAX_ROWS:
            msg = f"{self.count} times are more than {MAX_ROWS}; take a longer step"
            raise EphemerisError(msg)
        if self.start.microsecond:
            msg = f"{self.start.isoformat()} is not on a whole second: ExPRES cuts fractions off"
            raise EphemerisError(msg)
        try:
            stop = self.stop
        except OverflowError:
            msg = f"{self.count} times, {self.step} s apart, end after the year 9999"
            raise EphemerisError(msg) from None
        if tai_minus_utc(self.start) != tai_minus_utc(stop):
            msg = (
                f"A leap second lies between {self.start:%Y-%m-%d %H:%M:%S} and "
                f"{stop:%Y-%m-%d %H:%M:%S} UTC, and the calendar of ExPRES has none; end "
                "before it or start after it"
            )
            raise EphemerisError(msg)

    @classmethod
    def lasting(cls, start: datetime, hours: float = 24.0, step: int = 60) -> Self:
        """Make the times of so many hours; the end itself is not one of them.

        A day of minutes has 1440 times.

        Example:
            >>> Span.lasting(datetime(2018, 9, 13), hours=24, step=60).count
            1440

        Raises:
            EphemerisError: ExPRES would misread a file with these times.
        """
        if not math.isfinite(hours * 3600.0):
            msg = f"{hours} hours are not a length of time; give a finite number"
            raise EphemerisError(msg)
        return cls(start, step, math.ceil(round(hours * 3600.0 / step, 6)) if step else 0)

    @classmethod
    def between(cls, start: datetime, stop: datetime, step: int = 60) -> Self:
        """Make the times from ``start`` on and before ``stop``.

        Raises:
            EphemerisError: ExPRES would misread a file with these times.
        """
        return cls.lasting(start, (_utc(stop) - _utc(start)).total_seconds() / 3600.0, step)

    @property
    def stop(self) -> datetime:
        """The last time."""
        return self.start + timedelta(seconds=self.step * (self.count - 1))

    def times(self) -> Iterator[datetime]:
        """Give the times in order."""
        for index in range(self.count):
            yield self.start + timedelta(seconds=self.step * index)


@dataclass(frozen=True)
class Ephemeris:
    """The positions of the observer at each time.

    Args:
        span: The times.
        points: The point of the planet below the observer, and the distance, one for each time.
        source: What computed it, with versions.
        observer: The observer's name.
        center: The planet's name.
        notes: What the reader of the results should know: conversions and limits of accuracy.

    Raises:
        EphemerisError: A point is not finite, or has an impossible latitude or distance.
    """

    span: Span
    points: tuple[Point, ...]
    source: str
    observer: str
    center: str = "Jupiter"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.points) != self.span.count:
            msg = f"{self.source} gave {len(self.points)} rows of the {self.span.count} asked for"
            raise EphemerisError(msg)
        for moment, point in zip(self.span.times(), self.points, strict=True):
            if not all(map(math.isfinite, point)) or abs(point.latitude) > 90.0:  # noqa: PLR2004
                msg = (
                    f"{self.source}: the row {moment:%Y-%m-%d %H:%M:%S} is not a position: {point}"
                )
                raise EphemerisError(msg)
            if point.distance <= 0.0:
                msg = (
                    f"{self.source}: the radius at {moment:%Y-%m-%d %H:%M:%S} is "
                    f"{point.distance:g} km; ExPRES needs the distance from the planet's centre"
                )
                raise EphemerisError(msg)
        if self.span.stop >= leap_seconds().expires:
            known = f"{leap_seconds().expires:%Y-%m-%d}"
            note = f"Leap seconds are known until {known}; none is assumed after it"
            object.__setattr__(self, "notes", tuple(dict.fromkeys((*self.notes, note))))

    @classmethod
    def of_rows(
        cls,
        span: Span,
        rows: Iterable[tuple[datetime, Point]],
        source: str,
        observer: str,
        center: str,
        notes: tuple[str, ...] = (),
    ) -> Self:
        """Make an ephemeris of the rows of a source, if they are for the times that were asked for.

        Raises:
            EphemerisError: A row is for another time, or rows are missing.
        """
        found = list(rows)
        for wanted, (stamp, _) in zip(span.times(), found, strict=False):
            if stamp != wanted:
                msg = f"{source} answered for {stamp} where {wanted} was asked for"
                raise EphemerisError(msg)
        return cls(span, tuple(point for _, point in found), source, observer, center, notes)

    @property
    def light_times(self) -> tuple[float, ...]:
        """Seconds that the light took from the planet to the observer, one for each time."""
        return tuple(point.distance / LIGHT_KM_S for point in self.points)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
