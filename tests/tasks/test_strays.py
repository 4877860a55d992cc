"""Jobs of creates whose answers were lost, in flows that are made of single tasks."""

from typing import Any

import pytest
from prefect import flow

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import JobFailed
from prefect_expres.execution import Submission
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.tasks import await_phase, create_job, run_job


@pytest.fixture
def service(quick_opus: SandboxServer) -> ExpresService:
    """Use the sandbox as a guest."""
    return ExpresService(base_url=quick_opus.url)


@pytest.mark.parametrize(("orders", "lost"), [("", True), ("fail", True), ("", False)])
async def test_late_job_is_deleted_when_the_chosen_one_has_ended(
    service: ExpresService, configuration: dict[str, Any], orders: str, *, lost: bool
) -> None:
    """However it has ended; where no answer was lost, nothing is looked for."""
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": orders}}
    request = SimulationRequest.build(Configuration.from_mapping(content))

    @flow
    async def whole() -> tuple[Submission, str]:
        job = await create_job(request, service)
        name = RunId.parse(job.run_id)
        assert name is not None
        async with service.get_client() as client:
            late = await client.create(
                {"runId": str(RunId.new("io", request.fingerprint, name.owner))}
            )
        job = job.model_copy(update={"strays": lost})
        await run_job(job, service)
        if orders == "fail":
            with pytest.raises(JobFailed):
                await await_phase(job, service)
        else:
            await await_phase(job, service)
        return job, late

    job, late = await whole()
    async with service.get_client() as client:
        left = {ref.id for ref in await client.jobs()}
    assert left == ({job.job_id} if lost else {job.job_id, late})
