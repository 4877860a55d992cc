"""IMCCE's Miriade, the physical ephemeris of a planet. Experimental: no real answer is recorded.

The columns are those that ExPRES itself reads; they are east longitudes in the IAU system.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from pydantic import ConfigDict, Field

from prefect_expres.ephemeris.bodies import AU_KM, naif_id
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.provider import ObserverSpec
from prefect_expres.ephemeris.rotation import Point, from_iau
from prefect_expres.ephemeris.timestamps import read_stamp
from prefect_expres.ephemeris.web_service import WebService, exclusive_access
from prefect_expres.net.clock import Clock

IMCCE = "https://ssp.imcce.fr/webservices/miriade/api/ephemph.php"
MAX_TIMES = 5000
"""The most that one query may ask for."""
EARTH, GEOCENTRE = 399, 500
_STAMP, _LONGITUDE, _LATITUDE, _DISTANCE = (
    slice(0, 26),
    slice(27, 39),
    slice(40, 51),
    slice(133, 153),
)
_MIN_LINES = 10
_REFUSED = "Flag: -1"


class MiriadeEphemeris(ObserverSpec):
    """Ask IMCCE's Miriade (experimental): Earth, Juno, Cassini, Voyager."""

    model_config = ConfigDict(title="Miriade")

    kind: Literal["miriade"] = "miriade"
    miriade_url: str = Field(IMCCE, title="Address", description="Address of the service.")

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``.

        Raises:
            EphemerisUnavailable: The service does not answer.
            EphemerisError: The service has no such ephemeris.
        """
        rows: list[tuple[datetime, Point]] = []
        async with exclusive_access("Miriade", self.miriade_url, clock) as service:
            for done in range(0, span.count, MAX_TIMES):
                start = span.start + timedelta(seconds=span.step * done)
                count = min(MAX_TIMES, span.count - done)
                text = await service.request(query=self._query(start, span.step, count))
                rows += (
                    (stamp, from_iau(self.planet, point)) for stamp, point in _rows(service, text)
                )
        note = "Miriade is experimental here: compare a few rows with another source"
        return Ephemeris.of_rows(
            span, rows, "IMCCE Miriade", self.observer, self.center, notes=(note,)
        )

    def _query(self, start: datetime, step: int, count: int) -> dict[str, str]:
        number = naif_id(self.observer)
        return {
            "-name": f"p:{self.center}",
            "-observer": f"@{GEOCENTRE if number == EARTH else number}",
            "-ep": f"{start:%Y-%m-%dT%H:%M:%S}",
            "-nbd": str(count),
            "-step": f"{step}s",
            "-so": "3",
            "-mime": "text",
        }


def _rows(service: WebService, text: str) -> Iterator[tuple[datetime, Point]]:
    lines = text.splitlines()
    if lines and lines[0].strip() == _REFUSED:
        raise service.error("it has no such ephemeris", text[len(lines[0]) :])
    if len(lines) < _MIN_LINES:
        raise service.error("its answer is not a table", text)
    for line in lines:
        if line.strip() and not line.startswith("#"):
            yield read_stamp(line[_STAMP], "Miriade"), _point(service, line)


def _point(service: WebService, line: str) -> Point:
    """Read a row; a number that does not fit its column is replaced by asterisks."""
    try:
        longitude, latitude, au = (
            float(line[column]) for column in (_LONGITUDE, _LATITUDE, _DISTANCE)
        )
    except ValueError:
        raise service.error("a row has no position", line) from None
    return Point(longitude % 360.0, latitude, au * AU_KM)
