"""netCDF and Zarr: what maser-data exports, and our own."""

from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import xarray as xr

from prefect_expres.errors import ObservationError
from prefect_expres.observations import open_observation
from tests.support.observation_files import flux, times


def exported(variables: dict[str, Any], units: str = "dB", **attributes: str) -> xr.Dataset:
    """Make a Dataset as maser-data does: frequency before time, everything said by variables."""
    return xr.Dataset(
        {
            name: (("frequency", "time"), values.T, {"units": units, **attributes})
            for name, values in variables.items()
        },
        {
            "time": times(),
            "frequency": ("frequency", [10e3, 20e3, 30e3, 40e3], {"units": "kHz"}),
        },
    )


def test_a_netcdf_file_of_maser_data(tmp_path: Path) -> None:
    """Both polarizations of the NDA; observer and target have to be told."""
    path = tmp_path / "nda.nc"
    exported({"LL": flux() + 10, "RR": flux()}).to_netcdf(path, engine="h5netcdf")
    opened = open_observation(path, observer="Earth", target="Jupiter")
    assert opened["flux"].dims == ("time", "frequency")
    assert opened["flux"].attrs == {"units": "dB", "scale": "dB"}
    np.testing.assert_allclose(opened["polarization"], 9 / 11, rtol=1e-5)
    np.testing.assert_allclose(opened["flux"], flux() + 10 * np.log10(11), rtol=1e-5)
    np.testing.assert_allclose(opened["frequency"], [10, 20, 30, 40])


@pytest.mark.parametrize("axes", [("time", "freq_index"), ("freq_index", "time")])
def test_frequencies_that_change(tmp_path: Path, axes: tuple[str, str]) -> None:
    """Of Cassini's sweeps the shorter ones repeat their last frequency, without a value."""
    sweeps = xr.DataArray([[1, 2, 3], [2, 4, 4]], dims=("time", "freq_index")).transpose(*axes)
    path = tmp_path / "cassini.nc"
    values = flux(2, 3)
    values[1, 2] = np.nan
    xr.Dataset(
        {"autoX": (("freq_index", "time"), values.T, {"units": "V**2/Hz"})},
        {
            "time": times(2),
            "freq_index": [0, 1, 2],
            "frequency": (axes, sweeps.values, {"units": "kHz"}),
        },
    ).to_netcdf(path, engine="h5netcdf")
    opened = open_observation(path, observer="Cassini", target="Saturn")
    np.testing.assert_allclose(opened["frequency"], [1e-3, 2e-3, 3e-3, 4e-3])
    nan = np.nan
    np.testing.assert_array_equal(opened["flux"], [[1, 2, 3, nan], [nan, 4, nan, 5]])


@pytest.mark.parametrize("version", [2, 3])
def test_a_zarr_store_of_maser_data(tmp_path: Path, version: int) -> None:
    """Of Juno's variables the one with the background is the flux; the attributes tell the rest."""
    path = tmp_path / "juno.zarr"
    every = {name: flux() for name in ("INTENSITY", "BACKGROUND", "INTENSITY_BG_COR")}
    exported(every, "V**2 m**-2 Hz**-1", instrument="Waves", target="Jupiter").to_zarr(
        path, zarr_format=version, consolidated=version == 2
    )
    opened = open_observation(path, observer="Juno")
    assert opened.attrs["target"] == "Jupiter"
    assert opened.attrs["instrument"] == "Waves"
    np.testing.assert_array_equal(opened["flux"], flux())
    corrected = open_observation(path, observer="Juno", variable="intensity_bg_cor")
    assert "polarization" not in corrected


def test_files_on_other_file_systems(tmp_path: Path) -> None:
    """A file and the folder of a store are copied for as long as they are read."""
    dataset = exported({"flux": flux()}, "sfu", observer="Earth", target="Jupiter")
    dataset.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    dataset.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    memory = fsspec.filesystem("memory")
    memory.put(str(tmp_path / "a.nc"), "/observations/a.nc")
    memory.put(str(tmp_path / "a.zarr"), "/observations/a.zarr", recursive=True)
    for name in ("a.nc", "a.zarr"):
        opened = open_observation(f"memory://observations/{name}")
        assert opened.attrs["source"] == f"memory://observations/{name}"
        np.testing.assert_array_equal(opened["flux"], flux())


@pytest.mark.parametrize("missing", [["frequency"], ["time"], ["frequency", "time"]])
def test_a_file_without_the_axes_is_refused(tmp_path: Path, missing: list[str]) -> None:
    """The coordinates are those that maser-data names."""
    path = tmp_path / "a.nc"
    renamed = exported({"flux": flux()}).rename({name: f"{name}s" for name in missing})
    renamed.to_netcdf(path, engine="h5netcdf")
    with pytest.raises(ObservationError, match=f"it has no coordinate {' or '.join(missing)}$"):
        open_observation(path)


def test_of_both_polarizations_the_right_hand_one_tells_the_rest(tmp_path: Path) -> None:
    """Its units are those of both."""
    path, made = tmp_path / "a.nc", exported({"LL": flux(), "RR": flux()}, "sfu")
    made["LL"].attrs["units"] = "dB"
    made.to_netcdf(path, engine="h5netcdf")
    opened = open_observation(path, observer="Earth", target="Jupiter")
    assert opened["flux"].attrs == {"units": "sfu", "scale": "linear"}
    np.testing.assert_array_equal(opened["flux"], 2 * flux())


def test_what_a_file_says_of_itself_counts_before_its_variables(tmp_path: Path) -> None:
    """Frequencies without units are in MHz, and other variables than spectra are no flux."""
    path, made = tmp_path / "a.nc", exported({"x": flux()}, observer="Juno", target="Io")
    made["frequency"].attrs = {}
    made["times_only"] = ("time", np.zeros(6))
    made["x"].attrs = {"observer": "Juno", "target": "Io", "instrument": " I "}
    made.assign_attrs(observer="Wind").to_netcdf(path, engine="h5netcdf")
    opened = open_observation(path)
    assert opened["frequency"].values.tolist() == [10e3, 20e3, 30e3, 40e3]
    assert opened["flux"].attrs == {"units": "", "scale": "linear"}
    said = [opened.attrs[name] for name in ("observer", "target", "instrument")]
    assert said == ["Wind", "Io", "I"]


def test_frequencies_in_other_units_are_refused(tmp_path: Path) -> None:
    """A wavelength is no frequency."""
    path, dataset = tmp_path / "a.nc", exported({"flux": flux()})
    dataset["frequency"].attrs["units"] = "m"
    dataset.to_netcdf(path, engine="h5netcdf")
    with pytest.raises(ObservationError, match="its frequencies are in 'm', not in Hz"):
        open_observation(path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    """Half a netCDF file is none."""
    path = tmp_path / "a.nc"
    exported({"flux": flux()}).to_netcdf(path, engine="h5netcdf")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ObservationError, match=r"a\.nc cannot be read: .*Fetch it again"):
        open_observation(path)
