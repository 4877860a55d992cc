"""JPL Horizons: the observer table of a planet, whose stamps are UT at the observer.

Horizons gives the apparent point at the centre of the disc, corrected for light time. Its
longitudes are west longitudes for Jupiter, Saturn, Neptune and Mercury, which its heading says, and
its latitudes planetodetic; both are converted.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import ConfigDict, Field

from prefect_expres.ephemeris.bodies import AU_KM, naif_id
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.provider import ObserverSpec
from prefect_expres.ephemeris.rotation import Point, from_iau, planetocentric
from prefect_expres.ephemeris.timestamps import read_stamp
from prefect_expres.ephemeris.web_service import WebService, exclusive_access
from prefect_expres.net.clock import Clock

JPL = "https://ssd.jpl.nasa.gov/api/horizons.api"
LONGITUDE, LATITUDE, RANGE = "ObsSub-LON", "ObsSub-LAT", "delta"
_SUB_OBSERVER_AND_RANGE = "14,20"
_BEGIN, _END = "$$SOE", "$$EOE"
_MINUTE_S = 60


class HorizonsEphemeris(ObserverSpec):
    """Ask JPL Horizons: planets and most spacecraft."""

    model_config = ConfigDict(title="Horizons")

    kind: Literal["horizons"] = "horizons"
    horizons_url: str = Field(JPL, title="Address", description="Address of the service.")

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``.

        Raises:
            EphemerisUnavailable: The service does not answer.
            EphemerisError: The service has no such ephemeris.
        """
        async with exclusive_access("Horizons", self.horizons_url, clock) as service:
            answer = await service.request_json(query=self._query(span))
            text = str(answer.get("result") or answer.get("error") or "")
            rows = [
                (read_stamp(row[""], "Horizons"), self._point(service, row, _eastward(text)))
                for row in _rows(service, text)
            ]
        return Ephemeris.of_rows(span, rows, "JPL Horizons", self.observer, self.center)

    def _query(self, span: Span) -> dict[str, str]:
        """Build the query. Horizons has no steps in seconds, but it divides a span evenly."""
        minutes, rest = divmod(span.step, _MINUTE_S)
        parameters = {
            "COMMAND": str(self.planet.naif_id),
            "CENTER": f"500@{naif_id(self.observer)}",
            "EPHEM_TYPE": "OBSERVER",
            "OBJ_DATA": "NO",
            "QUANTITIES": _SUB_OBSERVER_AND_RANGE,
            "START_TIME": f"{span.start:%Y-%m-%d %H:%M:%S}",
            "STOP_TIME": f"{span.stop:%Y-%m-%d %H:%M:%S}",
            "STEP_SIZE": str(span.count - 1) if rest else f"{minutes} m",
            "TIME_TYPE": "UT",
            "TIME_DIGITS": "FRACSEC",
            "ANG_FORMAT": "DEG",
            "RANGE_UNITS": "AU",
            "EXTRA_PREC": "YES",
            "CSV_FORMAT": "YES",
        }
        return {"format": "json", **{key: f"'{value}'" for key, value in parameters.items()}}

    def _point(self, service: WebService, row: Mapping[str, str], eastward: int) -> Point:
        try:
            longitude, latitude, au = (float(row[name]) for name in (LONGITUDE, LATITUDE, RANGE))
        except (KeyError, ValueError):
            raise service.error(f"a row lacks {LONGITUDE}, {LATITUDE} or {RANGE}", row) from None
        centric = planetocentric(self.planet, latitude)
        return from_iau(self.planet, Point(eastward * longitude % 360.0, centric, au * AU_KM))


def _rows(service: WebService, text: str) -> Iterator[Mapping[str, str]]:
    """Give each row as a mapping from column names to cells; the name of the time is ''."""
    before, begun, after = text.partition(_BEGIN)
    table, ended, _ = after.partition(_END)
    header = next((line for line in reversed(before.splitlines()) if LONGITUDE in line), "")
    if not begun or not header:
        raise service.error("it has no such ephemeris", _reason(text))
    if not ended:
        raise service.error("its table is cut off", table[-80:])
    names = [name.strip() for name in header.split(",")]
    for line in filter(str.strip, table.splitlines()):
        cells = line.split(",")
        yield {**dict(zip(names, cells, strict=False)), "": cells[0]}


def _eastward(text: str) -> int:
    """Read the direction of longitudes in the heading: 1 for east, -1 for west."""
    heading = (line for line in text.splitlines() if line.startswith("Target pole/equ"))
    return 1 if "{East-longitude positive}" in next(heading, "") else -1


def _reason(text: str) -> str:
    """Find the sentence that says why there is no table; it comes last, framed by asterisks."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" *")]
    told = [line for line in lines if line.startswith("No ephemeris for target")]
    return " ".join(told or lines[-3:])
