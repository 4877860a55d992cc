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
