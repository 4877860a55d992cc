"""The file that ExPRES reads: written to the letter, read with care."""

import csv
from datetime import timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.ephemeris import Ephemeris, Point, Span, read_csv, to_csv
from prefect_expres.errors import EphemerisError
from prefect_expres.sandbox.engine.geometry import read_ephemeris
from tests.ephemeris.de440 import DAY, EARTH

EXAMPLE = (files("prefect_expres") / "examples" / "earth-jupiter-20180913.csv").read_bytes()
JUNO = Point(120.0, -20.0, 76_000.0)
"""1.06 radii from the centre."""
FROM_EARTH = Point(48.503350, 2.906710, 872_502_916.6)
"""Jupiter as seen from Earth in IAU_JUPITER, as WebGeoCalc gives it (CN)."""
UNCORRECTED = Point(199.181990, -2.906705, 872_495_788.8)
"""Earth about Jupiter without the light's travel, by DE440."""


def ephemeris(point: Point = EARTH[DAY], count: int = 7) -> Ephemeris:
    """Give an observer that stands still."""
    return Ephemeris(Span(DAY, 60, count), (point,) * count, "test", "Earth")


def webgeocalc(
    point: Point,
    *,
    target: str = "EARTH",
    observer: str = "JUPITER",
    light: str = "To observer",
    swaps: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Give a file as WebGeoCalc itself writes it: nothing in it speaks of our convention."""
    text = to_csv(ephemeris(point)).decode()
    swaps = (
        ("; sub-observer point at t - light time", ""),
        ('"Target","EARTH"', f'"Target","{target}"'),
        ('"Observer","JUPITER"', f'"Observer","{observer}"'),
        ("To observer", light),
        *swaps,
    )
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_the_first_lines_are_those_that_expres_skips() -> None:
    """15 lines of preamble and the columns are the same as in the shipped example."""
    lines, known = to_csv(ephemeris()).decode().splitlines(), EXAMPLE.decode().splitlines()
    varying = {11, 12}  # the time range and the step
    assert [row for at, row in enumerate(lines[:16]) if at not in varying] == [
        row for at, row in enumerate(known[:16]) if at not in varying
    ]
    assert lines[11] == '"Time range","2018-09-13 00:00:00 to 2018-09-13 00:06:00"'
    assert lines[16].startswith(
        '"2018-09-13 00:00:00.000000 UTC",228.50335000,-2.90671000,872502916.60000002,'
    )
    assert lines[16].endswith(',"2018-09-12 23:11:29.643541 UTC",2910.35645933')
    assert b"\r" not in to_csv(ephemeris())


def test_the_example_comes_out_as_it_went_in() -> None:
    """Reading and writing the shipped file keeps its rows, down to rates from differences."""
    read = read_csv(EXAMPLE)
    assert (read.notes, read.observer, read.span.count) == ((), "EARTH", 1440)
    written = list(csv.reader(to_csv(read).decode().splitlines()[16:1456]))
    known = list(csv.reader(EXAMPLE.decode().splitlines()[16:1456]))
    assert [row[:4] for row in written] == [row[:4] for row in known]
    for row, wanted in zip(written, known, strict=True):
        rates, wanted_rates = map(float, row[4:8]), map(float, wanted[4:8])
        assert list(rates) == pytest.approx(list(wanted_rates), rel=1e-4, abs=2e-3)
        assert row[8][:23] == wanted[8][:23]
        assert float(row[9]) == pytest.approx(float(wanted[9]), abs=1e-6)


def test_the_sandbox_reads_what_is_written() -> None:
    """Its engine, which reads as ExPRES does, sees the grid, west longitudes and radii."""
    seen = read_ephemeris(to_csv(ephemeris()))
    assert (seen.start, seen.minutes, len(seen.longitude)) == (DAY, 6.0, 7)
    assert seen.longitude[0] == pytest.approx(360.0 - 228.503350)
    assert seen.distance[0] == pytest.approx(872_502_916.6 / 71_492.0)


@given(
    st.lists(
        st.builds(Point, st.floats(0, 359.999), st.floats(-90, 90), st.floats(7e4, 2e10)),
        min_size=7,
        max_size=12,
    ),
    st.integers(1, 40_000),
)
def test_whatever_is_written_is_read_again(points: list[Point], step: int) -> None:
    """Positions keep eight decimals, times everything."""
    span = Span(DAY, step, len(points))
    read = read_csv(to_csv(Ephemeris(span, tuple(points), 'a "source"', "Juno")))
    assert read.span == span
    for point, wanted in zip(read.points, points, strict=True):
        assert list(point) == pytest.approx(list(wanted), abs=1e-8)


def test_jupiter_as_seen_from_the_observer_is_turned_round() -> None:
    """WebGeoCalc's own file in the right convention becomes the sub-observer point."""
    read = read_csv(webgeocalc(FROM_EARTH, target="JUPITER", observer="EARTH"))
    assert list(read.points[0]) == pytest.approx(list(EARTH[DAY]), abs=1e-6)
    assert read.observer == "EARTH"
    assert "Turned round" in read.notes[0]


def test_a_file_without_the_lights_travel_gets_it() -> None:
    """The widespread recipe is 29.3 degrees off; mended it is within 0.003 degrees."""
    read = read_csv(webgeocalc(UNCORRECTED, light="No correction"))
    assert read.points[0].longitude == pytest.approx(228.503350, abs=0.003)
    assert "29.323 degrees" in read.notes[0]


def test_both_mendings_go_together() -> None:
    """Jupiter as seen from the observer, without the light's travel."""
    seen = Point(19.181990, 2.906705, 872_495_788.8)
    read = read_csv(webgeocalc(seen, target="JUPITER", observer="EARTH", light="No correction"))
    assert read.points[0].longitude == pytest.approx(228.503350, abs=0.003)
    assert len(read.notes) == 2


def test_the_observer_as_seen_from_jupiter_is_accepted_close_by_only() -> None:
    """At 1.06 radii the orientation is 0.0026 degrees off, at Earth 29 degrees."""
    read = read_csv(webgeocalc(JUNO))
    assert read.points[0] == JUNO
    assert "0.0026 degrees" in read.notes[0]
    with pytest.raises(EphemerisError, match=r"29\.32 degrees off.*target JUPITER"):
        read_csv(webgeocalc(EARTH[DAY]))


RECTANGULAR = (("Longitude (deg)", "X (km)"), ("Latitude (deg)", "Y (km)"))


@pytest.mark.parametrize(
    ("swaps", "word"),
    [
        (RECTANGULAR, r"X \(km\).*planetocentric coordinates"),
        ((("Radius (km)", "Altitude (km)"),), "Altitude"),
        ((('"Planetocentric"', '"Planetographic"'),), "State representation.*Planetographic"),
        ((('"Time system","UTC"', '"Time system","TDB"'),), "Time system.*TDB"),
        ((("IAU_JUPITER", "J2000"),), "Reference frame.*J2000"),
        ((('"Target","EARTH"', '"Target","SATURN"'), ('er","JUPITER"', 'er","EARTH"')), "SATURN"),
        ((("To observer", "From observer"),), "from observer"),
        ((("UTC calendar date", "Julian day"),), "no column"),
        (((":03:00.000000 UTC", ":03:00.500000 UTC"),), "whole second"),
        (((":03:00.000000 UTC", ":03:01.000000 UTC"),), "59 to 61 s"),
        (((":03:00.000000 UTC", ":02:00.000000 UTC"),), "0 to 120 s"),
        (((":03:00.000000 UTC", ":03:60.000000 UTC"),), "leap second"),
        (((",228.50335000,", ",east,"),), "Row 1"),
        (((",872502916.60000002,", ",0.0,"),), "radius"),
        (((",872502916.60000002,", ",-1.0,"),), "radius"),
    ],
)
def test_what_cannot_be_mended_is_refused(swaps: tuple[tuple[str, str], ...], word: str) -> None:
    """The error says what is wrong, before ExPRES silently takes it for something else."""
    with pytest.raises(EphemerisError, match=word):
        read_csv(webgeocalc(EARTH[DAY], swaps=swaps))


def test_too_few_rows_are_refused() -> None:
    """ExPRES needs seven."""
    lines = EXAMPLE.decode().splitlines(keepends=True)
    assert read_csv("".join(lines[:23]).replace("To observer", "No correction").encode()).points
    with pytest.raises(EphemerisError, match="6 rows"):
        read_csv("".join(lines[:22]).encode())
    with pytest.raises(EphemerisError, match="0 rows"):
        read_csv("".join(lines[:16]).encode())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\n\n", b'"', b"a,b\n" * 20])
def test_what_is_no_state_vector_is_refused(data: bytes) -> None:
    """Any bytes give our error and no other."""
    with pytest.raises(EphemerisError):
        read_csv(data)


def test_a_leap_second_between_the_rows_is_refused() -> None:
    """Six hours on either side of the last one."""
    day = DAY.replace(year=2016, month=12, day=31, hour=23, minute=57)
    text = to_csv(ephemeris()).decode()
    for minutes in (timedelta(minutes=count) for count in range(7)):
        old, new = (f"{start + minutes:%Y-%m-%d %H:%M}:00.0" for start in (DAY, day))
        text = text.replace(old, new)
    with pytest.raises(EphemerisError, match="leap second lies between"):
        read_csv(text.encode())
