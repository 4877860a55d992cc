"""Which variables of a file are the flux and its polarization."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prefect_expres.errors import ObservationError
from prefect_expres.observations.spectrum import Scale, blocks

_PAIRS = (("RR", "LL"), ("R", "L"), ("RH", "LH"), ("RCP", "LCP"))
"""Right-hand and left-hand flux."""

_FLUXES = (
    "flux",
    "Data",  # Juno/Waves
    "INTENSITY",  # Juno/Waves, exported by maser-data
    "FLUX_DENSITY",  # Wind/Waves RAD1, level 3, AKR
    "STOKES_I",  # Wind/Waves RAD1, level 3, direction finding
    "s",  # Cassini/RPWS/HFR, level 3
    "autoX",  # Cassini/RPWS/HFR, level 2
    "Flux Density",  # e-CALLISTO, exported by maser-data
)
"""Names of the flux, in the order in which they are looked for."""

_DEGREES = ("polarization", "v", "STOKES_V")
"""Names of a degree of circular polarization."""


@dataclass(frozen=True)
class Choice:
    """What is to be read.

    Attributes:
        flux: The variables whose sum is the flux: one, or the right-hand and the left-hand one.
        polarization: The variable with the degree of polarization, if the file has it.
    """

    flux: tuple[str, ...]
    polarization: str | None = None


def choose(names: Collection[str], variable: str | None) -> Choice:
    """Choose among variables that span time and frequency.

    Args:
        names: Their names.
        variable: What the user asks for, if anything.

    Raises:
        ObservationError: None is known, or the one that is asked for is not there.
    """
    known = {name.lower(): name for name in names}
    listed = ", ".join(sorted(names))
    if variable is not None:
        if variable.lower() not in known:
            raise ObservationError(f"it has no variable {variable}, but {listed or 'none'}")
        return Choice((known[variable.lower()],), _degree(known))
    for pair in _PAIRS:
        if all(each.lower() in known for each in pair):
            return Choice(tuple(known[each.lower()] for each in pair))
    for name in _FLUXES:
        if name.lower() in known:
            return Choice((known[name.lower()],), _degree(known))
    if len(names) == 1:
        return Choice(tuple(names))
    if not names:
        raise ObservationError("no variable spans time and frequency")
    raise ObservationError(
        f"several of its variables could be the flux: give variable=… (on the command line "
        f"--variable …), one of {listed}"
    )


def _degree(known: dict[str, str]) -> str | None:
    return next((known[each.lower()] for each in _DEGREES if each.lower() in known), None)


def combined(
    right: NDArray[np.float32], left: NDArray[np.float32], *, scale: Scale
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Make flux and polarization of both circular polarizations, in the place of the two arrays.

    Args:
        right: Right-hand flux, shape (time, frequency).
        left: Left-hand flux.
        scale: How both are scaled.

    Returns:
        The sum, scaled likewise, and the degree of polarization.
    """
    for rows in blocks(right.shape):
        pair = right[rows], left[rows]
        rh, lh = pair if scale == "linear" else (10 ** (each / 10) for each in pair)
        total = rh + lh
        with np.errstate(divide="ignore", invalid="ignore"):
            left[rows] = np.where(total > 0, (lh - rh) / total, np.nan)
            right[rows] = total if scale == "linear" else 10 * np.log10(total)
    return right, left
