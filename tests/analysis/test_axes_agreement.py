"""Times and frequencies of a result, and those that were asked for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.test_agreement import CONTENT, changed, compared, setting
from tests.support.fitting import fitting


@pytest.mark.parametrize(("seconds", "count"), [(-2, 0), (2, 0), (-3, 1), (3, 1)])
def test_times_may_be_two_seconds_off(tmp_path: Path, seconds: int, count: int) -> None:
    """ExPRES cuts them, and the file rounds them."""
    asked = changed(setting("TIME", "NBR", 145))  # steps of whole seconds
    result = fitting(asked)
    moved = replace(result, jitter=result.jitter + seconds * 10**9)
    assert len(compared(moved, tmp_path, asked).differences) == count


@pytest.mark.parametrize(("written", "count"), [(1.0, 0), (1.00001, 0), (1.00003, 1), (0.99997, 1)])
def test_a_frequency_has_five_digits(tmp_path: Path, written: float, count: int) -> None:
    """However low it is."""
    result = fitting(CONTENT)
    frequency = [written, *result.frequency[1:]]
    differences = compared(replace(result, frequency=frequency), tmp_path).differences
    assert [each.partition(":")[0] for each in differences] == ["frequency"] * count


def test_only_axes_and_positions_are_read(tmp_path: Path) -> None:
    """A spectrum may be large: what it holds is not looked at."""
    result = fitting(CONTENT)
    other = replace(result, values={"Theta": result.spectra["Theta"][1][:, :5]})
    assert compared(other, tmp_path).differences == ()


@pytest.mark.parametrize("key", ["MIN", "MAX"])
@pytest.mark.parametrize("scale", ["Linear", "Log"])
def test_frequencies_may_be_any_numbers(tmp_path: Path, key: str, scale: str) -> None:
    """Whole numbers of more than 64 bits, too."""
    asked = changed(setting("FREQUENCY", key, 10**20))
    asked["FREQUENCY"]["TYPE"] = scale
    (difference,) = compared(fitting(CONTENT), tmp_path, asked).differences
    ends = "1e+20 to 40" if key == "MIN" else "1 to 1e+20"
    assert difference.endswith(f"asked for: 40 channels from {ends} MHz")


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ([1, 2.5, 40], "3 channels from 1 to 40 MHz"),
        ([10**20, 2], "2 channels from 1e+20 to 2 MHz"),
        ("a file", "0 channels"),
    ],
)
def test_listed_frequencies_are_those_of_the_list(tmp_path: Path, listed: Any, words: str) -> None:
    """MIN, MAX and NBR are not heeded then; what a text names is not known."""
    asked = changed(setting("FREQUENCY", "SC", listed))
    asked["FREQUENCY"]["TYPE"] = "Pre-Defined"
    (difference,) = compared(fitting(CONTENT), tmp_path, asked).differences
    assert difference.endswith(f"; asked for: {words}")
    if isinstance(listed, list):
        assert compared(fitting(asked), tmp_path / "other", asked).differences == ()
