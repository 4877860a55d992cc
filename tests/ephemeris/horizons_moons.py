"""Where the moons of Saturn and Uranus are by JPL Horizons.

Its ephemerides are SAT441 and URA184. The file holds east longitudes in the system of the planet's
fields, from vectors (VECTORS, geometric, of the planet's centre) that public projects keep as their
references: those of ``fit`` made the corrections of this package, those of ``check`` did not.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

J2000 = datetime(2000, 1, 1, 12)  # noqa: DTZ001 - in TDB, which is no time zone


def longitudes(use: Literal["fit", "check"]) -> Iterator[tuple[str, float, float]]:
    """Give moon, seconds of TDB since J2000, and longitude."""
    path = Path(__file__).parents[1] / "data" / "ephemeris" / "horizons_moons.csv"
    with path.open(encoding="ascii", newline="") as table:
        for row in csv.DictReader(table):
            if row["use"] == use:
                seconds = (datetime.fromisoformat(row["tdb"]) - J2000).total_seconds()
                yield row["moon"], seconds, float(row["longitude"])
