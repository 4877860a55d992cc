"""Leave out what no planet makes: carriers in single channels, and bursts in single steps."""

import numpy as np
from numpy.typing import NDArray

from prefect_expres.identification.medians import Values, quantile_of, running_median

_FEWEST_CHANNELS = 8
"""With fewer, what fills the band for a moment may be an arc."""

_NEIGHBOURS = 2
"""Channels on each side with which a carrier is compared: arcs are wider than one."""

_SPIKE, _OFTEN = 2.5, 0.05
"""A cell so much above its neighbours is a spike; noise makes one in a hundred of them. A channel
of which a larger part than that are spikes holds a carrier."""

_STEPS = 11
_FAINT = 0.1
_BURST = 1.0
"""A burst lifts the faintest tenth of the band, too, so much above that of the steps around it."""


def without_interference(scores: Values) -> Values:
    """Reject channels with carriers, and steps with bursts.

    A carrier that is always there is no interference: the ranks within a channel do not see it.

    Args:
        scores: Shape (channel, step), of cells.

    Returns:
        The same, NaN where it is rejected.
    """
    kept = scores.copy()
    if scores.shape[0] >= _FEWEST_CHANNELS:
        kept[_with_carriers(scores)] = np.nan
        kept[:, _with_bursts(kept)] = np.nan
    return kept


def _with_carriers(scores: Values) -> NDArray[np.bool_]:
    above = scores - _brighter_side(scores)
    spikes = (above > _SPIKE).sum(axis=1)
    return np.asarray(spikes > _OFTEN * np.maximum(np.isfinite(above).sum(axis=1), 1))


def _brighter_side(scores: Values) -> Values:
    """Give the mean of the neighbours on the side where they are brighter."""
    padded = np.pad(scores, [(_NEIGHBOURS, _NEIGHBOURS), (0, 0)], constant_values=np.nan)
    below, above = (
        sum(padded[first : first + scores.shape[0]] for first in places) / _NEIGHBOURS
        for places in (range(_NEIGHBOURS), range(_NEIGHBOURS + 1, 2 * _NEIGHBOURS + 1))
    )
    return np.asarray(np.fmax(below, above))


def _with_bursts(scores: Values) -> NDArray[np.bool_]:
    band = quantile_of(scores.T, _FAINT)
    return np.asarray(band - running_median(band, _STEPS) > _BURST)
