"""An observation that is written is the same when it is opened."""

from pathlib import Path
from typing import Any

import cdflib
import h5netcdf
import numpy as np
import pytest
from cdflib.xarray import cdf_to_xarray

from prefect_expres.errors import UsageError
from prefect_expres.observations import open_observation, synthetic, write_observation


@pytest.mark.parametrize("name", ["a.cdf", "a.nc"])
@pytest.mark.parametrize("scale", ["linear", "dB"])
def test_an_observation_comes_back(result: Any, tmp_path: Path, name: str, scale: Any) -> None:
    """Its values, its gaps, its times to the nanosecond, and what it says of itself."""
    made = synthetic(result, scale=scale, polarized=True)
    times = made["time"].values + np.timedelta64(1_234_567, "ns")
    made = made.assign_coords(time=times)
    opened = open_observation(write_observation(made, tmp_path / name))
    assert np.isnan(opened["flux"]).any()
    np.testing.assert_array_equal(opened["flux"], made["flux"])
    np.testing.assert_array_equal(opened["polarization"], made["polarization"])
    np.testing.assert_array_equal(opened["time"], times)
    np.testing.assert_array_equal(opened["frequency"], made["frequency"])
    assert opened["flux"].attrs == made["flux"].attrs
    for each in ("observer", "target", "instrument"):
        assert opened.attrs[each] == made.attrs[each]


def test_a_cdf_file_follows_the_guidelines(result: Any, tmp_path: Path) -> None:
    """Tools of the field find what depends on what."""
    path = write_observation(synthetic(result), tmp_path / "a.cdf")
    flux = cdflib.CDF(path).varattsget("flux")
    assert (flux["DEPEND_0"], flux["DEPEND_1"]) == ("Epoch", "Frequency")
    assert flux["DISPLAY_TYPE"] == "spectrogram"
    assert flux["FILLVAL"] == pytest.approx(-1e31)
    assert cdflib.CDF(path).varattsget("Epoch") == {"FIELDNAM": "Epoch", "UNITS": "ns"}
    assert cdflib.CDF(path).varattsget("Frequency") == {"FIELDNAM": "Frequency", "UNITS": "MHz"}
    assert not cdflib.CDF(path).varinq("Frequency").Rec_Vary
    assert not cdflib.CDF(path).vdr_info("flux").compression_bool
    unnamed = write_observation(synthetic(result).assign_attrs(instrument=""), tmp_path / "b.cdf")
    assert cdflib.CDF(unnamed).globalattsget() == {
        "Logical_file_id": ["b"],
        "Source_name": ["Earth"],
        "VESPA_instrument_host_name": ["Earth"],
        "VESPA_target_name": ["Jupiter"],
    }
    opened = cdf_to_xarray(str(path))
    assert opened["flux"].shape == (144, 20)
    assert opened["flux"].dims[0] == "Epoch"


def test_a_netcdf_file_is_squeezed(result: Any, tmp_path: Path) -> None:
    """As little as takes no time; whatever the case of its name, a CDF file is none."""
    path = write_observation(synthetic(result, polarized=True), tmp_path / "a.nc")
    with h5netcdf.File(path) as file:
        for name in ("flux", "polarization"):
            variable = file[name]
            assert (variable.compression, variable.compression_opts) == ("gzip", 1)
            assert variable.shuffle
    path = write_observation(synthetic(result), tmp_path / "B.CDF")
    info = cdflib.CDF(path).cdf_info()
    assert (info.Majority, info.Encoding) == ("Row_major", 6)


def test_a_year_of_days_keeps_its_leap_second(result: Any, tmp_path: Path) -> None:
    """TT2000 counts the one at the end of 2016; UTC does not show it."""
    made = synthetic(result).isel(time=[0, 1])
    around = np.array(["2016-12-31T23:59:50", "2017-01-01T00:00:10"], dtype="datetime64[ns]")
    path = write_observation(made.assign_coords(time=around), tmp_path / "a.cdf")
    np.testing.assert_array_equal(open_observation(path)["time"], around)
    assert np.diff(cdflib.CDF(path).varget("Epoch")) == 21_000_000_000


def test_other_file_systems_are_refused(result: Any) -> None:
    """As for all products."""
    with pytest.raises(UsageError, match="is not a local path"):
        write_observation(synthetic(result), "memory://a.nc")
