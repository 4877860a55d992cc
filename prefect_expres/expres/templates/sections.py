"""Sections of configurations that templates share: bodies, plasma and sources."""

from prefect_expres.expres.templates.template import Choices, Content

JUPITER_KM = 71492.0
AURORA_KM = 650.0


def jupiter(field: str) -> Content:
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
        **circle(0, 0),
        "DENS": [
            density("Body1_density1", "Ionospheric", 350000.0, 0.0223801, 0.012465),
            density("Body1_density2", "Torus", 2000.0, 1, 5.91),
        ],
    }


def circle(radius: float, phase: float) -> Content:
    """Describe a circular orbit in the equator.

    Args:
        radius: In radii of the planet.
        phase: East longitude at the start, degrees.
    """
    return {
        "SEMI_MAJ": radius,
        "SEMI_MIN": radius,
        "DECLINATION": 0,
        "APO_LONG": 0,
        "INCLINATION": 0,
        "PHASE": phase,
    }


def density(
    name: str, kind: str = "Ionospheric", rho0: float = 0, scale: float = 0, perp: float = 0
) -> Content:
    """Describe a plasma model, which is off if its density is 0."""
    values = {"RHO0": rho0, "SCALE": scale, "PERP": perp}
    return {"ON": rho0 > 0, "NAME": name, "TYPE": kind, **values}


def moon_source(number: int, moon: str, choices: Choices, *, north: bool) -> Content:
    """Describe the source of a moon at Jupiter: the loss cone of Alfvénic electrons, 1° wide."""
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
        "LAG_MODEL": choices.lag_model,
        "ACCEL": choices.energy,
        "TEMP": 0,
        "TEMPH": 0,
        "REFRACTION": False,
    }
