"""Configurations of routine simulations, as the MASER team runs them for each day.

One observer, one moon, one day: 1440 steps of a minute, 781 channels from 0.01 to 44 MHz, both
hemispheres, the loss cone of 3 keV electrons, 1 degree wide (Louis et al. 2019, A&A 627, A30).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from prefect_expres.errors import ConfigurationError
from prefect_expres.expres.configuration import CdfFlags, Configuration
from prefect_expres.expres.problem import choice
from prefect_expres.expres.result_name import output_name

Form = Literal["v11", "v01"]

_FIELDS: Mapping[Form, str] = {"v11": "JRM33", "v01": "JRM09+Connerney CS"}
"""v11: JRM33 with the current sheet of Connerney et al. 2020; v01: JRM09 with that of 1981."""

JUPITER_KM = 71492.0
AURORA_KM = 650.0
MINUTES = 1440


@dataclass(frozen=True)
class Moon:
    """A moon in the routine simulations.

    Args:
        radius: Radius, in Jovian radii.
        period: Sidereal period, minutes.
        orbit_at_surface: Period of an orbit at the moon's own radius, minutes.
        distance: Radius of its orbit, in Jovian radii.
    """

    radius: float
    period: float
    orbit_at_surface: float
    distance: float


MOONS: Mapping[str, Moon] = {
    "Io": Moon(0.026, 2547.36, 105.3, 5.91),
    "Europa": Moon(0.02183, 5113.7, 114.1, 9.387),
    "Ganymede": Moon(0.0368, 10302.56, 142.1, 14.972),
}
"""Io as in the team's own files. The others from JPL's mean radii, GM and mean orbits; their
distances give the right period with Jupiter's ORB_PER, and the shells 10 and 15."""


def routine(
    observer: str,
    moon: str,
    day: date,
    *,
    phase: float,
    ephemeris: str = "",
    form: Form = "v11",
    lag_model: str = "hess2011",
) -> Configuration:
    """Build the configuration of a routine simulation.

    Args:
        observer: The observer, for instance ``Earth``; ExPRES finds the positions of some itself.
        moon: ``Io``, ``Europa`` or ``Ganymede``.
        day: The day, UTC, which starts at midnight.
        phase: The moon's east longitude (System III) at the start less the light time, degrees.
        ephemeris: Name of the observer's ephemeris file, for any observer; it must have one row for
            each minute of the day.
        form: ``v11`` (JRM33) or ``v01`` (JRM09), after the versions of the team's data.
        lag_model: Law of the lead angle.

    Raises:
        ConfigurationError: The moon is unknown, or a rule is broken, as by an observer whose
            positions ExPRES does not find.
    """
    if moon not in MOONS:
        msg = f"There is no routine simulation of the moon {moon!r}; {choice(moon, list(MOONS))}"
        raise ConfigurationError(msg)
    bodies = [_jupiter(_FIELDS[form]), _moon(moon, phase)]
    sources = [_source(1, moon, lag_model, north=True), _source(2, moon, lag_model, north=False)]
    content = {
        "SIMU": {"NAME": f"{observer}-{moon}-{day:%Y%m%d}-{form}".lower(), "OUT": ""},
        "NUMBER": {"BODY": len(bodies), "DENSITY": 2, "SOURCE": len(sources)},
        # With an ephemeris ExPRES takes the times from it: the first row to the last.
        "TIME": {"MIN": 0, "MAX": MINUTES - 1 if ephemeris else MINUTES, "NBR": MINUTES},
        "FREQUENCY": {"TYPE": "Linear", "MIN": 0.01, "MAX": 44.0, "NBR": 781, "SC": ""},
        "OBSERVER": _observer(observer, day, ephemeris),
        "SPDYN": _spectra(),
        "MOVIE2D": {"ON": False, "SUBCYCLE": 1, "RANGE": 30},
        "MOVIE3D": _film(),
        "BODY": bodies,
        "SOURCE": sources,
    }
    return Configuration.from_mapping(content)


def routine_path(configuration: Configuration) -> str:
    """Give the path of a configuration in the team's tree: ``{observer}/{YYYY}/{MM}/{name}.json``.

    Its name is the name of the result, so that both files are side by side.

    Raises:
        ValueError: No source is active, or ``SCTIME`` gives no date.
    """
    day = configuration.observer.sctime
    folder = f"{configuration.observer.sc.lower()}/{day[:4]}/{day[4:6]}"
    return f"{folder}/{output_name(configuration)}.json"


def _observer(name: str, day: date, ephemeris: str) -> dict[str, Any]:
    position = dict.fromkeys(("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL"), "auto")
    orbit = dict.fromkeys(("SEMI_MAJ", "SEMI_MIN", "SUBL", "DECL", "PHASE", "INCL"), 0.0)
    return {
        "TYPE": "Pre-Defined",
        "EPHEM": ephemeris,
        **position,
        "PARENT": "Jupiter",
        "SC": name,
        "SCTIME": f"{day:%Y%m%d}0000",
        **orbit,
    }


def _spectra() -> dict[str, Any]:
    none = [False] * 5
    return {
        "INTENSITY": True,
        "POLAR": True,
        "FREQ": [True, *none[1:]],
        "LONG": none,
        "LAT": none,
        **{key: [0, 0] for key in ("DRANGE", "LGRANGE", "LARANGE", "LTRANGE")},
        "KHZ": False,
        "LOG": False,
        "PDF": False,
        "CDF": dict.fromkeys(map(str.upper, CdfFlags.model_fields), True),
        "INFOS": False,
    }


def _film() -> dict[str, Any]:
    space = {key: [-18, 18] for key in ("XRANGE", "YRANGE", "ZRANGE")}
    return {"ON": False, "SUBCYCLE": 5, **space, "OBS": True, "TRAJ": True}


def _jupiter(field: str) -> dict[str, Any]:
    """Describe Jupiter; its plasma is an ionosphere and the torus of Io."""
    return {
        "ON": True,
        "NAME": "Jupiter",
        "RADIUS": 1,
        "PERIOD": 595.5,
        "FLAT": 0.064935,
        "ORB_PER": 177.83,
        "INIT_AX": 0,
        "MAG": field,
        "MOTION": False,
        "PARENT": "",
        **_orbit(0, 0),
        "DENS": [
            _density("Body1_density1", "Ionospheric", 350000.0, 0.0223801, 0.012465),
            _density("Body1_density2", "Torus", 2000.0, 1, 5.91),
        ],
    }


def _moon(name: str, phase: float) -> dict[str, Any]:
    moon = MOONS[name]
    return {
        "ON": True,
        "NAME": name,
        "RADIUS": moon.radius,
        "PERIOD": moon.period,
        "FLAT": 0.0,
        "ORB_PER": moon.orbit_at_surface,
        "INIT_AX": 0,
        "MAG": "",
        "MOTION": True,
        "PARENT": "Jupiter",
        **_orbit(moon.distance, phase),
        "DENS": [_density(f"Body2_density{number}") for number in (1, 2)],
    }


def _orbit(radius: float, phase: float) -> dict[str, Any]:
    """Describe a circle in the equator."""
    return {
        "SEMI_MAJ": radius,
        "SEMI_MIN": radius,
        "DECLINATION": 0,
        "APO_LONG": 0,
        "INCLINATION": 0,
        "PHASE": phase,
    }


def _density(
    name: str, kind: str = "Ionospheric", rho0: float = 0, scale: float = 0, perp: float = 0
) -> dict[str, Any]:
    """Describe a plasma model, which is off if its density is 0."""
    values = {"RHO0": rho0, "SCALE": scale, "PERP": perp}
    return {"ON": rho0 > 0, "NAME": name, "TYPE": kind, **values}


def _source(number: int, moon: str, lag_model: str, *, north: bool) -> dict[str, Any]:
    return {
        "ON": True,
        "NAME": f"Source{number}",
        "PARENT": "Jupiter",
        "TYPE": "attached to a satellite",
        "LG_MIN": "auto",
        "LG_MAX": "auto",
        "LG_NBR": 1,
        "LAT": 0,
        "SUB": 0,
        "AURORA_ALT": AURORA_KM / JUPITER_KM,
        "SAT": moon,
        "NORTH": north,
        "SOUTH": not north,
        "WIDTH": 1,
        "CURRENT": "Transient (Alfvenic)",
        "CONSTANT": 0.0,
        "MODE": "RX",
        "LAG_MODEL": lag_model,
        "ACCEL": 3,
        "TEMP": 0,
        "TEMPH": 0,
        "REFRACTION": False,
    }
