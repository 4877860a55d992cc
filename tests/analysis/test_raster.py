"""Cells become pixels: each colours all that it touches within the panel, and no others."""

import matplotlib.dates as mdates
import numpy as np
import pytest

from prefect_expres.analysis.raster import Raster, channel_bounds
from tests.support.sightings import seen, times

QUARTER = 21_600
"""Seconds of a quarter of a day, which is exact as matplotlib counts days."""
CELLS = np.arange(36.0).reshape(6, 6)
SIGHTING = seen(np.ones((6, 6)), time=times(6, QUARTER))
BEGIN = float(mdates.date2num(times(1)[0]))


def panel(first: float, last: float, columns: int, low: float, high: float, rows: int) -> Raster:
    """Divide days after the first time, and MHz."""
    days = BEGIN + np.linspace(first, last, columns + 1)
    return Raster(days, np.linspace(low, high, rows + 1))


def test_cells_beyond_the_panel_colour_nothing() -> None:
    """Also not those that end where it begins, or begin where it ends."""
    painted = panel(0.5, 1.25, 3, 25, 55, 3).paint(SIGHTING, CELLS)
    np.testing.assert_array_equal(painted, CELLS[2:5, 2:5].T)


def test_a_panel_without_cells_is_empty() -> None:
    """Before and after them, below and above them."""
    for days in ((-2, -1), (3, 4)):
        assert np.isnan(panel(*days, 4, 5, 65, 6).paint(SIGHTING, CELLS)).all()
    for band in ((1, 4), (70, 80)):
        assert np.isnan(panel(0, 1.5, 6, *band, 3).paint(SIGHTING, CELLS)).all()


def test_of_several_cells_in_a_pixel_the_largest_is_seen() -> None:
    """Two by three cells share one."""
    painted = panel(0, 1.5, 3, 5, 65, 2).paint(SIGHTING, CELLS)
    np.testing.assert_array_equal(painted, [[8, 20, 32], [11, 23, 35]])
    falling = panel(0, 1.5, 3, 5, 65, 2).paint(SIGHTING, 35 - CELLS)
    np.testing.assert_array_equal(falling, [[35, 23, 11], [32, 20, 8]])


def test_a_wide_cell_colours_all_that_it_touches() -> None:
    """Columns of an eighth of a day, and rows of 5 MHz, of which the outer ones see no cell."""
    painted = panel(-0.125, 1.625, 14, 0, 70, 14).paint(SIGHTING, CELLS)
    np.testing.assert_array_equal(painted[1:-1, 1:-1], CELLS.T.repeat(2, 0).repeat(2, 1))
    assert np.isnan(painted[[0, -1]]).all()
    assert np.isnan(painted[:, [0, -1]]).all()


def test_a_cell_without_length_colours_a_pixel() -> None:
    """A result of a single time has no step."""
    painted = panel(-0.5, 0.5, 4, 5, 15, 1).paint(seen([[True]]), np.array([[7.0]]))
    np.testing.assert_array_equal(painted, [[np.nan, np.nan, 7, np.nan]])


def test_what_is_not_seen_has_no_colour() -> None:
    """NaN beside a value leaves it, and alone stays."""
    values = np.where(CELLS % 2 == 0, CELLS, np.nan)
    painted = panel(0, 1.5, 6, 5, 65, 6).paint(SIGHTING, values)
    np.testing.assert_array_equal(painted, values.T)


@pytest.mark.parametrize(("log", "middle"), [(True, 10.0), (False, 50.5)])
def test_a_panel_is_divided_as_it_is_scaled(*, log: bool, middle: float) -> None:
    """Into 1200 columns and 500 rows."""
    raster = Raster.over((10.0, 12.0), (1.0, 100.0), log=log)
    assert (raster.time.size, raster.frequency.size) == (1201, 501)
    assert raster.time[[0, 600, -1]] == pytest.approx([10, 11, 12])
    assert raster.frequency[[0, 250, -1]] == pytest.approx([1, middle, 100])


@pytest.mark.parametrize(
    ("frequency", "bounds"),
    [([10.0], [1, 100]), ([10.0, 20.0], [5, 15, 25]), ([10.0, 20.0, 40.0], [5, 15, 30, 50])],
)
def test_channels_meet_in_the_middle(frequency: list[float], bounds: list[float]) -> None:
    """The outer ones go as far beyond; a single one fills the panel."""
    assert channel_bounds(np.array(frequency), np.array([1.0, 50.0, 100.0])).tolist() == bounds
