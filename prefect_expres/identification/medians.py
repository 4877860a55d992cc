"""Medians and quantiles that leave out what is missing."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def quantile_of(values: Values, part: float) -> Values:
    """Give a quantile over the last axis; NaN where nothing is there.

    Args:
        values: Of any shape, NaN where they are missing.
        part: The part of them that is smaller.
    """
    ordered, count = np.sort(values, axis=-1), np.isfinite(values).sum(axis=-1)
    place = part * np.maximum(count - 1, 0)
    pair = [
        np.take_along_axis(ordered, each.astype(int)[..., None], axis=-1)[..., 0]
        for each in (np.floor(place), np.ceil(place))
    ]
    return np.where(count > 0, (pair[0] + pair[1]) / 2, np.nan)


def median_of(values: Values) -> Values:
    """Give the medians over the last axis; NaN where nothing is there."""
    return quantile_of(values, 0.5)


def running_median(values: Values, width: int) -> Values:
    """Give the medians over so many neighbours along the last axis; at its ends over fewer."""
    margin = [(0, 0)] * (values.ndim - 1) + [(width // 2, width // 2)]
    padded = np.pad(values, margin, constant_values=np.nan)
    return median_of(np.lib.stride_tricks.sliding_window_view(padded, width, axis=-1))
