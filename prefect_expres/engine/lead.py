"""How far the active field line leads the moon's, by the law that ExPRES takes."""

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats
from prefect_expres.expres.lead_angle import lead_angle
from prefect_expres.expres.vocabulary import LEAD_LAWS, ONE_LAW_MOONS

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
        if law.lower() not in LEAD_LAWS:
            known = ", ".join(LEAD_LAWS)
            msg = f"SOURCE.LAG_MODEL: {law!r}: there is no such law; choose {known}"
            raise EngineError(msg)
        return lead_angle(law.lower(), moon, longitude, south=south)
    if moon not in ONE_LAW_MOONS:
        return np.zeros_like(longitude)
    taken = law if law == EXACT_LAW else LEAD_LAWS[0]
    return lead_angle(taken, moon, longitude, south=south)
