"""Crossings of arcs with the channels and time steps of a spectrum, and offsets between them."""

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.floating]
Columns = NDArray[np.int64]


def crossings(visible: NDArray[np.bool_], position: Positions) -> tuple[Columns, Positions]:
    """Find the middle of every run of visible cells in every column.

    Args:
        visible: Shape (n, columns).
        position: Positions of the rows, shape (n,).

    Returns:
        The column and the position of each run.
    """
    edges = np.diff(np.pad(visible.T.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    column, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[1] - 1
    return column, np.asarray((position[first] + position[last]) / 2)


def nearest(axis: Positions, values: Positions) -> Columns:
    """Find for each value the nearest position on a rising axis; -1 beyond its ends.

    Args:
        axis: Shape (n,).
        values: Shape (m,).

    Returns:
        Shape (m,).
    """
    if axis.size < 2:  # noqa: PLR2004 - a single position has no step
        return np.where(values == axis[0], 0, -1)
    middles = (axis[1:] + axis[:-1]) / 2
    low, high = 2 * axis[0] - middles[0], 2 * axis[-1] - middles[-1]
    inside = (values >= low) & (values <= high)
    return np.where(inside, np.searchsorted(middles, values), -1)


def median_offset(
    ours: tuple[Columns, Positions],
    theirs: tuple[Columns, Positions],
    column: Columns,
    *,
    limit: float,
) -> float | None:
    """Give the median offset from our crossings to the nearest of theirs in the same column.

    Args:
        ours: From `crossings`.
        theirs: From `crossings`.
        column: For each of their columns the index of ours, or -1 for none.
        limit: Longest offset that counts.

    Returns:
        None if no crossing of theirs is within the limit.
    """
    their_column = column[theirs[0]]
    offsets = []
    for each in np.intersect1d(ours[0], their_column):
        offset = theirs[1][their_column == each] - ours[1][ours[0] == each][:, None]
        shortest = np.abs(offset).argmin(axis=1)
        offsets.append(offset[np.arange(len(offset)), shortest])
    near = np.concatenate([np.empty(0), *offsets])
    near = near[np.abs(near) <= limit]
    return float(np.median(near)) if near.size else None
