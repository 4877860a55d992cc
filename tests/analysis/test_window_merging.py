"""Windows that become one, and windows that stay apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prefect_expres.analysis import Window, merge_windows

START = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
Angles = tuple[float, float] | None


def window(start: timedelta, end: timedelta, **more: Any) -> Window:
    """Make a window of Io's north between two times after midnight."""
    facts: dict[str, Any] = {
        "source": "Io",
        "hemisphere": "north",
        "polarization": "RH",
        "start": START + start,
        "end": START + end,
        "fmin": 5.0,
        "fmax": 6.0,
    }
    return Window(**facts | more)


FIRST = window(0 * MINUTE, 10 * MINUTE)


@pytest.mark.parametrize(
    ("gap", "pause", "merged"),
    [
        (None, 2 * MINUTE, True),
        (None, 2 * MINUTE + SECOND, False),
        (timedelta(0), timedelta(0), True),
        (timedelta(0), SECOND, False),
        (timedelta(0), -SECOND, True),
        (timedelta(hours=1), timedelta(hours=1), True),
        (timedelta(hours=1), timedelta(hours=1, seconds=1), False),
    ],
)
def test_a_pause_of_the_gap_is_held(gap: timedelta | None, pause: timedelta, merged: bool) -> None:  # noqa: FBT001
    """Two minutes by default; a second more is a gap."""
    second = window(10 * MINUTE + pause, 30 * MINUTE + pause)
    options = {} if gap is None else {"gap": gap}
    result = merge_windows([second, FIRST], **options)
    if merged:
        assert result == [FIRST.model_copy(update={"end": second.end})]
    else:
        assert result == [FIRST, second]


def test_many_windows_become_one_after_the_other() -> None:
    """The pause is counted from the latest end, also if a window lies within another."""
    parts = [
        window(0 * MINUTE, 60 * MINUTE),
        window(5 * MINUTE, 10 * MINUTE),
        window(62 * MINUTE, 70 * MINUTE),
        window(73 * MINUTE, 74 * MINUTE),
        window(75 * MINUTE, 80 * MINUTE),
    ]
    assert [(each.start - START, each.end - START) for each in merge_windows(parts)] == [
        (0 * MINUTE, 70 * MINUTE),
        (73 * MINUTE, 80 * MINUTE),
    ]


@pytest.mark.parametrize(
    ("key", "value"), [("source", "Europa"), ("hemisphere", "south"), ("polarization", "LH")]
)
def test_other_sources_stay_apart(key: str, value: str) -> None:
    """One difference is enough; windows come by start, then by source."""
    other = FIRST.model_copy(update={key: value})
    by_name = sorted([FIRST, other], key=lambda each: (each.source, each.hemisphere))
    result = merge_windows([other, FIRST])
    assert sorted(result, key=repr) == sorted([FIRST, other], key=repr)
    if key != "polarization":
        assert result == by_name


def test_bands_and_angles_are_united() -> None:
    """The lowest and the highest frequency; angles go from the first start to the latest end."""
    early = window(0 * MINUTE, 10 * MINUTE, fmin=3.0, cml=(1, 2), source_phase=(3, 4))
    early = early.model_copy(update={"moon_phase": (5.0, 6.0)})
    late = window(11 * MINUTE, 20 * MINUTE, fmax=9.0, cml=(7, 8), source_phase=(9, 10))
    late = late.model_copy(update={"moon_phase": (11.0, 12.0)})
    (united,) = merge_windows([late, early])
    assert (united.fmin, united.fmax) == (3.0, 9.0)
    assert (united.cml, united.source_phase, united.moon_phase) == ((1, 8), (3, 10), (5, 12))
    wide = window(0 * MINUTE, 10 * MINUTE, fmin=3.0, fmax=9.0)
    (united,) = merge_windows([wide, window(11 * MINUTE, 12 * MINUTE)])
    assert (united.fmin, united.fmax) == (3.0, 9.0)


@pytest.mark.parametrize(
    ("first", "last", "united"),
    [(None, (1, 2), None), ((1, 2), None, None), ((1, 2), (3, 4), (1, 4))],
)
def test_an_angle_must_be_known_at_both_ends(first: Angles, last: Angles, united: Angles) -> None:
    """Otherwise it is left out."""
    parts = [window(0 * MINUTE, MINUTE, cml=first), window(2 * MINUTE, 3 * MINUTE, cml=last)]
    assert merge_windows(parts)[0].cml == united


def test_of_two_that_end_together_the_first_gives_the_angle() -> None:
    """The end that is the same does not change it."""
    parts = [window(0 * MINUTE, 9 * MINUTE, cml=(1, 2)), window(MINUTE, 9 * MINUTE, cml=(3, 4))]
    assert merge_windows(parts)[0].cml == (1, 2)


def test_the_schedule_is_sorted_by_start_then_by_source() -> None:
    """Whatever the order of the windows is."""
    parts = [
        window(3 * MINUTE, 4 * MINUTE, source="Callisto"),
        window(1 * MINUTE, 2 * MINUTE, source="Io"),
        window(1 * MINUTE, 2 * MINUTE, source="Europa"),
    ]
    assert [each.source for each in merge_windows(parts)] == ["Europa", "Io", "Callisto"]
