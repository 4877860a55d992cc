"""The words that ExPRES 1.4 knows, and what its reader makes of each spelling.

Where ExPRES compares a word without its case, the table holds it in lower case and a function
reads it. What a word needs, or does otherwise than expected, is in the rules and warnings.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Beam(StrEnum):
    """How a source radiates, as the result's file name calls it."""

    LOSS_CONE = "lossc"
    CAVITY = "cavity"
    CONSTANT = "cst"
    SHELL = "shell"


BOUNDS = "+bornes"
"""Behind a current: two more sources, 10° beside the first."""

CURRENTS: Mapping[str, Beam] = {
    "Transient (Alfvenic)": Beam.LOSS_CONE,
    "Transient (Alfvénic)": Beam.LOSS_CONE,
    "Transient (Aflvenic)": Beam.LOSS_CONE,
    "Transient (Aflvénic)": Beam.LOSS_CONE,
    f"Transient (Aflvenic){BOUNDS}": Beam.LOSS_CONE,
    "Steady-State": Beam.CAVITY,
    "Constant": Beam.CONSTANT,
    "Shell": Beam.SHELL,
}
"""Spellings of ``SOURCE.CURRENT``, with their case."""

USUAL_CURRENTS = ("Transient (Alfvenic)", "Steady-State", "Constant", "Shell")


class Lines(StrEnum):
    """Which table of field lines a source is on: the end of its folder's name."""

    LATITUDE = "_lat"
    L_SHELL = "_lsh"
    M_SHELL = "_msh"


ON_A_MOON = "attached to a satellite"
AT_A_LATITUDE = "fixed in latitude"
SOURCE_TYPES = (ON_A_MOON, AT_A_LATITUDE, "L-shell", "M-shell")
"""Usual spellings of ``SOURCE.TYPE``. The first two count in this spelling only."""


def lines_of(source_type: str) -> Lines:
    """Say on which field lines ExPRES puts a source: any word that it does not know is M-shell."""
    if source_type == AT_A_LATITUDE:
        return Lines.LATITUDE
    shells = {ON_A_MOON: Lines.L_SHELL, "l-shell": Lines.L_SHELL}
    return shells.get(source_type.lower(), Lines.M_SHELL)


class Field(NamedTuple):
    """A magnetic field model whose lines the server has.

    Attributes:
        body: The body that it is a model of; empty for stars and exoplanets.
        mag: The usual spelling of ``BODY.MAG``.
    """

    body: str
    mag: str


SHEET = "Connerney CS"
"""Behind ``+`` or a space in ``BODY.MAG``: the current sheet, which the folder's name lacks."""

_WITH_SHEET = ("JRM09", "ISaAC", "O6", "VIP4", "VIPAL", "VIT4")

FIELDS: Mapping[str, Field] = {
    "JRM33": Field("Jupiter", "JRM33"),
    "JRM09_CS2020": Field("Jupiter", "JRM09_CS2020"),
    **{folder: Field("Jupiter", f"{folder}+{SHEET}") for folder in _WITH_SHEET},
    "SPV": Field("Saturn", "SPV"),
    "Z3": Field("Saturn", "Z3"),
    "AH5": Field("Uranus", "AH5"),
    "Q3": Field("Uranus", "Q3"),
    "A12": Field("Mercury", "A12"),
    "IGRF2000": Field("Earth", "IGRF2000"),
    **{
        folder: Field("", folder)
        for folder in (
            *("TDS", "TDS_axi", "Tau_Boo_ab_axi"),
            *(f"ADLeonis_{gauss}G" for gauss in (262, 300, 441, 460)),
            *("proxima_centauri", "proxima_centauri_axi"),
        )
    },
}
"""Magnetic field models by the folder of their lines. Nothing ties a model to a body's name."""


def field_folder(mag: str) -> str:
    """Give the folder that ExPRES reads for ``BODY.MAG``: a word it does not know is a folder."""
    name, _, sheet = mag.partition("+") if "+" in mag else mag.partition(" ")
    return name if sheet == SHEET and name in _WITH_SHEET else mag


def fields_of(body: str) -> tuple[str, ...]:
    """List the field models of a planet as ``BODY.MAG``; of another body, those of no planet."""
    own = tuple(field.mag for field in FIELDS.values() if field.body == body)
    return own or fields_of("")


TRACKS: Mapping[str, tuple[date, date]] = {
    "juno": (date(2016, 1, 1), date(2028, 9, 30)),
    "galileo": (date(1996, 8, 27), date(1996, 9, 16)),
}
"""First and last day of the tracks that the server has, in one file for each year."""

WEB_OBSERVERS = ("Cassini", "Earth", "Ganymede", "Juno", "Voyager1", "Voyager2")
"""Observers (``OBSERVER.SC``) that ExPRES asks the web for, in this spelling only."""

OBSERVERS = tuple(sorted({*WEB_OBSERVERS, *map(str.capitalize, TRACKS)}))
"""Observers whose positions ExPRES finds without an ephemeris file, in their usual spelling."""

LEADS = ("auto", "auto+3", "auto-3")
"""Automatic lead angles (``SOURCE.LG_MIN``): the law's, or 3° beside it."""

LEAD_LAWS = ("hess2011", "bonfond2009", "bonfond2017", "hinton2019", "hue2023", "bonfond2017_old")
"""Laws of Io's lead angle (``SOURCE.LAG_MODEL``), in any case; the first is what ``auto`` means."""

ONE_LAW_MOONS = ("Europa", "Ganymede")
"""Moons for which only ``hue2023``, in this spelling, is not the law of hess2011."""

LAW_MOONS = ("Io", *ONE_LAW_MOONS)
"""Moons that have laws, in this spelling; for all others the lead is 0."""

NO_LAW = ("", "off")
"""Values of ``SOURCE.LAG_MODEL`` that name no law, in this spelling."""

MODES = ("RX", "LO")
"""Modes of the waves (``SOURCE.MODE``), in any case; an empty text is the first."""

DENSITIES = ("Ionospheric", "Torus", "Disk", "Stellar")
"""Plasma models (``BODY.DENS.TYPE``), with their case."""

AUTO_DENSITY = "auto"
"""The plasma model that is in the files of a field 'auto'."""

KM_IN_A_RADIUS: Mapping[str, float] = {
    "Earth": 6378.137,
    "Mars": 3396.2,
    "Jupiter": 71492.0,
    "Saturn": 60268.0,
    "Uranus": 25559.0,
    "Neptune": 24764.0,
}
"""Bodies whose radius ExPRES knows: without one, it cannot use km of a file or light times."""

WEB_PLANETS = ("Jupiter", "Saturn", "Uranus")
"""Planets whose observers' positions ExPRES can take from the web."""

WEB_PARENTS = (*WEB_PLANETS, "Neptune")
"""Planets whose moons' phases ExPRES can take from the web."""
