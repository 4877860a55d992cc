"""Emission that moons induce at Jupiter, as the MASER team simulates it for each day."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from prefect_expres.expres.templates.sections import (
    AURORA_KM,
    JUPITER_KM,
    circle,
    jupiter,
    moon_sources,
    moving_body,
)
from prefect_expres.expres.templates.template import Choices, Content, Template
from prefect_expres.expres.vocabulary import LEAD_LAWS, fields_of

JUPITER_FIELDS = tuple(dict.fromkeys(("JRM33", "JRM09+Connerney CS", *fields_of("Jupiter"))))
"""The usual ones first: JRM33 with the current sheet of Connerney et al. 2020; JRM09 with that of
1981."""

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
    "Callisto": Moon(0.03371, 24032.19, 146.3, 26.334),
}
"""Io as in the team's own files. The others from JPL's mean radii, GM and mean orbits; their
distances give the right period with Jupiter's ORB_PER, and the shells 10, 15 and 27."""

_PAPERS = {"Callisto": "Zarka et al. 2017, Planetary Radio Emissions VIII, arXiv:1709.04386"}
_LAWS = {"Io": LEAD_LAWS, "Callisto": ()}
"""ExPRES has no law for Callisto: its lead is 0."""


def moon_template(moon: str) -> Template:
    """Make the template of a moon: a source in each hemisphere, on the moon's field line."""
    facts = MOONS[moon]
    size = {"RADIUS": facts.radius, "PERIOD": facts.period, "ORB_PER": facts.orbit_at_surface}

    def bodies(choices: Choices) -> list[Content]:
        orbit = circle(facts.distance, choices.phases.get(moon, 0.0))
        return [jupiter(choices.field), moving_body(moon, "Jupiter", size, orbit)]

    return Template(
        summary=f"Emission of Jupiter that {moon} induces",
        paper=_PAPERS.get(moon, "Louis et al. 2019, A&A 627, A30"),
        planet="Jupiter",
        fields=JUPITER_FIELDS,
        lag_models=_LAWS.get(moon, _LAWS_OF_OTHERS),
        bodies=bodies,
        sources=partial(moon_sources, moon, "Jupiter", AURORA_KM / JUPITER_KM),
        moon=moon,
    )
