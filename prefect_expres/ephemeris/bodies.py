"""NAIF numbers of the bodies, and constants of nature."""

from prefect_expres.ephemeris.planets import PLANETS
from prefect_expres.errors import EphemerisError

LIGHT_KM_S = 299_792.458
AU_KM = 149_597_870.7

_NAIF_IDS = {
    "sun": 10,
    "moon": 301,
    "io": 501,
    "europa": 502,
    "ganymede": 503,
    "callisto": 504,
    "mimas": 601,
    "enceladus": 602,
    "tethys": 603,
    "dione": 604,
    "rhea": 605,
    "titan": 606,
    "hyperion": 607,
    "iapetus": 608,
    "ariel": 701,
    "umbriel": 702,
    "titania": 703,
    "oberon": 704,
    "miranda": 705,
    "triton": 801,
    "juice": -28,
    "voyager1": -31,
    "voyager2": -32,
    "ulysses": -55,
    "juno": -61,
    "galileo": -77,
    "cassini": -82,
    "newhorizons": -98,
    "bepicolombo": -121,
    "europaclipper": -159,
    "messenger": -236,
    **{planet.name.lower(): planet.naif_id for planet in PLANETS.values()},
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
