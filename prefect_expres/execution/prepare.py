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
    source_for,
    span_of,
    to_csv,
    with_asked_phases,
    with_observer,
)
from prefect_expres.ephemeris.bodies import is_same_observer
from prefect_expres.errors import ConfigurationError, EphemerisError, StorageError
from prefect_expres.execution.events import Listener, StepTaken, Warned, ignore
from prefect_expres.expres import (
    Access,
    Configuration,
    Routine,
    SimulationRequest,
    warnings_of,
)
from prefect_expres.net.clock import MonotonicClock
from prefect_expres.storage import read_bounded

LARGEST_INPUT = 64 * 2**20
DEFAULT_OBSERVER = "Earth"
"""Whom sources and routine simulations mean unless told otherwise."""

AnyConfiguration = str | Path | dict[str, Any] | Configuration | Routine
Positions = str | Path | bytes | AnyEphemeris | None
"""The observer's: where a CSV file is, or its content; or a source."""

Compute = Callable[[AnyEphemeris, Span], Awaitable[str]]
"""Computes the CSV file of an ephemeris source at some times."""


async def read_configuration(
    given: str | Path | dict[str, Any] | Configuration,
) -> Configuration:
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
    except StorageError as fault:
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
    given: AnyConfiguration,
    access: Access,
    ephemeris: Positions = None,
    branch: str = "master",
    label: str | None = None,
    *,
    compute: Compute = compute_csv,
    tell: Listener = ignore,
) -> SimulationRequest:
    """Put a configuration and its ephemeris together, and warn of what ExPRES does silently.

    Args:
        given: The configuration: path or fsspec URL of a file, its content, or the model; or a
            routine simulation, whose observer and moons are always set from an ephemeris.
        access: What the user may ask for.
        ephemeris: Path or fsspec URL of the CSV file that ``OBSERVER.EPHEM`` names; or a source
            that computes it, or what `compute_csv` gave: then observer and moons' phases are set,
            too. None leaves them to the configuration; a routine simulation takes the source that
            needs no network.
        branch: The ExPRES git branch.
        label: A short name for people.
        compute: Computes the file of a source.
        tell: Is told of warnings, and what the request is.

    Raises:
        ConfigurationError: The configuration breaks rules.
        EphemerisError: The ephemeris is missing or not named, cannot be read, or is not for the
            times of the configuration.
    """
    if isinstance(given, Routine):
        model = given.configuration(ephemeris=given.track)
        positions = await _of_routine(given, ephemeris)
    else:
        model, positions = await read_configuration(given), ephemeris
    model, track = await _with_positions(model, positions, compute, tell)
    for warning in warnings_of(model, access):
        await tell(Warned(str(warning)))
    request = SimulationRequest.build(model, track, branch, label)
    line = (
        f"{request.label}, {model.time.nbr} times, {model.frequency.nbr} frequencies, "
        f"{model.number.source} sources, fingerprint {request.fingerprint[:12]}"
    )
    await tell(StepTaken("prepare", line))
    return request


async def _of_routine(routine: Routine, ephemeris: Positions) -> Positions:
    """Give the positions of a routine simulation's observer, as content or source.

    Raises:
        EphemerisError: They are those of another observer, or their source does not know this one.
    """
    if routine.template.seen_from:
        if ephemeris is not None:
            msg = f"{routine.source} is seen from a fixed place, so leave out the ephemeris"
            raise EphemerisError(msg)
        return None
    if isinstance(ephemeris, str | Path | bytes):
        if not isinstance(ephemeris, bytes) and not _is_content(ephemeris):
            ephemeris = await _file(ephemeris)
        track = ephemeris if isinstance(ephemeris, bytes) else str(ephemeris).encode()
        _require_observer(routine, (await asyncio.to_thread(read_csv, track)).observer)
        return track
    if ephemeris is not None and ephemeris.observer not in {"", DEFAULT_OBSERVER}:
        _require_observer(routine, ephemeris.observer)
    return source_for(routine.observer, routine.template.planet, ephemeris)


def _require_observer(routine: Routine, observer: str) -> None:
    if not is_same_observer(routine.observer, observer):
        msg = (
            f"The routine simulation is seen from {routine.observer}, but the ephemeris is that of "
            f"{observer}; give both the same observer"
        )
        raise EphemerisError(msg)


async def _with_positions(
    model: Configuration, ephemeris: Positions, compute: Compute, tell: Listener
) -> tuple[Configuration, bytes | None]:
    """Give the configuration its observer, and the file that ExPRES reads, if there is one."""
    if ephemeris is None:
        return model, None
    if isinstance(ephemeris, str | Path) and not _is_content(ephemeris):
        track = await _file(ephemeris)
        if model.observer.ephem:
            model, notes = follow_file(model, await asyncio.to_thread(read_track, track))
            for note in notes:
                await tell(Warned(note))
        return model, track
    source = None if isinstance(ephemeris, str | Path | bytes) else ephemeris
    if source is not None:
        if "center" not in source.model_fields_set:
            source = source_for(source.observer, model.observer.parent, source)
        ephemeris = await compute(source, span_of(model))
    track = ephemeris if isinstance(ephemeris, bytes) else str(ephemeris).encode()
    check_times(model, (await asyncio.to_thread(read_track, track)).times)
    points = await asyncio.to_thread(read_csv, track)
    model = with_observer(model, points)
    if source is not None:
        model, notes = await with_asked_phases(model, points, source, MonotonicClock())
        for note in notes:
            await tell(Warned(note))
    return model, track


async def _file(location: str | Path) -> bytes:
    try:
        return await asyncio.to_thread(read_bounded, location, LARGEST_INPUT)
    except StorageError as fault:
        raise EphemerisError(str(fault)) from None


def _is_content(given: str | Path) -> bool:
    """Tell the content of a CSV file from its path or URL."""
    return "\n" in str(given)
