"""The observer's positions from the file that ``OBSERVER.EPHEM`` names."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats

PREAMBLE = 16
"""Lines of an ephemeris file before its rows: 15 of preamble and the column header."""
RADIUS_COLUMN = 3
FEWEST_ROWS = 7


@dataclass(frozen=True)
class Ephemeris:
    """An observer's ephemeris file.

    Attributes:
        start: The first stamp, UTC.
        minutes: The span from the first stamp to the last.
        longitude: West longitude of the sub-observer point, shape (n,), degrees.
        latitude: Planetocentric latitude, shape (n,), degrees.
        distance: Shape (n,), planetary radii.
    """

    start: datetime
    minutes: float
    longitude: Floats
    latitude: Floats
    distance: Floats


def read_ephemeris(data: bytes, radius_km: float) -> Ephemeris:
    """Read the CSV file of an observer's ephemeris, as WebGeoCalc writes it.

    Args:
        data: The content of the file.
        radius_km: The planet's radius, by which distances are divided.

    Raises:
        EngineError: There are too few rows, or they cannot be read, or their grid is uneven.
    """
    stamps, rows = [], []
    try:
        for cells in csv.reader(data.decode().splitlines()[PREAMBLE:]):
            if len(cells) <= RADIUS_COLUMN or not cells[0][:4].isdigit():
                break
            stamps.append(_stamp(cells[0]))
            rows.append([float(cell) for cell in cells[1 : RADIUS_COLUMN + 1]])
    except ValueError as fault:
        msg = f"OBSERVER.EPHEM: row {len(rows) + 1} cannot be read: {fault}"
        raise EngineError(msg) from None
    if len(rows) < FEWEST_ROWS:
        msg = (
            f"OBSERVER.EPHEM: there are {len(rows)} rows after {PREAMBLE} lines of preamble; "
            f"at least {FEWEST_ROWS} are needed"
        )
        raise EngineError(msg)
    steps = [(late - early).total_seconds() for early, late in pairwise(stamps)]
    # Stamps are cut to whole seconds: a uniform grid may seem to stray by one.
    if min(steps) <= 0 or max(steps) - min(steps) > 1:
        msg = "OBSERVER.EPHEM: the rows are not evenly spaced in time; ExPRES assumes that they are"
        raise EngineError(msg)
    east, latitude, radius = np.array(rows).T
    if radius.min() <= 0:
        msg = "OBSERVER.EPHEM: a radius is not positive; give the range in km"
        raise EngineError(msg)
    span = (stamps[-1] - stamps[0]).total_seconds() / 60.0
    return Ephemeris(stamps[0], span, (720.0 - east) % 360.0, latitude, radius / radius_km)


def _stamp(text: str) -> datetime:
    """Read a stamp's date and time, cut to whole seconds as ExPRES does."""
    return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
