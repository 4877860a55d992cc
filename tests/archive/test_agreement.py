"""A published CDF file and its row: how far they may differ, and what is compared."""

from pathlib import Path
from typing import Any

import pytest

from prefect_expres.archive.agreement import compare_with_row
from prefect_expres.archive.granule import Granule
from prefect_expres.errors import ArchiveMismatch
from tests.support.result_files import NAME, Result, nothing, write

MIDNIGHT = 2460310.5
MHZ = 1e6
SECOND = 1 / 86400


def agreed(folder: Path, facts: dict[str, Any], **file: Any) -> tuple[str, ...]:
    """Compare a file that starts at midnight with what a row says of it; nothing if it differs."""
    path = write(Result(**file), folder / "a.cdf")
    try:
        return compare_with_row(path, Granule(granule_uid="g", obs_id="o", **facts))
    except ArchiveMismatch:
        return ()


@pytest.mark.parametrize(
    ("step", "off", "same"),
    [
        (43200, 0.5, True),
        (43200, 0.500003, False),
        (43200, -0.5, True),
        (1, 59.5 * SECOND, True),
        (1, 60.5 * SECOND, False),
    ],
)
@pytest.mark.parametrize("end", ["time_min", "time_max"])
def test_times_may_differ_by_a_step(
    tmp_path: Path, end: str, step: float, off: float, *, same: bool
) -> None:
    """Or by a minute, if the steps are shorter; at either end."""
    facts = {"time_min": MIDNIGHT, "time_max": MIDNIGHT + step * SECOND}
    facts[end] += off
    found = agreed(tmp_path, facts, visible=nothing(2), step=step)
    assert found == (("time",) if same else ())


@pytest.mark.parametrize(
    ("channels", "end", "stated", "same"),
    [
        ((1.0, 2.0, 4.0), "max", 6.0, True),
        ((1.0, 2.0, 4.0), "max", 6.01, False),
        ((1.0, 2.0, 4.0), "max", 2.0, True),
        ((4.0, 6.0, 7.0), "min", 1.99, False),
        ((1000.0, 1000.25), "max", 1001.25, True),
        ((1000.0, 1000.25), "max", 1001.26, False),
        ((8.0,), "max", 8.008, True),
        ((8.0,), "max", 8.01, False),
        ((8.0,), "min", 7.5, False),
    ],
)
def test_frequencies_may_differ_by_a_channel(
    tmp_path: Path, channels: tuple[float, ...], end: str, stated: float, *, same: bool
) -> None:
    """Or by a thousandth of what is stated, if the channels are closer, or if there is one."""
    facts = {
        "spectral_range_min": channels[0] * MHZ,
        "spectral_range_max": channels[-1] * MHZ,
        f"spectral_range_{end}": stated * MHZ,
    }
    seen = nothing(2, len(channels))
    assert agreed(tmp_path, facts, visible=seen, frequency=channels) == (
        ("frequency",) if same else ()
    )


@pytest.mark.parametrize(
    ("facts", "words", "compared"),
    [
        ({}, {}, ()),
        ({"instrument_host_name": "Earth"}, {}, ("observer",)),
        ({"file_name": f"{NAME}.cdf"}, {}, ("observer", "source")),
        ({"file_name": f"{NAME}.cdf"}, {"Logical_file_id": ["x"]}, ()),
    ],
    ids=["no names", "no moon", "both", "not in the file"],
)
def test_what_one_of_both_does_not_tell_is_not_compared(
    tmp_path: Path, facts: dict[str, Any], words: dict[str, Any], compared: tuple[str, ...]
) -> None:
    """Neither the names of the row, nor those of the file."""
    assert agreed(tmp_path, facts, visible=nothing(), attributes=words) == compared


def test_every_difference_is_told(tmp_path: Path) -> None:
    """Each on its line, with what the file shows and what the table says."""
    path = write(Result(nothing(2)), tmp_path / "a.cdf")
    facts = {
        "access_url": "https://a.example.org/a.cdf",
        "file_name": NAME.replace("earth", "juno").replace("_io_", "_europa_"),
        "time_min": MIDNIGHT - 1,
        "time_max": 1e300,
        "spectral_range_min": MHZ,
        "spectral_range_max": 40 * MHZ,
    }
    with pytest.raises(ArchiveMismatch) as told:
        compare_with_row(path, Granule(granule_uid="g", obs_id="o", **facts))
    first, times, *others = str(told.value).splitlines()
    assert first.startswith("https://a.example.org/a.cdf is not what the table says of it")
    assert times == (
        "  time: 2024-01-01 00:00:00 to 2024-01-01 00:10:00 UTC; the table says "
        "2023-12-31 00:00:00 to ?"
    )
    assert others == [
        "  frequency: 1 to 4 MHz; the table says 1 to 40 MHz",
        "  observer: Earth; the table says juno",
        "  source: Io; the table says europa",
    ]
