"""Tables, calendars and exports, to the last column."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray as xr
from icalendar import Calendar

from prefect_expres import __version__
from prefect_expres.analysis import (
    Window,
    export_netcdf,
    export_zarr,
    find_observatory,
    write_calendar,
    write_csv,
    write_parquet,
)

Opened = Callable[..., Any]
START = datetime(2024, 1, 1, 23, 59, 30, tzinfo=UTC)
STAMP = datetime(2023, 12, 1, 13, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
FULL = Window(
    source="Io",
    hemisphere="south",
    polarization="LH",
    fmin=1.25,
    fmax=10.06,
    start=START,
    end=START + timedelta(minutes=2, seconds=20),
    cml=(359.0, 1.5),
    source_phase=(90.4, 91.5),
    moon_phase=(88.0, 89.0),
    cut_at_end=True,
)
BARE = FULL.model_copy(update={"cml": None, "source_phase": None, "moon_phase": None})
COLUMNS = [
    *("source", "hemisphere", "polarization", "start", "end", "minutes", "fmin_mhz", "fmax_mhz"),
    *("cml_start_deg", "cml_end_deg", "moon_phase_start_deg", "moon_phase_end_deg"),
    *("source_phase_start_deg", "source_phase_end_deg", "cut_at"),
]


def test_csv_is_written_to_the_digit(tmp_path: Path) -> None:
    """A header, and a line for each window in the order that is given."""
    path = write_csv([FULL, BARE], tmp_path / "windows.csv")
    assert path == tmp_path / "windows.csv"
    with path.open(newline="", encoding="utf-8") as file:
        header, full, bare = csv.reader(file)
    assert header == COLUMNS
    facts = [
        *("Io", "south", "LH", "2024-01-01T23:59:30Z", "2024-01-02T00:01:50Z"),
        *("2.33", "1.25", "10.06"),
    ]
    assert full == [*facts, "359.0", "1.5", "88.0", "89.0", "90.4", "91.5", "end"]
    assert bare == [*facts, *[""] * 6, "end"]


def test_parquet_is_typed(tmp_path: Path) -> None:
    """Texts, seconds of UTC and doubles; what is not known is null."""
    path = write_parquet(iter([FULL, BARE]), tmp_path / "windows.parquet")
    assert path == tmp_path / "windows.parquet"
    table = pq.read_table(path)
    assert table.column_names == COLUMNS
    assert [str(field.type) for field in table.schema] == [
        *["string"] * 3,
        *["timestamp[ms, tz=UTC]"] * 2,
        *["double"] * 9,
        "string",
    ]
    full, bare = table.to_pylist()
    assert list(full.values()) == [
        *("Io", "south", "LH", START, START + timedelta(seconds=140), 2.33, 1.25, 10.06),
        *(359.0, 1.5, 88.0, 89.0, 90.4, 91.5, "end"),
    ]
    assert list(bare.values())[8:] == [*[None] * 6, "end"]
    assert pa.types.is_timestamp(table.schema.field("start").type)


def lines(path: Path) -> list[str]:
    """Read a calendar's lines, folded ones put together."""
    return path.read_bytes().decode().replace("\r\n ", "").split("\r\n")


def test_an_event_is_written_to_the_line(tmp_path: Path) -> None:
    """Times in UTC, the stamp without fractions, and angles in the description."""
    path = write_calendar([FULL], tmp_path / "io.ics", name="JRM33", stamp=STAMP)
    assert path == tmp_path / "io.ics"
    found = lines(path)
    assert found[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//prefect-expres//{__version__}//EN",
        "NAME:JRM33",
        "X-WR-CALNAME:JRM33",
    ]
    event = found[found.index("BEGIN:VEVENT") + 1 : found.index("END:VEVENT")]
    facts = dict(line.split(":", 1) for line in event)
    assert facts.pop("UID")
    assert facts == {
        "SUMMARY": "Io south LH 1.2-10.1 MHz",
        "DTSTAMP": "20231201T120000Z",
        "DTSTART": "20240101T235930Z",
        "DTEND": "20240102T000150Z",
        "CATEGORIES": "Io,south,LH",
        "DESCRIPTION": (
            "Polarization: LH (+)\\nCentral meridian longitude: 359° to 2°\\n"
            "Phase of the moon: 88° to 89°\\nPhase of the active field line: 90° to 92°\\n"
            "Cut at the end of the simulation"
        ),
    }


def test_identifiers_follow_name_place_and_window(tmp_path: Path) -> None:
    """They are the same in every version of this package."""

    def identifier(**options: Any) -> str:
        path = write_calendar([FULL], tmp_path / "io.ics", **options)
        return str(next(iter(Calendar.from_ical(path.read_bytes()).events))["uid"])

    name = "io-south-lh-20240101T235930Z"
    assert identifier() == str(uuid5(NAMESPACE_URL, f"ExPRES//{name}"))
    there = identifier(observatory=find_observatory("NDA"), name="JRM33")
    assert there == str(uuid5(NAMESPACE_URL, f"JRM33/NDA/{name}"))


@pytest.mark.parametrize(
    ("longitude", "written"), [(2.0, 2.0), (181.0, -179.0), (360.0, 0.0), (-118.0, -118.0)]
)
def test_longitudes_of_events_are_from_minus_180_to_180(
    longitude: float, written: float, tmp_path: Path
) -> None:
    """As RFC 5545 has them."""
    observatory = find_observatory("NDA").model_copy(update={"longitude": longitude})
    path = write_calendar([FULL], tmp_path / "io.ics", observatory=observatory)
    event = next(iter(Calendar.from_ical(path.read_bytes()).events))
    assert event["geo"].to_ical() == f"47.38042;{written}"
    assert event["location"] == "NDA"


def test_a_calendar_without_a_stamp_is_of_now(tmp_path: Path) -> None:
    """To a second, with the default name."""
    before = datetime.now(UTC).replace(microsecond=0)
    calendar = Calendar.from_ical(write_calendar([FULL], tmp_path / "io.ics").read_bytes())
    event = next(iter(calendar.events))
    assert before <= event["dtstamp"].dt <= datetime.now(UTC)
    assert calendar["name"] == calendar["x-wr-calname"] == "ExPRES"


def test_netcdf_is_compressed_and_has_plain_times(opened: Opened, tmp_path: Path) -> None:
    """Seconds since 1970, and every variable deflated at level 4."""
    dataset = opened()
    path = export_netcdf(dataset, tmp_path / "io.nc")
    assert path == tmp_path / "io.nc"
    with h5py.File(path) as file:
        time = file["time"]
        assert time.attrs["units"] == "seconds since 1970-01-01"
        assert time.attrs["calendar"] == "proleptic_gregorian"
        assert (time.dtype, time[0], time[1] - time[0]) == (np.int64, 1704067200, 600)
        for name in dataset.data_vars:
            assert (file[name].compression, file[name].compression_opts) == ("gzip", 4)


def test_zarr_is_of_format_2(opened: Opened, tmp_path: Path) -> None:
    """With the same times."""
    import zarr  # noqa: PLC0415 - every worker would take half a second for it

    path = export_zarr(opened(), tmp_path / "io.zarr")
    assert path == tmp_path / "io.zarr"
    assert (path / ".zgroup").exists()
    time = zarr.open_array(str(path / "time"), mode="r")
    assert dict(time.attrs)["units"] == "seconds since 1970-01-01"
    assert time.dtype == np.int64


def test_attributes_that_both_formats_hold_are_kept(tmp_path: Path) -> None:
    """Texts, numbers and lists of them; neither empty ones, nor None, nor sections."""
    attributes: dict[str, Any] = {
        "text": "ü",
        "count": 3,
        "real": 1.5,
        "list": ["a", "b"],
        "numbers": [1, 2],
        "flag": True,
        "none": None,
        "empty": [],
        "section": {"a": 1},
        "FILLVAL": 5,
    }
    dataset = xr.Dataset(
        {"v": ("time", [1.0], dict(attributes))},
        {"time": ("time", np.array(["2024-01-01"], "datetime64[ns]"), {"FILLVAL": 1, "note": "x"})},
        attributes,
    )
    with xr.open_dataset(export_netcdf(dataset, tmp_path / "io.nc")) as back:
        for found in (back.attrs, back["v"].attrs):
            assert set(found) == {"text", "count", "real", "list", "numbers"}
        assert set(back["time"].attrs) == {"note"}
    assert set(dataset.attrs) == set(dataset["v"].attrs) == set(attributes)
