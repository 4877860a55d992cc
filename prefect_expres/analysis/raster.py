"""Cells of time and frequency as pixels of a picture, in which none of them is lost.

A cell that is smaller than a pixel vanishes where pixels are coloured by what lies in their middle.
Here it colours every pixel that it touches.
"""

from dataclasses import dataclass
from typing import Self

import matplotlib.dates as mdates
import numpy as np
from numpy.typing import NDArray

from prefect_expres.analysis.visibility import Sighting

COLUMNS, ROWS = 1200, 500
"""A little fewer than a panel has pixels."""

Numbers = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Raster:
    """The pixels of a panel.

    Attributes:
        time: Bounds of the columns, as matplotlib counts days.
        frequency: Bounds of the rows, MHz.
    """

    time: Numbers
    frequency: Numbers

    @classmethod
    def over(cls, time: tuple[float, float], frequency: tuple[float, float], *, log: bool) -> Self:
        """Divide the axes of a panel evenly, the frequency as it is scaled."""
        spaced = np.geomspace if log else np.linspace
        return cls(np.linspace(*time, COLUMNS + 1), spaced(*frequency, ROWS + 1))

    def paint(self, sighting: Sighting, values: Numbers) -> Numbers:
        """Colour the pixels that cells touch.

        Args:
            sighting: Gives the times and frequencies of the cells.
            values: Shape (time, frequency), NaN where nothing is seen.

        Returns:
            Shape (rows, columns): of several cells in a pixel the largest value, NaN without any.
        """
        start = mdates.date2num(sighting.time)
        column, width = _touched(self.time, start, start + sighting.steps / np.timedelta64(1, "D"))
        bounds = channel_bounds(sighting.frequency, self.frequency)
        row, height = _touched(self.frequency, bounds[:-1], bounds[1:])
        columns = _spread(values, column, width, self.time.size - 1)
        return _spread(columns.T, row, height, self.frequency.size - 1)


def _spread(
    values: Numbers, first: NDArray[np.intp], count: NDArray[np.intp], size: int
) -> Numbers:
    """Spread each row of values over as many rows as it touches, from the first one on."""
    spread = np.full((size, values.shape[1]), np.nan)
    row, column = np.nonzero(~np.isnan(values))
    for beyond in range(count[row].max(initial=0)):
        touched = count[row] > beyond
        r, c = row[touched], column[touched]
        np.fmax.at(spread, (first[r] + beyond, c), values[r, c])
    return spread


def _touched(
    bounds: Numbers, low: Numbers, high: Numbers
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the first pixel that each cell touches, and how many it touches within the panel."""
    first = np.clip(np.searchsorted(bounds, low, "right") - 1, 0, bounds.size - 2)
    last = np.clip(np.searchsorted(bounds, high, "left"), 1, bounds.size - 1)
    outside = (high <= bounds[0]) | (low >= bounds[-1])
    return first, np.where(outside, 0, np.maximum(last - first, 1))


def channel_bounds(frequency: Numbers, panel: Numbers) -> Numbers:
    """Give the bounds of channels: the middles between them, and as far beyond the outer ones."""
    if frequency.size == 1:
        return np.array([panel[0], panel[-1]])
    middles = (frequency[1:] + frequency[:-1]) / 2
    return np.concatenate(
        [[2 * frequency[0] - middles[0]], middles, [2 * frequency[-1] - middles[-1]]]
    )
