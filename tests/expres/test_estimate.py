"""Estimates of run time and size."""

from typing import Any

import pytest

from prefect_expres.expres import Configuration
from prefect_expres.expres.estimate import cells, result_bytes, run_seconds, spectrum
from tests.expres.bounds.changes import Changes, apply

NO_FLAGS: Changes = {
    f"SPDYN.CDF.{flag}": False for flag in ("THETA", "FP", "FC", "AZIMUTH", "SRCPOS", "SRCVIS")
}
SMALL: Changes = {"TIME.NBR": 10, "FREQUENCY.NBR": 7}


def of(configuration: Any, changes: Changes) -> Configuration:
    """Read a changed configuration."""
    return Configuration.model_validate(apply(configuration, changes))


@pytest.mark.parametrize(
    ("changes", "lines", "channels"),
    [
        ({}, 2, 7),
        ({"SOURCE[0].LG_NBR": 5}, 6, 7),
        ({"SOURCE[0].LG_NBR": 5, "SOURCE[0].ON": False}, 1, 7),
        ({"FREQUENCY.TYPE": "Pre-Defined", "FREQUENCY.SC": [1, 2, 3]}, 2, 3),
        ({"FREQUENCY.TYPE": "Pre-Defined", "FREQUENCY.SC": ""}, 2, 7),
        ({"FREQUENCY.TYPE": "Log", "FREQUENCY.SC": [1, 2, 3]}, 2, 7),
    ],
)
def test_cells_are_times_frequencies_and_lines(
    configuration: Any, changes: Changes, lines: int, channels: int
) -> None:
    """Field lines of active sources count; a list of frequencies by its length, if it is used."""
    model = of(configuration, SMALL | changes)
    assert spectrum(model) == 10 * channels
    assert cells(model) == 10 * channels * lines


@pytest.mark.parametrize(
    ("flag", "per_cell", "per_spectrum"),
    [
        ("THETA", 4, 2),
        ("FP", 4, 2),
        ("FC", 4, 2),
        ("AZIMUTH", 4, 2),
        ("SRCPOS", 12, 2),
        ("SRCVIS", 0, 6),
        ("CML", 0, 2),
    ],
)
def test_each_variable_has_its_size(
    configuration: Any, flag: str, per_cell: int, per_spectrum: int
) -> None:
    """4 bytes a cell, 12 for positions, 4 for counts, and 2 for Polarization, always."""
    model = of(configuration, SMALL | NO_FLAGS | {f"SPDYN.CDF.{flag}": True})
    assert result_bytes(model) == 140 * per_cell + 70 * per_spectrum


def test_a_day_of_the_team_has_its_size_and_time(configuration: Any) -> None:
    """1440 x 781 x 2 cells with everything are 70 MB and three minutes."""
    day = of(configuration, {"TIME.NBR": 1440, "FREQUENCY.NBR": 781})
    assert result_bytes(day) == 1440 * 781 * (2 * 28 + 6) == 69_727_680
    assert run_seconds(day) == 180
    assert run_seconds(of(configuration, {"TIME.NBR": 1441, "FREQUENCY.NBR": 781})) == 181
    assert run_seconds(of(configuration, SMALL)) == 1
