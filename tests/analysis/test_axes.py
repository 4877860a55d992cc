"""The axes of the pictures, to the digit."""

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.axes import Axes

from prefect_expres.analysis.axes import (
    is_logarithmic,
    scale_frequency,
    scale_time,
)
from tests.support.sightings import times

CHANNELS = np.array([1.0, 2.0, 3.0, 4.0])
RATIOS = np.array([1.0, 2.0, 4.0, 8.0])


def flags(*channels: int) -> Any:
    """Say that there is emission in some of four channels."""
    return np.isin(np.arange(4), channels)


@pytest.mark.parametrize(
    ("frequency", "visible", "log", "limits", "scale"),
    [
        (CHANNELS, flags(), None, (1, 4), "linear"),
        (CHANNELS, flags(1), None, (1, 2.16), "linear"),
        (CHANNELS, flags(0, 3), None, (1, 4), "linear"),
        (CHANNELS, flags(1, 2), True, (2 / 1.08, 3.24), "log"),
        (CHANNELS, flags(0), True, (1, 1.08), "log"),
        (RATIOS, flags(1, 2), None, (2 / 1.08, 4.32), "log"),
        (RATIOS, flags(1, 2), False, (1, 4.32), "linear"),
        (RATIOS, flags(), None, (1, 8), "log"),
        (CHANNELS[::-1], flags(3), None, (1, 1.08), "linear"),
    ],
)
def test_the_frequency_reaches_a_little_above_the_emission(
    panel: Axes,
    frequency: Any,
    visible: Any,
    log: bool | None,  # noqa: FBT001
    limits: Any,
    scale: str,
) -> None:
    """8 % above it, and 8 % below it if the scale is logarithmic; never beyond the channels."""
    scale_frequency(panel, frequency, visible, log=log)
    assert panel.get_ylim() == pytest.approx(limits)
    assert panel.get_yscale() == scale
    assert panel.get_ylabel() == "frequency (MHz)"


def test_a_single_channel_keeps_its_limits(panel: Axes) -> None:
    """There is nothing between its lowest and its highest."""
    before = panel.get_ylim()
    scale_frequency(panel, np.array([10.0]), np.array([True]))
    assert panel.get_ylim() == before


def test_logarithmic_marks_are_plain_numbers(panel: Axes) -> None:
    """0.5, 1, 2, 5 and not powers of ten; those between them have no text."""
    scale_frequency(panel, np.array([0.5, 5, 50]), np.array([True] * 3), log=True)
    panel.figure.draw_without_rendering()  # type: ignore[union-attr] - a panel has a figure
    major = [text.get_text() for text in panel.get_yticklabels()]
    assert {"0.5", "1", "2", "5", "10", "20", "50"} <= set(major)
    assert not any(text.get_text() for text in panel.get_yticklabels(minor=True))
    assert 3 in panel.get_yticks(minor=True)


@pytest.mark.parametrize(
    ("frequency", "found"),
    [
        (CHANNELS, False),
        (RATIOS, True),
        (RATIOS * [1, 1, 1, 1.0009], True),
        (RATIOS * [1, 1, 1, 1.0011], False),
        (RATIOS[:3], True),
        (RATIOS[:2], False),
        (RATIOS[:1], False),
    ],
)
def test_equal_ratios_are_logarithmic(frequency: Any, found: bool) -> None:  # noqa: FBT001
    """To a thousandth; two channels do not tell."""
    assert is_logarithmic(frequency) is found


def test_time_reaches_to_the_end_of_the_last_step(panel: Axes) -> None:
    """From the first step."""
    time = times(24, 3600)
    scale_time(panel, time, np.full(24, np.timedelta64(1, "h")))
    low, high = panel.get_xlim()
    assert low == mdates.date2num(time[0])
    assert high - low == pytest.approx(1)
    assert panel.get_xlabel() == "time (UTC)"
    panel.figure.draw_without_rendering()  # type: ignore[union-attr] - a panel has a figure
    assert panel.xaxis.get_major_formatter().get_offset() == ""
    marks = [text.get_text() for text in panel.get_xticklabels()]
    assert 5 <= len(marks) <= 12
    assert marks[0] == "01 Jan" or "Jan" in marks[0] or marks[0] == "2024"
    assert any(mark.endswith(":00") for mark in marks)


def test_time_has_five_to_twelve_marks_in_usual_words(panel: Axes) -> None:
    """From years to seconds; what changes at a mark is told there."""
    scale_time(panel, times(2), np.full(2, np.timedelta64(1, "h")))
    locator, formatter = panel.xaxis.get_major_locator(), panel.xaxis.get_major_formatter()
    assert isinstance(locator, mdates.AutoDateLocator)
    assert isinstance(formatter, mdates.ConciseDateFormatter)
    assert (locator.minticks, set(locator.maxticks.values())) == (5, {12})
    assert formatter.formats == ["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"]
    assert formatter.zero_formats == ["", "%Y", "%b", "%d %b", "%H:%M", "%H:%M:%S"]


def test_the_last_step_may_be_shorter_than_another(panel: Axes) -> None:
    """Files of several time steps share the axis, whatever their order is."""
    time = times(3, 3600)[[2, 0, 1]]
    scale_time(panel, time, np.array([1, 60, 90], dtype="timedelta64[m]"))
    low, high = panel.get_xlim()
    assert (high - low) * 24 == pytest.approx(2.5)


def test_a_single_time_has_no_end(panel: Axes) -> None:
    """The axis keeps its limits."""
    scale_time(panel, times(1), np.zeros(1, dtype="timedelta64[ns]"))
    assert panel.get_xlim() == (0, 1)


def test_seconds_are_told_where_a_minute_is_shown(panel: Axes) -> None:
    """An axis of half a minute has marks of hours, minutes and seconds."""
    time = np.arange("2024-01-01T10:20:00", 31, dtype="datetime64[s]")
    scale_time(panel, time, np.full(31, np.timedelta64(1, "s")))
    panel.figure.draw_without_rendering()  # type: ignore[union-attr] - a panel has a figure
    marks = [text.get_text() for text in panel.get_xticklabels()]
    assert "10:20:15" in marks
    assert all(mark == "10:20" or mark.startswith("10:20:") for mark in marks)
