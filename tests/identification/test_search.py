"""How predictions fit, on cells of which every score is known."""

from dataclasses import replace

import numpy as np
import pytest

from prefect_expres.analysis.arcs import Arc
from prefect_expres.identification import Model
from prefect_expres.identification.cells import Cells
from prefect_expres.identification.naming import _finding
from prefect_expres.identification.search import (
    FALSE_ALARMS,
    Fit,
    Prediction,
    _as_good,
    search,
)
from tests.support.sightings import START, seen

STEPS, CHANNELS, REACH = 300, 2, 10
MINUTE = np.timedelta64(60, "s")
HALF = 1 / np.sqrt(12)
"""What is known to a step has this standard deviation."""


def predicted(first: int, length: int, energy: float = 3.0, steps: int = STEPS) -> Prediction:
    """Predict an arc in one channel."""
    visible = np.zeros((steps, CHANNELS), dtype=bool)
    visible[first : first + length, 0] = True
    arc = Arc(seen(visible), slice(first, first + length))
    return Prediction(Model(source="Io", energy=energy), arc)


def fits_of(
    first: int, score: float, *predictions: Prediction, elsewhere: float = 0.0
) -> list[Fit]:
    """Search predictions where twenty steps have a score, and all others another one."""
    scores = np.full((CHANNELS, STEPS), elsewhere)
    scores[0, first : first + 20] = score
    frequency = 10.0 * np.arange(1, CHANNELS + 1)
    return search(Cells(START, MINUTE, frequency, scores), predictions, REACH)


@pytest.mark.parametrize(
    ("score", "first", "shift", "half_width"),
    [(1.0, 103, 3, 0), (0.5, 97, -3, 2), (0.5, 110, 9, 1), (0.25, 100, 0, 10)],
)
def test_a_shift_is_known_as_well_as_its_likelihood_falls(
    score: float, first: int, shift: float, half_width: float
) -> None:
    """It falls by a half within so many steps, as far as the search goes."""
    (fit,) = fits_of(first, score, predicted(100, 20))
    assert fit.brightness == pytest.approx(score * np.sqrt(20))
    assert fit.shift == shift
    assert fit.uncertainty == pytest.approx(np.hypot(half_width, HALF))


def test_what_is_darker_than_noise_has_no_likelihood() -> None:
    """A faint arc is where it is bright at all, however dark it is around it."""
    (fit,) = fits_of(100, 1.1 / np.sqrt(20), predicted(100, 20), elsewhere=-0.1)
    assert fit.shift == 0
    assert fit.uncertainty == pytest.approx(np.hypot(8, HALF))


def cells_with(*spans: tuple[int, int, float], elsewhere: float = 0.0, steps: int = STEPS) -> Cells:
    """Give cells of which some spans of steps have a score in the first channel."""
    scores = np.full((CHANNELS, steps), elsewhere)
    for first, end, score in spans:
        scores[0, first:end] = score
    return Cells(START, MINUTE, 10.0 * np.arange(1, CHANNELS + 1), scores)


@pytest.mark.parametrize(("length", "named"), [(19, False), (20, True)])
def test_emission_ten_minutes_around_an_arc_is_explained_by_it(length: int, *, named: bool) -> None:
    """Of another arc beside it, ten cells must be left."""
    arc, beside = predicted(95, 20), predicted(120, length, 10.0)
    cells = cells_with((100, 120, 4.0), (120, 120 + length, 3.0), elsewhere=np.nan)
    fits = search(cells, [arc, beside], REACH)
    assert [fit.named for fit in fits] == [True, named]
    assert fits[0].shift == 5


def test_twelve_arcs_are_named() -> None:
    """More stand in no observation; the brightest come first."""
    firsts, steps = range(5, 5 + 13 * 22, 22), 10 * STEPS
    spans = [(first, first + 10, 4.0 - 0.1 * rank) for rank, first in enumerate(firsts)]
    arcs = [predicted(first, 10, float(first), steps) for first in firsts]
    fits = search(cells_with(*spans, steps=steps), arcs, 0)
    assert [fit.named for fit in fits] == [True] * 12 + [False]


def test_noise_that_is_not_independent_tells_less() -> None:
    """Brightness varies with a standard deviation of 2: all likelihoods are a quarter."""
    (fit,) = fits_of(100, 1.0, predicted(100, 20), elsewhere=2 * 0.6745 / np.sqrt(20))
    assert fit.brightness == pytest.approx(np.sqrt(20))
    assert fit.uncertainty == pytest.approx(np.hypot(3, HALF))


@pytest.mark.parametrize(("brightness", "rate"), [(4.95, 0.3), (5.05, 1e-6)])
def test_what_is_plain_is_left_out_before_chance_is_measured(
    brightness: float, rate: float
) -> None:
    """Else emission in a third of the time would be chance."""
    cells = cells_with((100, 120, brightness / np.sqrt(20)), steps=340)
    arcs = [predicted(first, 20, steps=340) for first in (100, 250)]
    fit, _ = search(cells, arcs, 20)
    assert fit.brightness == pytest.approx(brightness)
    assert (fit.false_alarm > FALSE_ALARMS) == (rate > FALSE_ALARMS)


@pytest.mark.parametrize(
    ("better", "equal"),
    [
        ([0.0, 0.0], True),
        ([1.0, 1.0], True),
        ([1.01, 1.0], False),
        ([9.0, -1.0], True),
        ([0.0, 9.0, -1.0, 0.0], True),
        ([14.0, 2.0], True),
        ([14.0, 2.5], False),
        ([3.0, 3.0, 3.0], False),
    ],
)
def test_likelihoods_that_differ_as_their_channels_do_are_equal(
    better: list[float], *, equal: bool
) -> None:
    """By less than two standard deviations of the sum, or by less than 2."""
    assert _as_good(np.array(better)) == equal


@pytest.mark.parametrize(("part", "rivals"), [(0.69, 0), (0.71, 1)])
def test_what_is_much_less_bright_is_no_rival(part: float, rivals: int) -> None:
    """However its channels differ."""
    cells = cells_with((100, 120, 2.0))
    cells.scores[1, 100:120] = 2.0 * part
    arc, other = predicted(100, 20), predicted(100, 20, 10.0)
    other.arc.sighting.visible[:] = other.arc.sighting.visible[:, ::-1]
    fits = search(cells, [arc, other], REACH)
    assert fits[0].named
    assert len(fits[0].rivals) == rivals


@pytest.mark.parametrize(("length", "named"), [(17, [False, True]), (15, [True, False])])
def test_equal_likelihoods_are_told_apart_by_their_shifts(length: int, named: list[bool]) -> None:
    """Less than 2 is equal: then the smaller shift counts, and the other one is as good."""
    late, near = predicted(100, 20, 1.0), predicted(108, length, 2.0)
    fits = fits_of(110, 1.0, late, near)
    assert [fit.named for fit in fits] == named
    assert (fits[0].shift, fits[1].brightness) == (10, pytest.approx(np.sqrt(length)))
    assert [fit.rivals for fit in fits] == [(), (late,) if named[1] else ()]


def test_a_finding_is_rounded() -> None:
    """As far as it is known, and in minutes, however long a step is."""
    fit = Fit(predicted(100, 20), 1 / 3, 10 / 3, 1 / 3, 2 / 3, 0.0012345)
    found = _finding(fit, replace(cells_with(), step=2 * MINUTE))
    assert (found.observed, found.brightness, found.false_alarm) == (0.333, 3.33, 0.0012)
    assert (found.shift_minutes, found.shift_error_minutes) == (0.67, 1.33)
    assert (found.emission, found.named, found.as_good) == (True, False, ())
    chance = _finding(replace(fit, false_alarm=0.0101), cells_with())
    assert (chance.emission, chance.shift_minutes, chance.shift_error_minutes) == (
        *(False, None, None),
    )
    sure = _finding(replace(fit, false_alarm=0.01), cells_with())
    assert (sure.emission, sure.shift_minutes) == (True, 0.33)
