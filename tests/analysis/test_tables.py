"""Windows as tables."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from prefect_expres.analysis import Window, visible_windows, write_csv, write_parquet

Opened = Callable[..., Any]


def test_csv_has_a_line_for_each_window(opened: Opened, tmp_path: Path) -> None:
    """Times are UTC as ISO 8601; an angle that is not known is empty."""
    with write_csv(visible_windows(opened()), tmp_path / "windows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["hemisphere"] for row in rows] == ["north", "north", "south"]
    first = rows[0]
    assert (first["start"], first["end"]) == ("2024-01-01T00:20:00Z", "2024-01-01T00:50:00Z")
    assert [float(first[name]) for name in ("minutes", "fmin_mhz", "fmax_mhz")] == [30, 2, 3]
    assert [float(first[f"cml_{end}_deg"]) for end in ("start", "end")] == [2, 14]
    assert first["moon_phase_start_deg"] == ""


def test_richer_windows_have_more_columns(opened: Opened, tmp_path: Path) -> None:
    """Fields of a richer kind of window are columns if they are named; lists are joined."""

    class Rich(Window):
        names: tuple[str, ...] = ("a", "b")
        hidden: int = 1

    windows = [Rich(**dict(each)) for each in visible_windows(opened())]
    with write_csv(windows, tmp_path / "rich.csv", more=["names"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["names"] for row in rows} == {"a; b"}
    assert "hidden" not in rows[0]


def test_parquet_has_the_same_columns(opened: Opened, tmp_path: Path) -> None:
    """Times are typed, and columns and values are those of the CSV file."""
    windows = visible_windows(opened())
    table = pq.read_table(write_parquet(windows, tmp_path / "windows.parquet"))
    with write_csv(windows, tmp_path / "windows.csv").open(newline="") as file:
        assert table.column_names == next(csv.reader(file))
    first = table.to_pylist()[0]
    assert first["start"] == datetime(2024, 1, 1, 0, 20, tzinfo=UTC)
    assert first["source_phase_start_deg"] == windows[0].source_phase[0]
    assert first["moon_phase_start_deg"] is None


FACTS: dict[str, Any] = {
    "source": "Io",
    "hemisphere": "north",
    "polarization": "RH",
    "start": datetime(2024, 1, 1, tzinfo=UTC),
    "end": datetime(2024, 1, 1, 0, 10, 1, tzinfo=UTC),
    "minutes": 10.02,
    "fmin_mhz": 1.25,
    "fmax_mhz": 2.349,
    "cml_start_deg": 350.0,
    "cml_end_deg": 10.6,
    "moon_phase_start_deg": 0.4,
    "moon_phase_end_deg": 0.6,
    "source_phase_start_deg": None,
    "source_phase_end_deg": None,
    "cut_at": "start and end",
}


def test_every_column_is_written(tmp_path: Path) -> None:
    """Minutes to a hundredth, and all else as it is."""
    window = Window(
        **{name: FACTS[name] for name in ("source", "hemisphere", "polarization", "start", "end")},
        fmin=1.25,
        fmax=2.349,
        cml=(350.0, 10.6),
        moon_phase=(0.4, 0.6),
        cut_at_start=True,
        cut_at_end=True,
    )
    assert pq.read_table(write_parquet([window], tmp_path / "one.parquet")).to_pylist() == [FACTS]
    head, row = write_csv([window], tmp_path / "one.csv").read_text(encoding="utf-8").splitlines()
    assert head == ",".join(FACTS)
    assert row == (
        "Io,north,RH,2024-01-01T00:00:00Z,2024-01-01T00:10:01Z,10.02,1.25,2.349,"
        "350.0,10.6,0.4,0.6,,,start and end"
    )


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_no_window_is_a_table_too(write: Callable[..., Path], tmp_path: Path) -> None:
    """Without windows there are the columns."""
    path = write([], tmp_path / "table")
    head = (
        path.read_text().strip().split(",")
        if write is write_csv
        else pq.read_table(path).column_names
    )
    assert head == list(FACTS)
    assert list(tmp_path.iterdir()) == [path]
