"""How far the active field line leads the moon's, by the law that ExPRES takes."""

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats
from prefect_expres.expres.lead_angle import LAWS, TABULATED, lead_angle

NO_LAW = (None, "", "off")
DEFAULT_LAW = "hess2011"
EXACT_LAW = "hue2023"


def lead(law: str, moon: str, longitude: Floats, *, south: bool) -> Floats:
    """Compute the lead angle as ExPRES chooses it.

    Io has every law, in any case of letters. Europa and Ganymede have ``hue2023``, in lower case,
    and ``hess2011`` under every other name. For all others the lead is zero.

    Args:
        law: The law's name in the configuration.
        moon: The moon's name; that of the planet for an auroral source.
        longitude: West longitude of the moon, degrees, any shape.
        south: Whether the source is in the southern hemisphere.

    Returns:
        The lead angle in degrees, same shape; the active line is at ``longitude`` minus it.

    Raises:
        EngineError: Io has no such law; ExPRES stops.
    """
    if moon == "Io":
        known = (*LAWS, *TABULATED)
        if law.lower() not in known:
            msg = f"SOURCE.LAG_MODEL: {law!r}: there is no such law; choose {', '.join(known)}"
            raise EngineError(msg)
        return lead_angle(law.lower(), moon, longitude, south=south)
    taken = law if law == EXACT_LAW else DEFAULT_LAW
    if moon not in LAWS[taken]:
        return np.zeros_like(longitude)
    return lead_angle(taken, moon, longitude, south=south)
