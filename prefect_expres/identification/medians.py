"""Medians that leave out what is missing."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]


def median_of(values: Values) -> Values:
    """Give the medians over the last axis; NaN where nothing is there."""
    ordered = np.sort(values, axis=-1)
    count = np.isfinite(values).sum(axis=-1)
    middles = [np.maximum((count - 1) // 2, 0), np.minimum(count // 2, values.shape[-1] - 1)]
    pair = [np.take_along_axis(ordered, each[..., None], axis=-1)[..., 0] for each in middles]
    return np.where(count > 0, (pair[0] + pair[1]) / 2, np.nan)


def running_median(values: Values, width: int) -> Values:
    """Give the medians over so many neighbours along the last axis; at its ends over fewer."""
    margin = [(0, 0)] * (values.ndim - 1) + [(width // 2, width // 2)]
    padded = np.pad(values, margin, constant_values=np.nan)
    return median_of(np.lib.stride_tricks.sliding_window_view(padded, width, axis=-1))
