"""Answers in the forms of WebGeoCalc, Horizons and Miriade, all about Earth on one day."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import pytest

from prefect_expres.ephemeris import (
    Ephemeris,
    Span,
    WebGeoCalcEphemeris,
)
from tests.ephemeris.de440 import DAY, EARTH
from tests.ephemeris.replay_server import ReplayServer

SPAN = Span(DAY, 60, 7)
COLUMNS = ["UTC calendar date", "Longitude (deg)", "Latitude (deg)", "Radius (km)"]
STARTED = {
    "status": "OK",
    "message": "The operation was successful.",
    "calculationId": "0788",
    "result": {"phase": "COMPLETE", "progress": 0},
}
HEADING = """Target pole/equ : IAU_JUPITER                    {West-longitude positive}
Target radii    : 71492.0, 71492.0, 66854.0 km   {Equator_a, b, pole_c}
Center pole/equ : ITRF93                         {East-longitude positive}
*****************************************************************
 Date__(UT)__HR:MN:SC.fff, , , ObsSub-LON, ObsSub-LAT,             delta,     deldot,
*****************************************************************
"""


def in_phase(phase: str) -> dict[str, object]:
    """Give what WebGeoCalc answers about a calculation in a phase."""
    return {**STARTED, "result": {"phase": phase}}


def webgeocalc_results(names: Sequence[str] = COLUMNS) -> dict[str, object]:
    """Give a table of Jupiter as seen from Earth, as WebGeoCalc does."""
    cells = dict(zip(COLUMNS, ["", 48.503350, 2.906710, 872_502_916.6], strict=True))
    rows = [
        [f"{at:%Y-%m-%d %H:%M:%S}.000000 UTC" if "date" in name else cells[name] for name in names]
        for at in SPAN.times()
    ]
    columns = [{"name": name, "type": "NUMBER", "outputID": "", "units": ""} for name in names]
    return {"status": "OK", "calculationId": "0788", "columns": columns, "rows": rows}


def horizons_text(
    heading: str = HEADING,
    longitude: float = 131.496650,
    times: Iterable[datetime] = tuple(SPAN.times()),
) -> str:
    """Give an observer table of Jupiter, as Horizons does."""
    rows = [
        f" {at:%Y-%b-%d %H:%M:%S}.000, , ,  {longitude:.6f},  -3.323129, 5.83232176, 22.6192,"
        for at in times
    ]
    return heading + "$$SOE\n" + "\n".join(rows) + "\n$$EOE\n****\n"


def horizons(result: str) -> dict[str, object]:
    """Wrap a text as Horizons does."""
    return {"signature": {"version": "1.2", "source": "NASA/JPL Horizons API"}, "result": result}


def miriade_text(
    times: Iterable[datetime] = tuple(SPAN.times()),
    longitude: str = "228.50335",
    latitude: str = "-2.90671",
    distance: str = "5.83232176",
) -> str:
    """Give a physical ephemeris of Jupiter in the columns that ExPRES reads."""
    heading = ["# Flag: 1", "# Planet: 5 Jupiter", *["#"] * 8]
    rows = [
        f"{at:%Y-%m-%dT%H:%M:%S}.00".ljust(27)
        + longitude.rjust(12)
        + " "
        + latitude.rjust(11)
        + " " * 82
        + distance.rjust(20)
        + " "
        + "5.4".rjust(20)
        for at in times
    ]
    return "\n".join([*heading, *rows]) + "\n"


def assert_earth(made: Ephemeris) -> None:
    """Check that the ephemeris has Earth where DE440 has it, in every row."""
    for point in made.points:
        assert list(point) == pytest.approx(list(EARTH[DAY]), rel=1e-8, abs=2e-6)


def offer(server: ReplayServer) -> WebGeoCalcEphemeris:
    """Let the server answer as WebGeoCalc, all at once."""
    server.add("/calculation/new", STARTED)
    server.add("/calculation/0788/results", webgeocalc_results())
    return WebGeoCalcEphemeris(webgeocalc_url=server.url)
