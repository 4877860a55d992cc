"""One simulation against another."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis import compare
from prefect_expres.analysis.crossings import crossings, median_offset, nearest
from prefect_expres.analysis.visibility import sightings
from prefect_expres.errors import ResultError
from tests.support.result_files import even_moon, nothing

Opened = Callable[..., Any]
CHANNELS = tuple(np.linspace(5, 34, 30))


def arc(later: int = 0, higher: int = 0, lane: int = 0, *, start: int = 60) -> Any:
    """Make an arc that rises by a channel in two minutes, moved by minutes and by channels."""
    visible = nothing(steps=720, channels=30)
    for channel in range(5, 20):
        step = start + 2 * channel + later
        visible[step : step + 5, channel + higher, lane] = True
    return visible


def simulated(opened: Opened, visible: Any, **changes: Any) -> Any:
    """Open a simulation of twelve hours in steps of a minute and channels of 1 MHz."""
    return opened(
        visible=visible, step=60.0, frequency=CHANNELS, **{"flags": ("Theta",), **changes}
    )


def test_a_simulation_is_like_itself(opened: Opened) -> None:
    """Nothing moves, nothing is missing, nothing is added."""
    dataset = simulated(opened, arc() | arc(lane=1, start=300))
    result = compare(dataset, dataset)
    assert [each.hemisphere for each in result.unmoved] == ["north", "south"]
    assert result.shifted == result.missing == result.added == ()


def test_only_what_moved_is_shifted(opened: Opened) -> None:
    """Of two arcs that both have, the one that is where it was is told apart."""
    first = simulated(opened, arc() | arc(lane=1, start=300))
    result = compare(first, simulated(opened, arc(5) | arc(lane=1, start=300)))
    assert [each.before.hemisphere for each in result.shifted] == ["north"]
    assert [each.hemisphere for each in result.unmoved] == ["south"]


def test_a_coarser_grid_alone_moves_nothing(opened: Opened) -> None:
    """The same arc in steps of five minutes and channels of two MHz is where it was."""
    fine = simulated(opened, arc())
    visible = arc().reshape(144, 5, 15, 2, 2).any(axis=(1, 3))
    coarse = opened(visible=visible, step=300.0, frequency=CHANNELS[::2], flags=("Theta",))
    for pair in ((fine, coarse), (coarse, fine)):
        result = compare(*pair)
        assert (len(result.shifted), len(result.unmoved)) == (0, 1)


@pytest.mark.parametrize("later", [-7, 8])
def test_a_delay_is_measured(opened: Opened, later: int) -> None:
    """An arc that comes later at every frequency is later by that; it is lower at a given time."""
    result = compare(simulated(opened, arc()), simulated(opened, arc(later)))
    (shift,) = result.shifted
    assert shift.minutes == later
    assert shift.megahertz == pytest.approx(-later / 2, abs=0.6)
    assert shift.after.start - shift.before.start == (shift.after.end - shift.before.end)


def test_a_rise_in_frequency_is_measured(opened: Opened) -> None:
    """A wide plateau that moves up is higher, and as early at the channels of both."""
    flat, raised = nothing(steps=720, channels=30), nothing(steps=720, channels=30)
    flat[100:200, 10:14, 0] = True
    raised[100:200, 12:16, 0] = True
    (shift,) = compare(simulated(opened, flat), simulated(opened, raised)).shifted
    assert (shift.minutes, shift.megahertz) == (0, 2)


def test_what_one_has_alone_is_told(opened: Opened) -> None:
    """Windows without a partner close by are missing in the second, or added to it."""
    first = simulated(opened, arc() | arc(lane=1, start=300))
    second = simulated(opened, arc() | arc(start=500))
    result = compare(first, second)
    assert len(result.unmoved) == 1
    assert [each.hemisphere for each in result.missing] == ["south"]
    assert [each.start.hour for each in result.added] == [8]
    swapped = compare(second, first)
    assert (swapped.missing, swapped.added) == (result.added, result.missing)


def test_other_axes_are_compared_too(opened: Opened) -> None:
    """A second simulation of other steps and channels is laid over the first."""
    fine = simulated(opened, arc())
    coarse = opened(visible=arc(8)[::2, ::2], step=120.0, frequency=CHANNELS[::2], flags=("Theta",))
    (shift,) = compare(fine, coarse).shifted
    assert shift.minutes == pytest.approx(8, abs=1)


def test_early_and_late_arcs_are_told_apart(opened: Opened) -> None:
    """What delays early arcs and hastens late ones shows as two shifts, also in one window."""
    phase = np.where(np.arange(720) < 360, 90.0, 270.0)
    longitudes = np.repeat((180 - phase)[:, None], 2, axis=1)
    changes: dict[str, Any] = {
        "flags": ("Theta", "CML", "SrcLongitude"),
        "values": {"CML": np.zeros(720, "f4"), "SrcLongitude": longitudes.astype("f4")},
    }
    first = simulated(opened, arc(start=280) | arc(start=360), **changes)
    second = simulated(opened, arc(6, start=280) | arc(-4, start=360), **changes)
    assert [each.minutes for each in compare(first, second).shifted] == [6, -4]


def test_the_moon_parts_early_arcs_from_late_ones(opened: Opened) -> None:
    """Not its field line, which is ahead of it; where the moon is not known, the line stands in."""
    facts = even_moon()
    north = sightings(opened(**facts))[0]
    moon, line = (np.asarray(each) % 360 for each in (north.moon_phase, north.line_phase))
    between = (moon < 180) & (line > 180) & (line - moon < 90)
    first = int(np.flatnonzero(between)[0])
    facts["visible"] = nothing(steps=144)
    facts["visible"][first - 1 : first + 2, 1, 0] = True
    assert between[first : first + 2].all()
    assert line[first - 1] < 180
    whole = opened(**facts)
    assert len(compare(whole, whole, gap=0).unmoved) == 1
    facts["values"]["SrcLongitude"] += np.float32(20 * (np.arange(144) % 2))[:, None]
    unknown = opened(**facts)
    assert sightings(unknown)[0].moon_phase is None
    assert len(compare(unknown, unknown, gap=0).unmoved) > 1


def test_an_early_arc_is_no_late_one(opened: Opened) -> None:
    """However close they are to each other."""
    longitudes = np.where(np.arange(720) < 360, 90.0, -90.0)[:, None].repeat(2, axis=1)
    changes: dict[str, Any] = {
        "flags": ("Theta", "CML", "SrcLongitude"),
        "values": {"CML": np.zeros(720, "f4"), "SrcLongitude": longitudes.astype("f4")},
    }
    early, late = nothing(steps=720, channels=30), nothing(steps=720, channels=30)
    early[350:358, 10:14, 0] = late[362:370, 10:14, 0] = True
    result = compare(simulated(opened, early, **changes), simulated(opened, late, **changes))
    assert (result.shifted, result.unmoved) == ((), ())
    assert [len(result.missing), len(result.added)] == [1, 1]


def test_only_the_common_time_is_compared(opened: Opened) -> None:
    """What lies outside of the other's time is neither missing nor added."""
    whole = simulated(opened, arc() | arc(start=500))
    half = simulated(opened, (arc() | arc(start=500))[:360])
    result = compare(whole, half)
    assert len(result.unmoved) == 1
    assert result.missing == result.added == ()
    with pytest.raises(ResultError, match="do not overlap in time"):
        compare(whole, simulated(opened, arc(), day=2))


@pytest.mark.parametrize("part", [slice(None, 360), slice(360, None)])
def test_the_common_time_is_that_of_all_sources(opened: Opened, part: slice) -> None:
    """Not that of the one that begins last or ends first."""
    one: dict[str, Any] = {"modes": ("RX",), "flags": ("Theta",)}
    visible = (arc() | arc(start=500))[:, :, :1]
    io = simulated(opened, visible, labels=("Io NORTH",), **one)
    europa = simulated(opened, visible, labels=("Europa NORTH",), **one).isel(time=part)
    result = compare([io, europa], [io, europa])
    assert [each.source for each in result.unmoved].count("Io") == 2
    assert len(result.unmoved) == 3


def test_an_arc_of_other_channels_has_no_delay(opened: Opened) -> None:
    """Without a common channel there is no shift in time; without a common step none in MHz."""
    low, high = nothing(steps=720, channels=30), nothing(steps=720, channels=30)
    low[100:110, 2:4, 0] = True
    high[120:130, 20:24, 0] = True
    (shift,) = compare(simulated(opened, low), simulated(opened, high)).shifted
    assert shift.minutes is None
    assert shift.megahertz is None


def test_crossings_are_the_middles_of_runs() -> None:
    """Two runs in a column are two crossings."""
    visible = np.array([[1, 0], [1, 0], [0, 0], [1, 1]], dtype=bool)
    columns, places = crossings(visible, np.array([0.0, 2.0, 4.0, 6.0]))
    assert columns.tolist() == [0, 0, 1]
    assert places.tolist() == [1.0, 6.0, 6.0]


def test_the_nearest_place_is_found() -> None:
    """Values beyond the ends, by more than half a step, have none."""
    axis = np.array([1.0, 2.0, 4.0])
    assert nearest(axis, np.array([0.4, 0.6, 1.4, 2.9, 3.1, 5.0, 5.1])).tolist() == [
        -1,
        0,
        0,
        1,
        2,
        2,
        -1,
    ]
    assert nearest(axis[:1], axis).tolist() == [0, -1, -1]


def test_offsets_beyond_the_limit_do_not_count() -> None:
    """Crossings too far away are other crossings."""
    ours = (np.array([0, 1]), np.array([10.0, 10.0]))
    theirs = (np.array([0, 0, 1]), np.array([12.0, 60.0, 99.0]))
    columns = np.array([0, 1])
    assert median_offset(ours, theirs, columns, limit=5) == 2.0
    assert median_offset(ours, theirs, columns, limit=1) is None
