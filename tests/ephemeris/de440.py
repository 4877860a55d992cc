"""Points of planets below observers at t - light time by DE440, computed with SPICE."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from prefect_expres.ephemeris import Point

EARTH = {
    datetime(1990, 3, 1, tzinfo=UTC): Point(242.165285, 2.016750, 708836772.8),
    datetime(1999, 12, 25, 6, tzinfo=UTC): Point(135.230598, 2.925897, 674804110.2),
    datetime(2008, 7, 4, 18, tzinfo=UTC): Point(272.068906, -1.511293, 623202691.5),
    datetime(2018, 9, 13, tzinfo=UTC): Point(228.503350, -2.906710, 872502916.6),
    datetime(2026, 1, 10, 12, tzinfo=UTC): Point(31.915019, 1.390054, 633083212.9),
    datetime(2039, 11, 30, 21, tzinfo=UTC): Point(182.422883, -1.917498, 850146360.3),
}
"""The row of 2018 is that of NAIF's WebGeoCalc convention; the others follow the same way."""
DAY = datetime(2018, 9, 13, tzinfo=UTC)


def planets() -> Iterator[tuple[str, str, datetime, Point]]:
    """Give centre, observer, time and truth at 50 random times from 1990 to 2040 for each planet.

    Computed with SPICE from DE440: `tests/ephemeris/test_spice.py` does it again.
    """
    path = Path(__file__).parents[1] / "data" / "ephemeris" / "de440.csv"
    with path.open(encoding="ascii", newline="") as table:
        for center, observer, stamp, *numbers in list(csv.reader(table))[1:]:
            moment = datetime.fromisoformat(stamp).replace(tzinfo=UTC)
            yield center, observer, moment, Point(*map(float, numbers))
