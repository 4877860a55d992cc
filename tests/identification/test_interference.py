"""What no planet makes is left out."""

from typing import Any

import numpy as np
import pytest

from prefect_expres.identification.interference import without_interference

CHANNELS, STEPS = 60, 600


@pytest.fixture
def noise() -> Any:
    """Give scores of noise."""
    return np.random.default_rng(0).standard_normal((CHANNELS, STEPS))


def test_noise_is_kept(noise: Any) -> None:
    """Nothing is rejected where nothing disturbs, and what was missing stays so."""
    noise[3, 100:200] = np.nan
    np.testing.assert_array_equal(without_interference(noise), noise)


@pytest.mark.parametrize("channel", [0, 30, CHANNELS - 1])
def test_carrier_is_rejected(channel: int, noise: Any) -> None:
    """A transmitter that is on for a tenth of the time costs its channel, and no other."""
    noise[channel, 100:160] = 3.5
    kept = np.isfinite(without_interference(noise)).any(axis=1)
    assert list(np.flatnonzero(~kept)) == [channel]


@pytest.mark.parametrize("length", [1, 3])
def test_burst_is_rejected(length: int, noise: Any) -> None:
    """A burst over the whole band costs its steps, and no other."""
    noise[:, 200 : 200 + length] = 3.0
    kept = np.isfinite(without_interference(noise)).any(axis=0)
    assert list(np.flatnonzero(~kept)) == list(range(200, 200 + length))


def still(channels: int = 20, steps: int = 100) -> Any:
    """Give scores of which none differs from its neighbours."""
    return np.zeros((channels, steps))


def rejected(scores: Any) -> tuple[list[int], list[int]]:
    """Give the channels, and the steps, of which nothing is kept."""
    kept = np.isfinite(without_interference(scores))
    return (
        np.flatnonzero(~kept.any(axis=1)).tolist(),
        np.flatnonzero(~kept.any(axis=0)).tolist(),
    )


@pytest.mark.parametrize(
    ("score", "count", "is_carrier"), [(2.51, 6, True), (2.5, 6, False), (2.51, 5, False)]
)
@pytest.mark.parametrize("channel", [0, 1, 9, 18, 19])
def test_more_than_a_twentieth_of_spikes_is_a_carrier(
    channel: int, score: float, count: int, *, is_carrier: bool
) -> None:
    """A spike is more than two and a half above its neighbours; what is missing does not count."""
    scores = still(steps=120)
    scores[channel, 100:] = np.nan
    scores[channel, 10 : 10 + count] = score
    assert rejected(scores) == ([channel] if is_carrier else [], [])


def test_a_spike_is_above_the_brighter_of_its_sides() -> None:
    """By the mean of the two channels of each side: the edge of an arc is none."""
    for beside, carriers in (([3.0, 3.0], []), ([3.0, 1.4], []), ([3.0, 0.9], [9])):
        scores = still()
        scores[9, :50] = 4.5
        scores[10, :50], scores[11, :50] = beside
        assert rejected(scores)[0] == carriers


@pytest.mark.parametrize(
    ("score", "length", "without", "is_burst"),
    [
        (1.01, 1, 0, True),
        (1.0, 1, 0, False),
        (3.0, 5, 0, True),
        (3.0, 6, 0, False),
        (3.0, 1, 2, True),
        (3.0, 1, 3, False),
    ],
)
def test_a_burst_lifts_the_faintest_tenth_of_the_band(
    score: float, length: int, without: int, *, is_burst: bool
) -> None:
    """For less than half of eleven steps, and by more than one."""
    scores = still()
    scores[without:, 50 : 50 + length] = score
    steps = list(range(50, 50 + length)) if is_burst else []
    assert rejected(scores) == ([], steps)


def test_arcs_are_kept(noise: Any) -> None:
    """Emission fills neither the whole band for a moment, nor a single channel for hours."""
    noise[:36, 200:204] += 3.0
    noise[20:26, 300:500] += 3.0
    assert np.isfinite(without_interference(noise)).all()


def test_few_channels_cannot_be_compared(noise: Any) -> None:
    """With seven channels, a burst may be an arc: nothing is rejected. With eight, it is one."""
    noise[:, 200] = 3.0
    np.testing.assert_array_equal(without_interference(noise[:7]), noise[:7])
    assert np.isnan(without_interference(noise[:8])[:, 200]).all()
