"""Find a simulation that stands complete: its manifest is believed as far as it can be checked.

Every file must be there with its hash, the inputs must make the fingerprint, and the CDF file must
show what they ask for. What does not fit is computed anew.
"""

import asyncio
import posixpath
from pathlib import PurePosixPath

from prefect_expres.errors import ConfigurationError, ResultMismatch
from prefect_expres.execution.events import Listener, StepTaken, Warned
from prefect_expres.execution.manifest import MANIFEST, Manifest, SimulationResult, read_manifest
from prefect_expres.execution.set_aside import set_aside
from prefect_expres.execution.verification import verify
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.storage import find_whole, read_or_none


async def find_verified(folder: str, fingerprint: str) -> SimulationResult | None:
    """Find a complete simulation.

    Args:
        folder: Path or fsspec URL of its folder.
        fingerprint: Its fingerprint.

    Returns:
        The simulation; None if it is not there, or is not what its manifest says.
    """
    try:
        return await _find(folder, fingerprint)
    except ResultMismatch:
        return None


async def find_or_set_aside(
    folder: str, fingerprint: str, tell: Listener
) -> SimulationResult | None:
    """Find a complete simulation; files that show another one are set aside, and that is told.

    Args:
        folder: Path or fsspec URL of its folder.
        fingerprint: Its fingerprint.
        tell: Is told what was found.
    """
    try:
        found = await _find(folder, fingerprint)
    except ResultMismatch as fault:
        manifest = await asyncio.to_thread(read_manifest, folder)
        names = [file.name for file in manifest.files] if manifest else []
        aside = await set_aside(folder, [MANIFEST, *names], fault)
        await tell(Warned(f"{fault}\nThe files that were found are now in {aside}"))
        return None
    if found is not None:
        msg = f"The identical simulation was found and verified in {folder}"
        await tell(StepTaken("found", msg))
    return found


async def _find(folder: str, fingerprint: str) -> SimulationResult | None:
    manifest = await asyncio.to_thread(read_manifest, folder)
    if manifest is None or manifest.fingerprint != fingerprint:
        return None
    for file in manifest.files:
        if await find_whole(folder, file.name, file.sha256) is None:
            return None
    request = await asyncio.to_thread(_kept_request, folder, manifest)
    if request is None:
        return None
    cdf = posixpath.join(folder, manifest.cdf)
    compared = await asyncio.to_thread(verify, request, cdf, manifest.job_url)
    facts = manifest.model_dump() | {"compared": compared or manifest.compared}
    return SimulationResult(**facts, folder=folder, found=True)


def _kept_request(folder: str, manifest: Manifest) -> SimulationRequest | None:
    """Rebuild the request from the inputs beside the results; None if they make another one."""

    def kept(name: str) -> bytes | None:
        listed = any(file.name == name for file in manifest.files)
        return read_or_none(folder, name) if listed else None

    try:
        configuration = Configuration.parse(kept(f"{manifest.label}.json") or b"")
    except ConfigurationError:
        return None
    request = SimulationRequest(
        configuration=configuration,
        ephemeris=kept(PurePosixPath(configuration.observer.ephem).name),
        branch=manifest.branch,
        label=manifest.label,
    )
    return request if request.fingerprint == manifest.fingerprint else None
