"""What is seen in a file, and over the files of a simulation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis.moons import moon_longitude
from prefect_expres.analysis.visibility import sightings, visibility
from prefect_expres.errors import ResultError
from prefect_expres.expres.lead_angle import lead_angle
from tests.support.result_files import NAME, even_moon, nothing
from tests.support.sightings import seen, times

Opened = Callable[..., Any]


@pytest.mark.parametrize("name", ["Theta", "FC", "FP"])
def test_each_variable_of_a_source_tells_what_is_seen(opened: Opened, name: str) -> None:
    """Any of the three, whatever the others say; Theta counts before FC, and FC before FP."""
    dataset = opened(flags=("Theta",)).rename(Theta=name)
    north, south = sightings(dataset)
    assert (north.visible.sum(), south.visible.sum()) == (9, 2)
    assert north.visible[2].tolist() == [False, True, True, False]
    order = ["Theta", "FC", "FP"]
    for worse in order[order.index(name) + 1 :]:
        both = dataset.assign({worse: dataset[name] * np.nan})
        assert sightings(both)[0].visible.sum() == 9


def test_counts_of_a_hemisphere_are_those_of_its_only_source(opened: Opened) -> None:
    """VisibleSources tells north and south, and counts that are 0 are not seen."""
    dataset = opened(flags=("VisibleSources",)).fillna(0)
    north, south = sightings(dataset)
    assert (north.visible.sum(), south.visible.sum()) == (9, 2)
    assert (north.source.hemisphere, south.visible[23, 3]) == ("north", True)


def test_polarization_tells_what_is_seen_of_a_single_source(opened: Opened) -> None:
    """Of two sources it does not."""
    single: dict[str, Any] = {"labels": ("Io NORTH",), "modes": ("RX",), "flags": ()}
    (only,) = sightings(opened(visible=nothing(sources=1) | True, **single))
    assert only.visible.all()
    with pytest.raises(ResultError, match="VisibleSources only counts by hemisphere"):
        sightings(opened(flags=("VisibleSources",), labels=("Io NORTH", "Europa NORTH")))
    with pytest.raises(ResultError, match=r"SPDYN\.CDF\.THETA true"):
        sightings(opened(flags=("Theta",)).drop_vars(["Theta", "Polarization"]))


def test_times_and_channels_rise_whatever_their_order_in_the_file(opened: Opened) -> None:
    """ExPRES writes frequencies that fall, and times that run backwards, as they are asked for."""
    dataset = opened(**even_moon())
    turned = dataset.isel(time=slice(None, None, -1), frequency=[2, 0, 3, 1])
    for found, wanted in zip(sightings(turned), sightings(dataset), strict=True):
        for name in ("time", "steps", "frequency", "visible", "meridian", "line", "moon"):
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


@pytest.mark.parametrize("flags", [("Theta",), ("FC",), ("VisibleSources",)])
def test_dimensions_may_have_any_order(opened: Opened, flags: tuple[str, ...]) -> None:
    """As after a transposition by whoever has opened the file."""
    dataset = opened(flags=flags)
    for found, wanted in zip(
        sightings(dataset.transpose("frequency", ...)), sightings(dataset), strict=True
    ):
        np.testing.assert_array_equal(found.visible, wanted.visible)


def test_only_angles_tell_where_a_cavity_emits(opened: Opened) -> None:
    """Of a steady-state source; another one beside it needs none."""
    facts: dict[str, Any] = {"attributes": {"SRP_Source_Type": ["lossc", "cavity"]}}
    north, south = sightings(opened(**facts, flags=("Theta", "FC")))
    assert (north.visible.sum(), south.visible.sum()) == (9, 2)
    without = opened(**facts, flags=("FC",))
    assert visibility(without, north.source).sum() == 9
    with pytest.raises(ResultError, match=r"Io is a steady-state source.*SPDYN\.CDF\.THETA true"):
        visibility(without, south.source)


def test_a_step_is_the_usual_one_of_its_own_file(opened: Opened) -> None:
    """Missing times make it no longer, nor do files of other steps that it is joined with."""
    holed = opened().isel(time=[0, 1, 2, 3, 20, 21])
    finer = opened(step=300, day=1)
    north, _ = sightings([holed, finer])
    assert (north.steps / np.timedelta64(1, "s")).tolist() == [600] * 6 + [300] * 24


def test_counts_of_two_sources_of_a_hemisphere_are_not_told_apart(opened: Opened) -> None:
    """Though the third is alone in the other one."""
    labels = ("Io NORTH", "Europa NORTH", "Io SOUTH")
    counted = opened(
        visible=nothing(sources=3), labels=labels, modes=("RX",) * 3, flags=("VisibleSources",)
    )
    with pytest.raises(ResultError, match="VisibleSources only counts by hemisphere"):
        sightings(counted)


def test_angles_are_those_of_the_file(opened: Opened) -> None:
    """Meridian, line and phase; of several field lines there is no line."""
    north, _ = sightings(opened(**even_moon()))
    assert north.meridian is not None
    assert north.line is not None
    assert north.moon is not None
    assert north.meridian.dtype == north.line.dtype == north.moon.dtype == np.float64
    np.testing.assert_allclose(north.line_phase, north.meridian - north.line + 180)
    np.testing.assert_allclose(north.moon_phase, north.meridian - north.moon + 180)
    lines = sightings(opened(labels=("Io NORTH", "Io NORTH")))
    assert [each.line for each in lines] == [None]
    assert lines[0].meridian is not None
    bare = sightings(opened(flags=("Theta",)))[0]
    assert (bare.meridian, bare.line, bare.moon) == (None, None, None)
    assert (bare.line_phase, bare.moon_phase) == (None, None)


def test_the_south_has_its_own_law(opened: Opened) -> None:
    """The moon is found from the line of each hemisphere."""
    north, south = sightings(opened(**even_moon()))
    assert north.moon is not None
    assert south.moon is not None
    np.testing.assert_allclose(north.moon % 360, south.moon % 360, atol=0.01)


def test_days_of_a_simulation_are_put_behind_each_other(opened: Opened) -> None:
    """In order of time; a common epoch is that of the file that comes first."""
    early, late = nothing(steps=25), nothing(steps=24)
    early[:, 0, 0] = True
    late[:, 1, 0] = True
    first = opened(visible=early, step=3600.0)
    second = opened(visible=late, step=3600.0, day=1)
    for order, at_midnight in (((first, second), True), ((second, first), False)):
        north = sightings(order)[0]
        assert north.time.size == 48
        assert (np.diff(north.time) == np.timedelta64(1, "h")).all()
        assert north.visible[24].tolist() == [at_midnight, not at_midnight, False, False]
        assert north.meridian is not None
        assert north.meridian.size == 48


def test_files_without_an_angle_leave_none(opened: Opened) -> None:
    """What one day does not tell is not known of all."""
    days = [opened(**even_moon(0)), opened(**even_moon(1)).drop_vars("CML")]
    north = sightings(days)[0]
    assert north.meridian is None
    assert north.line is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": {"Logical_file_id": [NAME.replace("io", "europa")]}},
        {"frequency": (1.0, 2.0, 3.0, 5.0)},
        {"modes": ("LO", "LO")},
    ],
)
def test_other_simulations_are_not_joined(opened: Opened, changes: dict[str, Any]) -> None:
    """Another model, other frequencies or another mode is another simulation."""
    assert len(sightings([opened(), opened(day=1)])) == 2
    assert len(sightings([opened(), opened(day=1, **changes)])) == 4


def test_a_sighting_is_only_like_itself() -> None:
    """It holds arrays, which have no single answer to whether they are the same."""
    one, other = seen(np.ones(4)), seen(np.ones(4))
    assert one != other
    assert len({one, other, one}) == 2


def test_phases_need_both_angles() -> None:
    """The phase is CML - longitude + 180."""
    ones = np.ones(4)
    assert seen(ones, meridian=20 * ones, line=5 * ones).line_phase == pytest.approx(195)
    assert seen(ones, meridian=20 * ones, moon=50 * ones).moon_phase == pytest.approx(150)
    assert seen(ones, meridian=20 * ones).line_phase is None
    assert seen(ones, line=20 * ones).line_phase is None


def course(steps: int = 600, wobble: float = 0.0) -> Any:
    """Give the line of Io's north under an even moon that strays by some degrees."""
    moon = 20 + np.arange(steps) * 360 / 777.6
    moon = moon + wobble * np.where(np.arange(steps) % 2, 1.0, -1.0)
    return moon, moon - lead_angle("hess2011", "Io", moon, south=False)


@pytest.mark.parametrize(("wobble", "found"), [(0.0, True), (0.008, True), (0.0115, False)])
def test_a_moon_may_stray_by_a_hundredth_of_a_degree(wobble: float, found: bool) -> None:  # noqa: FBT001
    """What single precision does is allowed, more is not explained by the law."""
    moon, line = course(wobble=wobble)
    result = moon_longitude("Io", line, times(600), south=False)
    assert (result is not None) is found
    if result is not None:
        np.testing.assert_allclose(result, moon, atol=1e-9)


def test_single_outliers_do_not_count() -> None:
    """A few steps may be far off; but none may be unknown."""
    _, line = course()
    line[100] += 5
    assert moon_longitude("Io", line, times(600), south=False) is not None
    line[100] = np.nan
    assert moon_longitude("Io", line, times(600), south=False) is None


def test_three_steps_may_tell_the_law() -> None:
    """If they are hours apart."""
    moon, line = course()
    result = moon_longitude("Io", line[::200], times(3, 12_000), south=False)
    np.testing.assert_allclose(result, moon[::200], atol=1e-9)


@pytest.mark.parametrize("steps", [1, 2])
def test_two_steps_are_even_in_any_case(steps: int) -> None:
    """So no law is told by them."""
    _, line = course(steps)
    assert moon_longitude("Io", line, times(steps), south=False) is None


def test_uneven_times_are_taken_into_account() -> None:
    """A pause in time is no leap of the moon."""
    time = times(600)
    time[300:] += np.timedelta64(6, "h")
    moon = 20 + (time - time[0]) / np.timedelta64(60, "s") * 360 / 777.6
    line = (moon - lead_angle("hess2011", "Io", moon, south=False)) % 360
    result = moon_longitude("Io", line, time, south=False)
    assert result is not None
    assert np.abs((result - moon + 180) % 360 - 180).max() < 1e-6
