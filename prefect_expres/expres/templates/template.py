"""What a kind of simulation is: the values that are fixed about it, and those that are chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Content = dict[str, Any]
"""A section of a configuration, as it is in the file."""


@dataclass(frozen=True)
class Choices:
    """What a template leaves open.

    Args:
        field: Magnetic field model, as ``BODY.MAG`` names it.
        energy: Energy of the electrons, keV.
        lag_model: Law of the lead angle; empty for a source that has none.
        phases: East longitude of each moon at the start less the light time, degrees.
    """

    field: str
    energy: float
    lag_model: str
    phases: Mapping[str, float]


class FarAway(NamedTuple):
    """A place from which a system is seen whose positions no ephemeris gives.

    Attributes:
        distance: In radii of the central body.
        latitude: Above its equator, degrees.
    """

    distance: float
    latitude: float


@dataclass(frozen=True)
class Template:
    """A kind of simulation, which a few choices make a configuration.

    Args:
        summary: What is simulated, in a line.
        paper: Whose simulations it follows, as ``Louis et al. 2019, A&A 627, A30``.
        planet: The body whose emission is seen, the centre of the observer's ephemeris.
        fields: The magnetic field models that may be chosen, the usual one first.
        lag_models: The laws of the lead angle, likewise; none for a source that has none.
        bodies: Describes the bodies, the central one first.
        sources: Describes the sources.
        moon: The body that moves with the source; empty for auroral ovals.
        energy: Usual energy of the electrons, keV.
        band: Lowest and highest frequency, MHz, and the number of channels.
        seen_from: Where the observer stands, if not where an ephemeris has it.
    """

    summary: str
    paper: str
    planet: str
    fields: tuple[str, ...]
    lag_models: tuple[str, ...]
    bodies: Callable[[Choices], list[Content]]
    sources: Callable[[Choices], list[Content]]
    moon: str = ""
    energy: float = 3
    band: tuple[float, float, int] = (0.01, 44.0, 781)
    seen_from: FarAway | None = None
