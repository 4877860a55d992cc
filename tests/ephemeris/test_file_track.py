"""An ephemeris file as ExPRES reads it: by position, and refused where ExPRES would go wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from prefect_expres.ephemeris import Ephemeris, Point, Span, read_track, to_csv
from prefect_expres.errors import EphemerisError

START = datetime(2018, 9, 13, tzinfo=UTC)


def file(start: datetime = START, step: int = 60, count: int = 10) -> bytes:
    """Write a file as ours are."""
    points = tuple(Point(228.5 - number, -2.9, 8.7e8) for number in range(count))
    return to_csv(Ephemeris(Span(start, step, count), points, "a test", "Earth"))


def changed(number: int, line: str) -> bytes:
    """Write a file with another line."""
    lines = file().decode().splitlines()
    lines[number] = line
    return "\n".join(lines).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_times_and_ends_are_read(end: str) -> None:
    """What comes after the rows is none of them."""
    track = read_track(file().replace(b"\n", end.encode()))
    assert (track.times.start, track.times.minutes, track.times.count) == (START, 9.0, 10)
    assert track.times.step == timedelta(minutes=1)
    assert track.times.stop == START + timedelta(minutes=9)
    assert (track.first.longitude, track.last.longitude) == (228.5, 219.5)
    assert track.first.distance == 8.7e8


def test_stamps_are_read_by_position() -> None:
    """As WebGeoCalc writes them, or in ISO 8601; fractions are cut off."""
    text = file().decode()
    for old, new in ((" UTC", ""), (".000000 UTC", ".900000 UTC"), ("13 00", "13T00")):
        assert read_track(text.replace(old, new).encode()).times.count == 10


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The ephemeris is empty"),
        (b" \n\n", "The ephemeris is empty"),
        (b"<html>\n<body>404</body>\n</html>", "has 0 rows"),
        (b"\x00\xff\xfe" * 50, "is not CSV text"),
        (b"\n".join(file().splitlines()[: 16 + 6]), "has 6 rows of time, longitude, latitude"),
        (changed(16 + 3, '"2018-09-13 00:03:00",abc,0,8e8'), "Row 4 of the ephemeris cannot be"),
        (changed(16 + 3, '"2018-Sep-13 00:03:00",1,0,8e8'), "Row 4 of the ephemeris cannot be"),
        (changed(16 + 3, '"2018-09-13 00:03:00",nan,0,8e8'), "Row 4 of the ephemeris is not a po"),
        (changed(16 + 3, '"2018-09-13 00:03:00",1,0,0'), "Row 4 of the ephemeris is not a po"),
        (changed(16 + 3, '"2018-09-13 00:04:30",1,0,8e8'), "step by -30 to 150 s"),
        (changed(16 + 3, '"2018-09-13 00:03:00",1,0,-1'), "Row 4 of the ephemeris is not a po"),
        (changed(16 + 3, '"2018-09-13 00:02:00",1,0,8e8'), "step by 0 to 120 s"),
        (changed(16 + 3, '"2018-09-13 00:03:01",1,0,8e8'), "step by 59 to 61 s"),
        (changed(16 + 6, '"2018-09-13 00:06:00",1,0'), "has 6 rows of time, longitude, latitude"),
        (changed(16 + 6, '"Kernels Used",1,0,8e8'), "has 6 rows of time, longitude, latitude"),
    ],
    ids=str,
)
def test_what_expres_would_misread_is_refused(data: bytes, words: str) -> None:
    """With what is wrong, and what to do."""
    with pytest.raises(EphemerisError, match=words):
        read_track(data)


def test_steps_of_a_second_are_the_shortest() -> None:
    """They are none that stands still."""
    assert read_track(file(step=1)).times.step == timedelta(seconds=1)


def test_stamps_may_stray_by_a_second() -> None:
    """They are cut to whole seconds: an even grid of 20.5 s seems to step by 20 and 21."""
    rows = [
        f'"{START + timedelta(seconds=number * 41 // 2):%Y-%m-%d %H:%M:%S}",1,0,8e8'
        for number in range(10)
    ]
    data = "\n".join([*file().decode().splitlines()[:16], *rows]).encode()
    assert read_track(data).times.count == 10
