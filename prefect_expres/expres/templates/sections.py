"""Sections of configurations that templates share: bodies, plasma and sources."""

from prefect_expres.expres.templates.template import Choices, Content

JUPITER_KM = 71492.0
AURORA_KM = 650.0


def jupiter(field: str) -> Content:
    """Describe Jupiter; its plasma is an ionosphere and the torus of Io."""
    shape = {"RADIUS": 1, "PERIOD": 595.5, "FLAT": 0.064935, "ORB_PER": 177.83}
    plasma = [
        density("Body1_density1", "Ionospheric", 350000.0, 0.0223801, 0.012465),
        density("Body1_density2", "Torus", 2000.0, 1, 5.91),
    ]
    return central_body("Jupiter", field, shape, plasma)


def central_body(name: str, field: str, shape: Content, plasma: list[Content]) -> Content:
    """Describe the body whose emission is seen.

    Args:
        name: Its name.
        field: Its magnetic field model.
        shape: Its RADIUS, PERIOD, FLAT and ORB_PER.
        plasma: What `density` gives.
    """
    return {
        "ON": True,
        "NAME": name,
        **shape,
        "INIT_AX": 0,
        "MAG": field,
        "MOTION": False,
        "PARENT": "",
        **circle(0, 0),
        "DENS": plasma,
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


def moving_body(name: str, planet: str, size: Content, orbit: Content) -> Content:
    """Describe a moon, or a planet of a star, without a field and plasma of its own.

    Args:
        name: Its name.
        planet: The body that it goes around.
        size: Its RADIUS, PERIOD and ORB_PER.
        orbit: What `circle` gives.
    """
    return {
        "ON": True,
        "NAME": name,
        **size,
        "FLAT": 0.0,
        "INIT_AX": 0,
        "MAG": "",
        "MOTION": True,
        "PARENT": planet,
        **orbit,
        "DENS": [density(f"Body2_density{number}") for number in (1, 2)],
    }


def moon_sources(moon: str, planet: str, altitude: float, choices: Choices) -> list[Content]:
    """Describe a source in each hemisphere, on the field line of a moon.

    It leads the moon by what a law says; without a law it is on the moon's own line.
    """
    place = {"TYPE": "attached to a satellite", "SAT": moon, "LAT": 0, "SUB": 0}
    lead = "auto" if choices.lag_model else 0
    longitudes = {"LG_MIN": lead, "LG_MAX": lead, "LG_NBR": 1}
    return _in_both_hemispheres({**place, **longitudes}, planet, altitude, choices)


def auroral_sources(
    kind: str, lat: float, count: int, planet: str, altitude: float, choices: Choices
) -> list[Content]:
    """Describe an oval in each hemisphere, which turns with the planet.

    Args:
        kind: ``SOURCE.TYPE``.
        lat: ``SOURCE.LAT``: the shell in radii, or the latitude in degrees.
        count: How many longitudes it has.
        planet: The central body.
        altitude: Of the aurora, in radii.
        choices: What is left open.
    """
    place = {"TYPE": kind, "SAT": "", "LAT": lat, "SUB": 0}
    longitudes = {"LG_MIN": 0, "LG_MAX": 360 - 360 // count, "LG_NBR": count}
    return _in_both_hemispheres({**place, **longitudes}, planet, altitude, choices)


def _in_both_hemispheres(
    place: Content, planet: str, altitude: float, choices: Choices
) -> list[Content]:
    """Describe sources of loss-cone emission of Alfvénic electrons, 1° wide."""
    return [
        {
            "ON": True,
            "NAME": f"Source{number}",
            "PARENT": planet,
            **place,
            "AURORA_ALT": altitude,
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
        for number, north in enumerate((True, False), 1)
    ]
