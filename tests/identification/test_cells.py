"""An observation as cells with scores."""

from datetime import timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
import xarray as xr

from prefect_expres.errors import ObservationError
from prefect_expres.identification.cells import MOST_CHANNELS, Cells, cells_of
from prefect_expres.identification.medians import median_of, running_median

START, MINUTE = np.datetime64("2024-01-01", "ns"), np.timedelta64(60, "s")


def observation(flux: Any, seconds: float = 60) -> xr.Dataset:
    """Make an observation of these cells, shape (time, frequency)."""
    steps, channels = flux.shape
    time = START + (np.arange(steps) * seconds * 1e9).astype("timedelta64[ns]")
    return xr.Dataset(
        {"flux": (("time", "frequency"), flux.astype(np.float32))},
        {"time": time, "frequency": np.linspace(10, 40, channels)},
    )


def cells(seen: xr.Dataset, margin: int = 0) -> Cells:
    """Put an observation on a grid of minutes."""
    return cells_of(seen, START, MINUTE, np.timedelta64(timedelta(minutes=margin)))


@pytest.fixture
def flux() -> Any:
    """Give ten hours of noise on a background that falls with frequency and drifts."""
    noise = np.random.default_rng(1).standard_normal((600, 40))
    drift = np.sin(np.arange(600) / 600 * np.pi)[:, None]
    return 1000 - 10 * np.arange(40) + 5 * drift + noise


def test_scores_do_not_depend_on_units(flux: Any) -> None:
    """Noise has the scores of a normal distribution, whatever the units; drifts are taken away."""
    scores = cells(observation(flux)).scores
    assert scores.shape == (40, 600)
    assert scores.mean() == pytest.approx(0, abs=0.01)
    assert scores.std() == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(cells(observation(7 * flux + 3)).scores, scores, atol=0.02)
    hours = scores.reshape(40, 10, 60).mean(axis=(0, 2))
    assert np.abs(hours).max() < 0.2


def test_a_bright_cell_counts_as_one(flux: Any) -> None:
    """However bright it is, a cell has the score of the highest rank."""
    flux[200, 5] = 1e9
    assert cells(observation(flux)).scores[5, 200] < 3.5


def test_the_brightest_of_thousands_has_its_rank() -> None:
    """Half a cell is above it, and the scores are those of a normal distribution to the end."""
    flux = np.random.default_rng(6).standard_normal((4096, 3))
    scores = cells(observation(flux)).scores
    for extreme, part in ((scores.max(axis=1), 4095.5), (scores.min(axis=1), 0.5)):
        assert extreme == pytest.approx([NormalDist().inv_cdf(part / 4096)] * 3, abs=1e-9)


def test_equal_values_have_equal_scores() -> None:
    """Receivers of eight bits give few values: their order in time must not count."""
    flux = np.random.default_rng(2).choice([1.0, 2.0, 3.0], p=[0.05, 0.9, 0.05], size=(300, 20))
    scores = cells(observation(flux)).scores
    for row, values in zip(scores, flux.T, strict=True):
        each = [np.unique(row[values == value]) for value in (1.0, 2.0, 3.0)]
        assert [scores.size for scores in each] == [1, 1, 1]
        assert each[0] < each[1] < each[2]


def test_gaps_and_margins_have_no_scores(flux: Any) -> None:
    """The grid goes on beyond the observation; where nothing was observed, there is no score."""
    flux[100:120, :] = np.nan
    seen = observation(flux).isel(time=np.r_[0:300, 320:600])
    made = cells(seen, margin=10)
    assert made.start == START - 10 * MINUTE
    there = np.isfinite(made.scores).all(axis=0)
    pauses = (range(10), range(110, 130), range(310, 330), range(610, 620))
    assert list(np.flatnonzero(~there)) == [step for each in pauses for step in each]


@pytest.mark.parametrize(("seconds", "step"), [(10, 60), (60, 60), (90, 120), (300, 300)])
def test_steps_are_those_of_simulations_or_longer(seconds: float, step: int, flux: Any) -> None:
    """Finer times are averaged over a step of the simulations; for coarser ones the step grows."""
    made = cells(observation(flux, seconds))
    assert made.step == np.timedelta64(step, "s")
    assert np.isfinite(made.scores).any(axis=0).all()


def test_very_fine_times_are_averaged() -> None:
    """Two a second are a hundred and twenty a step."""
    flux = np.random.default_rng(4).standard_normal((3600, 5))
    assert cells(observation(flux, 60.3)).step == MINUTE
    made = cells(observation(flux, 0.5))
    assert (made.step, made.scores.shape) == (MINUTE, (5, 30))
    assert np.isfinite(made.scores).all()


@pytest.mark.parametrize(("channels", "count"), [(200, 200), (201, 101), (400, 200), (401, 134)])
def test_no_more_than_two_hundred_channels_are_left(channels: int, count: int) -> None:
    """The last one may have fewer frequencies than the others."""
    flux = np.random.default_rng(5).standard_normal((30, channels))
    assert cells(observation(flux)).frequency.size == count
    assert MOST_CHANNELS == 200


def test_many_channels_are_averaged(flux: Any) -> None:
    """As many neighbouring channels are taken together as leave few enough."""
    made = cells(observation(np.repeat(flux, 12, axis=1)))
    assert made.frequency.size == 160 <= MOST_CHANNELS
    assert made.frequency[0] == pytest.approx(10 + 30 / 479)


@pytest.mark.parametrize("minutes", [1, 10, 30])
@pytest.mark.parametrize(("parts", "seen"), [(9, True), (10, False)])
def test_what_lasts_half_of_three_hours_is_background(
    parts: int, minutes: int, *, seen: bool
) -> None:
    """Of nineteen parts of ten minutes, or of a step if that is longer, nine are none."""
    part = max(10 // minutes, 1)
    flux = np.random.default_rng(7).standard_normal((144 * part, 7))
    flux[60 * part : (60 + parts) * part] += 50
    made = cells_of(
        observation(flux, 60 * minutes), START, minutes * MINUTE, np.timedelta64(0, "m")
    )
    assert (made.scores[:, 60 * part : (60 + parts) * part].mean() > 1.4) == seen


def test_few_times_tell_nothing(flux: Any) -> None:
    """Ranks of a handful of cells say nothing."""
    with pytest.raises(ObservationError, match="has 19 times; 20 are needed"):
        cells(observation(flux[:19]))
    assert np.isfinite(cells(observation(flux[:20])).scores).any()
    flux[19:, 5] = flux[20:, 6] = np.nan
    scores = cells(observation(flux)).scores
    assert np.isfinite(scores).sum(axis=1)[5:7].tolist() == [0, 20]


def test_medians_leave_out_what_is_missing() -> None:
    """Also at the ends of an axis, and where nothing is there."""
    values = np.array([[1.0, np.nan, 3.0, 5.0], [np.nan] * 4])
    np.testing.assert_array_equal(median_of(values), [3.0, np.nan])
    np.testing.assert_array_equal(running_median(values[0], 3), [1.0, 2.0, 4.0, 4.0])
    both = running_median(values, 3)
    np.testing.assert_array_equal(both, [[1.0, 2.0, 4.0, 4.0], [np.nan] * 4])
