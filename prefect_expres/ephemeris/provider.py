"""The interface of all sources of ephemerides, and the fields that they share.

A source is a small model that says what to compute, and computes it. Users write these models and
forms show them, so each field has a description.
"""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Annotated, Any, Protocol, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from prefect_expres import __version__
from prefect_expres.ephemeris.choices import for_forms
from prefect_expres.ephemeris.model import CONVENTION, Ephemeris, Span
from prefect_expres.ephemeris.planets import PLANETS, Planet, PlanetName
from prefect_expres.expres.routine import in_any_case
from prefect_expres.net.clock import Clock


class Provider(Protocol):
    """A source of ephemerides."""

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``.

        Raises:
            EphemerisError: The source cannot give them.
        """

    def identity(self) -> dict[str, JsonValue]:
        """Give everything that decides the answer, except the times."""


def _without_path(given: Any) -> Any:
    return str(given) if isinstance(given, Path) else given


FileName = Annotated[str, BeforeValidator(_without_path)]
"""A path or URL of a file, which may be given as a `pathlib.Path`, too."""


class EphemerisSpec(BaseModel, ABC):
    """The base of all sources.

    Args:
        center: The planet whose emission is simulated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=for_forms)

    kind: str
    center: Annotated[PlanetName, in_any_case(get_args(PlanetName))] = Field(
        "Jupiter", description="Planet whose radio emission is simulated."
    )

    @property
    def planet(self) -> Planet:
        """The planet, with its shape and rotation."""
        return PLANETS[self.center]

    @abstractmethod
    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``.

        Raises:
            EphemerisUnavailable: The source does not answer now.
            EphemerisError: The source cannot give them.
        """

    def identity(self) -> dict[str, Any]:
        """Give everything that decides the answer, except the times."""
        return {
            "package": __version__,
            "convention": CONVENTION,
            "frame": self.planet.frame,
            **self.model_dump(mode="json"),
        }


class ObserverSpec(EphemerisSpec):
    """The base of sources that know many observers.

    Args:
        observer: Where the emission is seen from: a name, or a NAIF number as text.
    """

    observer: str = Field(
        "Earth", min_length=1, description="Earth, a spacecraft's name, or a NAIF number as -61."
    )
