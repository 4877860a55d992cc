"""The user's own file, with stated conventions."""

import hashlib
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import fsspec
import pytest

from prefect_expres.ephemeris import Span, TableEphemeris, cache_key, prepare_ephemeris
from prefect_expres.ephemeris.table import MAX_BYTES
from prefect_expres.errors import EphemerisError
from tests.ephemeris.de440 import DAY, EARTH

STATED: dict[str, Any] = {
    "longitude": "east",
    "latitude": "planetocentric",
    "distance": "km",
    "light_time": "corrected",
}


def table(path: Path, row: str, *, mark: str = ",", header: str = "", rows: int = 10) -> str:
    """Write a table in which the observer stands still; ``T`` in a row becomes the time."""
    lines = [header or mark.join(["time", "longitude", "latitude", "distance"])]
    lines += [
        row.replace("T", f"{DAY + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}").replace(",", mark)
        for minute in range(rows)
    ]
    path.write_text("# made by hand\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("row", "stated"),
    [
        ("T,228.503350,-2.906710,872502916.6", {}),
        ("T,-131.496650,-2.906710,872502916.6", {}),
        ("T,588.503350,-2.906710,872502916.6", {}),
        ("T,131.496650,-2.906710,872502916.6", {"longitude": "west"}),
        ("T,228.503350,-3.323129,872502916.6", {"latitude": "planetodetic"}),
        ("T,228.503350,-2.906710,5.832321760", {"distance": "au"}),
        ("T,228.503350,-2.906710,12204.2035", {"distance": "radii"}),
    ],
)
async def test_stated_conventions_lead_to_one(
    tmp_path: Path, row: str, stated: dict[str, str]
) -> None:
    """Each way to say where Earth was gives the same point."""
    spec = TableEphemeris(path=table(tmp_path / "e.csv", row), **STATED | stated)
    made = await prepare_ephemeris(spec, Span(DAY, 60, 10))
    for point in made.points:
        assert point.longitude == pytest.approx(EARTH[DAY].longitude, abs=1e-9)
        assert point.latitude == pytest.approx(EARTH[DAY].latitude, abs=1e-6)
        assert point.distance == pytest.approx(EARTH[DAY].distance, rel=1e-8)
    assert (made.notes, made.observer, made.center) == ((), "observer", "Jupiter")
    assert made.source == "The table e.csv"


async def test_radii_are_those_of_the_planet(tmp_path: Path) -> None:
    """At its equator."""
    path = table(tmp_path / "e.csv", "T,228.5,-2.9,1000")
    spec = TableEphemeris(path=path, center="Saturn", **STATED | {"distance": "radii"})
    made = await prepare_ephemeris(spec, Span(DAY, 60, 10))
    assert made.points[0].distance == pytest.approx(60_268_000.0)


async def test_a_table_without_light_time_is_corrected(tmp_path: Path) -> None:
    """Within 0.003 degrees, and the note says so."""
    path = table(tmp_path / "e.csv", "T,199.181990,-2.906705,872495788.8")
    spec = TableEphemeris(path=path, **STATED | {"light_time": "none"})
    made = await prepare_ephemeris(spec, Span(DAY, 60, 10))
    assert made.points[0].longitude == pytest.approx(EARTH[DAY].longitude, abs=0.003)
    assert made.points[0][1:] == (-2.906705, 872495788.8)
    (note,) = made.notes
    assert "29.323 degrees" in note


@pytest.mark.parametrize("mark", [",", ";", "\t", "  "])
async def test_cells_are_cut_at_any_usual_mark(tmp_path: Path, mark: str) -> None:
    """Commas, semicolons, tabs, white space."""
    path = table(tmp_path / "e.txt", "T,228.5,-2.9,872502916.6", mark=mark)
    made = await prepare_ephemeris(TableEphemeris(path=path, **STATED), Span(DAY, 60, 10))
    assert made.points[9].longitude == 228.5


async def test_the_asked_rows_are_taken(tmp_path: Path) -> None:
    """A part of the file, or every other row, but none that it does not have."""
    path = table(tmp_path / "e.csv", "T,228.5,-2.9,872502916.6", rows=20)
    spec = TableEphemeris(path=path, observer="Juno", **STATED)
    made = await prepare_ephemeris(spec, Span(DAY, 120, 10))
    assert (made.span.step, len(made.points), made.observer) == (120, 10, "Juno")
    for span, missing in [
        (Span(DAY, 60, 21), "00:20:00"),
        (Span(DAY, 30, 10), "00:00:30"),
        (Span(DAY - timedelta(minutes=1), 60, 10), "23:59:00"),
    ]:
        with pytest.raises(
            EphemerisError,
            match=f"no row at 2018-09-1. {missing} UTC: it reaches from 2018-09-13 00:00:00 to "
            "2018-09-13 00:19:00 in steps of 60 s$",
        ):
            await prepare_ephemeris(spec, span)


async def test_each_row_keeps_its_own_position(tmp_path: Path) -> None:
    """A part of the file that begins later begins with the row of that time."""
    rows = [
        f"{DAY + timedelta(minutes=at):%Y-%m-%dT%H:%M:%S},{at},{-at},{at + 1}" for at in range(20)
    ]
    (tmp_path / "e.csv").write_text("\n".join(["time,longitude,latitude,distance", *rows]))
    spec = TableEphemeris(path=str(tmp_path / "e.csv"), **STATED)
    made = await prepare_ephemeris(spec, Span(DAY + timedelta(minutes=3), 120, 8))
    assert [list(point) for point in made.points] == [[at, -at, at + 1] for at in range(3, 19, 2)]


def test_remarks_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    """Anywhere; spaces about a cell do not matter, and a byte-order mark neither."""
    path = table(tmp_path / "e.csv", " T , 228.5 ,\t-2.9 , 1 ")
    text = Path(path).read_text().replace("\n", "\n\n \t\n#a,b\n # \n")
    Path(path).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [list(point) for point in TableEphemeris(path=path, **STATED).read().points] == [
        [228.5, -2.9, 1.0]
    ] * 10


def test_the_first_mark_of_the_header_cuts_all_lines(tmp_path: Path) -> None:
    """A comma before a semicolon, a semicolon before a tab."""
    header = "time,longitude,latitude,distance,a;b\tc"
    path = table(tmp_path / "e.csv", "T,228.5,-2.9,1,2;3", header=header)
    assert TableEphemeris(path=path, **STATED).read().points[0] == (228.5, -2.9, 1.0)
    Path(path).write_text(Path(path).read_text().replace(",", ";").replace("a;b", "a,b"))
    with pytest.raises(EphemerisError, match="has the columns time;longitude"):
        TableEphemeris(path=path, **STATED).read()


async def test_columns_may_have_other_names(tmp_path: Path) -> None:
    """They are said in the order time, longitude, latitude, distance."""
    path = table(tmp_path / "e.csv", "0,T,1,228.5,9", header="r,when,lat,lon,km")
    spec = TableEphemeris(path=path, columns=("when", "lon", "lat", "km"), **STATED)
    assert list(spec.read().points[0]) == [228.5, 1.0, 9.0]
    with pytest.raises(EphemerisError, match=r"r, when, lat, lon, km; say which are meant$"):
        TableEphemeris(path=path, **STATED).read()


def test_conventions_must_be_stated(tmp_path: Path) -> None:
    """Nothing is guessed; the error names what is open."""
    path = table(tmp_path / "e.csv", "T,228.5,-2.9,872502916.6")
    with pytest.raises(EphemerisError, match=r"stated: give latitude, distance, light_time$"):
        TableEphemeris(path=path, longitude="east").read()
    for missing in STATED:
        with pytest.raises(EphemerisError, match=f"stated: give {missing}$"):
            TableEphemeris(path=path, **STATED | {missing: None}).read()


async def test_a_state_vector_states_its_own() -> None:
    """The shipped example needs no conventions; its rows are taken as they are."""
    path = files("prefect_expres") / "examples" / "earth-jupiter-20180913.csv"
    made = await prepare_ephemeris(TableEphemeris(path=str(path)), Span(DAY, 3600, 24))
    assert list(made.points[0]) == pytest.approx(list(EARTH[DAY]), abs=0.1)
    assert (made.observer, made.source) == ("EARTH", "A state vector file")


def test_a_state_vector_of_another_planet_is_refused() -> None:
    """The error says which it is about."""
    path = files("prefect_expres") / "examples" / "earth-jupiter-20180913.csv"
    with pytest.raises(
        EphemerisError,
        match=r"20180913\.csv is about Jupiter, not Saturn: set center to Jupiter, or give another",
    ):
        TableEphemeris(path=str(path), center="Saturn").read()


def test_a_table_of_one_day_is_not_read_beyond_its_limit(tmp_path: Path) -> None:
    """A sparse file that is a byte too large is refused by its size."""
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(EphemerisError, match=rf"large\.csv is larger than {128 * 2**20} bytes"):
        TableEphemeris(path=str(path), **STATED).read()


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("T,228.5,-2.9", r"e\.csv: row 1 cannot be read: '2018-09-13T00:00:00 228\.5 -2\.9'$"),
        ("T,228.5,south,1", "row 1 cannot be read"),
        ("T,228.5,-2.9,1\nT,228.5,-2.9", "row 2 cannot be read"),
        ("later,228.5,-2.9,1", "not a UTC time"),
        ("T,228.5,-2.9,0", "radius"),
        ("T,228.5,-92.9,1", "not a position"),
    ],
)
def test_rows_that_are_none_are_refused(tmp_path: Path, row: str, word: str) -> None:
    """The error says which."""
    path = table(tmp_path / "e.csv", row)
    with pytest.raises(EphemerisError, match=word):
        TableEphemeris(path=path, **STATED).read()


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    """Missing, empty, without rows, no text, at an unknown kind of address."""
    (tmp_path / "empty.csv").write_bytes(b"# only a remark\n")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    table(tmp_path / "head.csv", "", rows=0)
    for name, word in [
        (str(tmp_path / "none.csv"), "cannot be read"),
        ("gopher://host/e.csv", "cannot be read"),
        (str(tmp_path / "empty.csv"), "empty"),
        (str(tmp_path / "bytes.csv"), "not text"),
        (str(tmp_path / "head.csv"), "0 rows"),
    ]:
        with pytest.raises(EphemerisError, match=word):
            TableEphemeris(path=name, **STATED).read()


def test_the_key_follows_the_bytes(tmp_path: Path) -> None:
    """Any fsspec URL is read; when its content changes, so does the key."""
    address = "memory://ephemeris/e.csv"
    spec, span, keys = TableEphemeris(path=address, **STATED), Span(DAY, 60, 10), set()
    for row in ("T,228.5,-2.9,1", "T,228.5,-2.9,2"):
        data = Path(table(tmp_path / "e.csv", row)).read_bytes()
        with fsspec.open(address, "wb") as file:
            file.write(data)
        keys |= {cache_key(spec, span), cache_key(spec, span)}
    west = spec.model_copy(update={"longitude": "west"})
    assert len(keys | {cache_key(west, span)}) == 3
    assert spec.identity()["sha256"] == hashlib.sha256(data).hexdigest()
    assert spec.identity()["path"] == address


def test_an_empty_file_is_told_as_such(tmp_path: Path) -> None:
    """Its conventions are not asked for."""
    path = tmp_path / "e.csv"
    path.touch()
    with pytest.raises(EphemerisError, match=r"e\.csv is empty; fetch it again"):
        TableEphemeris(path=path).read()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\xff\xfe\x00", "is not text"),
        (b"", "is empty"),
        (b"when,lon\n", "has the columns"),
        (b"time,longitude,latitude,distance\nnow,1,2,x\n", "row 1 cannot be read"),
        (b"time,longitude,latitude,distance\nnow,1,2,3\n", "not a UTC time"),
    ],
)
def test_an_address_is_told_without_its_password(content: bytes, word: str) -> None:
    """Messages go into logs and artifacts; the file is read all the same."""
    path = "memory://me:pa55word@host/e.csv"
    with fsspec.open(path, "wb") as stream:
        stream.write(content)
    with pytest.raises(EphemerisError, match=word) as told:
        TableEphemeris(path=path, **STATED).read()
    assert "memory://host/e.csv" in str(told.value)
    assert "pa55word" not in str(told.value)
