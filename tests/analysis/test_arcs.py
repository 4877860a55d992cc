"""Arcs of sightings, to the step and to the digit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis.arcs import Arc, arcs_of
from tests.support.sightings import START, seen, times

MINUTE = timedelta(minutes=1)
MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)


def runs(text: str, gap: int, **more: Any) -> list[tuple[int, int]]:
    """Find the arcs in a line of visible (x) and invisible steps, as first and last step + 1."""
    sighting = seen([mark == "x" for mark in text], **more)
    return [(arc.steps.start, arc.steps.stop) for arc in arcs_of([sighting], gap)]


@pytest.mark.parametrize(
    ("text", "gap", "found"),
    [
        ("....", 3, []),
        ("x", 0, [(0, 1)]),
        ("xxxx", 0, [(0, 4)]),
        ("..x.", 0, [(2, 3)]),
        ("xx.x", 0, [(0, 2), (3, 4)]),
        ("xx.x", 1, [(0, 4)]),
        ("x..x", 1, [(0, 1), (3, 4)]),
        ("x..x", 2, [(0, 4)]),
        ("x...x.x", 2, [(0, 1), (4, 7)]),
        ("x...x.x", 3, [(0, 7)]),
    ],
)
def test_a_gap_is_held_or_ends_an_arc(text: str, gap: int, found: list[tuple[int, int]]) -> None:
    """As many invisible steps as ``gap`` are held, one more ends the arc."""
    assert runs(text, gap) == found


@pytest.mark.parametrize(
    ("seconds", "held"),
    [(1, 900), (56, 16), (57, 15), (60, 15), (450, 2), (451, 1), (900, 1), (901, 1), (3600, 1)],
)
def test_a_quarter_of_an_hour_is_held(seconds: int, held: int) -> None:
    """As many steps as there are in it, and one at least."""
    for pause, count in ((held, 1), (held + 1, 2)):
        visible = [True, *[False] * pause, True]
        assert len(arcs_of([seen(visible, time=times(pause + 2, seconds))])) == count


def test_missing_time_ends_an_arc() -> None:
    """Neighbouring steps of different days are not neighbours in time."""
    time = np.concatenate([times(3), times(3) + np.timedelta64(1, "D")])
    assert runs("xxxxxx", 2, time=time) == [(0, 3), (3, 6)]


@pytest.mark.parametrize("seconds", [60.9, 119])
def test_times_may_be_uneven(seconds: int) -> None:
    """A pause of less than gap + 1.5 steps is no gap."""
    time = times(6)
    time[3:] += np.timedelta64(int((seconds - 60) * 1e9), "ns")
    assert runs("xxxxxx", 0, time=time) == ([(0, 6)] if seconds < 90 else [(0, 3), (3, 6)])
    assert runs("xxxxxx", 1, time=time) == [(0, 6)]


def test_gaps_below_zero_are_refused() -> None:
    """Zero is the least."""
    assert arcs_of([], 0) == []
    with pytest.raises(ValueError, match="gap is a number of time steps, 0 or more, not -1"):
        arcs_of([], -1)


def window_of(**more: Any) -> Any:
    """Give the window of a sighting's only arc: steps 2 to 4, channels 2 to 3 of 5."""
    visible = np.zeros((8, 5), dtype=bool)
    visible[2, 1] = visible[3, 2] = visible[4, 1] = True
    (arc,) = arcs_of([seen(visible, **more)], 0)
    assert isinstance(arc, Arc)
    return arc.window


def test_a_window_has_the_bounds_of_its_arc() -> None:
    """From its first step to the end of its last, over the visible channels."""
    window = window_of()
    assert (window.start, window.end) == (MIDNIGHT + 2 * MINUTE, MIDNIGHT + 5 * MINUTE)
    assert (window.fmin, window.fmax) == (20.0, 30.0)
    assert (window.source, window.hemisphere, window.polarization) == ("Io", "north", "RH")
    assert (window.cml, window.source_phase, window.moon_phase) == (None, None, None)


def test_frequencies_are_rounded_to_100_hz() -> None:
    """What single precision adds is not shown."""
    window = window_of(frequency=np.array([1, 10.12344, 20.98766, 30, 40]))
    assert (window.fmin, window.fmax) == (10.1234, 20.9877)
    window = window_of(frequency=np.array([1, 10.123, 20.987, 30, 40], dtype="f4"))
    assert (window.fmin, window.fmax) == (10.123, 20.987)


def test_angles_are_those_of_the_ends() -> None:
    """CML, phase of the line and phase of the moon, from 0 to 360, to a tenth of a degree."""
    meridian = np.array([0, 0, 359.94, 1, 359.96, 9, 9, 9.0])
    line = np.array([0, 0, 100, 0, 300.06, 0, 0, 0.0])
    window = window_of(meridian=meridian, line=line, moon=line + 1)
    assert window.cml == (359.9, 0.0)
    assert window.source_phase == (79.9, 239.9)
    assert window.moon_phase == (78.9, 238.9)
    assert window_of(meridian=meridian, line=None, moon=line).source_phase is None
    assert window_of(meridian=None, line=line, moon=line).moon_phase is None


@pytest.mark.parametrize(("step", "known"), [(2, False), (3, True), (4, False)])
def test_an_angle_that_is_not_known_at_an_end_is_left_out(step: int, known: bool) -> None:  # noqa: FBT001
    """NaN within the arc does not matter."""
    meridian = np.arange(8.0)
    meridian[step] = np.nan
    assert window_of(meridian=meridian).cml == ((2.0, 4.0) if known else None)


def test_a_single_step_has_no_length() -> None:
    """Where the step is not known the window ends when it starts."""
    (arc,) = arcs_of([seen([True])], 1)
    assert arc.window.start == arc.window.end == MIDNIGHT


def test_a_step_lasts_as_long_as_in_its_file() -> None:
    """Where a file of other steps follows, its last step and its pauses are of other length."""
    minutes = np.array([0, 1, 2, 3, 8, 23, 41])
    sighting = seen(
        np.ones(7),
        time=START + minutes * np.timedelta64(1, "m"),
        steps=np.array([1, 1, 1, 5, 5, 5, 5], dtype="timedelta64[m]").astype("timedelta64[ns]"),
    )
    first, last = arcs_of([sighting], 2)
    assert (first.window.end - MIDNIGHT).total_seconds() == 28 * 60
    assert (last.window.end - MIDNIGHT).total_seconds() == 46 * 60
    assert len(arcs_of([sighting], 3)) == 1
    shorter = seen(
        np.ones(4),
        time=START + np.array([0, 5, 30, 31]) * np.timedelta64(1, "m"),
        steps=np.array([5, 5, 1, 1], dtype="timedelta64[m]").astype("timedelta64[ns]"),
    )
    ends = [arc.window.end - MIDNIGHT for arc in arcs_of([shorter], 1)]
    assert ends == [10 * MINUTE, 32 * MINUTE]


@pytest.mark.parametrize("minutes", [(1, 5, 1, 1), (1, 1, 5, 1), (5, 1, 1, 5), (5, 1, 5, 1)])
def test_between_two_steps_the_longer_one_counts(minutes: tuple[int, ...]) -> None:
    """No time is missing where a file of other steps follows, be they longer or shorter."""
    steps = np.array(minutes, dtype="timedelta64[m]").astype("timedelta64[ns]")
    longer = np.maximum(steps[1:], steps[:-1])
    time = START + np.concatenate([longer[:1] * 0, np.cumsum(longer)])
    (arc,) = arcs_of([seen(np.ones(4), time=time, steps=steps)], 0)
    assert arc.steps == slice(0, 4)


def test_an_arc_alone_has_all_times() -> None:
    """What is seen of its source at others is left out."""
    sighting = seen([[1, 0], [0, 1], [0, 0], [1, 1], [0, 1]])
    first, second = arcs_of([sighting], 0)
    assert first.alone.visible.tolist() == [[1, 0], [0, 1], [0, 0], [0, 0], [0, 0]]
    assert second.alone.visible.tolist() == [[0, 0], [0, 0], [0, 0], [1, 1], [0, 1]]
    assert first.alone.time is sighting.time


def test_a_window_says_where_the_simulation_cuts_it() -> None:
    """Emission in the first or the last step may go on beyond it."""
    for visible, cut in (
        ([0, 1, 0], ""),
        ([1, 0, 0], "start"),
        ([0, 1, 1], "end"),
        ([1, 1, 1], "start and end"),
    ):
        (arc,) = arcs_of([seen(visible)], 0)
        assert arc.window.cut_at == cut


def test_cells_are_cut_in_time() -> None:
    """Both ends are included."""
    time = times(6)
    sighting = seen(np.ones(6), time=time)
    minute = np.timedelta64(1, "m")
    kept = sighting.between(START + 1 * minute, START + 3 * minute)
    assert kept.visible[:, 0].tolist() == [False, True, True, True, False, False]
    assert kept.time is sighting.time


def test_edges_go_through_pauses() -> None:
    """In a step without emission they are between those of its neighbours, by time."""
    visible = np.zeros((5, 5), dtype=bool)
    visible[0, 0:2] = visible[1, 1:3] = visible[4, 4] = True
    (arc,) = arcs_of([seen(visible)], gap=2)
    low, high = arc.edges
    assert low == pytest.approx([10, 20, 30, 40, 50])
    assert high == pytest.approx([20, 30, 110 / 3, 130 / 3, 50])
