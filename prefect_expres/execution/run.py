"""Run one simulation from its request to its manifest: as a flow of its own, or in a campaign."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import prefect_expres
from prefect_expres.monitoring.assets import keep_result
from prefect_expres.execution.attempts import Attempts, Finished, Steps, Terms
from prefect_expres.expres import SimulationRequest
from prefect_expres.execution.manifest import (
    Manifest,
    SimulationResult,
    find_verified,
    keep_inputs,
)
from prefect_expres.monitoring.progress import tell
from prefect_expres.storage import StoredFile
from prefect_expres.monitoring.artifacts import View, look_at


async def run_simulation(
    request: SimulationRequest,
    output: str,
    steps: Steps,
    terms: Terms,
    *,
    made_from: tuple[object, object],
) -> tuple[SimulationResult, View | None]:
    """Bring a simulation's results home, and look at them; a complete one is taken as found.

    Args:
        request: The simulation.
        output: Path or fsspec URL under which the simulation gets a folder of its own.
        steps: How each step on the service is done.
        terms: How it is to be run.
        made_from: What configuration and ephemeris were given as, for the lineage.

    Returns:
        What the simulation left, and what was seen in it unless it was found.
    """
    folder = f"{output.rstrip('/')}/{request.folder}"
    if not terms.alone:
        found = await find_verified(folder, request.fingerprint)
        if found is not None:
            tell("found", "The identical simulation was found and verified in %s", folder)
            return found, None
    finished = await Attempts(request, folder, steps, terms).finish()
    return await complete(
        request, finished, folder, terms.execution_duration, made_from, look=steps.look
    )


async def complete(
    request: SimulationRequest,
    finished: Finished,
    folder: str,
    execution_duration: int,
    made_from: tuple[object, object],
    *,
    look: Callable[[StoredFile, str], Awaitable[View]] = look_at,
) -> tuple[SimulationResult, View]:
    """Look at results that are home, and complete them with the inputs and the manifest.

    Args:
        request: The simulation.
        finished: The job and its results.
        folder: Path or fsspec URL of the folder that they are in.
        execution_duration: Seconds that the job was allowed.
        made_from: What configuration and ephemeris were given as, for the lineage.
        look: Looks at the CDF file in the folder.
    """
    inputs = await keep_inputs(request, folder)
    files = [*finished.files, *inputs]
    cdf = next(file for file in files if file.name.lower().endswith(".cdf"))
    view = await look(cdf, folder)
    manifest = _manifest(request, finished, execution_duration, files, cdf, view)
    return await keep_result(folder, manifest, _sources(made_from, inputs)), view


def _sources(given: tuple[object, object], kept: list[StoredFile]) -> list[str | Path]:
    """Give where configuration and ephemeris came from; what came from no file lies kept."""
    return [
        location if isinstance(location, str | Path) else file.url
        for location, file in zip(given, kept, strict=False)
    ]


def _manifest(
    request: SimulationRequest,
    finished: Finished,
    execution_duration: int,
    files: list[StoredFile],
    cdf: StoredFile,
    view: View,
) -> Manifest:
    return Manifest(
        label=request.label,
        fingerprint=request.fingerprint,
        branch=request.branch,
        run_id=finished.submission.run_id,
        job_url=finished.submission.job_url,
        owner=finished.job.owner_id,
        created=datetime.now(UTC),
        execution_duration=execution_duration,
        package_version=prefect_expres.__version__,
        phases=finished.phases,
        files=(*files, *view.files),
        cdf=cdf.name,
        windows=view.windows,
    )
