"""Results as netCDF and Zarr."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from prefect_expres.analysis import export_netcdf, export_zarr
from prefect_expres.errors import StorageError

Opened = Callable[..., Any]
Export = Callable[[xr.Dataset, Path], Path]
FORMS = {"netcdf": (export_netcdf, xr.open_dataset), "zarr": (export_zarr, xr.open_zarr)}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> tuple[Export, Callable[..., Any]]:
    """Give the two ways out, and the ways back in."""
    return FORMS[request.param]


def test_a_result_comes_back(
    opened: Opened, tmp_path: Path, form: tuple[Export, Callable[..., Any]]
) -> None:
    """Values, coordinates, units and attributes survive the way out and in."""
    export, reopen = form
    dataset = opened()
    path = export(dataset, tmp_path / "result")
    with reopen(path) as back:
        xr.testing.assert_equal(back, dataset)
        assert back["time"].dtype == dataset["time"].dtype
        assert back["Theta"].attrs["units"] == "deg"
        assert back["frequency"].attrs["units"] == "MHz"
        assert list(back.attrs["SRP_Source_Hemisphere"]) == ["NORTH", "SOUTH"]


def test_what_was_there_is_replaced(
    opened: Opened, tmp_path: Path, form: tuple[Export, Callable[..., Any]]
) -> None:
    """A second export takes the place of the first, whole, and leaves nothing beside it."""
    export, reopen = form
    path = tmp_path / "out" / "result"
    path.parent.mkdir()
    export(opened(), path)
    export(opened(step=60.0), path)
    with reopen(path) as back:
        assert np.diff(back["time"].values[:2]) == np.timedelta64(60, "s")
    assert list(path.parent.iterdir()) == [path]


def test_an_export_that_fails_leaves_what_was_there(
    opened: Opened, tmp_path: Path, form: tuple[Export, Callable[..., Any]]
) -> None:
    """A dataset that cannot be written leaves the older file, and no part of a new one."""
    export, reopen = form
    path = tmp_path / "out" / "result"
    path.parent.mkdir()
    export(opened(), path)
    broken = opened().assign(thing=("time", np.array([object()] * 24)))
    with pytest.raises((TypeError, ValueError)):
        export(broken, path)
    with reopen(path) as back:
        xr.testing.assert_equal(back, opened())
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("export", [export_netcdf, export_zarr])
def test_a_folder_of_other_files_is_not_replaced(
    opened: Opened, tmp_path: Path, export: Export
) -> None:
    """Also where the export is a folder itself."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "mine.txt").write_text("precious")
    with pytest.raises(StorageError, match=r"Is a directory\. Move the folder of this name away"):
        export(opened(), folder)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_attributes_that_no_format_holds_are_left_out(opened: Opened, tmp_path: Path) -> None:
    """An empty attribute of the CDF file is no reason to fail; the dataset is not touched."""
    dataset = opened().assign_attrs(Nothing=[], Odd=None)
    dataset["Theta"].attrs["FILLVAL"] = -1e31
    with xr.open_dataset(export_netcdf(dataset, tmp_path / "result.nc")) as back:
        assert not {"Nothing", "Odd"} & set(back.attrs)
        assert "FILLVAL" not in back["Theta"].attrs
    assert dataset["Theta"].attrs["FILLVAL"] == -1e31
