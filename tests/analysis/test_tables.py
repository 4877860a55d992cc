"""Windows as tables."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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


def test_minutes_may_be_more_than_a_day(opened: Opened, tmp_path: Path) -> None:
    """As of an oval, which is always seen."""
    (window, *_) = visible_windows(opened())
    long = window.model_copy(update={"end": window.start + timedelta(hours=25, seconds=30)})
    with write_csv([long], tmp_path / "windows.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["minutes"]) == 1500.5


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


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_no_window_is_a_table_too(write: Callable[..., Path], tmp_path: Path) -> None:
    """Without windows there are the columns."""
    path = write([], tmp_path / "table")
    head = (
        path.read_text().split(",")[0]
        if write is write_csv
        else pq.read_table(path).column_names[0]
    )
    assert head == "source"
    assert list(tmp_path.iterdir()) == [path]
