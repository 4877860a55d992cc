"""Simulated arcs as templates on the cells of an observation, and how bright those are in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prefect_expres.analysis.arcs import Arc
from prefect_expres.identification.cells import Cells
from prefect_expres.identification.medians import Values

_FEWEST = 10
"""Fewest observed cells from which a brightness is taken."""

_SHARE = 0.3
"""Smallest part of a template that must be observed."""

_RUNS = 128

Indices = NDArray[np.int64]
Points = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Template:
    """The cells of an arc: in each channel it is there for runs of steps.

    Attributes:
        channels: The channel of each run.
        starts: Its first step.
        ends: The step after its last one.
    """

    channels: Indices
    starts: Indices
    ends: Indices

    @property
    def size(self) -> int:
        """How many cells it has."""
        return int((self.ends - self.starts).sum())

    def mask(self, cells: Cells, shift: int, around: int = 0) -> NDArray[np.bool_]:
        """Mark its cells on the grid.

        Args:
            cells: The grid.
            shift: By how many steps the template is moved to later times.
            around: How many steps before and after each run are marked, too.
        """
        edges = np.zeros((cells.scores.shape[0], cells.scores.shape[1] + 1), dtype=np.int64)
        last = cells.scores.shape[1]
        for places, sign in ((self.starts - around, 1), (self.ends + around, -1)):
            np.add.at(edges, (self.channels, np.clip(places + shift, 0, last)), sign)
        return edges.cumsum(axis=1)[:, :-1] > 0


def template_of(arc: Arc, cells: Cells) -> Template:
    """Put an arc on the grid of an observation; what lies beyond the grid is left out."""
    sighting = arc.sighting
    steps, times = _within(sighting.time, sighting.time + sighting.steps, cells.centres)
    edges = _edges(sighting.frequency.astype(float))
    channels, places = _within(edges[:-1], edges[1:], cells.frequency)
    inside = (times >= arc.steps.start) & (times < arc.steps.stop)
    mask = np.zeros((cells.scores.shape[0], cells.scores.shape[1] + 2), dtype=np.int8)
    seen = sighting.visible[np.ix_(times[inside], places)].T
    mask[np.ix_(channels, steps[inside] + 1)] = seen
    changes = np.diff(mask)
    channel, starts = np.nonzero(changes == 1)
    return Template(channel, starts, np.nonzero(changes == -1)[1])


def _within(starts: Points, ends: Points, values: Points) -> tuple[Indices, Indices]:
    """Find the interval of each value: the indices of values that have one, and of those."""
    places = np.searchsorted(starts, values, side="right") - 1
    inside = np.flatnonzero((places >= 0) & (values < ends[np.maximum(places, 0)]))
    return inside, places[inside]


def _edges(frequency: Values) -> Values:
    """Give where the channels of a simulation meet, and where the first and the last end."""
    if frequency.size == 1:
        return np.array([0.0, np.inf])
    middles = (frequency[1:] + frequency[:-1]) / 2
    first, last = frequency[0] - middles[0], frequency[-1] - middles[-1]
    return np.concatenate([[frequency[0] + first], middles, [frequency[-1] + last]])


def observed_part(arc: Arc, cells: Cells) -> float:
    """Give the part of an arc, from 0 to 1, that was observed where and when it is predicted."""
    sighting = arc.sighting
    starts = cells.start + cells.step * np.arange(cells.scores.shape[1])
    middles = arc.time + sighting.steps[arc.steps] // 2
    times, steps = _within(starts, starts + cells.step, middles)
    edges = _edges(cells.frequency)
    places, channels = _within(edges[:-1], edges[1:], sighting.frequency.astype(float))
    valid = np.isfinite(cells.scores[np.ix_(channels, steps)]).T
    return float((arc.visible[np.ix_(times, places)] & valid).sum() / arc.visible.sum())


class Brightness:
    """How bright the cells of templates are, for all shifts in time at once.

    The sum of n scores of noise has the standard deviation √n: brightness is the sum over that, so
    that its square, halved, is the logarithm of the likelihood ratio of emission of one brightness
    in these cells to none.

    Args:
        cells: The observation.
    """

    def __init__(self, cells: Cells) -> None:
        self._channels, self._steps = cells.scores.shape
        valid = np.isfinite(cells.scores)
        self._sums, self._counts = (
            self._windows(each) for each in (np.where(valid, cells.scores, 0), valid)
        )

    def _windows(self, values: Values) -> Values:
        """Sum from the first step on, round the circle twice; then see it from every step on."""
        twice = np.tile(values, 2).cumsum(axis=1, dtype=float)
        sums = np.pad(twice, [(0, 0), (1, 0)])
        return np.lib.stride_tricks.sliding_window_view(sums, self._steps, axis=1)

    def of(self, template: Template) -> Values:
        """Give the brightness for each shift to later times, round the circle; 0 if not observed.

        Returns:
            Shape (step,).
        """
        totals, counts = (self._over(windows, template) for windows in (self._sums, self._counts))
        enough = counts >= max(_FEWEST, _SHARE * template.size)
        return np.where(enough, totals / np.sqrt(np.maximum(counts, 1)), 0.0)

    def _over(self, windows: Values, template: Template) -> Values:
        """Sum over the cells of a template, some runs at a time."""
        total = np.zeros(self._steps)
        for first in range(0, template.channels.size, _RUNS):
            part = slice(first, first + _RUNS)
            channels = template.channels[part]
            total += windows[channels, template.ends[part]].sum(axis=0)
            total -= windows[channels, template.starts[part]].sum(axis=0)
        return total

    def by_channel(self, template: Template, shift: int) -> Values:
        """Give the logarithm of the likelihood ratio of each channel; they add up to the whole."""
        place = shift % self._steps
        totals, counts = (
            np.bincount(
                template.channels,
                windows[template.channels, template.ends, place]
                - windows[template.channels, template.starts, place],
                minlength=self._channels,
            )
            for windows in (self._sums, self._counts)
        )
        level = totals.sum() / max(counts.sum(), 1)
        return np.asarray(level * totals - level**2 / 2 * counts)
