"""Leave out what no planet makes: carriers in single channels, and bursts in single steps."""

import numpy as np
from numpy.typing import NDArray

from prefect_expres.identification.medians import Values, median_of, running_median

_NEIGHBOURS = 7
"""Channels, the one in question included, with which a carrier is compared: arcs are wider."""

_SPIKE, _OFTEN = 2.5, 0.05
"""A cell so much above its neighbours is a spike; noise makes one in a hundred of them. A channel
of which a larger part than that are spikes holds a carrier."""

_STEPS = 11
_BURST = 1.0
"""A burst lifts the middle of the whole band so much above that of the steps around it."""


def without_interference(scores: Values) -> Values:
    """Reject channels with carriers, and steps with bursts.

    A carrier that is always there is no interference: the ranks within a channel do not see it.

    Args:
        scores: Shape (channel, step), of cells.

    Returns:
        The same, NaN where it is rejected.
    """
    kept = scores.copy()
    if scores.shape[0] > _NEIGHBOURS:
        kept[_with_carriers(scores)] = np.nan
        kept[:, _with_bursts(kept)] = np.nan
    return kept


def _with_carriers(scores: Values) -> NDArray[np.bool_]:
    above = scores - running_median(scores.T, _NEIGHBOURS).T
    spikes = (above > _SPIKE).sum(axis=1)
    return np.asarray(spikes > _OFTEN * np.maximum(np.isfinite(above).sum(axis=1), 1))


def _with_bursts(scores: Values) -> NDArray[np.bool_]:
    band = median_of(scores.T)
    return np.asarray(band - running_median(band, _STEPS) > _BURST)
