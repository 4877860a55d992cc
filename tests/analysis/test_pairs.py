"""Which arcs of two simulations are paired, and how far they moved."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis import compare
from prefect_expres.analysis.crossings import crossings, median_offset, nearest
from prefect_expres.errors import ResultError
from tests.support.result_files import nothing

Opened = Callable[..., Any]
CHANNELS = tuple(np.linspace(5, 34, 30))
MINUTE = timedelta(minutes=1)


def bar(start: int, *, length: int = 10, low: int = 10, high: int = 14, lane: int = 0) -> Any:
    """Make a rectangle of visible cells."""
    visible = nothing(steps=720, channels=30)
    visible[start : start + length, low:high, lane] = True
    return visible


@pytest.fixture
def simulated(opened: Opened) -> Callable[..., Any]:
    """Open twelve hours in steps of a minute and channels of 1 MHz."""
    return lambda visible, **changes: opened(
        visible=visible, step=60.0, frequency=CHANNELS, **{"flags": ("Theta",), **changes}
    )


def starts(windows: Any) -> list[int]:
    """Give when windows start, in minutes."""
    return [each.start.hour * 60 + each.start.minute for each in windows]


@pytest.mark.parametrize(("pause", "paired"), [(-5, True), (0, True), (60, True), (61, False)])
def test_arcs_far_apart_are_not_paired(simulated: Any, pause: int, paired: bool) -> None:  # noqa: FBT001
    """An hour between the windows is the most, in both directions."""
    one, other = simulated(bar(100)), simulated(bar(110 + pause))
    for before, after, first, second in (
        (one, other, 100, 110 + pause),
        (other, one, 110 + pause, 100),
    ):
        result = compare(before, after)
        assert len(result.shifted) == paired
        assert starts(result.missing) == ([] if paired else [first])
        assert starts(result.added) == ([] if paired else [second])


def test_the_longest_way_can_be_chosen(simulated: Any) -> None:
    """Both for windows and for the crossings of a channel."""
    one, other = simulated(bar(100)), simulated(bar(115))
    (shift,) = compare(one, other, within=5 * MINUTE).shifted
    assert shift.minutes is None
    (shift,) = compare(one, other, within=15 * MINUTE).shifted
    assert shift.minutes == 15
    assert compare(one, other, within=4 * MINUTE).shifted == ()


@pytest.mark.parametrize(("higher", "megahertz"), [(-5, -5), (3, 3), (5, 5), (6, None)])
def test_arcs_far_apart_in_frequency_have_no_shift(
    simulated: Any, higher: int, megahertz: float | None
) -> None:
    """5 MHz are the most at the same time."""
    one = simulated(bar(100))
    other = simulated(bar(100, low=10 + higher, high=14 + higher))
    (shift,) = compare(one, other).shifted
    assert shift.megahertz == megahertz
    (shift,) = compare(one, other, band=6).shifted
    assert shift.megahertz == higher


def test_arcs_that_overlap_most_are_paired_first(simulated: Any) -> None:
    """Of two arcs that are near, the better one is taken, and the other is left over."""
    one = simulated(bar(100, length=30))
    other = simulated(bar(60, length=42) | bar(104, length=30, low=20, high=24))
    (shift,) = compare(one, other, gap=0).shifted
    assert starts([shift.before, shift.after]) == [100, 104]
    assert starts(compare(one, other, gap=0).added) == [60]
    assert starts(compare(other, one, gap=0).missing) == [60]


def test_each_arc_is_paired_once(simulated: Any) -> None:
    """Two arcs and two others make two pairs, in the order of time."""
    one = simulated(bar(300) | bar(100))
    other = simulated(bar(310) | bar(104))
    result = compare(one, other)
    assert [starts([each.before, each.after]) for each in result.shifted] == [
        [100, 104],
        [300, 310],
    ]
    assert [each.minutes for each in result.shifted] == [4, 10]
    assert (result.missing, result.added) == ((), ())


def test_only_arcs_of_one_source_are_paired(simulated: Any) -> None:
    """Hemispheres and polarizations stay apart; shifts of several sources come by time."""
    north, south = simulated(bar(100)), simulated(bar(100, lane=1))
    result = compare(north, south)
    assert result.shifted == ()
    assert [each.hemisphere for each in (*result.missing, *result.added)] == ["north", "south"]
    ordinary = simulated(bar(100), modes=("LO", "LO"))
    result = compare(north, ordinary)
    assert [each.polarization for each in (*result.missing, *result.added)] == ["RH", "LH"]
    both = simulated(bar(300) | bar(100, lane=1))
    assert [each.hemisphere for each in compare(both, both).unmoved] == ["south", "north"]


@pytest.mark.parametrize(("pause", "count"), [(60, 1), (61, 2)])
def test_an_arc_holds_an_hour_of_invisible_steps(simulated: Any, pause: int, count: int) -> None:
    """Sixty steps are held by default."""
    dataset = simulated(bar(100) | bar(110 + pause))
    assert len(compare(dataset, dataset).unmoved) == count
    assert len(compare(dataset, dataset, gap=61).unmoved) == 1


def test_simulations_that_only_touch_are_compared(opened: Opened) -> None:
    """One common moment is time enough; without one there is an error."""
    one = opened(visible=nothing(steps=145), step=600.0)
    other = opened(visible=nothing(steps=145), step=600.0, day=1)
    assert compare(one, other).shifted == ()
    assert compare(other, one).shifted == ()
    short = opened(visible=nothing(steps=144), step=600.0)
    for pair in ((short, other), (other, short)):
        with pytest.raises(ResultError, match=r"do not overlap in time: .* at 2024-01-02T00:00"):
            compare(*pair)


def test_the_time_that_both_cover_has_both_ends(opened: Opened) -> None:
    """What is seen at the first and the last common step counts, and nothing beyond."""
    whole = nothing(steps=48)
    whole[[10, 12, 40, 42], 1, 0] = True
    one = opened(visible=whole, step=3600.0)
    other = opened(visible=whole[:41], step=3600.0)
    result = compare(one, other, gap=0)
    assert [each.start.hour for each in result.unmoved] == [10, 12, 16]
    assert (result.missing, result.added) == ((), ())


def test_shifts_are_rounded(opened: Opened) -> None:
    """To a thousandth of a minute and of a MHz."""
    visible = nothing(steps=60)
    visible[10:20, 1, 0] = True
    one = opened(visible=visible, step=60.0, flags=("Theta",))
    other = opened(
        visible=visible, step=60.0, flags=("Theta",), frequency=(1.0, 2.623456, 3.0, 4.0)
    )
    (shift,) = compare(one, other).shifted
    assert (shift.minutes, shift.megahertz) == (None, 0.623)


def test_a_shift_that_is_not_known_moves_nothing(opened: Opened) -> None:
    """Neither of two channels that are not the same, nor of steps that are not seen in both."""
    visible = nothing(steps=60, channels=1)
    visible[10:20, :, 0] = True
    one, other = (
        opened(visible=visible, step=60.0, flags=("Theta",), frequency=(mhz,))
        for mhz in (10.0, 10.001)
    )
    assert len(compare(one, other).unmoved) == 1
    fine, coarse = nothing(steps=60), nothing(steps=12)
    fine[12, :, 0] = coarse[2, :, 0] = True
    one = opened(visible=fine, step=60.0, flags=("Theta",))
    other = opened(visible=coarse, step=300.0, flags=("Theta",))
    assert len(compare(one, other).unmoved) == 1


@pytest.mark.parametrize(
    ("phase", "arcs"), [(179.0, 1), (180.0, 2), (359.0, 2), (360.0, 1), (539.0, 1), (540.0, 2)]
)
def test_halves_part_at_180_degrees(simulated: Any, phase: float, arcs: int) -> None:
    """An arc that crosses 180° is an early one and a late one; without phases it is one."""
    longitudes = np.full((720, 2), 180 - 179.0, "f4")
    longitudes[105:] = 180 - phase
    angles: dict[str, Any] = {
        "flags": ("Theta", "CML", "SrcLongitude"),
        "values": {"CML": np.zeros(720, "f4"), "SrcLongitude": longitudes},
    }
    dataset = simulated(bar(100), **angles)
    result = compare(dataset, dataset, gap=0)
    assert len(result.unmoved) == arcs
    plain = simulated(bar(100))
    assert len(compare(dataset, plain, gap=0).unmoved) == 1


def test_crossings_of_an_empty_column() -> None:
    """Columns without visible cells have none; runs at the edges count."""
    visible = np.array([[1, 0, 0], [0, 0, 1], [1, 0, 1]], dtype=bool)
    columns, positions = crossings(visible, np.array([1.0, 2.0, 4.0]))
    assert columns.tolist() == [0, 0, 2]
    assert positions.tolist() == [1.0, 4.0, 3.0]


def test_the_nearest_position_ends_half_a_step_beyond() -> None:
    """The ends themselves are inside, anything beyond is not; a middle belongs to the lower."""
    axis = np.array([1.0, 2.0, 4.0])
    assert nearest(axis, np.array([0.5, 0.499, 1.5, 1.501, 3.0, 5.0, 5.001])).tolist() == [
        *(0, -1, 0, 1, 1, 2, -1),
    ]
    assert nearest(np.array([1.0, 2.0]), np.array([0.5, 2.5, 2.6])).tolist() == [0, 1, -1]
    assert nearest(np.array([2.0]), np.array([1.9, 2.0])).tolist() == [-1, 0]


def test_offsets_are_those_of_the_nearest_crossing() -> None:
    """Each of our crossings finds its own nearest one; the limit is included; signs are kept."""
    ours = (np.array([0, 0, 2]), np.array([10.0, 50.0, 10.0]))
    theirs = (np.array([0, 0, 1]), np.array([13.0, 46.0, 99.0]))
    columns = np.array([0, -1])
    assert median_offset(ours, theirs, columns, limit=4) == -0.5
    assert median_offset(ours, theirs, columns, limit=3) == 3.0
    assert median_offset(ours, theirs, columns, limit=2.9) is None
    assert median_offset(ours, theirs, np.array([1, -1]), limit=99) is None
    assert median_offset(ours, theirs, np.array([2, 2]), limit=99) == 3.0
