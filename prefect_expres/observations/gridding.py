"""Put spectra whose frequencies change from sweep to sweep on one grid.

Some receivers have several lists of frequencies, others hop from one to another.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from prefect_expres.errors import ObservationError
from prefect_expres.observations.spectrum import Spectrum

_MOST = 10_000
"""Most frequencies of a grid: more are no lists that a receiver has."""


def on_one_grid(spectrum: Spectrum, sweeps: NDArray[np.intp] | None = None) -> Spectrum:
    """Put values on the grid of all frequencies, NaN where there are none.

    Args:
        spectrum: Its ``frequency`` has the shape of its flux.
        sweeps: Which sweep each row of it belongs to, rising from 0; by default each is one. A
            sweep has the time of its first row.

    Raises:
        ObservationError: There are too many frequencies.
    """
    frequency, channel = np.unique(spectrum.frequency, return_inverse=True)
    if frequency.size > _MOST:
        raise ObservationError(
            f"it has {frequency.size} different frequencies, which is no list of channels"
        )
    sweep = np.arange(spectrum.time.size) if sweeps is None else sweeps
    rows = np.broadcast_to(sweep[:, None], spectrum.frequency.shape)
    _, starts = np.unique(sweep, return_index=True)

    def gridded(values: NDArray[np.float32]) -> NDArray[np.float32]:
        grid = np.full((starts.size, frequency.size), np.nan, dtype=np.float32)
        known = np.isfinite(values)
        grid[rows[known], channel[known]] = values[known]
        return grid

    polarization = spectrum.polarization
    return replace(
        spectrum,
        time=spectrum.time[starts],
        frequency=frequency,
        flux=gridded(spectrum.flux),
        polarization=None if polarization is None else gridded(polarization),
    )


def sweeps_of(frequencies: Iterable[float]) -> NDArray[np.intp]:
    """Number the sweep that each sample belongs to: one ends where a frequency comes again."""
    number, seen, numbers = 0, set[float](), []
    for frequency in frequencies:
        if frequency in seen:
            number += 1
            seen.clear()
        seen.add(frequency)
        numbers.append(number)
    return np.asarray(numbers, dtype=np.intp)
