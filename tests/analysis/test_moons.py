"""The moon's longitude, told from its field line."""

from pathlib import Path

import numpy as np
import pytest

from prefect_expres.analysis.moons import moon_longitude
from prefect_expres.expres.lead_angle import LAWS, lead_angle

REFERENCE = Path(__file__).parents[1] / "data" / "expres" / "reference-io-jrm09.npz"
DAY = np.datetime64("2024-01-01", "ns") + np.arange(1440) * np.timedelta64(60, "s")
EVEN = 20 + np.arange(1440) * 360 / 777.6


@pytest.mark.parametrize("south", [False, True])
@pytest.mark.parametrize(
    ("law", "moon"), [(law, moon) for law in LAWS for moon in LAWS[law] if moon != "Callisto"]
)
def test_every_law_is_recognized(law: str, moon: str, south: bool) -> None:  # noqa: FBT001
    """From a day of the line, in single precision, the moon is found to 0.01 degrees."""
    truth = EVEN % 360
    line = np.float32(truth - lead_angle(law, moon, truth, south=south)).astype(float)
    found = moon_longitude(moon, line, DAY, south=south)
    assert found is not None
    assert np.abs(found - truth).max() < 0.01


@pytest.mark.parametrize(("key", "south"), [("N", False), ("S", True)])
def test_the_moon_of_the_kernel_is_found(key: str, south: bool) -> None:  # noqa: FBT001
    """From the lines of the real kernel, Io is where the kernel had it, to 0.02 degrees."""
    with np.load(REFERENCE) as reference:
        truth, line = reference[f"lg_{key}"], reference[f"lg_{key}"] + reference[f"lag_{key}"]
    time = DAY[0] + np.arange(len(line)) * np.timedelta64(60, "s")
    found = moon_longitude("Io", line.astype(float), time, south=south)
    assert found is not None
    assert np.abs((found - truth + 180) % 360 - 180).max() < 0.02


@pytest.mark.parametrize(
    ("moon", "line"),
    [
        ("Io", EVEN),
        ("Callisto", EVEN),
        ("Io", EVEN + 8 * np.sin(np.radians(EVEN))),
        ("Amalthea", EVEN + 3 * np.sin(np.radians(EVEN))),
        ("Io", np.where(np.arange(1440) == 7, np.nan, EVEN)),
    ],
    ids=["constant lead", "no lead", "other law", "other moon", "gap"],
)
def test_what_no_law_explains_is_not_guessed(moon: str, line: np.ndarray) -> None:
    """A constant lead cannot be known, and a line of another law tells no moon."""
    assert moon_longitude(moon, line, DAY, south=False) is None


def test_a_few_steps_do_not_tell_the_law() -> None:
    """Over three minutes every law fits, so none is taken."""
    line = EVEN - lead_angle("hess2011", "Io", EVEN, south=False)
    assert moon_longitude("Io", line[:3], DAY[:3], south=False) is None
