"""The one form of all observations: what is kept of times, frequencies and cells."""

from typing import Any

import numpy as np
import pytest

from prefect_expres.errors import ObservationError
from prefect_expres.observations.gridding import on_one_grid, sweeps_of
from prefect_expres.observations.spectrum import Spectrum, as_dataset
from tests.support.observation_files import flux, times


def dataset(**facts: Any) -> Any:
    """Put a spectrum of six times and four channels into that form."""
    usual = {"time": times(), "frequency": np.arange(1.0, 5), "flux": flux(), "units": "dB"}
    spectrum = Spectrum(**usual | facts)
    return as_dataset(spectrum, observer="Earth", target="Io", source="here")


@pytest.mark.parametrize(
    ("frequency", "kept"),
    [
        ([1, 2, 3, 4], [0, 1, 2, 3]),
        ([4, 3, 2, 1], [3, 2, 1, 0]),
        ([2, 1, 4, 3], [1, 0, 3, 2]),
        ([0, 2, 2, -1], [1]),
        ([1, np.nan, 3, 0.5], [3, 0, 2]),
    ],
)
def test_channels_rise_and_have_a_frequency(frequency: list[float], kept: list[int]) -> None:
    """The first of equal ones counts; those at zero or below are none."""
    made = dataset(frequency=np.array(frequency, dtype=float), polarization=-flux())
    np.testing.assert_array_equal(made["frequency"], np.array(frequency)[kept])
    np.testing.assert_array_equal(made["flux"], flux()[:, kept])
    np.testing.assert_array_equal(made["polarization"], -flux()[:, kept])


def test_whole_arrays_are_not_copied() -> None:
    """A day is large: neither as it is, nor turned around."""
    whole = flux()
    for time in (times(), times()[::-1]):
        for frequency in (np.arange(1.0, 5), np.arange(4.0, 0, -1)):
            made = dataset(flux=whole, time=time, frequency=frequency)
            assert np.shares_memory(made["flux"].values, whole)


@pytest.mark.parametrize(
    "facts", [{"time": np.full(6, np.datetime64("NaT", "ns"))}, {"frequency": np.zeros(4)}]
)
def test_axes_without_values_are_no_spectrum(facts: dict[str, Any]) -> None:
    """Neither of them may be missing."""
    with pytest.raises(ObservationError, match="it holds no spectrum"):
        dataset(**facts)


def test_axes_tell_their_units() -> None:
    """And what nobody knows is empty, or not there."""
    made = dataset()
    assert made["time"].attrs == {"long_name": "UTC"}
    assert made["frequency"].attrs == {"units": "MHz"}
    assert made["frequency"].dtype == float
    assert made["flux"].attrs == {"units": "dB", "scale": "dB"}
    assert made.attrs == {"observer": "Earth", "target": "Io", "instrument": "", "source": "here"}
    assert list(made.data_vars) == ["flux"]


def test_sweeps_are_put_on_one_grid() -> None:
    """With their polarization, each at the time of its first sample."""
    frequency = np.array([1.0, 2.0, 1.0, 3.0])
    sweeps = sweeps_of(frequency)
    assert sweeps.tolist() == [0, 0, 1, 1]
    values = np.float32([[5], [6], [7], [8]])
    gridded = on_one_grid(
        Spectrum(times(4), frequency[:, None], values, "sfu", polarization=values / 10), sweeps
    )
    nan = np.nan
    assert gridded.time.tolist() == times(4)[[0, 2]].tolist()
    np.testing.assert_array_equal(gridded.flux, np.float32([[5, 6, nan], [7, nan, 8]]))
    np.testing.assert_allclose(gridded.polarization, [[0.5, 0.6, nan], [0.7, nan, 0.8]])
