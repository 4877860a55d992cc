"""The identification as Prefect tasks: what was observed, and what made the emission in it."""

import asyncio
from collections.abc import Mapping

from prefect.cache_policies import NO_CACHE
from pydantic import JsonValue

from prefect_expres import identification, observations
from prefect_expres.identification.findings import (
    FIGURE,
    INDEX,
    Finding,
    Identification,
    Scene,
    Searched,
)
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.prefect_support.sync_task import sync_compatible_task
from prefect_expres.storage import write_whole

Named = Mapping[str, str | None]
Frequencies = dict[str, list[JsonValue]]


@sync_compatible_task(name="Read observation", cache_policy=NO_CACHE)
async def read_observation(observation: str, named: Named) -> tuple[Scene, Frequencies]:
    """Read what an observation tells of itself. No retries, no cache: it is read quickly.

    Args:
        observation: Path or fsspec URL of the observation.
        named: Observer, target and variable, or None for what the file says.

    Returns:
        What was observed, and the frequencies at which it is simulated.
    """

    def read() -> tuple[Scene, Frequencies]:
        with observations.open_observation(observation, **named) as opened:
            return identification.scene_of(opened), identification.frequencies_of(opened)

    scene, frequencies = await asyncio.to_thread(read)
    log_step(
        "identify",
        "%s from %s, %s to %s, %g to %g MHz",
        scene.target,
        scene.observer,
        f"{scene.start:%Y-%m-%d %H:%M}",
        f"{scene.end:%Y-%m-%d %H:%M}",
        scene.fmin,
        scene.fmax,
    )
    return scene, frequencies


@sync_compatible_task(name="Identify emission", cache_policy=NO_CACHE)
async def identify_emission(
    observation: str,
    named: Named,
    searched: Searched,
    folder: str,
) -> tuple[Identification, list[Finding], bytes]:
    """Search simulated arcs in an observation, and write what is found.

    No retries: file systems retry by themselves. No cache: the task has an effect.

    Args:
        observation: Path or fsspec URL of the observation.
        named: Observer, target and variable, or None for what the file says.
        searched: The results of each model, and how far an arc may be shifted.
        folder: Path or fsspec URL of the folder for the files.

    Returns:
        The identification, what is found of each arc, and the figure as PNG.
    """
    for each in searched.missing:
        log_warning("%s is missing in the search. %s", each.label, each.error)

    def made() -> tuple[Identification, list[Finding], dict[str, bytes]]:
        with observations.open_observation(observation, **named) as opened:
            return identification.make_identification(opened, searched, folder)

    what, findings, contents = await asyncio.to_thread(made)
    for name in sorted(contents, key=lambda each: each == INDEX):
        await write_whole(folder, name, contents[name])
    for finding in what.named:
        log_step("identify", "%s", finding.told)
    log_step("identify", "%d of %d arcs named, %s", len(what.named), len(findings), folder)
    return what, findings, contents[FIGURE]
