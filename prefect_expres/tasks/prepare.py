"""Prefect tasks before the service is asked: read, check, and keep what a simulation is made of."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import fsspec
from prefect import task
from prefect.cache_policies import NO_CACHE

from prefect_expres.blocks import ExpresService
from prefect_expres.ephemeris import AnyEphemeris, Span, read_csv, span_of, with_observer
from prefect_expres.errors import ConfigurationError, EphemerisError, ExpresError
from prefect_expres.expres import Configuration, SimulationRequest, warnings_of
from prefect_expres.tasks.ephemeris import compute_ephemeris
from prefect_expres.monitoring.progress import tell, warn

LARGEST_INPUT = 64 * 2**20


@task(name="Prepare simulation", cache_policy=NO_CACHE)
async def prepare(
    configuration: str | Path | dict[str, Any] | Configuration,
    service: ExpresService,
    ephemeris: str | Path | AnyEphemeris | None = None,
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
) -> SimulationRequest:
    """Read and check everything before anything is sent.

    Not retried: a broken rule stays broken. Not cached: files may change behind the same name.

    Args:
        configuration: Path or fsspec URL of a file, its content, or the model.
        service: The service, whose access rules hold.
        ephemeris: Path or fsspec URL of the CSV file that ``OBSERVER.EPHEM`` names, or a source
            that computes it; then observer and moons' phases are set, too.
        branch: The ExPRES git branch.
        label: A short name for people.
        execution_duration: Seconds that the job may run.

    Raises:
        ConfigurationError: The configuration breaks rules.
        EphemerisError: The ephemeris is missing or not named.
        AccessError: The user may not ask for this.
    """
    service.access.check(branch, execution_duration)
    if service.access.warning:
        warn(service.access.warning)
    model = await read_configuration(configuration)
    return await request_of(model, service, ephemeris, branch, label)


async def request_of(
    model: Configuration,
    service: ExpresService,
    ephemeris: str | Path | AnyEphemeris | None,
    branch: str,
    label: str | None,
    compute: Callable[[AnyEphemeris, Span], Awaitable[str]] = compute_ephemeris,
) -> SimulationRequest:
    """Put a configuration and its ephemeris together, and warn of what ExPRES does silently.

    Args:
        model: The configuration.
        service: The service, whose access rules hold.
        ephemeris: A file or a source, see `prepare`.
        branch: The ExPRES git branch.
        label: A short name for people.
        compute: Computes the file of a source.

    Raises:
        ConfigurationError: The configuration breaks rules.
        EphemerisError: The ephemeris is missing or not named.
    """
    if ephemeris is None:
        track = None
    elif isinstance(ephemeris, str | Path):
        track = await _content(ephemeris, EphemerisError)
    else:
        track = (await compute(ephemeris, span_of(model))).encode()
        model = with_observer(model, await asyncio.to_thread(read_csv, track))
    for trap in warnings_of(model, service.access):
        warn("%s", trap)
    request = SimulationRequest.build(model, track, branch, label)
    tell(
        "prepare",
        "%s, %d times, %d frequencies, %d sources, fingerprint %s",
        request.label,
        model.time.nbr,
        model.frequency.nbr,
        model.number.source,
        request.fingerprint[:12],
    )
    return request


async def read_configuration(given: str | Path | dict[str, Any] | Configuration) -> Configuration:
    """Read a configuration from wherever it is, and check it.

    Raises:
        ConfigurationError: It cannot be read, or breaks rules.
    """
    if isinstance(given, Configuration):
        return Configuration.from_mapping(given.content())
    if isinstance(given, dict):
        return Configuration.from_mapping(given)
    return Configuration.parse(await _content(given, ConfigurationError))


async def _content(location: str | Path, error: type[ExpresError]) -> bytes:
    def read() -> bytes:
        with fsspec.open(str(location), "rb") as stream:
            return bytes(stream.read(LARGEST_INPUT + 1))

    try:
        content = await asyncio.to_thread(read)
    except Exception as fault:  # noqa: BLE001 - each file system has errors of its own
        msg = f"{location} cannot be read: {fault}"
        raise error(msg) from None
    if len(content) > LARGEST_INPUT:
        msg = f"{location} is larger than {LARGEST_INPUT} bytes, which no input of ExPRES is"
        raise error(msg)
    return content
