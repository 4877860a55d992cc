"""The user's own file, with stated conventions."""

from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import fsspec
import pytest

from prefect_expres.ephemeris import Span, TableEphemeris, cache_key, prepare_ephemeris
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
        ("T,131.496650,-2.906710,872502916.6", {"longitude": "west"}),
        ("T,228.503350,-3.323129,872502916.6", {"latitude": "planetodetic"}),
        ("T,228.503350,-2.906710,5.832321760", {"distance": "au"}),
        ("T,228.503350,-2.906710,12204.203500", {"distance": "radii"}),
        ("T,199.181990,-2.906705,872495788.8", {"light_time": "none"}),
    ],
)
async def test_stated_conventions_lead_to_one(
    tmp_path: Path, row: str, stated: dict[str, str]
) -> None:
    """Each way to say where Earth was gives the same point."""
    spec = TableEphemeris(path=table(tmp_path / "e.csv", row), **STATED | stated)
    made = await prepare_ephemeris(spec, Span(DAY, 60, 10))
    assert made.points[0].longitude == pytest.approx(EARTH[DAY].longitude, abs=0.003)
    assert made.points[0].latitude == pytest.approx(EARTH[DAY].latitude, abs=1e-5)
    assert made.points[0].distance == pytest.approx(EARTH[DAY].distance, rel=1e-5)
    assert bool(made.notes) == (stated == {"light_time": "none"})


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
    with pytest.raises(EphemerisError, match=r"no row at 2018-09-13 00:20:00.*steps of 60 s"):
        await prepare_ephemeris(spec, Span(DAY, 60, 21))


async def test_columns_may_have_other_names(tmp_path: Path) -> None:
    """They are said in the order time, longitude, latitude, distance."""
    path = table(tmp_path / "e.csv", "0,T,1,228.5,9", header="r,when,lat,lon,km")
    spec = TableEphemeris(path=path, columns=("when", "lon", "lat", "km"), **STATED)
    assert list(spec.read().points[0]) == [228.5, 1.0, 9.0]
    with pytest.raises(EphemerisError, match="r, when, lat, lon, km"):
        TableEphemeris(path=path, **STATED).read()


def test_conventions_must_be_stated(tmp_path: Path) -> None:
    """Nothing is guessed; the error names what is open."""
    path = table(tmp_path / "e.csv", "T,228.5,-2.9,872502916.6")
    with pytest.raises(EphemerisError, match="give latitude, distance, light_time"):
        TableEphemeris(path=path, longitude="east").read()


async def test_a_state_vector_states_its_own() -> None:
    """The shipped example needs no conventions; its rows are taken as they are."""
    path = files("prefect_expres") / "examples" / "earth-jupiter-20180913.csv"
    made = await prepare_ephemeris(TableEphemeris(path=str(path)), Span(DAY, 3600, 24))
    assert list(made.points[0]) == pytest.approx(list(EARTH[DAY]), abs=0.1)
    assert made.observer == "EARTH"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("T,228.5,-2.9", "row 1"),
        ("T,228.5,south,1", "row 1"),
        ("later,228.5,-2.9,1", "no time of UTC"),
        ("T,228.5,-2.9,0", "radius"),
        ("T,228.5,-92.9,1", "no position"),
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
        (str(tmp_path / "bytes.csv"), "no text"),
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
