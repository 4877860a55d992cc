"""Who made the emission in an observation, and when."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis.windows import Hemisphere
from prefect_expres.errors import ObservationError, UsageError
from prefect_expres.expres.templates import TEMPLATES
from prefect_expres.identification import Model, identify_arcs
from prefect_expres.identification.findings import ENERGY, LAG_MODEL
from prefect_expres.observations import Interference
from tests.identification.case import MODELS, WITHIN, Results, named, observed

IO, EUROPA = Model(source="Io", energy=3), Model(source="Europa", energy=10)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hemisphere", ["north", "south"])
def test_source_and_shift_are_found(hemisphere: Hemisphere, seed: int, results: Results) -> None:
    """The right moon, hemisphere and energy are named among twelve, within a step of the shift."""
    random = np.random.default_rng([seed, hemisphere == "north"])
    model, minutes = MODELS[random.integers(len(MODELS))], int(random.integers(-20, 21))
    observation = observed(results[model][0], minutes, hemisphere=hemisphere, seed=seed)
    (found,) = named(observation, results)
    assert (found.source, found.hemisphere) == (model.source, hemisphere)
    assert found.energy_kev == model.energy
    assert abs(found.shift_minutes - minutes) <= WITHIN
    assert found.shift_error_minutes == 0.29
    assert found.false_alarm < 0.001
    assert found.as_good == ()


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_named_without_emission(seed: int, results: Results) -> None:
    """Noise, carriers, bursts and gaps are no emission."""
    observation = observed(results[IO][0], sigma=0.0, seed=seed)
    found = [each.finding for each in identify_arcs(observation, results)]
    assert len(found) == 2 * len(MODELS)
    assert not any(each.named or each.emission for each in found)
    assert {each.shift_minutes for each in found} == {None}
    assert {each.shift_error_minutes for each in found} == {None}
    order = [(each.start, each.candidate) for each in found]
    assert order == sorted(order)
    arcs = identify_arcs(observation, {IO: results[IO]})
    assert all((each.found.time == each.arc.time).all() for each in arcs)


@pytest.mark.parametrize("scale", ["linear", "dB"])
def test_faint_emission_is_found_in_any_scale(scale: str, results: Results) -> None:
    """Half a standard deviation a cell is enough where an arc has hundreds."""
    observation = observed(results[IO][0], 9, hemisphere="south", sigma=0.5, scale=scale)
    first, *others = identify_arcs(observation, results)
    found = first.finding
    assert found.candidate == "Io south, 3 keV"
    assert not any(each.finding.named for each in others)
    assert abs(found.shift_minutes - 9) <= WITHIN
    moved = (first.found.time - first.arc.time) / np.timedelta64(1, "s")
    assert set(moved) == {60 * found.shift_minutes}


def test_arcs_of_two_sources_are_both_named(results: Results) -> None:
    """What one arc explains is left out when the next one is looked for; the brighter is first."""
    arcs = [results[EUROPA][0], results[IO][0]]
    both = observed(arcs[1], 4, hemisphere="north")
    other = observed(arcs[0], 4, hemisphere="south", sigma=6.0, interference=Interference(0, 0))
    quiet = observed(arcs[0], sigma=0.0, interference=Interference(0, 0))
    both["flux"] = both["flux"] + other["flux"] - quiet["flux"]
    found = named(both, results)
    assert {each.candidate for each in found} == {"Io north, 3 keV", "Europa south, 10 keV"}
    assert found[0].brightness >= found[1].brightness


def test_candidates_that_look_alike_are_told(results: Results) -> None:
    """Where two models make the same arcs, the one that is not named is said to be as good."""
    twin = Model(source="Io", energy=3.01)
    alike = {**results, twin: results[IO]}
    (found,) = named(observed(results[IO][0], hemisphere="north"), alike)
    names = {found.candidate, *found.as_good}
    assert names == {"Io north, 3 keV", "Io north, 3.01 keV"}


def test_of_equal_candidates_the_best_timed_is_named(results: Results) -> None:
    """Laws of the lead angle only move an arc: the one that needs the smallest shift is named."""
    early = Model(source="Io", energy=3, lag_model="early")
    moved = results[IO][0].assign_coords(time=results[IO][0]["time"] - np.timedelta64(12, "m"))
    alike = {early: [moved], IO: results[IO]}
    for minutes, lag_model in ((2, ""), (-10, "early")):
        (found,) = named(observed(results[IO][0], minutes, hemisphere="north"), alike)
        assert (found.lag_model, len(found.as_good)) == (lag_model, 1)
        assert found.shift_minutes == 2


def test_every_arc_tells_how_much_was_observed(results: Results) -> None:
    """Half an arc, in time and in frequency, is a half; emission that was observed is found."""
    whole = observed(results[IO][0], hemisphere="north", interference=Interference(0, 0), gaps=0)
    upper = whole.sel(frequency=slice(25, 40))
    (found,) = named(upper, {IO: results[IO]})
    assert found.observed == pytest.approx(0.5, abs=0.02)
    assert found.observed == round(found.observed, 3)
    assert found.brightness == round(found.brightness, 2)
    assert found.false_alarm == float(f"{found.false_alarm:.2g}")
    (found,) = named(whole, {IO: results[IO]})
    assert found.observed == 1.0


def test_finer_times_and_frequencies_are_averaged(results: Results) -> None:
    """An observation of ten seconds and 500 channels says the same as one in minutes."""
    time = results[IO][0]["time"].values
    finer = np.arange(time[0], time[-1], np.timedelta64(10, "s"))
    observation = observed(
        results[IO][0], -6, hemisphere="north", time=finer, frequency=np.linspace(11, 39, 500)
    )
    (found,) = named(observation, results)
    assert found.candidate == "Io north, 3 keV"
    assert abs(found.shift_minutes + 6) <= WITHIN


def test_a_single_arc_is_enough(results: Results) -> None:
    """Of one hemisphere, in one model."""
    north = results[IO][0].isel(source=[0])
    for name in ("SRP_Source_Hemisphere", "SRP_Source_Mode"):
        north.attrs[name] = results[IO][0].attrs[name][:1]
    observation = observed(results[IO][0], 5, hemisphere="north")
    (found,) = identify_arcs(observation, {IO: [north]})
    assert (found.finding.named, found.finding.hemisphere) == (True, "north")


def test_what_is_not_predicted_is_left_out(results: Results) -> None:
    """An observation of other frequencies, or at another time, has no arcs to be searched."""
    observation = observed(results[IO][0], frequency=np.linspace(50, 60, 40))
    assert identify_arcs(observation, results) == []
    later = observed(results[IO][0]).isel(time=slice(900, None))
    assert identify_arcs(later, results, max_shift=timedelta(minutes=5)) == []
    assert identify_arcs(later, {IO: []}) == []


@pytest.mark.parametrize(
    ("part", "more", "words"),
    [
        (slice(300, 500), {}, r"too short: it has 200 steps, and 428 .* --max-shift"),
        (slice(300, 310), {}, "has 10 times; 20 are needed"),
    ],
)
def test_too_little_is_refused(part: slice, more: Any, words: str, results: Results) -> None:
    """The error tells how much is needed, and what helps."""
    observation = observed(results[IO][0]).isel(time=part)
    with pytest.raises(ObservationError, match=words):
        identify_arcs(observation, results, **more)


def test_a_short_observation_takes_a_smaller_shift(results: Results) -> None:
    """With less room for shifts, three hours are enough."""
    part = observed(results[IO][0], 3, hemisphere="north").isel(time=slice(330, 510))
    (found,) = named(part, results, max_shift=timedelta(minutes=6))
    assert found.candidate == "Io north, 3 keV"


def test_a_routine_simulation_is_a_model() -> None:
    """What is not said is that of its template."""
    usual = TEMPLATES["Io"]
    plain = Model.of("Io", {})
    assert plain == Model(source="Io", energy=usual.energy, lag_model=usual.lag_models[0])
    given = Model.of("Io", {ENERGY: 10.0, LAG_MODEL: "hue2023"})
    assert given == Model(source="Io", energy=10.0, lag_model="hue2023")


def test_models_and_shift_are_needed(results: Results) -> None:
    """Nothing can be searched without a model, nor backwards."""
    observation = observed(results[IO][0])
    for given, shift in (({}, 30), (results, -1)):
        with pytest.raises(UsageError, match="at least one model"):
            identify_arcs(observation, given, max_shift=timedelta(minutes=shift))
