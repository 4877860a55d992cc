"""When and where emission is visible."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis import visible_windows
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError
from tests.support.result_files import NAME, even_moon, nothing, two_windows

REFERENCE = Path(__file__).parents[1] / "data" / "expres" / "reference-io-jrm09.npz"
MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)
Opened = Callable[..., Any]


def facts(windows: list[Window]) -> list[tuple[str, float, float]]:
    """Give hemisphere, start and end of each window, in minutes after midnight."""
    minute = timedelta(minutes=1)
    return [
        (each.hemisphere, (each.start - MIDNIGHT) / minute, (each.end - MIDNIGHT) / minute)
        for each in windows
    ]


THREE = [("north", 20, 50), ("north", 100, 130), ("south", 220, 240)]


def test_a_day_has_its_windows(opened: Opened) -> None:
    """Windows come by source, then by time, and include their last step."""
    windows = visible_windows(opened())
    assert facts(windows) == THREE
    assert [(each.fmin, each.fmax) for each in windows] == [(2.0, 3.0), (1.0, 1.0), (4.0, 4.0)]
    assert {each.source for each in windows} == {"Io"}
    assert [each.polarization for each in windows] == ["RH", "RH", "LH"]


def test_a_result_without_emission_has_no_windows(opened: Opened) -> None:
    """Nothing visible is a result too."""
    assert visible_windows(opened(visible=nothing())) == []


@pytest.mark.parametrize(("gap", "count"), [(0, 3), (1, 2), (2, 1)])
def test_a_window_holds_short_gaps(opened: Opened, gap: int, count: int) -> None:
    """Gaps of one and of two steps are held or end the window, as told."""
    visible = nothing()
    visible[[2, 4, 7], 1, 0] = True
    windows = visible_windows(opened(visible=visible), gap=gap)
    assert len(windows) == count
    assert facts(windows)[0][1] == 20
    assert facts(windows)[-1][2] == 80


def test_a_negative_gap_is_refused(opened: Opened) -> None:
    """A gap below zero has no meaning."""
    with pytest.raises(ValueError, match="0 or more, not -1"):
        visible_windows(opened(), gap=-1)


def test_times_that_were_rounded_unevenly_keep_their_step(opened: Opened) -> None:
    """Epoch steps of 1440/1439 minutes, as ExPRES writes them, move an end by a second at most."""
    for window in visible_windows(opened(step=86400 / 1439), gap=1)[:2]:
        assert abs(window.end - window.start - timedelta(minutes=3)) <= timedelta(seconds=1)


def test_ordinary_mode_has_the_other_polarization(opened: Opened) -> None:
    """LO is left-hand in the north; each source has its own mode."""
    windows = visible_windows(opened(modes=("LO", "RX")))
    assert [each.polarization for each in windows] == ["LH", "LH", "LH"]
    assert opened(modes=("LO", "RX"))["Polarization"].values[2, 1] == 1


def test_a_file_without_modes_is_extraordinary(opened: Opened) -> None:
    """Without the attribute, as before ExPRES 1.4, the mode is RX."""
    dataset = opened()
    del dataset.attrs["SRP_Source_Mode"]
    assert [each.polarization for each in visible_windows(dataset)] == ["RH", "RH", "LH"]


def test_attributes_that_do_not_match_the_sources_are_named(opened: Opened) -> None:
    """Three modes for two sources cannot be told apart."""
    dataset = opened(attributes={"SRP_Source_Mode": ["RX", "LO", "RX"]})
    with pytest.raises(ResultError, match="SRP_Source_Mode has 3 entries for 2 sources"):
        visible_windows(dataset)


def test_a_label_without_hemisphere_asks_the_attribute(opened: Opened) -> None:
    """A bare label is completed by SRP_Source_Hemisphere, or refused."""
    labels = ("30d-75R", "60d-75R")
    attributes = {"SRP_Source_Hemisphere": ["NORTH", "SOUTH"]}
    windows = visible_windows(opened(labels=labels, attributes=attributes))
    assert [(each.source, each.hemisphere) for each in windows[1:]] == [
        ("30d-75R", "north"),
        ("60d-75R", "south"),
    ]
    with pytest.raises(ResultError, match="'30d-75R' has no hemisphere"):
        visible_windows(opened(labels=labels, attributes={"SRP_Source_Hemisphere": ["", ""]}))


@pytest.mark.parametrize("flags", [("Theta",), ("FC",), ("VisibleSources",)])
def test_one_variable_is_enough(opened: Opened, flags: tuple[str, ...]) -> None:
    """Theta, FC or VisibleSources alone give the same windows."""
    assert facts(visible_windows(opened(flags=flags))) == THREE


def test_polarization_is_enough_for_one_source(opened: Opened) -> None:
    """With all flags off, a file of one source still tells its windows."""
    dataset = opened(visible=two_windows()[:, :, :1], labels=("Io NORTH",), modes=("RX",), flags=())
    windows = visible_windows(dataset)
    assert facts(windows) == THREE[:2]
    assert windows[0].cml is None
    assert windows[0].source_phase is None


@pytest.mark.parametrize(
    ("flags", "labels"),
    [((), ("Io NORTH", "Io SOUTH")), (("VisibleSources",), ("Io NORTH", "Europa NORTH"))],
)
def test_sources_that_cannot_be_told_apart_are_an_error(
    opened: Opened, flags: tuple[str, ...], labels: tuple[str, ...]
) -> None:
    """Polarization hides one of two sources, VisibleSources adds those of a hemisphere."""
    with pytest.raises(ResultError, match=r"SPDYN\.CDF\.THETA"):
        visible_windows(opened(flags=flags, labels=labels))


def test_field_lines_of_a_source_are_one(opened: Opened) -> None:
    """Several field lines under one label make the windows of one source."""
    windows = visible_windows(opened(labels=("Io NORTH", "Io NORTH")))
    assert facts(windows) == [("north", *times) for _, *times in THREE]
    assert windows[0].source_phase is None


def test_longitudes_are_those_of_the_first_and_the_last_step(opened: Opened) -> None:
    """The central meridian crosses 0; the phase follows it from the source's longitude of 80."""
    first = visible_windows(opened())[0]
    assert first.cml == (2.0, 14.0)
    assert first.source_phase == (102.0, 114.0)
    start = nothing()
    start[0:3, 1, 0] = True
    assert visible_windows(opened(visible=start))[0].cml == (350.0, 2.0)


def test_the_kernel_has_its_windows(opened: Opened) -> None:
    """The output of the real kernel: windows cover what is visible, and Io's arcs are in place."""
    step = 719 / 720 * 60
    with np.load(REFERENCE) as reference:
        theta = np.stack([reference["th_N"], reference["th_S"]], axis=2)
        longitudes = [reference[f"lg_{side}"] + reference[f"lag_{side}"] for side in "NS"]
        dataset = opened(
            visible=theta > 0,
            frequency=tuple(reference["ff"]),
            step=step,
            values={
                "Theta": theta,
                "CML": reference["cml"],
                "SrcLongitude": np.stack(longitudes, axis=1),
            },
            flags=("Theta", "CML", "SrcLongitude"),
        )
    windows = visible_windows(dataset, gap=0)
    covered = sum((each.end - each.start).total_seconds() for each in windows)
    assert covered / step == pytest.approx((theta > 0).any(axis=1).sum(), rel=0.01)
    early_north = windows[0]
    assert early_north.source_phase is not None
    # The median phase of Io is 110 degrees; the source's differs by a lead of a few degrees.
    assert early_north.source_phase[0] < 110 < early_north.source_phase[1] + 5
    assert early_north.polarization == "RH"


def halves_of_a_night(opened: Opened, **changes: Any) -> list[Any]:
    """Open two days of hours; the north is seen from 18:00 to 06:00."""
    late, early = nothing(), nothing()
    late[18:, 1, 0] = True
    early[:6, 2, 0] = True
    return [
        opened(visible=late, step=3600),
        opened(visible=early, step=3600, **{"day": 1, **changes}),
    ]


def test_a_window_goes_on_across_midnight(opened: Opened) -> None:
    """Files of the same simulation are one course of time, in whatever order they come."""
    days = halves_of_a_night(opened)
    for order in (days, days[::-1], iter(days)):
        (window,) = visible_windows(order)
        assert facts([window]) == [("north", 18 * 60, 30 * 60)]
        assert (window.fmin, window.fmax) == (2.0, 3.0)
        assert window.cml == ((350 + 18 * 6) % 360, 350 + 5 * 6 - 360)


def test_the_epoch_that_two_days_share_counts_once(opened: Opened) -> None:
    """A file may end with the next day's first epoch."""
    visible = nothing(steps=25)
    visible[20:, 1, 0] = True
    days = [opened(visible=visible, step=3600), opened(visible=visible, step=3600, day=1)]
    assert [minutes for _, *minutes in facts(visible_windows(days))] == [
        [20 * 60, 25 * 60],
        [44 * 60, 49 * 60],
    ]


def test_days_of_other_models_stay_apart(opened: Opened) -> None:
    """Midnight ends a window if another model goes on, or if a day is missing."""
    other = NAME.replace("jrm33", "jrm09")
    for changes in ({"attributes": {"Logical_file_id": [other]}}, {"day": 2}):
        assert len(visible_windows(halves_of_a_night(opened, **changes))) == 2


def test_the_phase_of_the_moon_is_told(opened: Opened) -> None:
    """Where the law of the lead is recognized, a window has the moon's phase at both ends."""
    north, south = visible_windows(opened(**even_moon()))
    for window, first, last in ((north, 20, 39), (south, 60, 69)):
        phases = [
            (170 + step * 3600 / 595.5 - 320 - step * 3600 / 777.6 + 180) % 360
            for step in (first, last)
        ]
        assert window.moon_phase == pytest.approx(phases, abs=0.06)
        assert window.source_phase != window.moon_phase


def test_the_mode_of_expres_has_an_underscore(opened: Opened) -> None:
    """ExPRES writes the ordinary mode as ``_LO``: the sense of rotation is the other one."""
    plain, written = (
        visible_windows(opened(modes=("LO", "LO"), attributes={"SRP_Source_Mode": [mode, mode]}))
        for mode in ("LO", "_LO")
    )
    assert [each.polarization for each in written] == [each.polarization for each in plain]
    assert {each.polarization for each in written if each.hemisphere == "north"} == {"LH"}
