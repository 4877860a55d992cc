"""Analyse the results of any job: when are they visible from an observatory?"""

import re
from typing import Annotated

from prefect.runtime import flow_run

from prefect_expres import analysis
from prefect_expres.analysis.windows import Window
from prefect_expres.monitoring.artifacts import show_windows
from prefect_expres.monitoring.log import log_step
from prefect_expres.prefect_support.forms import Location, Site, titled
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.services import AnyService, find_service
from prefect_expres.storage import scratch_folder, write_whole
from prefect_expres.tasks.analysis import find_windows
from prefect_expres.tasks.jobs import download_results


def _label(job_url: str, observatory: str) -> str:
    """Return a name of job and observatory that is valid in file names and artifact keys."""
    job = job_url.rstrip("/").rpartition("/")[2]
    return re.sub("[^a-z0-9]+", "-", f"{observatory}-{job}".lower()).strip("-")


def _run_name() -> str:
    given = flow_run.parameters
    return _label(given["job_url"], given.get("observatory", "NenuFAR"))


@sync_compatible_flow(
    name="analyse",
    description="Find when the results of a job can be seen from an observatory.",
    flow_run_name=_run_name,
)
async def analyse(
    job_url: Annotated[str, titled("Job")],
    service: Annotated[AnyService, titled("Service")],
    observatory: Annotated[Site, titled("Observatory")] = "NenuFAR",
    output: Annotated[Location, titled("Output folder")] = "expres-analysis",
) -> list[Window]:
    """Find when the results of a completed job can be seen from an observatory.

    The job may be of any user, if the service shows it. The windows are written as a calendar and
    as a table. The results themselves are not kept; use `simulate` to keep them.

    Args:
        job_url: URL of the completed job.
        service: The service of the job: a block, the name of a saved one, or
            an address as https://host, which is used as a guest.
        observatory: The observatory: windows are limited to its band and to the time when Jupiter
            is above its horizon.
        output: Path or fsspec URL of the folder for the calendar and the table.

    Returns:
        The windows, ordered by time.

    Raises:
        UsageError: The service is not known.
        ValueError: The job is not on this service.
        JobError: The job has no results.
        TransferError: A result did not arrive complete, or must not be fetched.
    """
    service = await find_service(service)
    label = _label(job_url, observatory)
    site = analysis.find_observatory(observatory)
    with scratch_folder() as folder:
        files = await download_results(job_url, service, str(folder))
        cdfs = [folder / file.name for file in files if file.name.lower().endswith(".cdf")]
        windows: list[Window] = await find_windows(cdfs, observatory)
        calendar = analysis.write_calendar(windows, folder / f"{label}.ics", observatory=site)
        table = analysis.write_csv(windows, folder / f"{label}.csv")
        for path in (calendar, table):
            await write_whole(str(output), path.name, path.read_bytes())
    log_step("view", "%d windows of emission visible from %s", len(windows), site.name)
    await show_windows(label, windows, f"Emission visible from {site.name}, of {job_url}")
    return windows
