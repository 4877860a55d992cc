"""Where arcs cross the channels and the time steps of a spectrum, and how far they lie apart."""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.floating]
Columns = NDArray[np.int64]


def crossings(visible: NDArray[np.bool_], place: Places) -> tuple[Columns, Places]:
    """Find the middle of every run of visible cells in every column.

    Args:
        visible: Shape (n, columns).
        place: Where the rows are, shape (n,).

    Returns:
        The column and the place of each run.
    """
    edges = np.diff(np.pad(visible.T.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    column, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[1] - 1
    return column, np.asarray((place[first] + place[last]) / 2)


def nearest(axis: Places, values: Places) -> Columns:
    """Find for each value the nearest place on a rising axis; -1 beyond its ends.

    Args:
        axis: Shape (n,).
        values: Shape (m,).

    Returns:
        Shape (m,).
    """
    if axis.size < 2:  # noqa: PLR2004 - one place is all there is
        return np.where(values == axis[0], 0, -1)
    middles = (axis[1:] + axis[:-1]) / 2
    low, high = 2 * axis[0] - middles[0], 2 * axis[-1] - middles[-1]
    inside = (values >= low) & (values <= high)
    return np.where(inside, np.searchsorted(middles, values), -1)


def median_offset(
    ours: tuple[Columns, Places], theirs: tuple[Columns, Places], column: Columns, *, limit: float
) -> float | None:
    """Give the median way from each of our crossings to the nearest of theirs in the same column.

    Args:
        ours: From `crossings`.
        theirs: From `crossings`.
        column: Which of our columns is each of theirs; -1 for none.
        limit: The longest way.

    Returns:
        None if no crossing of theirs is within the limit.
    """
    their_column = column[theirs[0]]
    ways = []
    for each in np.intersect1d(ours[0], their_column):
        way = theirs[1][their_column == each] - ours[1][ours[0] == each][:, None]
        shortest = np.abs(way).argmin(axis=1)
        ways.append(way[np.arange(len(way)), shortest])
    near = np.concatenate([np.empty(0), *ways])
    near = near[np.abs(near) <= limit]
    return float(np.median(near)) if near.size else None
