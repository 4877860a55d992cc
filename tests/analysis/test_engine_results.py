"""What the engine writes can be looked at."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis import draw_quicklook, open_results, visible_windows
from prefect_expres.engine import run_engine
from prefect_expres.errors import ResultError
from prefect_expres.expres.configuration import Configuration


def test_an_engine_result_is_seen(
    configuration: dict[str, Any], tables: Path, tmp_path: Path
) -> None:
    """A run of the engine opens, has windows of Io, and is drawn."""
    checked = Configuration.model_validate(configuration)
    dataset = open_results(run_engine(checked, None, tmp_path, tables))
    windows = visible_windows(dataset)
    assert {window.source for window in windows} == {"Io"}
    assert all(window.polarization in {"RH", "LH"} for window in windows)
    assert draw_quicklook(dataset, tmp_path / "quicklook.png").stat().st_size > 10_000


def test_cells_without_an_angle_are_no_emission(
    configuration: dict[str, Any], tables: Path, tmp_path: Path
) -> None:
    """A steady state without hot electrons fills cells, as in ExPRES, and nothing is seen."""
    for source in configuration["SOURCE"]:
        source |= {"CURRENT": "Steady-State", "TEMP": 1, "TEMPH": 0, "WIDTH": 5}
    run = partial(run_engine, ephemeris=None, cache=tables)
    dataset = open_results(
        run(Configuration.model_validate(configuration), directory=tmp_path / "whole")
    )
    assert dataset["Polarization"].notnull().mean() > 0.9
    assert dataset["FP"].notnull().mean() > 0.9
    assert not visible_windows(dataset)
    configuration["SPDYN"]["CDF"]["THETA"] = False
    dataset = open_results(
        run(Configuration.model_validate(configuration), directory=tmp_path / "without")
    )
    with pytest.raises(ResultError, match=r"SPDYN\.CDF\.THETA true"):
        visible_windows(dataset)
