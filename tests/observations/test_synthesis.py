"""Observations of simulated emission are what they are said to be."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis import open_results
from prefect_expres.errors import ObservationError
from prefect_expres.observations import Interference, synthetic
from tests.support.result_files import Result, nothing, write

CALM = Interference(carriers=0, bursts=0)


def deviation(observation: Any) -> Any:
    """Give the flux in standard deviations of its noise, over its background."""
    frequency = observation["frequency"].values
    background = 1000 * (frequency / frequency[0]) ** -1.5
    return (observation["flux"].values / background - 1) / 0.02


def test_an_observation_of_a_simulation(result: Any) -> None:
    """It has the form of all observations, and the emission at its strength where it is seen."""
    made = synthetic(result, sigma=4, interference=CALM, gaps=0)
    assert made["flux"].dims == ("time", "frequency")
    assert made["flux"].dtype == np.float32
    assert made.attrs["observer"] == "Earth"
    assert made.attrs["target"] == "Jupiter"
    strength = deviation(made)
    for cells in (strength[40:60, 5:10], strength[100:120, 12:16]):
        assert cells.mean() == pytest.approx(4, abs=0.4)
    assert strength[:40].mean() == pytest.approx(0, abs=0.1)
    assert strength[:40].std() == pytest.approx(1, abs=0.1)


def test_a_shift_delays_the_emission(result: Any) -> None:
    """By so many minutes, whatever the steps."""
    made = synthetic(result, sigma=20, shift=timedelta(minutes=30), interference=CALM, gaps=0)
    seen = np.flatnonzero((deviation(made) > 10).any(axis=1))
    assert seen.min() == 43
    assert seen.max() == 122


def test_without_emission(result: Any) -> None:
    """A strength of zero is noise alone."""
    made = synthetic(result, sigma=0, polarized=True, interference=CALM, gaps=0)
    assert np.abs(deviation(made)).max() < 6
    assert np.abs(made["polarization"].values).max() < 0.6


def test_one_hemisphere(result: Any) -> None:
    """The other one is not seen."""
    made = synthetic(result, sigma=20, hemisphere="south", interference=CALM, gaps=0)
    assert np.flatnonzero((deviation(made) > 10).any(axis=1)).min() == 100


def test_other_axes(result: Any) -> None:
    """Steps of a minute, and channels of which some are outside of the simulation."""
    time = result["time"].values[0] + np.arange(1440) * np.timedelta64(60, "s")
    frequency = np.linspace(0.25, 40.25, 161)
    made = synthetic(result, time=time, frequency=frequency, sigma=20, interference=CALM, gaps=0)
    background = 1000 * (frequency / frequency[0]) ** -1.5
    seen = (made["flux"].values / background - 1) / 0.02 > 10
    assert np.flatnonzero(seen.any(axis=1)).tolist() == [*range(400, 600), *range(1000, 1200)]
    channels = frequency[seen[400:600].any(axis=0)]
    assert (channels.min(), channels.max()) == (5.75, 10.5)


def test_what_disturbs_it(result: Any) -> None:
    """A carrier is in one channel, a burst in all of them, and a gap has no data."""
    carriers = synthetic(result, sigma=0, interference=Interference(2, 0), gaps=0)
    assert ((deviation(carriers) > 10).mean(axis=0) > 0.5).sum() == 2
    bursts = synthetic(result, sigma=0, interference=Interference(0, 2), gaps=0)
    assert ((deviation(bursts) > 10).mean(axis=1) == 1).sum() == 2
    gaps = synthetic(result, sigma=0, interference=CALM, gaps=2, polarized=True)
    missing = np.isnan(gaps["flux"].values)
    assert missing.all(axis=1).sum() == missing.any(axis=1).sum() == 4
    assert np.isnan(gaps["polarization"].values[missing]).all()


def test_the_polarization_is_that_of_the_hemisphere(result: Any) -> None:
    """The north is right-hand, below zero, and the south left-hand."""
    made = synthetic(result, sigma=3, polarized=True, interference=CALM, gaps=0)
    degree = made["polarization"].values
    assert degree[40:60, 5:10].mean() == pytest.approx(-0.95, abs=0.06)
    assert degree[100:120, 12:16].mean() == pytest.approx(0.95, abs=0.06)


def test_what_disturbs_it_lasts_as_long_as_it_does(result: Any) -> None:
    """A burst two minutes, a gap twenty, and a carrier most of the time."""
    time = result["time"].values[0] + np.arange(1440) * np.timedelta64(60, "s")
    made = synthetic(result, time=time, sigma=0, interference=Interference(1, 1), gaps=1, seed=3)
    loud = deviation(made) > 10
    missing = np.isnan(made["flux"].values).all(axis=1)
    assert loud.all(axis=1).sum() == 2
    assert missing.sum() == 20
    carrier = loud[:, loud.mean(axis=0).argmax()]
    assert carrier[~missing].mean() == pytest.approx(0.7, abs=0.04)


def test_what_is_not_said_is_as_usual(result: Any) -> None:
    """Emission of three standard deviations, three carriers, three bursts and a gap."""
    usual = synthetic(
        result,
        sigma=3.0,
        shift=timedelta(0),
        scale="linear",
        polarized=False,
        interference=Interference(carriers=3, bursts=3, strength=20.0),
        gaps=1,
        seed=0,
    )
    assert synthetic(result).identical(usual)
    assert "polarization" not in usual
    moved = synthetic([result], sigma=4.0, shift=timedelta(minutes=2), seed=5)
    facts = {name: moved.attrs[name] for name in ("sigma", "shift_in_seconds", "seed", "source")}
    assert facts == {
        "sigma": 4.0,
        "shift_in_seconds": 120.0,
        "seed": 5,
        "source": "synthetic, seed 5",
    }


def test_the_background_falls_from_a_thousand(result: Any) -> None:
    """With the noise of many cells it is known to a thousandth."""
    time = result["time"].values[0] + np.arange(14_400) * np.timedelta64(6, "s")
    made = synthetic(result, time=time, sigma=0, interference=CALM, gaps=0)
    lowest = made["flux"].values / (made["frequency"].values ** -1.5)
    assert lowest.mean() == pytest.approx(1000, abs=0.2)
    assert made["flux"].attrs == {"units": "ADU", "scale": "linear"}


def test_decibels(result: Any) -> None:
    """The same in dB."""
    linear, decibels = (synthetic(result, scale=scale) for scale in ("linear", "dB"))
    assert decibels["flux"].attrs == {"units": "dB", "scale": "dB"}
    np.testing.assert_allclose(10 ** (decibels["flux"] / 10), linear["flux"], rtol=1e-4)


def test_a_seed_tells_observations_apart(result: Any) -> None:
    """The same gives the same, another one another."""
    first, again, other = (synthetic(result, seed=seed) for seed in (1, 1, 2))
    assert first.identical(again)
    assert not np.array_equal(first["flux"], other["flux"], equal_nan=True)


def test_a_simulation_without_names_asks_for_them(result: Any) -> None:
    """Nothing is guessed."""
    unnamed = result.assign_attrs(Logical_file_id="x")
    with pytest.raises(ObservationError, match="give observer and target"):
        synthetic(unnamed)
    assert synthetic(unnamed, observer="Juno", target="Saturn").attrs["target"] == "Saturn"


def test_emission_of_the_first_and_the_last_step_is_observed(tmp_path: Path) -> None:
    """For as long as each lasts, and not before and after."""
    visible = nothing(steps=24, channels=4)
    visible[[0, 23], :, 0] = True
    simulated = open_results(write(Result(visible), tmp_path / "a.cdf"))
    time = simulated["time"].values[0] + np.arange(-60, 300) * np.timedelta64(60, "s")
    made = synthetic(simulated, time=time, sigma=20, interference=CALM, gaps=0)
    seen = np.flatnonzero((deviation(made) > 10).all(axis=1)) - 60
    assert seen.tolist() == [*range(10), *range(230, 240)]
