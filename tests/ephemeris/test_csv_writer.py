"""The file that ExPRES reads, written to the letter."""

import csv
import math
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.engine.ephemeris_file import read_ephemeris
from prefect_expres.ephemeris import Ephemeris, Point, Span, read_csv, to_csv
from tests.ephemeris.de440 import DAY, EARTH

EXAMPLE = (files("prefect_expres") / "examples" / "earth-jupiter-20180913.csv").read_bytes()


def ephemeris(point: Point = EARTH[DAY], count: int = 7) -> Ephemeris:
    """Give an observer that stands still."""
    return Ephemeris(Span(DAY, 60, count), (point,) * count, "test", "Earth")


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


def moving(east: float = 123.0, step: int = 60) -> Ephemeris:
    """Give an observer that moves evenly: -0.01 and 0.002 degrees and -3 km in a second."""
    points = tuple(
        Point((east - 0.01 * at) % 360.0, 60.0 + 0.002 * at, 1e6 - 3.0 * at)
        for at in range(0, 7 * step, step)
    )
    return Ephemeris(Span(DAY, step, 7), points, "test", "Juno")


def rows_of(made: Ephemeris) -> list[list[str]]:
    """Give the cells of the rows of a file."""
    return list(csv.reader(to_csv(made).decode().splitlines()[16 : 16 + made.span.count]))


@pytest.mark.parametrize("east", [123.0, 2.0, 0.6])
@pytest.mark.parametrize("step", [60, 1])
def test_rates_are_those_of_the_rows(east: float, step: int) -> None:
    """In the middle, at both ends, and across the zero of longitude."""
    for row in rows_of(moving(east, step)):
        rates = [float(cell) for cell in row[4:7]]
        assert rates == pytest.approx([-0.01, 0.002, -3.0], abs=2e-8)


def test_rates_are_those_between_the_neighbours() -> None:
    """Of an even acceleration they are exact, but at the ends, which have one neighbour each."""
    points = tuple(Point(0.01 * at**2, 0.02 * at**2, 1e6 + 3.0 * at**2) for at in range(7))
    made = Ephemeris(Span(DAY, 1, 7), points, "test", "Juno")
    moments = [0.5, 1, 2, 3, 4, 5, 5.5]
    for row, moment in zip(rows_of(made), moments, strict=True):
        rates = [float(cell) for cell in row[4:7]]
        assert rates == pytest.approx([0.02 * moment, 0.04 * moment, 6.0 * moment], abs=1e-8)


@pytest.mark.parametrize(("step", "turned"), [(3600, 36.2723), (36_000, 362.7233)])
def test_whole_turns_of_jupiter_are_counted(step: int, turned: float) -> None:
    """Between rows far apart an observer at rest in space goes round, at the rate of System III."""
    points = tuple(Point(-turned * at % 360.0, 0.0, 1e6) for at in range(7))
    for row in rows_of(Ephemeris(Span(DAY, step, 7), points, "test", "Juno")):
        assert float(row[4]) == pytest.approx(-870.536 / 86400.0, abs=1e-7)


def test_the_speed_is_that_in_the_turning_frame() -> None:
    """From the distance of two positions in a short time, in km/s."""
    for point, row in zip(moving().points, rows_of(moving()), strict=True):
        later = Point(point.longitude - 1e-5, point.latitude + 2e-6, point.distance - 3e-3)
        gone = math.dist(cartesian(point), cartesian(later)) / 1e-3
        assert float(row[7]) == pytest.approx(gone, rel=1e-5)


def cartesian(point: Point) -> tuple[float, float, float]:
    """Give a position along the axes, in km."""
    east, north = math.radians(point.longitude), math.radians(point.latitude)
    level = point.distance * math.cos(north)
    return level * math.cos(east), level * math.sin(east), point.distance * math.sin(north)


def test_a_row_says_when_the_light_left() -> None:
    """The time in the row less the light time, which stands beside it."""
    points = tuple(Point(1.0, 2.0, 299_792.458 * 90.0) for _ in range(7))
    row = rows_of(Ephemeris(Span(DAY, 60, 7), points, "test", "Juno"))[2]
    assert row[0] == "2018-09-13 00:02:00.000000 UTC"
    assert row[8:] == ["2018-09-13 00:00:30.000000 UTC", "90.00000000"]


def test_source_and_notes_follow_the_rows() -> None:
    """Quoted, on one line each, without what would break a cell."""
    made = Ephemeris(
        Span(DAY, 60, 7), (EARTH[DAY],) * 7, 'made "by" us', "voyager 1", notes=("a\nb", "c")
    )
    lines = to_csv(made).decode().splitlines()
    assert lines[23:] == [
        '"Kernels Used"',
        "\"made 'by' us; sub-observer point at t - light time\"",
        '"a b"',
        '"c"',
    ]
    assert lines[4] == '"Target","VOYAGER 1"'
    assert lines[6:8] == ['"Observer","JUPITER"', '"Reference frame","IAU_JUPITER"']
    assert lines[11:13] == [
        '"Time range","2018-09-13 00:00:00 to 2018-09-13 00:06:00"',
        '"Step","60 seconds"',
    ]
    assert to_csv(made).endswith(b'"c"\n')


def test_the_sandbox_reads_what_is_written() -> None:
    """Its engine, which reads as ExPRES does, sees the grid, west longitudes and radii."""
    seen = read_ephemeris(to_csv(ephemeris()), 71492.0)
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
