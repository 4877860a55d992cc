"""Run one simulation from its request to its manifest."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import prefect_expres
from prefect_expres.execution.attempts import Attempts, Finished
from prefect_expres.execution.events import Listener, ignore
from prefect_expres.execution.found import find_or_set_aside
from prefect_expres.execution.manifest import (
    Manifest,
    SimulationResult,
    cdf_of,
    keep_inputs,
)
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.published import Take, TakenResult
from prefect_expres.execution.steps import ResultSteps, Steps
from prefect_expres.execution.view import ResultView
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.estimate import result_bytes
from prefect_expres.storage import StoredFile, path_in, require_writable


async def run_simulation(
    request: SimulationRequest,
    output: str,
    steps: Steps,
    options: RunOptions,
    *,
    made_from: tuple[object, object] = (None, None),
    take: Take | None = None,
    beforehand: Callable[[SimulationRequest], Awaitable[None]] | None = None,
    tell: Listener = ignore,
) -> tuple[SimulationResult, ResultView | None]:
    """Download a simulation's results and view them; a complete simulation is taken as found.

    Args:
        request: The simulation.
        output: Path or fsspec URL under which the simulation gets a folder of its own.
        steps: How each step is done.
        options: How it is to be run.
        made_from: What configuration and ephemeris were given as, for the lineage.
        take: Takes a published simulation in place of a run, if there is an equal one.
        beforehand: Is awaited before the service is asked, unless results are found; what it raises
            ends the simulation.
        tell: Is told what happens.

    Returns:
        What the simulation left, and what is visible in it unless it was found.

    Raises:
        StorageError: The folder cannot be written, or has no space for the results.
        JobError: The job ended without results.
    """
    folder = folder_of(request, output)
    if not options.exclusive:
        found = await find_or_set_aside(folder, request.fingerprint, tell)
        if found is not None:
            return found, None
    await require_writable(folder, result_bytes(request.configuration))
    finished: Finished | TakenResult | None = await take(request, folder) if take else None
    if finished is None:
        if beforehand is not None:
            await beforehand(request)
        finished = await Attempts(request, folder, steps, options, tell).finish()
    return await complete(
        request, finished, folder, options.execution_duration, steps, made_from=made_from
    )


def folder_of(request: SimulationRequest, output: str) -> str:
    """Give the folder of a simulation under an output path or URL."""
    return path_in(output, request.folder)


async def complete(
    request: SimulationRequest,
    finished: Finished | TakenResult,
    folder: str,
    execution_duration: int,
    steps: ResultSteps,
    *,
    made_from: tuple[object, object],
) -> tuple[SimulationResult, ResultView]:
    """View downloaded results, and complete them with the inputs and the manifest.

    Args:
        request: The simulation.
        finished: The job and its results, or a published result.
        folder: Path or fsspec URL of the folder that they are in.
        execution_duration: Seconds that the job was allowed.
        steps: How results are viewed and the manifest is written.
        made_from: What configuration and ephemeris were given as, for the lineage.
    """
    inputs = await keep_inputs(request, folder)
    cdf = cdf_of(finished.files)
    view = await steps.view(cdf, folder)
    # A result may have the name of an input: then the input has replaced it.
    files = {file.name: file for file in (*finished.files, *inputs, *view.files)}
    manifest = Manifest(
        label=request.label,
        fingerprint=request.fingerprint,
        branch=request.branch,
        **finished.facts,
        created=datetime.now(UTC),
        execution_duration=execution_duration,
        package_version=prefect_expres.__version__,
        files=tuple(files.values()),
        inputs=tuple(file.name for file in inputs),
        cdf=cdf.name,
        compared=finished.compared,
        windows=view.windows,
    )
    return await steps.keep(folder, manifest, _sources(made_from, inputs)), view


def _sources(given: tuple[object, object], kept: list[StoredFile]) -> list[str | Path]:
    """Give where configuration and ephemeris came from; what came from no file lies kept."""
    return [
        location if isinstance(location, str | Path) else file.url
        for location, file in zip(given, kept, strict=False)
    ]
