"""The Prefect task that previews a simulation without a service."""

from prefect.cache_policies import NO_CACHE

from prefect_expres import preview
from prefect_expres.execution.prepare import AnyConfiguration, Positions
from prefect_expres.expres import SimulationRequest
from prefect_expres.monitoring.artifacts import show_preview
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.prefect_support.sync_task import sync_compatible_task
from prefect_expres.preview import Preview


@sync_compatible_task(name="Preview simulation", cache_policy=NO_CACHE)
async def preview_simulation(
    configuration: AnyConfiguration | SimulationRequest, ephemeris: Positions = None
) -> Preview:
    """Simulate with the engine of this package, in seconds, and show picture and windows.

    It is no result: no file is left, and nothing takes it for one. Not retried: the same
    configuration gives the same.

    Args:
        configuration: Path or fsspec URL of a file, its content, the model, or a `Routine`; or what
            `prepare` gave.
        ephemeris: As that of `prepare`; None if that gave it.

    Returns:
        The windows, estimates for the service, and what would be refused.
    """
    if isinstance(configuration, SimulationRequest):
        made = await preview.preview_request(configuration, tell=LogListener())
    else:
        made = await preview.preview_simulation(configuration, ephemeris)
    await show_preview(made)
    return made
