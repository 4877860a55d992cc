"""Average observations over blocks of cells: a day has more of them than a picture has pixels."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.observations.spectrum import blocks

_SHAPE = (2400, 1000)
"""Twice what a panel of a figure has."""


def averaged(observation: xr.Dataset, shape: tuple[int, int] = _SHAPE) -> xr.Dataset:
    """Average an observation over blocks of neighbouring times and frequencies.

    Values that are missing do not count; a block of them is missing. Values are averaged as they
    are scaled: decibels as decibels, which single interferences hardly change.

    Args:
        observation: From `open_observation`.
        shape: The most times and frequencies of the result.

    Returns:
        The same with fewer cells; each coordinate is the mean over its block. An observation that
        is small enough is given back as it is.
    """
    time, frequency = observation["time"], observation["frequency"]
    starts = [
        np.arange(0, size, -(-size // most))
        for size, most in zip((time.size, frequency.size), shape, strict=True)
    ]
    if (starts[0].size, starts[1].size) == (time.size, frequency.size):
        return observation
    since = time.values - time.values[0]
    return xr.Dataset(
        {
            name: (each.dims, block_means(each.values, *starts), each.attrs)
            for name, each in observation.items()
        },
        {
            "time": (
                "time",
                time.values[0] + _mean(since.astype(float), starts[0]).astype(since.dtype),
                time.attrs,
            ),
            "frequency": ("frequency", _mean(frequency.values, starts[1]), frequency.attrs),
        },
        observation.attrs,
    )


def _mean(values: NDArray[np.floating], starts: NDArray[np.intp]) -> NDArray[np.floating]:
    return np.add.reduceat(values, starts) / np.diff(starts, append=values.size)


def block_means(
    values: NDArray[np.float32], steps: NDArray[np.intp], channels: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Average over blocks that begin at these times and channels, some rows of blocks at a time.

    Values that are missing do not count; a block of them is missing.

    Args:
        values: Shape (time, frequency).
        steps: Index of the first time of each block.
        channels: Index of the first frequency of each block.
    """
    means = np.empty((steps.size, channels.size), dtype=np.float32)
    ends = np.append(steps[1:], values.shape[0])
    longest = int((ends - steps).max())
    for rows in blocks((steps.size, longest * values.shape[1])):
        first = steps[rows][0]
        part = values[first : ends[rows][-1]]
        valid = np.isfinite(part)
        sums, counts = (
            np.add.reduceat(
                np.add.reduceat(each, steps[rows] - first, axis=0, dtype=kind),
                channels,
                axis=1,
            )
            for each, kind in ((np.where(valid, part, 0), np.float64), (valid, np.int64))
        )
        with np.errstate(invalid="ignore"):
            means[rows] = sums / np.where(counts == 0, np.nan, counts)
    return means
