"""Every variable of a result, its axes and its fill values."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest
from cdflib.cdfwrite import CDF

from prefect_expres.analysis import open_results
from prefect_expres.errors import ResultError
from tests.support.result_files import MIDNIGHT

SPECTRUM = ("time", "frequency", "source")
AXES = {
    "Polarization": ("time", "frequency"),
    "VisibleSources": ("time", "frequency", "hemisphere"),
    "Theta": SPECTRUM,
    "Azimuth": SPECTRUM,
    "FP": SPECTRUM,
    "FC": SPECTRUM,
    "SrcPosition": (*SPECTRUM, "axis"),
    "SrcLongitude": ("time", "source"),
    "SrcFreqMax": ("time", "source"),
    "SrcFreqMaxCMI": ("time", "source"),
    "CML": ("time",),
    "ObsLatitude": ("time",),
    "ObsDistance": ("time",),
    "ObsLocalTime": ("time",),
}
SIZES = {"time": 5, "frequency": 4, "source": 3, "hemisphere": 2, "axis": 3}
INTEGERS = {"Polarization", "VisibleSources"}


def write(path: Path, *, extra: str = "", epochs: Any = None, unit: str = " kHz ") -> Path:
    """Write a file with every variable that ExPRES 1.4 has, whose values count upwards."""
    file = CDF(path, cdf_spec={"Majority": "row_major", "Encoding": 6})

    def put(
        name: str, kind: int, values: Any, *, records: bool, units: str, width: int = 1
    ) -> None:
        spec = {
            "Variable": name,
            "Data_Type": kind,
            "Num_Elements": width,
            "Rec_Vary": records,
            "Dim_Sizes": list(values.shape[1:] if records else values.shape),
        }
        file.write_var(spec, var_attrs={"UNITS": units, "NOTE": name}, var_data=values)

    steps = MIDNIGHT + np.arange(5) * 60_000_000_000 if epochs is None else epochs
    put("Epoch", CDF.CDF_TIME_TT2000, steps, records=True, units="ns")
    put("Frequency", CDF.CDF_REAL4, np.float32([1, 2, 3, 4]), records=False, units=unit)
    labels = np.array(["Io NORTH  ", " Io SOUTH ", "Europa    "])
    put("Src_ID_Label", CDF.CDF_CHAR, labels, records=False, units=" ", width=10)
    for name, axes in AXES.items():
        shape = [SIZES[axis] for axis in axes]
        values = np.arange(np.prod(shape)).reshape(shape)
        kind = CDF.CDF_INT2 if name in INTEGERS else CDF.CDF_REAL4
        whole = values.astype(np.int16 if name in INTEGERS else np.float32)
        whole.flat[1] = 32767 if name in INTEGERS else -1e31
        put(name, kind, whole, records=True, units="unit")
    if extra:
        put(extra, CDF.CDF_REAL4, np.float32([1] * 5), records=True, units="")
    file.write_globalattrs(
        {"One": {0: "a"}, "Two": {0: "a", 1: "b"}, "Number": {0: [5, "CDF_INT4"]}}
    )
    file.close()
    return path


def test_every_variable_has_its_axes(tmp_path: Path) -> None:
    """Values are where they were; what is not of ExPRES is left out."""
    dataset = open_results(write(tmp_path / "io.cdf", extra="Other"))
    assert {name: variable.dims for name, variable in dataset.data_vars.items()} == AXES
    assert dict(dataset.sizes) == SIZES
    for name, axes in AXES.items():
        values = dataset[name].values
        assert values.dtype == np.float32
        expected = np.arange(values.size, dtype=np.float32).reshape([SIZES[axis] for axis in axes])
        expected.flat[1] = np.nan
        np.testing.assert_array_equal(values, expected)
        assert dataset[name].attrs == {"UNITS": "unit", "NOTE": name, "units": "unit"}


def test_coordinates_and_attributes(tmp_path: Path) -> None:
    """Labels without padding, units as the file has them, lists of one as one."""
    dataset = open_results(write(tmp_path / "io.cdf"))
    assert dataset["source"].values.tolist() == ["Io NORTH", "Io SOUTH", "Europa"]
    assert dataset["source"].attrs["NOTE"] == "Src_ID_Label"
    assert "units" not in dataset["source"].attrs
    assert dataset["frequency"].values.tolist() == [1, 2, 3, 4]
    assert (dataset["frequency"].attrs["units"], dataset["frequency"].attrs["NOTE"]) == (
        *("kHz", "Frequency"),
    )
    assert dataset["hemisphere"].values.tolist() == ["north", "south"]
    assert dataset["axis"].values.tolist() == ["x", "y", "z"]
    assert dataset["time"].attrs == {"long_name": "UTC"}
    assert dataset.attrs == {"One": "a", "Two": ["a", "b"], "Number": 5}
    assert type(dataset.attrs["Number"]) is int


def test_frequencies_are_in_megahertz_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    """Those of ExPRES are."""
    assert open_results(write(tmp_path / "io.cdf", unit=" "))["frequency"].attrs["units"] == "MHz"


def test_times_are_rounded_to_the_nearest_second(tmp_path: Path) -> None:
    """Half a second goes up; leap seconds are those of UTC."""
    stamps = [
        *([2016, 12, 31, 23, 59, 59, 499], [2016, 12, 31, 23, 59, 59, 500]),
        *([2017, 1, 1, 0, 0, 0, 0], [2024, 2, 29, 12, 0, 0, 1], [2024, 2, 29, 12, 0, 0, 999]),
    ]
    epochs = np.array([int(cdflib.cdfepoch.compute_tt2000([*stamp, 0, 0])) for stamp in stamps])
    times = open_results(write(tmp_path / "io.cdf", epochs=epochs))["time"].values
    assert times.dtype == "datetime64[ns]"
    assert times.astype("datetime64[s]").astype(str).tolist() == [
        *("2016-12-31T23:59:59", "2017-01-01T00:00:00", "2017-01-01T00:00:00"),
        *("2024-02-29T12:00:00", "2024-02-29T12:00:01"),
    ]


@pytest.mark.parametrize("length", [0, 4, 19, 27, 28, 100])
def test_a_file_that_ends_in_its_head_is_damaged(tmp_path: Path, length: int) -> None:
    """Wherever it ends."""
    whole = write(tmp_path / "io.cdf").read_bytes()
    (tmp_path / "cut.cdf").write_bytes(whole[:length])
    with pytest.raises(ResultError, match=r"cut\.cdf cannot be read as CDF"):
        open_results(tmp_path / "cut.cdf")


def test_a_file_that_is_cut_by_a_byte_says_its_size(tmp_path: Path) -> None:
    """One byte more does not matter."""
    path = write(tmp_path / "io.cdf")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(ResultError, match=f"it has {len(whole) - 1} bytes of {len(whole)}"):
        open_results(path)
    path.write_bytes(whole + b"\0")
    assert open_results(path).sizes["time"] == 5


def test_fills_are_below_the_least_value(written: Callable[..., Path]) -> None:
    """-1e30 and more is a value."""
    theta = np.full((24, 4, 2), -1e30, dtype="f4")
    theta[0, 0, 0] = -1.01e30
    found = open_results(written(values={"Theta": theta}))["Theta"].values
    assert np.isnan(found).sum() == 1
