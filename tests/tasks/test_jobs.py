"""The tasks of a job's life, each alone: what it takes, what it refuses, what it gives."""

from pathlib import Path
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.runtime import flow_run

from prefect_expres import tasks
from prefect_expres.blocks import ExpresService
from prefect_expres.errors import (
    JobLost,
    ResultError,
    ResultMismatch,
    ServiceError,
    TooLarge,
    WaitTimeout,
)
from prefect_expres.execution import RunOptions, Submission
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.prefect_support.job_lists import recorded_job_lists, recorded_jobs
from prefect_expres.prefect_support.sync_task import SyncCompatibleTask
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.tasks import (
    await_phase,
    create_job,
    download_results,
    run_job,
    view_results,
)
from prefect_expres.uws import Phase


@pytest.fixture
def service(sandbox: SandboxServer) -> ExpresService:
    """Use the sandbox as a guest."""
    return ExpresService(base_url=sandbox.url)


@pytest.fixture
def request_(configuration: dict[str, Any]) -> SimulationRequest:
    """Give a simulation that takes a moment."""
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": "sleep=0.3"}}
    return SimulationRequest.build(Configuration.from_mapping(content))


def test_every_task_can_be_imported() -> None:
    """All of them are there by name, as tasks that say what they do."""
    for name in tasks.__all__:
        task = getattr(tasks, name)
        assert isinstance(task, SyncCompatibleTask)
        assert task.cache_policy is not None
        for word in ("ached", "etried"):
            documented = f"{task.description}{tasks.analysis.__doc__}"
            assert word in documented, f"{name} does not say what is c{word} or r{word}"


async def test_jobs_belong_to_the_flow_run(
    service: ExpresService, request_: SimulationRequest, tmp_path: Path
) -> None:
    """Nobody has to say whose the job is; the other tasks take the job or its URL."""

    @flow
    async def whole() -> tuple[Submission, str]:
        job = await create_job(request_, service)
        assert await run_job(job.job_url, service) in {Phase.QUEUED, Phase.EXECUTING}
        done, phases = await await_phase(job.job_url, service)
        assert (done.phase, phases[-1].phase) == (Phase.COMPLETED, "COMPLETED")
        files = await download_results(job, service, str(tmp_path))
        assert "expres_test.cdf" in {file.name for file in files}
        return job, owner_of(flow_run.id)

    job, owner = await whole()
    assert job.ours
    assert RunId.is_of(job.run_id, owner, request_.fingerprint)


async def test_task_without_a_flow_has_an_owner(
    service: ExpresService, request_: SimulationRequest
) -> None:
    """Outside flows, the task stands for itself."""
    with pytest.warns(UserWarning, match=r"prefect\.task_runs"):
        job = await create_job(request_, service)
    assert job.ours
    assert RunId.parse(job.run_id) is not None


@pytest.mark.parametrize(
    "owner", ["me", "0123456789abcdef", "0123456789abcdefghijkR", "0123456789abcdefghijkQQ"]
)
async def test_owner_that_does_not_fit_is_refused(
    sandbox: SandboxServer, service: ExpresService, request_: SimulationRequest, owner: str
) -> None:
    """Nothing is sent: the job could not be found again by its name."""

    @flow
    async def wrong() -> None:
        await create_job(request_, service, RunOptions(owner))

    with pytest.raises(ValueError, match="does not fit a runId"):
        await wrong()
    with pytest.raises(ValueError, match="does not fit a runId"):
        RunId.new("io", request_.fingerprint, owner)
    assert sandbox.created_count() == 0


async def test_options_are_taken(
    sandbox: SandboxServer, service: ExpresService, request_: SimulationRequest
) -> None:
    """A given owner and duration are used, a job to exclude is not."""

    @flow
    async def twice() -> tuple[Submission, Submission, float | None]:
        options = RunOptions("0123456789abcdefghijkQ", execution_duration=77, exclusive=True)
        first = await create_job(request_, service, options)
        second = await create_job(request_, service, options, excluded=(first.job_id,))
        async with service.get_client() as client:
            return first, second, (await client.job(first.job_id)).execution_duration

    first, second, duration = await twice()
    assert first.job_id != second.job_id
    assert {RunId.is_of(job.run_id, "0123456789abcdefghijkQ") for job in (first, second)} == {True}
    assert duration == 77


async def test_use_is_recorded_before_the_job(
    service: ExpresService, request_: SimulationRequest
) -> None:
    """The flow run on Prefect's server says which job list is used, and no more."""

    @flow
    async def creating() -> str:
        await create_job(request_, service, RunOptions(keep_running=True))
        return str(flow_run.id)

    async with get_client() as client:
        labels = (await client.read_flow_run(await creating())).labels
    assert recorded_job_lists(labels) == [service.use_of("ExPRES", keep_running=True)]
    assert recorded_jobs(labels) == []


async def test_use_is_recorded_though_the_create_fails(
    service: ExpresService, request_: SimulationRequest
) -> None:
    """The job of a create whose answer is lost is found by it."""
    elsewhere = ExpresService(base_url=f"{service.base_url}/nowhere")

    @flow
    async def creating() -> str:
        with pytest.raises(ServiceError):
            await create_job.with_options(retries=0)(request_, elsewhere)
        return str(flow_run.id)

    async with get_client() as client:
        labels = (await client.read_flow_run(await creating())).labels
    assert recorded_job_lists(labels) == [elsewhere.use_of("ExPRES")]


async def test_given_timeout_holds(service: ExpresService, configuration: dict[str, Any]) -> None:
    """Whether the job has to be read for its label or not."""
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": "sleep=60"}}
    request = SimulationRequest.build(Configuration.from_mapping(content))

    @flow
    async def waiting() -> None:
        job = await create_job(request, service)
        await run_job(job, service)
        for label in ("io", None):
            with pytest.raises(WaitTimeout):
                await await_phase(job, service, timeout=0.3, label=label)
        async with service.get_client() as client:
            await client.abort(job.job_id)

    await waiting()


async def test_lost_job_is_told(service: ExpresService) -> None:
    """A job that nobody knows is lost, whichever task is asked."""
    url = f"{service.jobs_url('ExPRES')}/none"

    @flow
    async def asking() -> None:
        with pytest.raises(JobLost):
            await await_phase.with_options(retries=0)(url, service)
        with pytest.raises(ValueError, match="is no job of"):
            await await_phase("https://other.example.org/rest/ExPRES/1", service)

    await asking()


async def test_view_needs_one_cdf_file() -> None:
    """Files without a CDF file are refused in words."""

    @flow
    async def viewing() -> None:
        with pytest.raises(ResultError, match="no CDF file"):
            await view_results([])
        with pytest.raises(ResultError, match="2 were given"):
            await view_results(["one.cdf", "two.cdf"])

    await viewing()


async def test_downloaded_results_are_compared_if_asked_for(
    quick_opus: SandboxServer, request_: SimulationRequest, tmp_path: Path
) -> None:
    """What is no result of the request is set aside."""
    service = ExpresService(base_url=quick_opus.url)

    @flow
    async def whole() -> None:
        job = await create_job(request_, service)
        await run_job(job, service)
        await await_phase(job, service)
        strict = ExpresService(base_url=service.base_url, largest_result=1)
        with pytest.raises(TooLarge):
            await download_results(job, strict, str(tmp_path / "out"))
        with pytest.raises(ResultMismatch, match="cannot be read as CDF"):
            await download_results(job, service, str(tmp_path / "out"), request_)

    await whole()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mismatched"]
