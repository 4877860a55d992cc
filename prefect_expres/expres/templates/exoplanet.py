"""Emission of a star that its close planet induces, as Io does at Jupiter.

The system is that of tau Boötis: the orbit of its planet, and electrons as in the simulations of
Chebly et al. Their field is in files of their own; here it is a dipole, which a preview can trace.
"""

from functools import partial

from prefect_expres.expres.templates.sections import (
    central_body,
    circle,
    density,
    moon_sources,
    moving_body,
)
from prefect_expres.expres.templates.template import Choices, Content, FarAway, Template
from prefect_expres.expres.vocabulary import fields_of

_STAR, _PLANET = "Tau-Boo", "Tau-Boo-b"
_DIPOLE = "TDS_axi"
_ROTATION_MIN = 4770.0
_ORBIT_RADII = 7.4
_ORBIT_AT_SURFACE_MIN = 237.0
"""With it the planet comes round in 3.31 days."""
_PLANET_SIZE = {"RADIUS": 0.084, "PERIOD": 4770.0, "ORB_PER": 130.0}


def _bodies(choices: Choices) -> list[Content]:
    shape = {
        "RADIUS": 1,
        "PERIOD": _ROTATION_MIN,
        "FLAT": 0.0,
        "ORB_PER": _ORBIT_AT_SURFACE_MIN,
    }
    plasma = [
        density("Body1_density1", "Stellar", 1000.0, 1, 1),
        density("Body1_density2"),
    ]
    orbit = circle(_ORBIT_RADII, choices.phases.get(_PLANET, 0.0))
    return [
        central_body(_STAR, choices.field, shape, plasma),
        moving_body(_PLANET, _STAR, _PLANET_SIZE, orbit),
    ]


EXOPLANET = Template(
    summary=f"Emission of the star {_STAR} that its planet induces",
    paper="Chebly et al. 2026, A&A 705, A149",
    planet=_STAR,
    fields=(_DIPOLE, *(field for field in fields_of(_STAR) if field != _DIPOLE)),
    lag_models=(),
    bodies=_bodies,
    sources=partial(moon_sources, _PLANET, _STAR, 0.0),
    moon=_PLANET,
    energy=20,
    seen_from=FarAway(distance=1e6, latitude=45.0),
)
