"""NAIF's WebGeoCalc and services with the same API: SPICE with every mission's kernels, over HTTP.

The query is for the planet as the observer sees it, corrected for light time (``CN``), in the
planet's IAU frame; the direction is then reversed. This gives the orientation at t - light time,
which the usual state of the spacecraft relative to the planet does not.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field

from prefect_expres.ephemeris.bodies import naif_id
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.provider import ObserverSpec
from prefect_expres.ephemeris.rotation import Point, from_iau, opposite_direction
from prefect_expres.ephemeris.timestamps import read_stamp
from prefect_expres.ephemeris.web_service import WebService, exclusive_access
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from prefect_expres.net.clock import Clock

NASA = "https://wgc2.jpl.nasa.gov:8443/webgeocalc/api"
SOLAR_SYSTEM_KERNELS = 1
COLUMNS = ("UTC calendar date", "Longitude (deg)", "Latitude (deg)", "Radius (km)")
TIMEOUT_S = 600.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 10.0
_LOST = {"FAILED", "CANCELLED", "DISPATCHED", "EXPIRED"}
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,80}", re.ASCII)


class WebGeoCalcEphemeris(ObserverSpec):
    """Ask a WebGeoCalc service, the reference for spacecraft."""

    model_config = ConfigDict(title="WebGeoCalc")

    kind: Literal["webgeocalc"] = "webgeocalc"
    kernel_sets: tuple[int, ...] = Field(
        (SOLAR_SYSTEM_KERNELS,),
        min_length=1,
        title="Kernel sets",
        description="Kernel sets of the service, by number: 1 is the solar system; a spacecraft "
        "needs its mission's, which the service lists under /kernel-sets.",
    )
    webgeocalc_url: str = Field(NASA, title="Address", description="Address of the service's API.")

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``.

        Raises:
            EphemerisUnavailable: The service does not answer, or not in time.
            EphemerisError: The service cannot compute it.
        """
        async with exclusive_access("WebGeoCalc", self.webgeocalc_url, clock) as service:
            started = await _answer(service, "/calculation/new", payload=self._payload(span))
            number = started.get("calculationId")
            if not isinstance(number, str) or not _NUMBER.fullmatch(number):
                raise service.error("its answer names no calculation", started)
            await _wait(service, started, number)
            results = await _answer(service, f"/calculation/{number}/results")
            rows = [
                (read_stamp(str(stamp), "WebGeoCalc"), self._below(point))
                for stamp, point in _rows(service, results)
            ]
        source = f"WebGeoCalc, kernel sets {', '.join(map(str, self.kernel_sets))}"
        return Ephemeris.of_rows(span, rows, source, self.observer, self.center)

    def _below(self, seen: Point) -> Point:
        return from_iau(self.planet, opposite_direction(seen))

    def _payload(self, span: Span) -> dict[str, Any]:
        return {
            "calculationType": "STATE_VECTOR",
            "kernels": [{"type": "KERNEL_SET", "id": number} for number in self.kernel_sets],
            "target": self.planet.naif_id,
            "observer": naif_id(self.observer),
            "referenceFrame": self.planet.iau_frame,
            "aberrationCorrection": "CN",
            "stateRepresentation": "LATITUDINAL",
            "timeSystem": "UTC",
            "timeFormat": "CALENDAR",
            "intervals": [
                {
                    "startTime": f"{span.start:%Y-%m-%dT%H:%M:%S}",
                    "endTime": f"{span.stop:%Y-%m-%dT%H:%M:%S}",
                }
            ],
            "timeStep": span.step,
            "timeStepUnits": "SECONDS",
        }


async def _answer(service: WebService, path: str, **content: Any) -> dict[str, Any]:
    answer = await service.request_json(path, **content)
    if answer.get("status") != "OK":
        error = answer.get("error")
        words = error.get("shortDescription") if isinstance(error, Mapping) else None
        raise service.error("the calculation is refused", words or answer.get("message", answer))
    return answer


async def _wait(service: WebService, answer: Mapping[str, Any], number: str) -> None:
    """Poll the calculation until it is complete, at growing intervals."""
    deadline, pause = service.clock.now() + TIMEOUT_S, _FIRST_PAUSE_S
    while (phase := _phase(answer)) != "COMPLETE":
        if phase in _LOST:
            raise service.error(f"the calculation {number} ended as {phase}", answer.get("message"))
        if service.clock.now() + pause > deadline:
            msg = f"WebGeoCalc: calculation {number} is still {phase} after {TIMEOUT_S:.0f} s"
            raise EphemerisUnavailable(msg)
        await service.clock.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)
        answer = await _answer(service, f"/calculation/{number}")


def _phase(answer: Mapping[str, Any]) -> str:
    result = answer.get("result")
    return str(result.get("phase")) if isinstance(result, Mapping) else "UNKNOWN"


def _rows(service: WebService, results: Mapping[str, Any]) -> list[tuple[object, Point]]:
    """Take the wanted columns by their names; their order is not promised."""
    try:
        names = [column["name"] for column in results["columns"]]
        indexes = [names.index(name) for name in COLUMNS]
        cells = [[row[index] for index in indexes] for row in results["rows"]]
        return [(stamp, Point(*map(float, numbers))) for stamp, *numbers in cells]
    except (KeyError, TypeError, ValueError, IndexError):
        raise _unreadable(service, results) from None


def _unreadable(service: WebService, results: Mapping[str, Any]) -> EphemerisError:
    return service.error(f"its table is not one of {', '.join(COLUMNS)}", results.get("columns"))
