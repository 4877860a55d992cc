"""How often chance finds as much."""

import numpy as np
import pytest

from prefect_expres.errors import ObservationError
from prefect_expres.identification.chance import LOWEST, Chance

REACH = 10


def curve(seed: int, steps: int = 1400) -> np.ndarray:
    """Make the brightness of the brightest of ten arcs of noise."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((10, steps + 4))
    smooth = sum(noise[:, first : first + steps] for first in range(5)) / np.sqrt(5)
    return np.asarray(smooth.max(axis=0))


def test_rates_are_as_often_as_they_say() -> None:
    """Of two hundred searches in noise, a tenth has a rate below a tenth, and so on."""
    rates = []
    for seed in range(200):
        brightest = curve(seed)
        found = np.roll(brightest, REACH)[: 2 * REACH + 1].max()
        rates.append(Chance.of(brightest, REACH).rate(found))
    for rate, most in ((0.5, 0.6), (0.1, 0.16), (0.01, 0.04)):
        share = np.mean(np.array(rates) <= rate)
        assert share <= most
    assert np.mean(np.array(rates) <= 0.5) > 0.4


def test_the_distribution_is_that_of_what_is_found() -> None:
    """Brightness that follows a law of Gumbel gives its values, and its rates."""
    parts = (np.arange(4000) + 0.5) / 4000
    chance = Chance.of(4 - 0.7 * np.log(-np.log(parts)), 0)
    assert (chance.location, chance.width) == (pytest.approx(4, 0.01), pytest.approx(0.7, 0.01))
    assert chance.rate(0.0) == 1.0
    assert Chance(-50.0, 1.0).rate(0.0) == 1.0
    assert chance.rate(4 - 0.7 * np.log(-np.log(0.95))) == pytest.approx(0.05, 0.02)


def test_the_real_search_and_its_surroundings_do_not_count() -> None:
    """Of 24 steps, those of the search at the circle's ends are in no other search."""
    chance = Chance.of(np.arange(24.0), 1)
    others = np.arange(4.0, 23.0)
    low, middle, high = np.quantile(others, [0.25, 0.5, 0.75])
    assert chance.width == pytest.approx((high - low) / np.log(np.log(4) / np.log(4 / 3)))
    assert chance.location == pytest.approx(middle + chance.width * np.log(np.log(2)))
    assert Chance.of(np.zeros(24), 1).width == 0.1


def test_brighter_is_rarer() -> None:
    """Rates fall with brightness, to the lowest that is told; what is dark is no find."""
    chance = Chance.of(curve(0), REACH)
    rates = [chance.rate(brightness) for brightness in (-1, 0, 2, 3, 4, 5, 40)]
    assert rates == sorted(rates, reverse=True)
    assert rates[:2] == [1.0, 1.0]
    assert rates[-1] == LOWEST


def test_rare_emission_does_not_count() -> None:
    """What stands in a twentieth of the times hardly changes what chance finds."""
    brightest = curve(1)
    quiet = Chance.of(brightest, REACH)
    brightest[700:750] = 60.0
    loud = Chance.of(brightest, REACH)
    assert loud.location == pytest.approx(quiet.location, abs=0.2)
    assert loud.width == pytest.approx(quiet.width, rel=0.5)


def test_more_candidates_find_more_by_chance() -> None:
    """The rate holds for the whole search: the brightest of more arcs is brighter."""
    few = curve(2)
    many = np.maximum.reduce([few, *(curve(seed) for seed in range(3, 13))])
    assert Chance.of(many, REACH).rate(4.0) > 2 * Chance.of(few, REACH).rate(4.0)


def test_there_must_be_room() -> None:
    """The error tells how many steps are needed for the search."""
    enough = 8 * (2 * REACH + 1)
    assert Chance.of(curve(0, enough), REACH).rate(4.0) < 0.5
    with pytest.raises(ObservationError, match="it has 147 steps, and 148 are needed"):
        Chance.of(curve(0, enough - 1), REACH)
