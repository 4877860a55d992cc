"""From what a user gives to the request of one simulation: read, checked and put together."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from prefect_expres.ephemeris import (
    AnyEphemeris,
    Span,
    check_times,
    follow_file,
    prepare_ephemeris,
    read_csv,
    read_track,
    span_of,
    to_csv,
    with_asked_phases,
    with_observer,
)
from prefect_expres.errors import ConfigurationError, EphemerisError
from prefect_expres.execution.events import Listener, StepTaken, Warned, ignore
from prefect_expres.expres import Access, Configuration, SimulationRequest, warnings_of
from prefect_expres.net.clock import MonotonicClock
from prefect_expres.storage import read_bounded

LARGEST_INPUT = 64 * 2**20

AnyConfiguration = str | Path | dict[str, Any] | Configuration
Compute = Callable[[AnyEphemeris, Span], Awaitable[str]]
"""Computes the CSV file of an ephemeris source at some times."""


async def read_configuration(given: AnyConfiguration) -> Configuration:
    """Read a configuration from wherever it is, and check it.

    Args:
        given: Path or fsspec URL of a file, its content, or the model.

    Raises:
        ConfigurationError: It cannot be read, or breaks rules.
    """
    if isinstance(given, Configuration):
        return Configuration.from_mapping(given.content())
    if isinstance(given, dict):
        return Configuration.from_mapping(given)
    try:
        content = await asyncio.to_thread(read_bounded, given, LARGEST_INPUT)
    except OSError as fault:
        raise ConfigurationError(str(fault)) from None
    return Configuration.parse(content)


async def compute_csv(source: AnyEphemeris, span: Span, tell: Listener = ignore) -> str:
    """Compute the observer's ephemeris, and give the CSV file that ExPRES reads.

    Args:
        source: The source.
        span: The times.
        tell: Is told what came from where.

    Raises:
        EphemerisUnavailable: The source does not answer now.
        EphemerisError: The source cannot give these positions.
    """
    ephemeris = await prepare_ephemeris(source, span)
    for note in ephemeris.notes:
        await tell(Warned(note))
    line = f"{ephemeris.observer}, {span.count} times, from {ephemeris.source}"
    await tell(StepTaken("observe", line))
    return to_csv(ephemeris).decode()


async def build_request(
    model: Configuration,
    access: Access,
    ephemeris: str | Path | AnyEphemeris | None = None,
    branch: str = "master",
    label: str | None = None,
    *,
    compute: Compute = compute_csv,
    tell: Listener = ignore,
) -> SimulationRequest:
    """Put a configuration and its ephemeris together, and warn of what ExPRES does silently.

    Args:
        model: The configuration.
        access: What the user may ask for.
        ephemeris: Path or fsspec URL of the CSV file that ``OBSERVER.EPHEM`` names; or a source
            that computes it, or what `compute_csv` gave: then observer and moons' phases are set,
            too.
        branch: The ExPRES git branch.
        label: A short name for people.
        compute: Computes the file of a source.
        tell: Is told of warnings, and what the request is.

    Raises:
        ConfigurationError: The configuration breaks rules.
        EphemerisError: The ephemeris is missing or not named, cannot be read, or is not for the
            times of the configuration.
    """
    track: bytes | None = None
    source: AnyEphemeris | None = None
    if isinstance(ephemeris, str | Path) and not _is_content(ephemeris):
        try:
            track = await asyncio.to_thread(read_bounded, ephemeris, LARGEST_INPUT)
        except OSError as fault:
            raise EphemerisError(str(fault)) from None
        if model.observer.ephem:
            model, notes = follow_file(model, await asyncio.to_thread(read_track, track))
            for note in notes:
                await tell(Warned(note))
    elif ephemeris is not None:
        if not isinstance(ephemeris, str | Path):
            source, ephemeris = ephemeris, await compute(ephemeris, span_of(model))
        track = str(ephemeris).encode()
        check_times(model, (await asyncio.to_thread(read_track, track)).times)
        positions = await asyncio.to_thread(read_csv, track)
        model = with_observer(model, positions)
        if source is not None:
            model, notes = await with_asked_phases(model, positions, source, MonotonicClock())
            for note in notes:
                await tell(Warned(note))
    for warning in warnings_of(model, access):
        await tell(Warned(str(warning)))
    request = SimulationRequest.build(model, track, branch, label)
    line = (
        f"{request.label}, {model.time.nbr} times, {model.frequency.nbr} frequencies, "
        f"{model.number.source} sources, fingerprint {request.fingerprint[:12]}"
    )
    await tell(StepTaken("prepare", line))
    return request


def _is_content(given: str | Path) -> bool:
    """Tell the content of a CSV file from its path or URL."""
    return "\n" in str(given)
