"""Verify a result: it must show the simulation that was asked for, wherever it came from."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from prefect_expres.analysis.locations import local_file
from prefect_expres.ephemeris.file_track import FileTrack, read_track
from prefect_expres.errors import EphemerisError, ResultError, ResultMismatch
from prefect_expres.execution.manifest import cdf_of
from prefect_expres.execution.set_aside import set_aside
from prefect_expres.execution.view import missing_for_analysis
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.time_axis import TimeAxis
from prefect_expres.storage import StoredFile

_NEEDS = ("cdflib", "xarray")


async def verify_downloaded(
    request: SimulationRequest, files: Iterable[StoredFile], folder: str, job_url: str
) -> tuple[str, ...]:
    """Compare downloaded results with the request; if they differ, set them aside.

    Args:
        request: The simulation.
        files: The results of its job.
        folder: Path or fsspec URL of the folder that they are in.
        job_url: The job.

    Returns:
        What was compared, and agrees.

    Raises:
        ResultMismatch: The CDF file shows another simulation, or is none that ExPRES writes. The
            files are not in the folder any more, and the job is known as one not to use.
    """
    listed = list(files)
    try:
        return await asyncio.to_thread(verify, request, cdf_of(listed).url, job_url)
    except ResultMismatch as fault:
        await set_aside(folder, [file.name for file in listed], fault)
        raise


def verify(request: SimulationRequest, cdf: str | Path, job_url: str) -> tuple[str, ...]:
    """Compare a CDF file with the request, as far as it tells.

    Args:
        request: The simulation.
        cdf: Path or fsspec URL of the file.
        job_url: The job that it came from.

    Returns:
        What was compared, and agrees; nothing if the analysis extra is not installed.

    Raises:
        ResultMismatch: The file shows another simulation, or is none that ExPRES writes.
    """
    if missing_for_analysis(_NEEDS):
        return ()
    from prefect_expres.analysis.agreement import (  # noqa: PLC0415 - heavy, and an extra
        Expected,
        compare_with_request,
    )

    model, track = request.configuration, _track(request)
    expected = Expected(model, times_of(request), _positions(model, track))
    with local_file(cdf) as path:
        try:
            found = compare_with_request(path, expected)
        except ResultError as fault:
            raise _mismatch(job_url, [str(fault)]) from None
    if found.differences:
        raise _mismatch(job_url, found.differences)
    return found.compared


def _mismatch(job_url: str, differences: Sequence[str]) -> ResultMismatch:
    message = (
        f"The result of {job_url} is not the simulation that was asked for. Its files are set "
        "aside, and the job is not used again; run the simulation anew, and tell the operators of "
        "the service if it comes back"
    )
    return ResultMismatch(message, job_url, detail="\n".join(differences))


def _track(request: SimulationRequest) -> FileTrack | None:
    """Read the ephemeris as ExPRES does; None if there is none that can be read."""
    try:
        return read_track(request.ephemeris or b"")
    except EphemerisError:
        return None


def times_of(request: SimulationRequest) -> TimeAxis | None:
    """Give the times that the result must have; a file replaces those of the configuration."""
    if request.ephemeris is None:
        return TimeAxis.of(request.configuration)
    track = _track(request)
    return None if track is None else track.times


def _positions(
    configuration: Configuration, track: FileTrack | None
) -> Sequence[tuple[float, float]]:
    """Give west longitude and latitude of the observer at the first and the last time."""
    if track is not None:
        return [(-point.longitude % 360, point.latitude) for point in (track.first, track.last)]
    observer = configuration.observer
    turned = any(body.init_ax for body in configuration.body if body.name == observer.parent)
    position = (observer.fixe_subl, observer.fixe_decl)
    if observer.type != "Fixed" or turned or isinstance(observer.fixe_dist, str):
        return ()
    west, latitude = (0.0 if isinstance(angle, str) else angle for angle in position)
    return [(west, latitude)]
