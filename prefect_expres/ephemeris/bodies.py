"""NAIF numbers of the bodies, and the shape and rotation of Jupiter."""

import math

from prefect_expres.errors import EphemerisError

LIGHT_KM_S = 299_792.458
AU_KM = 149_597_870.7

JUPITER = 599
JUPITER_BARYCENTER = 5
EQUATOR_KM, POLE_KM = 71_492.0, 66_854.0
"""Radii of Jupiter's 1 bar level (IAU 2015, Archinal et al. 2018)."""
SYSTEM_III_DEG_DAY = 870.536
"""Rotation rate of System III (IAU 2015)."""
ROTATION_DEG_S = SYSTEM_III_DEG_DAY / 86_400.0

_NAIF_IDS = {
    "sun": 10,
    "earth": 399,
    "io": 501,
    "europa": 502,
    "ganymede": 503,
    "callisto": 504,
    "juice": -28,
    "voyager1": -31,
    "voyager2": -32,
    "ulysses": -55,
    "juno": -61,
    "galileo": -77,
    "cassini": -82,
    "newhorizons": -98,
    "europaclipper": -159,
}


def naif_id(observer: str) -> int:
    """Give the NAIF number of an observer's name; a number is taken as it is.

    Raises:
        EphemerisError: The name is not known here.
    """
    word = observer.strip().lower()
    if word.removeprefix("-").isdecimal():
        return int(word)
    try:
        return _NAIF_IDS[word.replace(" ", "").replace("_", "").replace("-", "")]
    except KeyError:
        msg = (
            f"The observer {observer[:40]!r} has no NAIF number here; give the number itself, "
            "as '-61' for Juno"
        )
        raise EphemerisError(msg) from None


def is_same_observer(one: str, other: str) -> bool:
    """Say whether two names mean the same observer, one of them perhaps by its NAIF number."""
    try:
        return naif_id(one) == naif_id(other)
    except EphemerisError:
        return one.casefold() == other.casefold()


def planetocentric(planetodetic: float) -> float:
    """Convert a planetodetic latitude on Jupiter's ellipsoid into a planetocentric one, degrees.

    The direction from the centre to a point of an ellipsoid of revolution has
    tan φc = (b/a)² tan φd, where φd is the direction of the normal there.
    """
    flat = (POLE_KM / EQUATOR_KM) ** 2
    normal = math.radians(planetodetic)
    return math.degrees(math.atan2(flat * math.sin(normal), math.cos(normal)))
