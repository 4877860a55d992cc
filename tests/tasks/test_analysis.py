"""The analysis as tasks of a science flow."""

from pathlib import Path

import pytest
import xarray as xr
from prefect import flow

from prefect_expres.analysis import open_results, visible_windows
from prefect_expres.errors import ResultError
from prefect_expres.tasks.analysis import (
    compare_simulations,
    draw_simulations,
    export_results,
    find_windows,
)
from tests.support.result_files import Result, two_windows, write

pytestmark = pytest.mark.usefixtures("server")


async def test_tasks_go_from_files_to_files(tmp_path: Path) -> None:
    """Windows, picture, comparison and exports come from a simulation's file, by tasks."""
    cdf = tmp_path / "expres.cdf"
    write(Result(two_windows()), cdf)

    @flow
    async def study() -> None:
        with open_results(cdf) as dataset:
            assert await find_windows([cdf], gap=1) == visible_windows(dataset) != []
        assert await find_windows([cdf], "LOFAR") == []
        picture = await draw_simulations([cdf], tmp_path / "talk.png", log=True)
        assert picture.read_bytes().startswith(b"\x89PNG")
        comparison = await compare_simulations(cdf, cdf)
        assert not comparison.missing
        assert not comparison.added
        for name in ("results.nc", "results.zarr"):
            exported = await export_results(cdf, tmp_path / name)
            with xr.open_dataset(exported) as dataset:
                assert "time" in dataset.sizes
        with pytest.raises(ResultError, match=r"\.nc or \.zarr"):
            await export_results(cdf, tmp_path / "results.csv")

    await study()
