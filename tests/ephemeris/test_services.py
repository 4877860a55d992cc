"""The sources on the network, against a server that replays what they answer."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import pytest

from prefect_expres.ephemeris import (
    Ephemeris,
    HorizonsEphemeris,
    MiriadeEphemeris,
    Span,
    WebGeoCalcEphemeris,
    prepare_ephemeris,
)
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from tests.ephemeris.de440 import DAY, EARTH
from tests.ephemeris.replay_server import ReplayServer, payload
from tests.support.no_pause import NoPause

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


def horizons_text(heading: str = HEADING, longitude: float = 131.496650) -> str:
    """Give an observer table of Jupiter, as Horizons does."""
    rows = [
        f" {at:%Y-%b-%d %H:%M:%S}.000, , ,  {longitude:.6f},  -3.323129, 5.83232176, 22.6192,"
        for at in SPAN.times()
    ]
    return heading + "$$SOE\n" + "\n".join(rows) + "\n$$EOE\n****\n"


def horizons(result: str) -> dict[str, object]:
    """Wrap a text as Horizons does."""
    return {"signature": {"version": "1.2", "source": "NASA/JPL Horizons API"}, "result": result}


def miriade_text(
    times: Iterable[datetime] = tuple(SPAN.times()),
    longitude: str = "228.50335",
    distance: str = "5.83232176",
) -> str:
    """Give a physical ephemeris of Jupiter in the columns that ExPRES reads."""
    heading = ["# Flag: 1", "# Planet: 5 Jupiter", *["#"] * 8]
    rows = [
        f"{at:%Y-%m-%dT%H:%M:%S}.00".ljust(27)
        + longitude.rjust(12)
        + " "
        + "-2.90671".rjust(11)
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
    return WebGeoCalcEphemeris(base_url=server.url)


async def test_webgeocalc_is_asked_for_jupiter_as_the_observer_sees_it(
    server: ReplayServer, clock: NoPause
) -> None:
    """Target Jupiter, light time converged, LATITUDINAL; the answer is turned round."""
    offer(server)
    spec = WebGeoCalcEphemeris(observer="Juno", kernel_sets=(1, 15), base_url=server.url)
    assert_earth(await prepare_ephemeris(spec, SPAN, clock=clock))
    asked = payload(server.requests[0])
    assert [request.method for request in server.requests] == ["POST", "GET"]
    assert (asked["target"], asked["observer"], asked["referenceFrame"]) == (
        599,
        -61,
        "IAU_JUPITER",
    )
    assert (asked["aberrationCorrection"], asked["stateRepresentation"]) == ("CN", "LATITUDINAL")
    assert asked["kernels"] == [{"type": "KERNEL_SET", "id": 1}, {"type": "KERNEL_SET", "id": 15}]
    assert asked["intervals"] == [
        {"startTime": "2018-09-13T00:00:00", "endTime": "2018-09-13T00:06:00"}
    ]
    assert (asked["timeStep"], asked["timeStepUnits"]) == (60, "SECONDS")


async def test_webgeocalc_columns_are_found_by_name(server: ReplayServer, clock: NoPause) -> None:
    """Their order is not promised."""
    server.add("/calculation/new", STARTED)
    server.add("/calculation/0788/results", webgeocalc_results(COLUMNS[::-1]))
    assert_earth(
        await prepare_ephemeris(WebGeoCalcEphemeris(base_url=server.url), SPAN, clock=clock)
    )


async def test_webgeocalc_is_waited_for_ever_less_often(
    server: ReplayServer, clock: NoPause
) -> None:
    """A queued calculation is looked at after 1, 2, 4 … seconds."""
    server.add("/calculation/new", in_phase("QUEUED"))
    for phase in ("LOADING_KERNELS", "LOADING_KERNELS", "COMPLETE"):
        server.add("/calculation/0788", in_phase(phase))
    assert_earth(await prepare_ephemeris(offer(server), SPAN, clock=clock))
    assert clock.slept == [1.0, 2.0, 4.0]


async def test_the_wait_for_webgeocalc_has_an_end(server: ReplayServer, clock: NoPause) -> None:
    """After ten minutes the calculation is given up, and may be tried again."""
    server.add("/calculation/new", in_phase("QUEUED"))
    server.add("/calculation/0788", in_phase("QUEUED"))
    with pytest.raises(EphemerisUnavailable, match="still QUEUED after 600 s"):
        await prepare_ephemeris(WebGeoCalcEphemeris(base_url=server.url), SPAN, clock=clock)
    assert 580 < clock.now() <= 600
    assert max(clock.slept) == 10.0


@pytest.mark.parametrize("phase", ["FAILED", "CANCELLED", "DISPATCHED", "EXPIRED"])
async def test_a_lost_calculation_is_told(server: ReplayServer, clock: NoPause, phase: str) -> None:
    """No phase that cannot become COMPLETE is waited for."""
    server.add("/calculation/new", in_phase("QUEUED"))
    server.add("/calculation/0788", in_phase(phase))
    with pytest.raises(EphemerisError, match=f"ended as {phase}"):
        await prepare_ephemeris(WebGeoCalcEphemeris(base_url=server.url), SPAN, clock=clock)


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        (
            [{"status": "ERROR", "message": "Failed.", "error": {"shortDescription": "no kernel"}}],
            "It says: no kernel",
        ),
        ([{"status": "ERROR", "message": "Failed."}], "It says: Failed"),
        ([{"status": "OK"}], "names no calculation"),
        ([{**STARTED, "calculationId": "../results"}], "names no calculation"),
        ([[1, 2]], "no JSON object"),
        (["<html>"], "no JSON object"),
        ([STARTED, {"status": "OK"}], "its table is not one of"),
        (
            [STARTED, {**webgeocalc_results(), "rows": ["2018-09-13 00:00:00.000000 UTC", 147.1]}],
            "its table is not one of",
        ),
        ([STARTED, webgeocalc_results(COLUMNS[:3])], "its table is not one of"),
        (
            [STARTED, {**webgeocalc_results(), "rows": webgeocalc_results()["rows"][:6]}],
            "6 rows of the 7",
        ),
    ],
)
async def test_what_webgeocalc_cannot_compute_is_told(
    server: ReplayServer, clock: NoPause, answers: list[object], word: str
) -> None:
    """In its own words where it has some; a single row comes as bare values."""
    for path, answer in zip(
        ["/calculation/new", "/calculation/0788/results"], answers, strict=False
    ):
        server.add(path, answer)
    with pytest.raises(EphemerisError, match=word):
        await prepare_ephemeris(WebGeoCalcEphemeris(base_url=server.url), SPAN, clock=clock)


async def test_horizons_longitudes_and_latitudes_are_turned(
    server: ReplayServer, clock: NoPause
) -> None:
    """West longitudes become east ones, planetodetic latitudes planetocentric, au kilometres."""
    server.add("/", horizons(horizons_text()))
    spec = HorizonsEphemeris(observer="Juno", base_url=server.url)
    assert_earth(await prepare_ephemeris(spec, SPAN, clock=clock))
    asked = server.requests[0].query
    assert (asked["COMMAND"], asked["CENTER"], asked["TIME_TYPE"]) == ("'599'", "'500@-61'", "'UT'")
    assert (asked["QUANTITIES"], asked["STEP_SIZE"]) == ("'14,20'", "'1 m'")
    assert (asked["START_TIME"], asked["STOP_TIME"]) == (
        "'2018-09-13 00:00:00'",
        "'2018-09-13 00:06:00'",
    )


async def test_horizons_heading_says_which_way_longitudes_count(
    server: ReplayServer, clock: NoPause
) -> None:
    """If it says east one day, they are taken as they are."""
    heading = HEADING.replace("West-longitude", "East-longitude")
    server.add("/", horizons(horizons_text(heading, 228.503350)))
    assert_earth(await prepare_ephemeris(HorizonsEphemeris(base_url=server.url), SPAN, clock=clock))


async def test_horizons_steps_of_seconds_are_asked_for_as_a_number_of_steps(
    server: ReplayServer, clock: NoPause
) -> None:
    """Horizons knows no unit of seconds; an answer for other times is refused."""
    server.add("/", horizons(horizons_text()))
    with pytest.raises(EphemerisError, match="where 2018-09-13 00:00:30"):
        await prepare_ephemeris(
            HorizonsEphemeris(base_url=server.url), Span(DAY, 30, 7), clock=clock
        )
    assert server.requests[0].query["STEP_SIZE"] == "'6'"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (
            horizons('***\n No ephemeris for target "Juno" prior to A.D. 2011-AUG-05 \n***\n'),
            'It says: No ephemeris for target "Juno" prior to A.D. 2011-AUG-05',
        ),
        (horizons('Cannot interpret date. Type "?!" or try YYYY-Mon-Dy'), "Cannot interpret date"),
        ({"error": "invalid use of parameter"}, "invalid use of parameter"),
        ({}, "no such ephemeris"),
        (horizons(horizons_text().partition("$$EOE")[0]), "breaks off"),
        (horizons(horizons_text().replace("131.496650", "n.a.")), "lacks ObsSub-LON"),
        (horizons(horizons_text().replace("delta,", "range,")), "lacks ObsSub-LON"),
        (horizons(horizons_text().replace("2018-Sep-13 00:03", "b2018")), "no time of UTC"),
    ],
)
async def test_what_horizons_does_not_have_is_told(
    server: ReplayServer, clock: NoPause, answer: object, word: str
) -> None:
    """In its own words; such an answer is final."""
    server.add("/", answer)
    with pytest.raises(EphemerisError, match=word) as fault:
        await prepare_ephemeris(HorizonsEphemeris(base_url=server.url), SPAN, clock=clock)
    assert not fault.value.retryable
    assert len(server.requests) == 1


async def test_miriade_is_read_by_its_columns(server: ReplayServer, clock: NoPause) -> None:
    """East longitudes, planetocentric latitudes, au; and the user is told to check."""
    server.add("/", miriade_text())
    made = await prepare_ephemeris(MiriadeEphemeris(base_url=server.url), SPAN, clock=clock)
    assert_earth(made)
    assert "experimental" in made.notes[0]
    asked = server.requests[0].query
    assert (asked["-observer"], asked["-nbd"], asked["-step"]) == ("@500", "7", "60s")
    assert (asked["-name"], asked["-so"], asked["-ep"]) == ("p:Jupiter", "3", "2018-09-13T00:00:00")


async def test_miriade_is_asked_in_portions(server: ReplayServer, clock: NoPause) -> None:
    """No question is for more than 5000 times; the parts join without a gap."""
    span = Span(DAY, 1, 5003)
    times = list(span.times())
    server.add("/", miriade_text(times[:5000]))
    server.add("/", miriade_text(times[5000:]))
    made = await prepare_ephemeris(
        MiriadeEphemeris(observer="Juno", base_url=server.url), span, clock=clock
    )
    assert len(made.points) == 5003
    assert [request.query["-nbd"] for request in server.requests] == ["5000", "3"]
    assert server.requests[1].query["-ep"] == "2018-09-13T01:23:20"
    assert server.requests[1].query["-observer"] == "@-61"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Flag: -1\n# no such observer\n" + "#\n" * 10, "no such observer"),
        ("too short\n", "no table.*too short"),
        (miriade_text(longitude="******"), r"no position.*\*\*\*"),
        (miriade_text(distance="************"), r"no position.*\*\*\*"),
    ],
)
async def test_what_miriade_does_not_have_is_told(
    server: ReplayServer, clock: NoPause, text: str, word: str
) -> None:
    """Its flag, its short answers and its stars."""
    server.add("/", text)
    with pytest.raises(EphemerisError, match=word):
        await prepare_ephemeris(MiriadeEphemeris(base_url=server.url), SPAN, clock=clock)


def test_the_recorded_latitude_is_planetodetic() -> None:
    """The figure in the recorded table is the one of DE440, by tan φd = (a/b)² tan φc."""
    centric = math.tan(math.radians(EARTH[DAY].latitude))
    detic = math.degrees(math.atan((71492 / 66854) ** 2 * centric))
    assert detic == pytest.approx(-3.323129, abs=1e-6)
