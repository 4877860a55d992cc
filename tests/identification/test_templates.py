"""Arcs as templates on the cells of an observation."""

from typing import Any

import numpy as np
import pytest

from prefect_expres.analysis.arcs import Arc
from prefect_expres.identification.cells import Cells
from prefect_expres.identification.templates import Brightness, observed_part, template_of
from tests.support.sightings import START, seen

STEPS, CHANNELS = 80, 4
MINUTE = np.timedelta64(60, "s")


@pytest.fixture
def arc() -> Arc:
    """Give an arc of two parts in one channel, and one in another."""
    visible = np.zeros((STEPS, CHANNELS), dtype=bool)
    visible[20:24, 1] = visible[30:33, 1] = visible[22:28, 2] = True
    return Arc(seen(visible), slice(20, 33))


@pytest.fixture
def cells() -> Cells:
    """Give cells of noise on the grid of the simulation, with a gap."""
    scores = np.random.default_rng(3).standard_normal((CHANNELS, STEPS))
    scores[:, 50:55] = np.nan
    return Cells(START, MINUTE, 10.0 * np.arange(1, CHANNELS + 1), scores)


def mask_of(arc: Arc) -> Any:
    """Give the cells of an arc, shape (channel, step)."""
    return arc.alone.visible.T


def test_template_is_the_arc(arc: Arc, cells: Cells) -> None:
    """On the grid of its simulation it has the cells of the arc, and only those."""
    template = template_of(arc, cells)
    assert template.size == 13
    np.testing.assert_array_equal(template.mask(cells, 0), mask_of(arc))
    np.testing.assert_array_equal(template.mask(cells, 3), np.roll(mask_of(arc), 3, axis=1))
    wide = template.mask(cells, 0, around=2)
    assert list(np.flatnonzero(wide[2])) == list(range(20, 30))


def test_template_on_other_cells(arc: Arc, cells: Cells) -> None:
    """Frequencies take the nearest channel of the simulation; what is outside is left out."""
    finer = Cells(START + 22 * MINUTE, MINUTE, np.array([2.0, 16.0, 24.0, 47.0]), cells.scores)
    mask = template_of(arc, finer).mask(finer, 0)
    assert list(np.flatnonzero(mask[1])) == [0, 1, 8, 9, 10]
    np.testing.assert_array_equal(mask[2], mask[1])
    assert not mask[[0, 3]].any()


@pytest.mark.parametrize("shift", [-70, -3, 0, 11, 22, 28])
def test_brightness_is_the_sum_over_noise(shift: int, arc: Arc, cells: Cells) -> None:
    """For each shift, round the circle, it is the sum of scores over the root of their number."""
    template = template_of(arc, cells)
    under = cells.scores[np.roll(mask_of(arc), shift, axis=1)]
    there = under[np.isfinite(under)]
    curve = Brightness(cells).of(template)
    expected = there.sum() / np.sqrt(there.size) if there.size >= 10 else 0.0
    assert curve[shift] == pytest.approx(expected)


def test_likelihood_is_half_the_square(arc: Arc, cells: Cells) -> None:
    """The parts of the channels add up to it."""
    template, brightness = template_of(arc, cells), Brightness(cells)
    parts = brightness.by_channel(template, 5)
    assert parts.sum() == pytest.approx(brightness.of(template)[5] ** 2 / 2)
    assert np.flatnonzero(parts).tolist() == [1, 2]


def test_part_that_was_observed(arc: Arc, cells: Cells) -> None:
    """Gaps, and what is beyond the ends and the band, were not observed."""
    assert observed_part(arc, cells) == 1.0
    cells.scores[:, 20:24] = np.nan
    assert observed_part(arc, cells) == pytest.approx(7 / 13)
    lower = Cells(START, MINUTE, cells.frequency[:2], cells.scores[:2])
    assert observed_part(arc, lower) == pytest.approx(3 / 13)
    late = Cells(START + 31 * MINUTE, MINUTE, cells.frequency, cells.scores[:, 31:])
    assert observed_part(arc, late) == pytest.approx(2 / 13)


def test_the_middle_of_a_step_was_observed_or_not(arc: Arc) -> None:
    """Of five cells within a step of the simulation the third one tells."""
    scores = np.full((CHANNELS, 5 * STEPS), np.nan)
    scores[:, 2::5] = 0.0
    finer = Cells(START, MINUTE // 5, 10.0 * np.arange(1, CHANNELS + 1), scores)
    assert observed_part(arc, finer) == 1.0


@pytest.mark.parametrize(("observed", "enough"), [(12, True), (11, False)])
def test_too_small_a_part_has_no_brightness(observed: int, *, enough: bool) -> None:
    """Three tenths of an arc must be observed."""
    visible = np.zeros((STEPS, CHANNELS), dtype=bool)
    visible[20:60, 1] = True
    scores = np.full((CHANNELS, STEPS), np.nan)
    scores[1, 30 : 30 + observed] = 1.0
    cells = Cells(START, MINUTE, 10.0 * np.arange(1, CHANNELS + 1), scores)
    curve = Brightness(cells).of(template_of(Arc(seen(visible), slice(20, 60)), cells))
    assert curve[0] == pytest.approx(np.sqrt(observed) if enough else 0.0)


def test_a_single_channel_stands_for_all_frequencies(cells: Cells) -> None:
    """A simulation of one frequency does not say where it ends."""
    visible = np.zeros(STEPS, dtype=bool)
    visible[20:24] = True
    wide = Cells(START, MINUTE, np.array([0.5, 5.0, 50.0, 500.0]), cells.scores)
    template = template_of(Arc(seen(visible), slice(20, 24)), wide)
    assert template.mask(wide, 0).sum(axis=1).tolist() == [4, 4, 4, 4]
