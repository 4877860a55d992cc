"""Read an ephemeris file as ExPRES itself does: by position, whatever its preamble says.

ExPRES skips 16 lines, takes the rows as far as their radius is not 0, and of the stamps only the
first and the last, cut to whole seconds. The times of the file replace ``TIME`` and ``SCTIME``.
"""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise

from prefect_expres.ephemeris.model import MIN_ROWS
from prefect_expres.ephemeris.rotation import Point
from prefect_expres.errors import EphemerisError
from prefect_expres.expres.time_axis import TimeAxis

_SKIPPED = 16
_RADIUS = 3
_STAMP = "%Y-%m-%d %H:%M:%S"
_STAMP_LENGTH = 19
_HOW = "compute it with a source of prefect_expres.ephemeris, or ask WebGeoCalc again"


@dataclass(frozen=True)
class FileTrack:
    """What ExPRES takes from an ephemeris file: its times, and the first and the last position."""

    times: TimeAxis
    first: Point
    last: Point


def read_track(data: bytes) -> FileTrack:
    """Read an ephemeris file.

    Raises:
        EphemerisError: ExPRES would stop, or compute something else than the file says.
    """
    if not data.strip():
        msg = f"The ephemeris is empty; {_HOW}"
        raise EphemerisError(msg)
    rows = list(_rows(data))
    if len(rows) < MIN_ROWS:
        msg = (
            f"The ephemeris has {len(rows)} rows of time, longitude, latitude and radius after "
            f"{_SKIPPED} lines of preamble, and ExPRES needs at least {MIN_ROWS}; {_HOW}"
        )
        raise EphemerisError(msg)
    stamps = [stamp for stamp, _ in rows]
    steps = [(late - early).total_seconds() for early, late in pairwise(stamps)]
    # Stamps are cut to whole seconds: an even grid may seem to stray by one.
    if min(steps) <= 0 or max(steps) - min(steps) > 1:
        msg = (
            f"The times of the ephemeris step by {min(steps):g} to {max(steps):g} s, and ExPRES "
            f"takes them for evenly spaced: it looks at the first and the last only; {_HOW}"
        )
        raise EphemerisError(msg)
    minutes = (stamps[-1] - stamps[0]).total_seconds() / 60
    return FileTrack(TimeAxis(stamps[0], minutes, len(rows)), rows[0][1], rows[-1][1])


def _rows(data: bytes) -> Iterator[tuple[datetime, Point]]:
    try:
        lines = islice(io.StringIO(data.decode("utf-8-sig")), _SKIPPED, None)
        for number, row in enumerate(csv.reader(lines), 1):
            if len(row) <= _RADIUS or not row[0].strip()[:4].isdigit():
                return
            yield _row(number, row)
    except (UnicodeDecodeError, csv.Error) as fault:
        msg = f"The ephemeris is not CSV text: {fault}; {_HOW}"
        raise EphemerisError(msg) from None


def _row(number: int, row: list[str]) -> tuple[datetime, Point]:
    text = row[0].strip()[:_STAMP_LENGTH].replace("T", " ")
    try:
        stamp = datetime.strptime(text, _STAMP).replace(tzinfo=UTC)
        point = Point(*map(float, row[1 : _RADIUS + 1]))
    except ValueError:
        msg = f"Row {number} of the ephemeris cannot be read: {','.join(row)[:120]!r}; {_HOW}"
        raise EphemerisError(msg) from None
    if not all(map(math.isfinite, point)) or point.distance <= 0:
        msg = f"Row {number} of the ephemeris is not a position: {','.join(row)[:120]!r}; {_HOW}"
        raise EphemerisError(msg)
    return stamp, point
