"""Compute an ephemeris with any provider, and name it for a cache."""

import hashlib
import json
from typing import Annotated

from pydantic import Field, ValidationError

from prefect_expres.ephemeris.analytic import AnalyticEphemeris
from prefect_expres.ephemeris.choices import KnownByKeys
from prefect_expres.ephemeris.horizons import HorizonsEphemeris
from prefect_expres.ephemeris.miriade import MiriadeEphemeris
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.provider import Provider
from prefect_expres.ephemeris.spice import SpiceEphemeris
from prefect_expres.ephemeris.table import TableEphemeris
from prefect_expres.ephemeris.timescale import tai_minus_utc
from prefect_expres.ephemeris.webgeocalc import WebGeoCalcEphemeris
from prefect_expres.errors import EphemerisError
from prefect_expres.net.clock import Clock, MonotonicClock

AnyEphemeris = Annotated[
    AnalyticEphemeris
    | WebGeoCalcEphemeris
    | HorizonsEphemeris
    | MiriadeEphemeris
    | SpiceEphemeris
    | TableEphemeris,
    Field(discriminator="kind"),
    KnownByKeys(),
]
"""What a flow's parameter may be: one of the sources, known by ``kind`` or by its other keys."""

_CLOCK = MonotonicClock()


def source_for(observer: str, planet: str, source: AnyEphemeris | None = None) -> AnyEphemeris:
    """Give a source the observer and the planet of a simulation.

    Args:
        observer: Who sees the emission.
        planet: The body whose emission it is.
        source: The source; by default the one that needs no network.

    Raises:
        EphemerisError: The source does not know them.
    """
    chosen = source or AnalyticEphemeris()
    facts = chosen.model_dump() | {"observer": observer, "center": planet}
    try:
        return type(chosen).model_validate(facts)
    except ValidationError as fault:
        reasons = "; ".join(error["msg"] for error in fault.errors())
        other = "horizons, webgeocalc or spice" if chosen.kind == "analytic" else "another one"
        msg = (
            f"The ephemeris source {chosen.kind!r} does not know {planet} seen from {observer}: "
            f"{reasons}; take {other}, or give the file of these positions"
        )
        raise EphemerisError(msg) from None


async def prepare_ephemeris(provider: Provider, span: Span, *, clock: Clock = _CLOCK) -> Ephemeris:
    """Compute an observer's ephemeris in the convention of ExPRES.

    Args:
        provider: The source, as one of `AnyEphemeris`.
        span: The times.
        clock: Sleeps between requests to a service.

    Raises:
        EphemerisUnavailable: The source does not answer now.
        EphemerisError: The source cannot give these positions.
    """
    return await provider.compute(span, clock)


def cache_key(provider: Provider, span: Span) -> str:
    """Give a cache key of 64 hexadecimal digits, from everything that decides the ephemeris.

    That is the source with its version, its conventions and the hashes of its files, the times,
    and the leap seconds until then. A service's own data may change under the same name. Files
    are read, so call it in a thread where that matters.

    Raises:
        EphemerisError: A file that belongs to the source cannot be read.
    """
    facts = {
        "source": provider.identity(),
        "start": span.start.isoformat(),
        "step": span.step,
        "count": span.count,
        "tai-utc": tai_minus_utc(span.start),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
