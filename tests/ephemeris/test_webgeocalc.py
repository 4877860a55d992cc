"""WebGeoCalc, against a server that replays what it answers."""

import pytest

from prefect_expres.ephemeris import (
    WebGeoCalcEphemeris,
    prepare_ephemeris,
)
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from tests.ephemeris.answers import (
    COLUMNS,
    SPAN,
    STARTED,
    assert_earth,
    in_phase,
    offer,
    webgeocalc_results,
)
from tests.ephemeris.replay_server import ReplayServer, payload
from tests.support.no_pause import NoPause


async def test_webgeocalc_is_asked_for_jupiter_as_the_observer_sees_it(
    server: ReplayServer, clock: NoPause
) -> None:
    """Target Jupiter, light time converged, LATITUDINAL; the answer is reversed."""
    offer(server)
    spec = WebGeoCalcEphemeris(observer="Juno", kernel_sets=(1, 15), webgeocalc_url=server.url)
    made = await prepare_ephemeris(spec, SPAN, clock=clock)
    assert_earth(made)
    assert made.source == "WebGeoCalc, kernel sets 1, 15"
    assert (made.observer, made.notes) == ("Juno", ())
    assert [(request.method, request.path) for request in server.requests] == [
        ("POST", "/calculation/new"),
        ("GET", "/calculation/0788/results"),
    ]
    assert payload(server.requests[0]) == {
        "calculationType": "STATE_VECTOR",
        "kernels": [{"type": "KERNEL_SET", "id": 1}, {"type": "KERNEL_SET", "id": 15}],
        "target": 599,
        "observer": -61,
        "referenceFrame": "IAU_JUPITER",
        "aberrationCorrection": "CN",
        "stateRepresentation": "LATITUDINAL",
        "timeSystem": "UTC",
        "timeFormat": "CALENDAR",
        "intervals": [{"startTime": "2018-09-13T00:00:00", "endTime": "2018-09-13T00:06:00"}],
        "timeStep": 60,
        "timeStepUnits": "SECONDS",
    }


async def test_webgeocalc_has_the_solar_system_unless_asked_for_more(
    server: ReplayServer, clock: NoPause
) -> None:
    """Kernel set 1, and Earth as the observer; the address may end with a slash."""
    offer(server)
    await prepare_ephemeris(WebGeoCalcEphemeris(webgeocalc_url=server.url + "/"), SPAN, clock=clock)
    asked = payload(server.requests[0])
    assert (asked["kernels"], asked["observer"]) == ([{"type": "KERNEL_SET", "id": 1}], 399)
    assert server.requests[0].path == "/calculation/new"
    assert WebGeoCalcEphemeris().webgeocalc_url == "https://wgc2.jpl.nasa.gov:8443/webgeocalc/api"


async def test_webgeocalc_columns_are_found_by_name(server: ReplayServer, clock: NoPause) -> None:
    """Their order is not promised."""
    server.add("/calculation/new", STARTED)
    server.add("/calculation/0788/results", webgeocalc_results(COLUMNS[::-1]))
    assert_earth(
        await prepare_ephemeris(WebGeoCalcEphemeris(webgeocalc_url=server.url), SPAN, clock=clock)
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
    with pytest.raises(EphemerisUnavailable, match=r"^WebGeoCalc: .* still QUEUED after 600 s"):
        await prepare_ephemeris(WebGeoCalcEphemeris(webgeocalc_url=server.url), SPAN, clock=clock)
    assert clock.slept == [1.0, 2.0, 4.0, 8.0, *[10.0] * 58]
    assert len(server.requests) == 63


@pytest.mark.parametrize("phase", ["FAILED", "CANCELLED", "DISPATCHED", "EXPIRED"])
async def test_a_lost_calculation_is_told(server: ReplayServer, clock: NoPause, phase: str) -> None:
    """No phase that cannot become COMPLETE is waited for."""
    server.add("/calculation/new", in_phase("QUEUED"))
    server.add("/calculation/0788", in_phase(phase))
    with pytest.raises(EphemerisError, match=f"0788 ended as {phase}. It says: The op") as fault:
        await prepare_ephemeris(WebGeoCalcEphemeris(webgeocalc_url=server.url), SPAN, clock=clock)
    assert not fault.value.retryable
    assert clock.slept == [1.0]


@pytest.mark.parametrize("result", [None, [], {}, {"phase": 7}])
async def test_a_calculation_without_a_phase_is_looked_at_again(
    server: ReplayServer, clock: NoPause, result: object
) -> None:
    """As one that is queued."""
    server.add("/calculation/new", {**STARTED, "result": result})
    server.add("/calculation/0788", in_phase("COMPLETE"))
    server.add("/calculation/0788/results", webgeocalc_results())
    spec = WebGeoCalcEphemeris(webgeocalc_url=server.url)
    assert_earth(await prepare_ephemeris(spec, SPAN, clock=clock))
    assert clock.slept == [1.0]


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
        ([[1, 2]], "not a JSON object"),
        (["<html>"], "not a JSON object"),
        ([{**STARTED, "calculationId": 788}], "names no calculation"),
        ([{**STARTED, "calculationId": "7" * 81}], "names no calculation"),
        ([{**STARTED, "calculationId": "788\n"}], "names no calculation"),
        ([{"status": "OK", "message": None, "error": ["?"]}], "names no calculation"),
        ([{"status": "ERROR", "error": ["?"]}], r"refused. It says: \{'status': 'ERROR'"),
        (["[" * 100_000], "not a JSON object"),
        ([STARTED, {"status": "OK"}], "its table is not one of UTC calendar date, Longitude"),
        (
            [STARTED, {**webgeocalc_results(), "rows": [["2018-09-13 00:00:00 UTC", "?", 1, 2]]}],
            "its table is not one of",
        ),
        ([STARTED, {"status": "ERROR", "message": "Expired."}], "refused. It says: Expired"),
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
    with pytest.raises(EphemerisError, match=rf"^WebGeoCalc\b.*{word}"):
        await prepare_ephemeris(WebGeoCalcEphemeris(webgeocalc_url=server.url), SPAN, clock=clock)
