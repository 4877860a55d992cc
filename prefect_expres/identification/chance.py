"""How often an observation without emission where it is predicted would show as much: by chance.

The times of the observation are shifted against the simulations, round the circle, by more than the
search allows. For each such shift the same search is made over all arcs of all candidates, and the
brightest of them is noted. So the rate of false alarms holds for the whole search, and for the
noise and the interference of this observation.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from prefect_expres.errors import ObservationError
from prefect_expres.identification.medians import Values

_FEWEST = 8
"""Fewest searches that must have room beside each other in the observation."""

LOWEST = 1e-6
_NARROWEST = 0.1

_QUARTILES = [-math.log(-math.log(part)) for part in (0.25, 0.75)]
_MEDIAN = -math.log(math.log(2))


@dataclass(frozen=True)
class Chance:
    """The distribution of the brightest arc of a search, by chance: that of Gumbel.

    It is taken from the quartiles of what was found, which other emission in the observation does
    not change as long as it is rare.

    Attributes:
        location: Its most frequent value.
        width: Its scale.
    """

    location: float
    width: float

    @classmethod
    def of(cls, brightest: Values, reach: int) -> Self:
        """Take it from the brightness of the brightest arc for all shifts, shape (step,).

        Args:
            brightest: Without what is thought to be emission.
            reach: How many steps the search goes to each side.

        Raises:
            ObservationError: The observation is too short for that.
        """
        width = 2 * reach + 1
        if brightest.size < _FEWEST * width:
            raise ObservationError(
                f"The observation is too short: it has {brightest.size - 2 * reach} steps, and "
                f"{_FEWEST * width - 2 * reach} are needed to tell how often chance would find as "
                "much; give a smaller max_shift (on the command line --max-shift)"
            )
        found = np.lib.stride_tricks.sliding_window_view(brightest, width).max(axis=1)
        # The real search covers the ends of the circle; the others have no step in common with it.
        others = found[reach + 1 : brightest.size - 3 * reach]
        low, middle, high = np.quantile(others, [0.25, 0.5, 0.75])
        scale = max((high - low) / (_QUARTILES[1] - _QUARTILES[0]), _NARROWEST)
        return cls(location=float(middle - scale * _MEDIAN), width=float(scale))

    def rate(self, brightness: float) -> float:
        """Give how often chance finds at least this brightness somewhere in the search.

        Rates below `LOWEST` are not told: no observation is long enough to know them.
        """
        if brightness <= 0:
            return 1.0
        return max(LOWEST, -math.expm1(-math.exp(-(brightness - self.location) / self.width)))
