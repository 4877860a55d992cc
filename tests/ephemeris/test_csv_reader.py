"""State vector files: read, converted, or refused with the reason."""

import csv
import io
from datetime import timedelta
from importlib.resources import files

import pytest

from prefect_expres.ephemeris import PLANETS, Ephemeris, Point, Span, read_csv, to_csv
from prefect_expres.ephemeris.csv_reader import grid, is_state_vector, with_light_time
from prefect_expres.ephemeris.model import CONVENTION
from prefect_expres.errors import EphemerisError
from tests.ephemeris.de440 import DAY, EARTH
from tests.ephemeris.test_csv_writer import ephemeris

EXAMPLE = (files("prefect_expres") / "examples" / "earth-jupiter-20180913.csv").read_bytes()
JUNO = Point(120.0, -20.0, 76_000.0)
"""1.06 radii from the centre."""
FROM_EARTH = Point(48.503350, 2.906710, 872_502_916.6)
"""Jupiter as seen from Earth in IAU_JUPITER, as WebGeoCalc gives it (CN)."""
UNCORRECTED = Point(199.181990, -2.906705, 872_495_788.8)
"""Earth about Jupiter without light time, by DE440."""


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


def test_jupiter_as_seen_from_the_observer_is_reversed() -> None:
    """WebGeoCalc's own file in the right convention becomes the sub-observer point."""
    read = read_csv(webgeocalc(FROM_EARTH, target="JUPITER", observer="EARTH"))
    assert list(read.points[0]) == pytest.approx(list(EARTH[DAY]), abs=1e-6)
    assert (read.observer, read.source) == ("EARTH", "A state vector file")
    assert read.notes == (
        "Direction reversed: the file holds the planet as seen from the observer",
    )


def test_a_file_without_light_time_is_corrected() -> None:
    """The common recipe is 29.3 degrees off; corrected it is within 0.003 degrees."""
    read = read_csv(webgeocalc(UNCORRECTED, light="No correction"))
    assert read.points[0].longitude == pytest.approx(228.503350, abs=0.003)
    (note,) = read.notes
    assert note == (
        "Light time added: the file has none; Jupiter's orientation changes by up to 29.323 "
        "degrees, which leaves an error of at most 0.003 degrees"
    )
    assert read.observer == "EARTH"
    assert read.points[0][1:] == UNCORRECTED[1:]


def test_each_row_has_its_own_light_time() -> None:
    """The note tells the largest."""
    points = [Point(10.0, 0.0, 299_792.458 * seconds) for seconds in (100.0, 300.0, 200.0)]
    turned, note = with_light_time(PLANETS["Jupiter"], points)
    assert [point.longitude for point in turned] == pytest.approx(
        [11.0075648, 13.0226944, 12.0151296], abs=1e-6
    )
    assert "up to 3.023 degrees" in note


@pytest.mark.parametrize(("planet", "left"), [("Mercury", "0.011"), ("Saturn", "0.003")])
def test_the_faster_planet_leaves_the_larger_error(planet: str, left: str) -> None:
    """As far as it moves while the light travels."""
    _, note = with_light_time(PLANETS[planet], [Point(10.0, 0.0, 1e8)])
    assert f"{planet}'s orientation" in note
    assert note.endswith(f"an error of at most {left} degrees")


def test_both_corrections_go_together() -> None:
    """Jupiter as seen from the observer, without light time."""
    seen = Point(19.181990, 2.906705, 872_495_788.8)
    read = read_csv(webgeocalc(seen, target="JUPITER", observer="EARTH", light="No correction"))
    assert read.points[0].longitude == pytest.approx(228.503350, abs=0.003)
    assert [note.partition(":")[0] for note in read.notes] == [
        "Direction reversed",
        "Light time added",
    ]
    assert (read.points[0].latitude, read.observer) == (-2.906705, "EARTH")


def test_the_observer_as_seen_from_jupiter_is_accepted_close_by_only() -> None:
    """At 1.06 radii the orientation is 0.0026 degrees off, at Earth 29 degrees."""
    read = read_csv(webgeocalc(JUNO))
    assert read.points[0] == JUNO
    assert read.observer == "EARTH"
    (note,) = read.notes
    assert note == (
        "Jupiter's orientation is up to 0.0026 degrees off: negligible at this distance"
    )
    near, far = (
        JUNO._replace(distance=away * 299_792.458 / 0.01007564) for away in (0.0999, 0.1001)
    )
    assert read_csv(webgeocalc(near)).points[0].distance == pytest.approx(near.distance)
    with pytest.raises(EphemerisError, match=r"up to 0\.10 degrees off"):
        read_csv(webgeocalc(far))
    with pytest.raises(EphemerisError, match=r"29\.32 degrees off.*the planet as target"):
        read_csv(webgeocalc(EARTH[DAY]))


def test_longitudes_of_the_fields_are_not_converted() -> None:
    """ULS is not the IAU's system of Uranus, from which they would be."""
    still = Ephemeris(Span(DAY, 60, 7), (JUNO,) * 7, "test", "Voyager", "Uranus")
    read = read_csv(to_csv(still).replace(CONVENTION.encode(), b""))
    assert read.points == still.points
    assert [note.partition(" ")[0] for note in read.notes] == ["Uranus's"]


@pytest.mark.parametrize("row", [0, 3, 6])
def test_an_observer_that_is_far_away_once_is_refused(row: int) -> None:
    """A fly-by begins or ends where the orientation is wrong, though it is close between."""
    lines = webgeocalc(JUNO).decode().splitlines()
    lines[16 + row] = lines[16 + row].replace("76000.00000000", "7600000.00000000")
    with pytest.raises(EphemerisError, match=r"up to 0\.26 degrees off"):
        read_csv("\n".join(lines).encode())


@pytest.mark.parametrize("state", ["Planetocentric", "Latitudinal"])
def test_both_names_of_the_coordinates_are_known(state: str) -> None:
    """For a planet that is a sphere to SPICE they mean the same."""
    data = webgeocalc(FROM_EARTH, target="JUPITER", observer="EARTH")
    assert read_csv(data.replace(b"Planetocentric", state.encode())).points


def test_letters_and_spaces_do_not_matter() -> None:
    """A byte-order mark, CRLF, empty lines, other cases and further columns are read over."""
    text = webgeocalc(FROM_EARTH, target="Jupiter", observer="Earth", light="to OBSERVER").decode()
    text = text.replace('"UTC calendar date","Longitude', '" UTC calendar date ","Longitude')
    text = text.replace("\n", "\r\n\r\n")
    read = read_csv(b"\xef\xbb\xbf" + text.encode())
    assert list(read.points[0]) == pytest.approx(list(EARTH[DAY]), abs=1e-6)
    assert (read.observer, read.span) == ("EARTH", Span(DAY, 60, 7))


def test_columns_are_found_by_their_names() -> None:
    """In any order after the time."""
    rows = list(csv.reader(to_csv(ephemeris()).decode().splitlines()))
    turned = [
        [row[0], *row[:0:-1]] if 15 <= at < 23 else row  # the columns and the seven rows
        for at, row in enumerate(rows)
    ]
    file = io.StringIO()
    csv.writer(file).writerows(turned)
    assert read_csv(file.getvalue().encode()).points == ephemeris().points


@pytest.mark.parametrize(
    ("start", "known"),
    [
        (b'"State Vector Calculation"', True),
        (b"x" * 176 + b"State Vector Calculation", True),
        (b"x" * 177 + b"State Vector Calculation", False),
        (b"", False),
        (b"time,longitude", False),
    ],
)
def test_a_state_vector_is_known_by_its_title(start: bytes, known: bool) -> None:  # noqa: FBT001
    """Which stands in the first 200 bytes."""
    assert is_state_vector(start + b"\nrows") is known


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
        ((("To observer", ""),), "light propagation ''"),
        ((('"Time system","UTC"\n', ""),), "'Time system': None, where ExPRES assumes UTC; ask"),
        ((("Planetocentric", "?"),), r"'\?', where ExPRES assumes Latitudinal or Plan"),
        (
            (('"Target","EARTH"\n', ""), ('er","JUPITER"', 'er","EARTH"')),
            "is about  and EARTH",
        ),
        ((('"Observer","JUPITER"\n', ""),), "is about EARTH and , not"),
        ((("UTC calendar date", "Julian day"),), "no column"),
        (((":03:00.000000 UTC", ":03:00.500000 UTC"),), "on a whole second"),
        (((":03:00.000000 UTC", ":03:01.000000 UTC"),), "59 to 61 s"),
        (((":03:00.000000 UTC", ":02:00.000000 UTC"),), "0 to 120 s"),
        ((("2018-09-13 00:03:", "2o18-09-13 00:03:"),), "2o18-09-13 .* is not a UTC time"),
        (((":03:00.000000 UTC", ":03:60.000000 UTC"),), "leap second"),
        (((",228.50335000,", ",east,"),), "Row 1 of .* '2018-09-13 00:00:00"),
        ((('00:02:00.000000 UTC",228.50335000,', '00:02:00.000000 UTC",east,'),), "Row 3 of"),
        ((('00:02:00.000000 UTC",228.50335000,', '00:02:00.000000 UTC"\n,'),), "Row 3 of"),
        (((",872502916.60000002,", ",0.0,"),), "radius"),
        (((",872502916.60000002,", ",-1.0,"),), "radius"),
    ],
)
def test_what_cannot_be_converted_is_refused(swaps: tuple[tuple[str, str], ...], word: str) -> None:
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


def test_times_may_stand_far_apart_or_close() -> None:
    """The grid is found from the times alone."""
    for step in (1, 86_400):
        assert grid(list(Span(DAY, step, 9).times())) == Span(DAY, step, 9)
    with pytest.raises(EphemerisError, match="step by -60 to -60 s"):
        grid(list(Span(DAY, 60, 9).times())[::-1])
    with pytest.raises(EphemerisError, match="step by 0 to 0 s"):
        grid([DAY] * 9)


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
