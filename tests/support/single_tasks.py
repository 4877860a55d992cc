"""Flows of one's own, made of single tasks, as a worker runs them."""

from typing import Any

from prefect import flow
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.ephemeris import AnalyticEphemeris, span_of
from prefect_expres.expres import Configuration
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.tasks import (
    await_phase,
    compute_ephemeris,
    create_job,
    download_results,
    find_windows,
    prepare,
    run_job,
)
from tests.support.processes import USER


@flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])
def in_sync(configuration: dict[str, Any], where: ExpresService, output: str) -> int:
    """Run one simulation in a sync flow; give the number of windows."""
    track = compute_ephemeris(
        AnalyticEphemeris(), span_of(Configuration.from_mapping(configuration))
    )
    request = prepare(configuration, where, track)
    job = create_job(request, where)
    run_job(job, where)
    await_phase(job, where)
    files = download_results(job, where, output)
    return len(find_windows(files))


@flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])
async def in_async(configuration: dict[str, Any], where: ExpresService, output: str) -> int:
    """Run one simulation in an async flow; give the number of windows."""
    track = await compute_ephemeris(
        AnalyticEphemeris(), span_of(Configuration.from_mapping(configuration))
    )
    request = await prepare(configuration, where, track)
    job = await create_job(request, where)
    await run_job(job.job_url, where)
    await await_phase(job.job_url, where)
    files = await download_results(job.job_url, where, output)
    return len(await find_windows([file.url for file in files if file.name.endswith(".cdf")]))


@flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])
def made_inside(configuration: dict[str, Any], made: str, base_url: str) -> None:
    """Run one simulation on a service that no parameter tells, and do not come to its end."""
    services = {
        "guest": lambda: ExpresService(base_url=base_url),
        "saved": lambda: ExpresService.load("sandbox"),
        "token": lambda: ExpresService(base_url=base_url, user=USER[0], token=SecretStr(USER[1])),
    }
    where = services[made]()
    job = create_job(prepare(configuration, where), where)
    run_job(job, where)
    await_phase(job, where)
