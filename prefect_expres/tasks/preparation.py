"""The Prefect task that prepares a simulation before anything is sent."""

from pathlib import Path

from prefect.cache_policies import NO_CACHE

from prefect_expres.blocks import ExpresService
from prefect_expres.caching.ephemeris import cached_or_anew
from prefect_expres.ephemeris import AnyEphemeris
from prefect_expres.execution.prepare import AnyConfiguration, build_request
from prefect_expres.expres import SimulationRequest
from prefect_expres.monitoring.log import log_warning
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.prefect_support.sync_task import sync_compatible_task


@sync_compatible_task(name="Prepare simulation", cache_policy=NO_CACHE)
async def prepare(
    configuration: AnyConfiguration,
    service: ExpresService,
    ephemeris: str | Path | AnyEphemeris | None = None,
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
    *,
    refresh: bool = False,
) -> SimulationRequest:
    """Read and check everything before anything is sent.

    Not retried: a broken rule stays broken. Not cached: files may change behind the same name.

    Args:
        configuration: Path or fsspec URL of a file, its content, the model, or a `Routine`.
        service: The service, whose access rules hold.
        ephemeris: Path or fsspec URL of the CSV file that ``OBSERVER.EPHEM`` names; or a source
            that computes it, or what `compute_ephemeris` gave: then observer and moons' phases
            are set, too. A `Routine` seen from Earth needs none.
        branch: The ExPRES git branch.
        label: A short name for people.
        execution_duration: Seconds that the job may run; give `create_job` the same.
        refresh: Ask the source of the ephemeris again, even if its answer is cached.

    Returns:
        The request, for `create_job`.

    Raises:
        ConfigurationError: The configuration breaks rules.
        EphemerisError: The ephemeris is missing or not named.
        AccessError: The user may not ask for this.
    """
    service.access.check(branch, execution_duration)
    if service.access.warning:
        log_warning(service.access.warning)
    return await build_request(
        configuration,
        service.access,
        ephemeris,
        branch,
        label,
        compute=cached_or_anew(refresh=refresh),
        tell=LogListener(),
    )
