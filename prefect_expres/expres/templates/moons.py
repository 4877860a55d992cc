"""Emission that moons induce at Jupiter, as the MASER team simulates it for each day."""

from collections.abc import Mapping
from dataclasses import dataclass

from prefect_expres.expres.templates.sections import circle, density, jupiter, moon_source
from prefect_expres.expres.templates.template import Choices, Content, Template
from prefect_expres.expres.vocabulary import LEAD_LAWS, fields_of

_FIRST_FIELDS = ("JRM33", "JRM09+Connerney CS")
"""JRM33 with the current sheet of Connerney et al. 2020; JRM09 with that of 1981."""

_LAWS_OF_OTHERS = ("hess2011", "hue2023")
"""The laws that know other moons than Io."""


@dataclass(frozen=True)
class Moon:
    """A moon of Jupiter.

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


def moon_template(moon: str) -> Template:
    """Make the template of a moon: a source in each hemisphere, on the moon's field line."""

    def bodies(choices: Choices) -> list[Content]:
        return [jupiter(choices.field), _moon(moon, choices.phases.get(moon, 0.0))]

    def sources(choices: Choices) -> list[Content]:
        return [
            moon_source(number, moon, choices, north=north)
            for number, north in enumerate((True, False), 1)
        ]

    return Template(
        summary=f"Emission of Jupiter that {moon} induces",
        paper="Louis et al. 2019, A&A 627, A30",
        planet="Jupiter",
        fields=tuple(dict.fromkeys((*_FIRST_FIELDS, *fields_of("Jupiter")))),
        lag_models=LEAD_LAWS if moon == "Io" else _LAWS_OF_OTHERS,
        bodies=bodies,
        sources=sources,
    )


def _moon(name: str, phase: float) -> Content:
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
        **circle(moon.distance, phase),
        "DENS": [density(f"Body2_density{number}") for number in (1, 2)],
    }
