"""Windows as tables: CSV for people, Parquet for programs."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from prefect_expres.analysis.locations import local_target
from prefect_expres.analysis.windows import ANGLES, Window
from prefect_expres.storage import atomic_path

_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "hemisphere", "polarization")),
        *((name, pa.timestamp("s", tz="UTC")) for name in ("start", "end")),
        ("minutes", pa.float64()),
        *((name, pa.float64()) for name in ("fmin_mhz", "fmax_mhz")),
        *((f"{name}_{end}_deg", pa.float64()) for name in ANGLES for end in ("start", "end")),
        ("cut_at", pa.string()),
    ]
)
"""The columns of both forms; those of angles are empty where an angle is not known."""


def write_csv(windows: Iterable[Window], path: str | Path, *, more: Sequence[str] = ()) -> Path:
    """Write windows as CSV: a header, then a line each; times are ISO 8601 in UTC.

    Args:
        windows: In the order in which they are written.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name.
        more: Fields of windows of a richer kind that are columns, too.

    Returns:
        The path of the file.
    """
    target = local_target(path)
    with atomic_path(target) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [*_SCHEMA.names, *more], extrasaction="ignore")
        table.writeheader()
        for window in windows:
            row = _row(window)
            times = {name: f"{row[name]:%Y-%m-%dT%H:%M:%SZ}" for name in ("start", "end")}
            table.writerow({**row, **times, **{name: _cell(row[name]) for name in more}})
    return target


def write_parquet(windows: Iterable[Window], path: str | Path) -> Path:
    """Write windows as Parquet, with the columns of `write_csv`; times are UTC, to a second.

    Args:
        windows: In the order in which they are written.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name.

    Returns:
        The path of the file.
    """
    target = local_target(path)
    with atomic_path(target) as part:
        rows = [_row(window) for window in windows]
        pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), part)
    return target


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, tuple) else value


def _row(window: Window) -> dict[str, Any]:
    row: dict[str, Any] = window.model_dump()
    row["minutes"] = round((window.end - window.start).total_seconds() / 60, 2)
    row |= {"fmin_mhz": window.fmin, "fmax_mhz": window.fmax, "cut_at": window.cut_at}
    for name in ANGLES:
        first, last = getattr(window, name) or (None, None)
        row |= {f"{name}_start_deg": first, f"{name}_end_deg": last}
    return row
