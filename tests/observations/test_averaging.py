"""Averages over blocks."""

import tracemalloc

import numpy as np
import pytest
import xarray as xr

from prefect_expres.observations import averaged
from prefect_expres.observations.spectrum import Spectrum, as_dataset
from tests.support.observation_files import flux, times


def observation(steps: int, channels: int) -> xr.Dataset:
    """Make an observation with another number in each cell."""
    spectrum = Spectrum(times(steps), np.arange(1.0, channels + 1), flux(steps, channels), "sfu")
    return as_dataset(spectrum, observer="Earth", target="Jupiter", source="here")


def test_blocks_are_averaged() -> None:
    """Each value and coordinate is the mean over its block; the last blocks are smaller."""
    whole = observation(7, 5)
    less = averaged(whole, (3, 2))
    assert less["flux"].shape == (3, 2)
    values = whole["flux"].values
    assert less["flux"].values[0, 0] == pytest.approx(values[:3, :3].mean())
    assert less["flux"].values[2, 1] == pytest.approx(values[6:, 3:].mean())
    assert list(less["frequency"].values) == [2, 4.5]
    assert less["time"].values[0] == whole["time"].values[1]
    assert less["time"].dims == ("time",)
    assert less["frequency"].dims == ("frequency",)
    for axis in ("time", "frequency"):
        assert less[axis].attrs == whole[axis].attrs
    assert less.attrs == whole.attrs
    assert less["flux"].attrs == whole["flux"].attrs
    assert less["flux"].dtype == np.float32


def test_missing_values_do_not_count() -> None:
    """A block is the mean of what is there, and missing if nothing is."""
    whole = observation(4, 2)
    whole["flux"].values[0] = np.nan
    whole["flux"].values[2:] = np.nan
    less = averaged(whole, (2, 1))
    assert less["flux"].values[0, 0] == pytest.approx(3.5)
    assert np.isnan(less["flux"].values[1, 0])


def test_what_is_small_stays_as_it_is() -> None:
    """Nothing is copied."""
    whole = observation(4, 2)
    assert averaged(whole, (4, 2)) is whole
    large = observation(2400, 1000)
    assert averaged(large) is large
    assert averaged(observation(2401, 1001))["flux"].shape == (1201, 501)


@pytest.mark.parametrize("steps", [1000, 1001, 4099])
def test_long_observations_are_averaged_in_parts(steps: int) -> None:
    """Where the parts meet, nothing is lost or counted twice."""
    whole = observation(steps, 3000)
    tracemalloc.start()
    less = averaged(whole, (300, 1000))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 100_000_000, "a part has some million cells"
    each = -(-steps // 300)
    starts = np.arange(0, steps, each)
    expected = np.add.reduceat(whole["flux"].values.astype(float).mean(axis=1), starts)
    expected /= np.diff(starts, append=steps)
    np.testing.assert_allclose(less["flux"].values.mean(axis=1), expected, rtol=1e-5)
