"""ExPRES files as xarray."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cdflib.cdfwrite import CDF

from prefect_expres.analysis import open_results
from prefect_expres.errors import ResultError

SECOND = 1_000_000_000
Opened = Callable[..., Any]
Written = Callable[..., Path]


def test_coordinates_have_units_and_labels(opened: Opened) -> None:
    """Time is UTC, frequency is in MHz, and a source has its label without padding."""
    dataset = opened()
    assert dataset["time"].dtype == "datetime64[ns]"
    assert dataset["time"].values[1] == np.datetime64("2024-01-01T00:10:00")
    assert dataset["frequency"].attrs["units"] == "MHz"
    assert dataset["frequency"].values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert dataset["source"].values.tolist() == ["Io NORTH", "Io SOUTH"]


@pytest.mark.parametrize("jitter", [-SECOND // 3, 0, SECOND // 3])
def test_times_are_rounded_to_a_second(opened: Opened, jitter: int) -> None:
    """Epochs a third of a second early or late are whole seconds."""
    times = opened(jitter=jitter)["time"].values
    assert times[0] == np.datetime64("2024-01-01")
    assert set(np.diff(times)) == {np.timedelta64(600, "s")}


def test_variables_have_their_dimensions(opened: Opened) -> None:
    """Each variable spans the axes that ExPRES gives it."""
    dataset = opened()
    assert dataset["Polarization"].dims == ("time", "frequency")
    assert dataset["Theta"].dims == ("time", "frequency", "source")
    assert dataset["VisibleSources"].dims == ("time", "frequency", "hemisphere")
    assert dataset["SrcPosition"].dims == ("time", "frequency", "source", "axis")
    assert dataset["SrcLongitude"].dims == ("time", "source")
    assert dataset["CML"].dims == ("time",)
    assert dataset["SrcPosition"].sel(axis="z", source="Io NORTH").dims == ("time", "frequency")
    north = dataset["VisibleSources"].sel(hemisphere="north")
    assert north.values[2, 1] == -1


def test_fills_become_nan(opened: Opened) -> None:
    """Neither -1e31 nor 32767 is left, and what is visible keeps its value."""
    dataset = opened()
    assert np.isnan(dataset["Theta"].values[0]).all()
    assert dataset["Theta"].values[2, 1, 0] == 81.0
    assert np.isnan(dataset["Polarization"].values[0]).all()
    assert dataset["Polarization"].values[2, 1] == -1
    assert dataset["Polarization"].values[23, 3] == 1
    assert np.isnan(dataset["VisibleSources"].values[0]).all()
    assert {dataset[name].dtype.name for name in dataset} == {"float32"}


def test_attributes_are_kept(opened: Opened) -> None:
    """Variables keep their attributes and get units; the file keeps its own, one or several."""
    dataset = opened()
    assert dataset["Theta"].attrs["UNITS"] == dataset["Theta"].attrs["units"] == "deg"
    assert "units" not in dataset["Polarization"].attrs
    assert dataset.attrs["Project"] == "ExPRES"
    assert dataset.attrs["SRP_Source_Hemisphere"] == ["NORTH", "SOUTH"]


def test_variables_whose_flag_is_off_are_absent(opened: Opened) -> None:
    """With all flags off, Polarization is left."""
    assert list(opened(flags=())) == ["Polarization"]


def test_a_single_source_keeps_its_dimension(opened: Opened) -> None:
    """One source, one frequency and one time step are axes of length one."""
    dataset = opened(
        visible=np.ones((1, 1, 1), dtype=bool),
        labels=("Io NORTH",),
        modes=("RX",),
        frequency=(10.0,),
    )
    assert dataset["Theta"].shape == (1, 1, 1)
    assert dataset["SrcLongitude"].shape == (1, 1)
    assert dataset["source"].values.tolist() == ["Io NORTH"]


def test_what_is_no_cdf_is_named(tmp_path: Path) -> None:
    """An error page under the name of a result is told as such."""
    path = tmp_path / "result.cdf"
    path.write_text("<html>502 Bad Gateway</html>")
    with pytest.raises(ResultError, match=r"result\.cdf cannot be read as CDF"):
        open_results(path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    """A transfer that failed leaves such files; what to do is told."""
    path = tmp_path / "result.cdf"
    path.touch()
    with pytest.raises(ResultError, match=r"result\.cdf .*: it is empty; fetch it again"):
        open_results(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No file is no result."""
    with pytest.raises(ResultError, match=r"result\.cdf cannot be read"):
        open_results(tmp_path / "result.cdf")


def test_a_cut_file_is_named(written: Written) -> None:
    """A file that stops early is damaged, wherever it stops; cdflib alone would not always tell."""
    path = written()
    whole = path.read_bytes()
    for length in (*range(0, len(whole), 97), len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ResultError, match="cannot be read as CDF"):
            open_results(path)


@pytest.mark.parametrize(
    ("name", "kind", "lacking"),
    [
        ("Epoch", CDF.CDF_TIME_TT2000, "Frequency, Src_ID_Label"),
        ("Frequency", CDF.CDF_INT8, "Epoch, Src_ID_Label"),
    ],
)
def test_a_cdf_of_others_is_named(tmp_path: Path, name: str, kind: int, lacking: str) -> None:
    """A CDF file without the axes of ExPRES is not taken for one; the error says what it lacks."""
    path = tmp_path / "other.cdf"
    file = CDF(path)
    spec = {
        "Variable": name,
        "Data_Type": kind,
        "Num_Elements": 1,
        "Rec_Vary": True,
        "Dim_Sizes": [],
    }
    file.write_var(spec, var_data=np.arange(3))
    file.close()
    with pytest.raises(ResultError, match=f"no ExPRES file: it lacks {lacking}$"):
        open_results(path)


def test_a_variable_of_another_size_is_named(written: Written) -> None:
    """A variable that does not fit its axes is an error and not a wrong picture."""
    path = written(frequency=(1.0, 2.0, 3.0))
    with pytest.raises(ResultError, match=r"no ExPRES file: Polarization has the shape \(24, 4\)"):
        open_results(path)


@pytest.mark.parametrize("name", ["Theta", "SrcLongitude"])
def test_a_variable_of_another_order_is_named(written: Written, name: str) -> None:
    """As many values in another order would be cells in other places."""
    order = {"Theta": (0, 2, 1), "SrcLongitude": (1, 0)}[name]
    values = open_results(written())[name].values.transpose(order)
    with pytest.raises(ResultError, match=f"no ExPRES file: {name} has the shape .*, not "):
        open_results(written(values={name: values}))
