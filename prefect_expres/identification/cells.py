"""An observation as cells of time and frequency, each with a score that says how bright it is.

A score is the rank of a cell among those of its channel, put as the value that a normal
distribution has at this rank. So noise has the same scores whatever the instrument, its units, and
whether they are linear or decibels; and a single cell cannot count for many, however bright it is.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.errors import ObservationError
from prefect_expres.identification.interference import without_interference
from prefect_expres.identification.medians import Values, median_of
from prefect_expres.observations.averaging import block_means

MOST_CHANNELS = 200
"""Neighbouring channels are averaged until no more are left; arcs are wider than that."""

LONGEST = np.timedelta64(31, "D")
"""Longest observation whose cells fit into memory beside those of the simulations."""

_PART, _PARTS = np.timedelta64(10, "m"), 19
"""The background of a channel is a running median over three hours, in parts of ten minutes; no arc
is in one channel for half of it."""

_PASSES = 2
"""What a running median leaves of a curved background, it takes away the next time."""

_FEWEST = 20
"""Fewest cells of a channel whose ranks say anything."""

_PROBABILITIES = (np.arange(4096) + 0.5) / 4096
_NORMAL = np.array([NormalDist().inv_cdf(each) for each in _PROBABILITIES])


@dataclass(frozen=True, eq=False)
class Cells:
    """An observation on an even grid, which goes on beyond its ends without data.

    Attributes:
        start: When the first step begins, UTC.
        step: How long a step lasts.
        frequency: Shape (channel,), MHz, rising.
        scores: Shape (channel, step); NaN where nothing was observed, or was rejected.
    """

    start: np.datetime64
    step: np.timedelta64
    frequency: Values
    scores: Values

    @property
    def centres(self) -> NDArray[np.datetime64]:
        """The middle of each step, UTC."""
        return self.start + self.step * np.arange(self.scores.shape[1]) + self.step // 2


def cells_of(
    observation: xr.Dataset, origin: np.datetime64, step: np.timedelta64, margin: np.timedelta64
) -> Cells:
    """Average an observation over the steps of simulations, and score it.

    Args:
        observation: From `prefect_expres.observations.open_observation`.
        origin: When a step of the simulations begins.
        step: How long their steps last. If those of the observation are longer, as many are taken
            together.
        margin: How far the grid goes on beyond the observation.

    Raises:
        ObservationError: It has too few times.
    """
    time = observation["time"].values.astype("datetime64[ns]")
    if time.size < _FEWEST:
        raise ObservationError(
            f"The observation has {time.size} times; {_FEWEST} are needed to tell emission from "
            "the background"
        )
    step = step * max(1, int(np.ceil(np.median(np.diff(time)) / step - 0.01)))
    places = (time - origin) // step
    steps = np.flatnonzero(np.diff(places, prepend=places[0] - 1))
    channels = _channels(observation)
    flux = observation["flux"].transpose("time", "frequency").values
    means = np.full((channels.size, int(places[-1] - places[0]) + 1), np.nan)
    means[:, places[steps] - places[0]] = block_means(flux, steps, channels).T
    for _ in range(_PASSES):
        means -= _background(means, max(1, round(_PART / step)))
    frequency = observation["frequency"].values.astype(float)
    around = int(np.ceil(margin / step))
    return Cells(
        start=origin + (int(places[0]) - around) * step,
        step=step,
        frequency=np.add.reduceat(frequency, channels) / np.diff(channels, append=frequency.size),
        scores=np.pad(
            without_interference(_ranked(means)),
            [(0, 0), (around, around)],
            constant_values=np.nan,
        ),
    )


def _channels(observation: xr.Dataset) -> NDArray[Any]:
    """Give the first of the frequencies that are taken together as a channel, for each of them."""
    count = observation.sizes["frequency"]
    return np.arange(0, count, -(-count // MOST_CHANNELS))


def _background(values: Values, length: int) -> Values:
    """Give a running median of each channel; beyond its ends a channel goes on as it is within.

    Args:
        values: Shape (channel, step).
        length: How many steps a part has.
    """
    steps = np.arange(values.shape[1])
    parts = np.array_split(steps, max(steps.size // length, 1))
    medians = np.stack([median_of(values[:, part]) for part in parts], axis=1)
    middles = np.array([part.mean() for part in parts])
    background = np.full_like(values, np.nan)
    for channel, row in enumerate(medians):
        if (known := np.isfinite(row)).any():
            whole = np.interp(middles, middles[known], row[known])
            turned = np.pad(whole, _PARTS // 2, mode="reflect", reflect_type="odd")
            windows = np.lib.stride_tricks.sliding_window_view(turned, _PARTS)
            background[channel] = np.interp(steps, middles, np.median(windows, axis=1))
    return background


def _ranked(values: Values) -> Values:
    """Replace the values of each channel by the scores of their ranks; equal ones have the same."""
    scores = np.full_like(values, np.nan)
    for channel, row in enumerate(values):
        valid = np.isfinite(row)
        ordered = np.sort(row[valid])
        if ordered.size >= _FEWEST:
            below, within = (
                np.searchsorted(ordered, row[valid], side=side) for side in ("left", "right")
            )
            ranks = (below + within) / (2 * ordered.size)
            scores[channel, valid] = np.interp(ranks, _PROBABILITIES, _NORMAL)
    return scores
