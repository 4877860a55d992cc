"""JPL Horizons, against a server that replays what it answers."""

import math

import pytest

from prefect_expres.ephemeris import (
    HorizonsEphemeris,
    Span,
    prepare_ephemeris,
)
from prefect_expres.errors import EphemerisError
from tests.ephemeris.answers import (
    HEADING,
    SPAN,
    assert_earth,
    horizons,
    horizons_text,
)
from tests.ephemeris.de440 import DAY, EARTH
from tests.ephemeris.replay_server import ReplayServer
from tests.support.no_pause import NoPause


async def test_horizons_longitudes_and_latitudes_are_converted(
    server: ReplayServer, clock: NoPause
) -> None:
    """West longitudes become east ones, planetodetic latitudes planetocentric, au kilometres."""
    server.add("/", horizons(horizons_text()))
    spec = HorizonsEphemeris(observer="Juno", horizons_url=server.url)
    made = await prepare_ephemeris(spec, SPAN, clock=clock)
    assert_earth(made)
    assert made.source == "JPL Horizons"
    assert (made.observer, made.notes) == ("Juno", ())
    assert server.requests[0].query == {
        "format": "json",
        "COMMAND": "'599'",
        "CENTER": "'500@-61'",
        "EPHEM_TYPE": "'OBSERVER'",
        "OBJ_DATA": "'NO'",
        "QUANTITIES": "'14,20'",
        "START_TIME": "'2018-09-13 00:00:00'",
        "STOP_TIME": "'2018-09-13 00:06:00'",
        "STEP_SIZE": "'1 m'",
        "TIME_TYPE": "'UT'",
        "TIME_DIGITS": "'FRACSEC'",
        "ANG_FORMAT": "'DEG'",
        "RANGE_UNITS": "'AU'",
        "EXTRA_PREC": "'YES'",
        "CSV_FORMAT": "'YES'",
    }
    assert HorizonsEphemeris().horizons_url == "https://ssd.jpl.nasa.gov/api/horizons.api"


@pytest.mark.parametrize(
    ("step", "asked"), [(1, "9"), (59, "9"), (60, "1 m"), (61, "9"), (120, "2 m"), (3600, "60 m")]
)
async def test_horizons_is_asked_for_minutes_or_for_a_number_of_steps(
    server: ReplayServer, clock: NoPause, step: int, asked: str
) -> None:
    """It knows no unit of seconds, but divides a span evenly."""
    span = Span(DAY, step, 10)
    server.add("/", horizons(horizons_text(times=tuple(span.times()))))
    spec = HorizonsEphemeris(horizons_url=server.url)
    made = await prepare_ephemeris(spec, span, clock=clock)
    assert_earth(made)
    assert (len(made.points), made.observer) == (10, "Earth")
    query = server.requests[0].query
    assert (query["STEP_SIZE"], query["CENTER"]) == (f"'{asked}'", "'500@399'")


async def test_horizons_answer_for_other_times_is_refused(
    server: ReplayServer, clock: NoPause
) -> None:
    """The rows must stand at the times that were asked for."""
    server.add("/", horizons(horizons_text()))
    spec = HorizonsEphemeris(horizons_url=server.url)
    with pytest.raises(EphemerisError, match="where 2018-09-13 00:00:30"):
        await prepare_ephemeris(spec, Span(DAY, 30, 7), clock=clock)


async def test_horizons_columns_are_found_by_name(server: ReplayServer, clock: NoPause) -> None:
    """Further columns and empty lines do no harm, nor does a remark that names a column."""
    text = (
        horizons_text()
        .replace("ObsSub-LON,", "more, ObsSub-LON,")
        .replace("00.000, , ,", "00.000, , , 7.5,")
    )
    text = "ObsSub-LON is the longitude\n" + text.replace("$$EOE", "\n\n$$EOE")
    server.add("/", horizons(text))
    spec = HorizonsEphemeris(horizons_url=server.url)
    assert_earth(await prepare_ephemeris(spec, SPAN, clock=clock))


async def test_horizons_heading_says_which_way_longitudes_count(
    server: ReplayServer, clock: NoPause
) -> None:
    """If it says east one day, they are taken as they are."""
    heading = HEADING.replace("West-longitude", "East-longitude")
    server.add("/", horizons(horizons_text(heading, 228.503350)))
    assert_earth(
        await prepare_ephemeris(HorizonsEphemeris(horizons_url=server.url), SPAN, clock=clock)
    )


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
        (horizons("***\n \nfirst\nthree\nlast ones\nare told\n"), "three last ones are told$"),
        (
            horizons('No ephemeris for target "Juno" after 2026\nmore\nand\nmore\n'),
            'It says: No ephemeris for target "Juno" after 2026$',
        ),
        (horizons(HEADING), "no such ephemeris"),
        (horizons(horizons_text("")), "no such ephemeris"),
        (horizons(horizons_text().partition("$$EOE")[0]), r"is cut off. It says: .*22\.6192,$"),
        (horizons(horizons_text().replace("131.496650", "n.a.")), "lacks ObsSub-LON"),
        (horizons(horizons_text().replace("delta,", "range,")), "lacks ObsSub-LON"),
        (horizons(horizons_text().replace("2018-Sep-13 00:03", "b2018")), "not a UTC time"),
    ],
)
async def test_what_horizons_does_not_have_is_told(
    server: ReplayServer, clock: NoPause, answer: object, word: str
) -> None:
    """In its own words; such an answer is final."""
    server.add("/", answer)
    with pytest.raises(EphemerisError, match=word) as fault:
        await prepare_ephemeris(HorizonsEphemeris(horizons_url=server.url), SPAN, clock=clock)
    assert not fault.value.retryable
    assert len(server.requests) == 1


def test_the_recorded_latitude_is_planetodetic() -> None:
    """The figure in the recorded table is the one of DE440, by tan φd = (a/b)² tan φc."""
    centric = math.tan(math.radians(EARTH[DAY].latitude))
    detic = math.degrees(math.atan((71492 / 66854) ** 2 * centric))
    assert detic == pytest.approx(-3.323129, abs=1e-6)
