"""The words that ExPRES 1.4 knows. Its code compares them with their case."""

from collections.abc import Mapping
from datetime import date

FIELDS: Mapping[str, tuple[str, ...]] = {
    "Mercury": ("A12",),
    "Earth": ("IGRF2000",),
    "Jupiter": (
        "JRM33",
        "JRM09_CS2020",
        "JRM09+Connerney CS",
        "ISaAC+Connerney CS",
        "O6+Connerney CS",
        "VIP4+Connerney CS",
        "VIPAL+Connerney CS",
        "VIT4+Connerney CS",
    ),
    "Saturn": ("SPV", "Z3"),
    "Uranus": ("AH5", "Q3"),
}
"""Magnetic field models (``BODY.MAG``) of the planets, for which the server has field lines."""

OTHER_FIELDS = (
    "TDS",
    "TDS_axi",
    "Tau_Boo_ab_axi",
    "ADLeonis_262G",
    "ADLeonis_300G",
    "ADLeonis_441G",
    "ADLeonis_460G",
    "proxima_centauri",
    "proxima_centauri_axi",
)
"""Magnetic field models of stars and exoplanets, whatever the body is called."""

OBSERVERS = ("Cassini", "Earth", "Galileo", "Ganymede", "Juno", "Voyager1", "Voyager2")
"""Observers (``OBSERVER.SC``) whose positions ExPRES finds without an ephemeris file."""

KEPT_TRACKS: Mapping[str, tuple[date, date]] = {
    "Juno": (date(2016, 1, 1), date(2028, 9, 30)),
    "Galileo": (date(1996, 8, 27), date(1996, 9, 16)),
}
"""First and last day of the tracks that the server has, in one file for each year."""

LEADS = ("auto", "auto+3", "auto-3")
"""Automatic lead angles (``SOURCE.LG_MIN``): the law's, or 3° beside it."""

LEAD_LAWS = ("hess2011", "bonfond2009", "bonfond2017", "hinton2019", "hue2023")
"""Laws of the lead angle (``SOURCE.LAG_MODEL``); the first is what ``auto`` means without one."""

NO_LAW = ("", "off")


def fields_of(body: str) -> tuple[str, ...]:
    """List the field models that a body may have."""
    return FIELDS.get(body, OTHER_FIELDS)
