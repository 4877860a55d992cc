"""The axes of the pictures, to the digit."""

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from prefect_expres.analysis.axes import (
    add_angle_axes,
    is_logarithmic,
    scale_frequency,
    scale_time,
)
from prefect_expres.analysis.sources import EmissionSource
from tests.support.sightings import seen, times

CHANNELS = np.array([1.0, 2.0, 3.0, 4.0])
RATIOS = np.array([1.0, 2.0, 4.0, 8.0])
EUROPA = EmissionSource("Europa", "north", "RH", (0,))


@pytest.fixture
def panel() -> Axes:
    """Give an empty panel."""
    return Figure().subplots()


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


def marks_of(panel: Axes) -> list[str]:
    """Give the marks of the first axis of angles."""
    axis = panel.child_axes[0]
    assert not isinstance(axis, list)
    return [text.get_text() for text in axis.get_xticklabels()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("start", "end", "count", "marks"),
    [
        (0, 120, 12, ["0°", "10°", "20°"]),
        (0.5, 120, 11, ["10°", "20°", "30°"]),
        (0, 121, 5, ["0°", "30°", "60°"]),
        (340, 460, 12, ["340°", "350°", "0°"]),
        (0, 360, 12, ["0°", "30°", "60°"]),
        (0, 361, 5, ["0°", "90°", "180°"]),
        (0, 1080, 12, ["0°", "90°", "180°"]),
        (0, 1081, 7, ["0°", "180°", "0°"]),
        (0, 2160, 12, ["0°", "180°", "0°"]),
        (0, 2161, 7, ["0°", "0°", "0°"]),
        (0, 4320, 12, ["0°", "0°", "0°"]),
        (0, 4321, 7, ["0°", "0°", "0°"]),
        (0, 8640, 12, ["0°", "0°", "0°"]),
        (0, 8641, 5, ["0°", "0°", "0°"]),
        (0, 21_600, 12, ["0°", "0°", "0°"]),
        (0, 21_601, 7, ["0°", "0°", "0°"]),
        (0, 43_200, 12, ["0°", "0°", "0°"]),
        (0, 43_210, 7, ["0°", "0°", "0°"]),
        (0, 432_000, 12, ["0°", "0°", "0°"]),
        (0, 432_001, 7, ["0°", "0°", "0°"]),
    ],
)
def test_angles_have_a_dozen_round_marks_at_most(
    panel: Axes, start: float, end: float, count: int, marks: list[str]
) -> None:
    """Steps of 10, 30, 90, 180 or 360 degrees, or of 2, 5, 10, 20 … turns."""
    meridian = np.linspace(start, end, 4000) % 360
    meridian[-1] = end
    sighting = seen(np.ones(4000), meridian=meridian)
    assert add_angle_axes(panel, [sighting]) == 1
    found = marks_of(panel)
    assert found[:3] == marks
    assert len(found) == count


def test_marks_are_where_the_angle_is(panel: Axes) -> None:
    """Between the steps they are interpolated."""
    add_angle_axes(panel, [seen(np.ones(11), meridian=np.linspace(5, 105, 11))])
    (axis,) = panel.child_axes
    ticks = axis.get_xticks()
    first = mdates.date2num(times(1)[0])
    np.testing.assert_allclose((ticks - first) * 1440, np.arange(0.5, 10, 1), atol=1e-6)
    assert axis.get_xlabel() == "CML (System III)"


@pytest.mark.parametrize(
    "meridian",
    [
        np.linspace(100, 0, 200),
        np.full(200, 5.0),
        np.where(np.arange(200) == 50, 0.0, np.arange(200.0)),
    ],
    ids=["backwards", "still", "leap"],
)
def test_angles_that_cannot_be_written_have_no_axis(panel: Axes, meridian: Any) -> None:
    """Nothing is added."""
    assert add_angle_axes(panel, [seen(np.ones(200), meridian=meridian)]) == 0
    assert not panel.child_axes


def test_angles_of_a_single_time_have_no_axis(panel: Axes) -> None:
    """Nor do they keep others from one."""
    alone = seen([True], time=times(1), meridian=np.array([5.0]))
    assert add_angle_axes(panel, [alone]) == 0
    day = seen(np.ones(60), time=times(60, 600), meridian=np.arange(60.0))
    assert add_angle_axes(panel, [alone, day]) == 1
    assert marks_of(panel) == ["10°", "20°", "30°", "40°", "50°"]


@pytest.mark.parametrize(("pause", "marks"), [(120, 5), (121, 4)])
def test_missing_time_has_no_marks(panel: Axes, pause: int, marks: int) -> None:
    """More than two steps between two times are a gap, on both sides of which there are marks."""
    time = times(50)
    time[25:] += np.timedelta64(pause - 60, "s")
    meridian = np.arange(50.0) + 6 - (np.arange(50) < 25)
    assert add_angle_axes(panel, [seen(np.ones(50), time=time, meridian=meridian)]) == 1
    assert len(marks_of(panel)) == marks


def test_marks_run_along_all_files(panel: Axes) -> None:
    """Files with other channels or steps continue the marks; what is there twice has one."""
    rising = np.arange(0.5, 60)
    day, later = times(60), times(60) + np.timedelta64(1, "h")
    first = seen(np.ones(60), time=day, meridian=rising)
    second = seen(np.ones((60, 3)), time=later, meridian=rising + 60)
    both = seen(np.ones(120), time=times(120), meridian=np.arange(0.5, 120))
    for series in ([first, second], [second, first], [first, both], [both, second]):
        child = Figure().subplots()
        assert add_angle_axes(child, series) == 1
        marks = sorted(int(mark.removesuffix("°")) for mark in marks_of(child))
        assert marks in ([*range(10, 120, 10)], [*range(10, 60, 10), *range(70, 120, 10)])


def test_axes_are_the_meridian_and_a_phase_for_each_moon(panel: Axes) -> None:
    """Of the first sighting that knows them, one below the other."""
    rising = np.linspace(0, 90, 50)
    unknown = seen(np.ones(50))
    io = seen(np.ones(50), meridian=rising, moon=rising / 2)
    europa = seen(np.ones(50), meridian=rising + 5, moon=rising / 3, source=EUROPA)
    again = seen(np.ones(50), meridian=rising, moon=rising / 2 + 90)
    assert add_angle_axes(panel, [unknown, io, europa, again]) == 3
    axes: list[Any] = panel.child_axes
    assert [each.get_xlabel() for each in axes] == [
        "CML (System III)",
        "phase of Io",
        "phase of Europa",
    ]
    depths = [each.spines["bottom"].get_position() for each in axes]
    assert depths == [
        ("outward", pytest.approx(72 * (0.55 + 0.52 * number))) for number in range(3)
    ]
    assert [text.get_text() for text in axes[1].get_xticklabels()] == [
        *("180°", "190°", "200°", "210°", "220°"),
    ]


def test_an_axis_of_angles_is_small_and_grey(panel: Axes) -> None:
    """Its marks, its line and its label, which is close to them."""
    add_angle_axes(panel, [seen(np.ones(50), meridian=np.linspace(0, 90, 50))])
    (axis,) = panel.child_axes
    mark: Any = axis.xaxis.get_major_ticks()[0]
    label = axis.xaxis.label
    assert {
        to_hex(colour)
        for colour in (
            mark.label1.get_color(),
            mark.tick1line.get_color(),
            label.get_color(),
            axis.spines["bottom"].get_edgecolor(),
        )
    } == {"#5f6368"}
    assert (mark.label1.get_fontsize(), label.get_fontsize(), axis.xaxis.labelpad) == (9, 9, 1)


def test_angles_without_an_axis_take_no_space(panel: Axes) -> None:
    """The phase comes first where the meridian cannot be written."""
    rising = np.linspace(0, 90, 50)
    sighting = seen(np.ones(50), meridian=-rising, moon=-2 * rising)
    assert add_angle_axes(panel, [sighting]) == 1
    axis: Any = panel.child_axes[0]
    assert axis.get_xlabel() == "phase of Io"
    assert axis.spines["bottom"].get_position() == ("outward", pytest.approx(72 * 0.55))
