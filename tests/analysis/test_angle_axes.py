"""The axes of angles below a picture, and their marks."""

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from prefect_expres.analysis.axes import add_angle_axes
from prefect_expres.analysis.sources import EmissionSource
from tests.support.sightings import seen, times

EUROPA = EmissionSource("Europa", "north", "RH", (0,))


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
