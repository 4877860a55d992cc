"""What a CDF file says of itself, and where archives write it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cdflib.cdfwrite import CDF

from prefect_expres.errors import ObservationError
from prefect_expres.observations import open_observation
from tests.support import observation_files as files

NAMED = {"Source_name": "JUNO>Juno", "VESPA_target_name": "Jupiter", "Descriptor": "WAV>Waves"}


def opened(
    folder: Path, attributes: dict[str, str] = NAMED, variable: str | None = None, **changed: Any
) -> Any:
    """Open a file with a spectrum of which some variables are others; None leaves one out."""
    variables = {
        "Epoch": files.epoch(files.times()),
        "Frequency": files.frequency([1, 2, 3, 4], "MHz"),
        "flux": files.spectrum(files.flux(), "sfu"),
    } | changed
    there = {name: each for name, each in variables.items() if each is not None}
    path = files.write_cdf(folder / "a.cdf", attributes, there)
    return open_observation(path, variable=variable)


@pytest.mark.parametrize(
    ("attributes", "observer"),
    [
        ({"VESPA_instrument_host_name": "Juno", "Source_name": "WIND"}, "Juno"),
        ({"VESPA_instrument_host_name": "nowhere", "Source_name": "WIND"}, "Wind"),
        ({"Source_name": "W>Wind", "Mission_group": "Cassini"}, "Wind"),
        ({"Mission_group": "Cassini"}, "Cassini"),
    ],
)
def test_the_observer_stands_in_several_attributes(
    tmp_path: Path, attributes: dict[str, str], observer: str
) -> None:
    """The first that names one that is known counts."""
    said = {"VESPA_target_name": "Jupiter", "Descriptor": "x"} | attributes
    assert opened(tmp_path, said).attrs["observer"] == observer


@pytest.mark.parametrize(
    ("attributes", "target"),
    [
        ({"VESPA_target_name": "Io", "PDS_Observation_target": "Europa"}, "Io"),
        ({"PDS_Observation_target": "SATURN", "PDS_observation_target": "x"}, "Saturn"),
        ({"VESPA_target_name": " ", "PDS_observation_target": "J>Jupiter"}, "Jupiter"),
    ],
)
def test_so_does_the_target(tmp_path: Path, attributes: dict[str, str], target: str) -> None:
    """The first that says anything counts, in its long form."""
    said = {"Source_name": "JUNO>Juno"} | attributes
    assert opened(tmp_path, said).attrs["target"] == target


@pytest.mark.parametrize(
    ("attributes", "instrument"),
    [
        ({"VESPA_instrument_name": "A>Array", "Descriptor": "x"}, "Array"),
        ({"Descriptor": "W>Waves"}, "Waves"),
        ({}, ""),
    ],
)
def test_so_does_the_instrument(
    tmp_path: Path, attributes: dict[str, str], instrument: str
) -> None:
    """And it may be unknown."""
    said = {"Source_name": "JUNO>Juno", "VESPA_target_name": "Jupiter"} | attributes
    assert opened(tmp_path, said).attrs["instrument"] == instrument


@pytest.mark.parametrize(
    ("more", "flux"),
    [
        ({"axis": files.spectrum(files.flux(), "kHz")}, "flux"),
        ({"axis": files.spectrum(files.flux(), "sfu", axes=("Epoch", "nothing"))}, "flux"),
        ({"axis": files.spectrum(files.flux(), "sfu", axes=("nothing", "Frequency"))}, "flux"),
        ({"flux": files.spectrum(np.ones((6, 4, 2)), "sfu")}, None),
        ({"Frequency": files.frequency([1, 2, 3, 4], "m")}, None),
    ],
    ids=["frequencies", "no channels", "no times", "three axes", "wavelengths"],
)
def test_what_spans_time_and_frequency_may_be_the_flux(
    tmp_path: Path, more: dict[str, Any], flux: str | None
) -> None:
    """Nothing else is offered."""
    if flux is None:
        with pytest.raises(ObservationError, match="no variable spans time and frequency"):
            opened(tmp_path, **more)
    else:
        with pytest.raises(ObservationError, match=f"it has no variable axis, but {flux}$"):
            opened(tmp_path, variable="axis", **more)


def test_of_both_polarizations_the_right_hand_one_tells_the_rest(tmp_path: Path) -> None:
    """Its times, its frequencies and its units: both are measured together."""
    other = {
        "Late": files.epoch(files.times() + np.timedelta64(1, "h")),
        "Other": files.frequency([5, 6, 7, 8], "kHz"),
        "RR": files.spectrum(files.flux(), "sfu"),
        "LL": files.spectrum(files.flux(), "Jy", axes=("Late", "Other")),
    }
    found = opened(tmp_path, **other)
    assert found["flux"].attrs["units"] == "sfu"
    assert found["time"].values[0] == files.START
    assert found["frequency"].values.tolist() == [1, 2, 3, 4]


def sample(values: Any, units: str, kind: int = CDF.CDF_REAL4) -> files.Variable:
    """Make a variable with a value for each record."""
    attributes = {"UNITS": units, "DEPEND_0": "Epoch"}
    return files.Variable(np.asarray(values), kind, attributes)


def test_samples_take_the_frequencies_of_their_records(tmp_path: Path) -> None:
    """Not those of other times, nor those of a sweep; and texts are no samples."""
    apart = files.Variable(np.float32([7] * 6), attributes={"UNITS": "MHz", "DEPEND_0": "Other"})
    found = opened(
        tmp_path,
        Frequency=files.spectrum(files.flux(), "MHz", axes=("Epoch", "nothing")),
        Other=files.epoch(files.times()),
        Apart=apart,
        Tuned=sample(np.float32([1, 2, 3, 1, 2, 3]), "MHz"),
        flux=sample(np.float32([1, 2, 3, 4, 5, 6]), "sfu"),
    )
    np.testing.assert_array_equal(found["frequency"], [1, 2, 3])
    np.testing.assert_array_equal(found["flux"], [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    ("kind", "units", "step", "factor"),
    [
        (CDF.CDF_UINT1, "dB", "0.5 dB", 0.5),
        (CDF.CDF_INT2, "dB", "0.5", 0.5),
        (CDF.CDF_BYTE, "dB", "0.5", 0.5),
        (CDF.CDF_UINT1, "dB", None, 1),
        (CDF.CDF_UINT1, "counts", "0.5", 1),
        (CDF.CDF_REAL4, "dB", "0.5", 1),
    ],
)
def test_counts_of_decibels_are_scaled(
    tmp_path: Path, kind: int, units: str, step: str | None, factor: float
) -> None:
    """If the file says what a count is."""
    said = NAMED | ({"NDA_power_resolution": step} if step else {})
    name = {CDF.CDF_UINT1: "u1", CDF.CDF_INT2: "i2", CDF.CDF_BYTE: "i1"}.get(kind, "f4")
    depends = {"DEPEND_0": "Epoch", "DEPEND_1": "Frequency", "UNITS": units}
    flux = files.Variable(files.flux().astype(name), kind, depends)
    np.testing.assert_array_equal(opened(tmp_path, said, flux=flux)["flux"], files.flux() * factor)
