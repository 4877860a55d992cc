"""Jobs of creates whose answers were lost, in flows that are made of single tasks."""

from typing import Any
from uuid import uuid4

import pytest
from prefect import flow

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import JobFailed
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.tasks import await_phase, create_job, run_job


@pytest.fixture
def service(quick_opus: SandboxServer) -> ExpresService:
    """Use the sandbox as a guest."""
    return ExpresService(base_url=quick_opus.url)


@pytest.mark.parametrize(
    ("orders", "lost", "ours"),
    [("", True, True), ("fail", True, True), ("", False, True), ("", True, False)],
)
async def test_late_job_is_deleted_when_the_chosen_one_has_ended(
    service: ExpresService, configuration: dict[str, Any], orders: str, *, lost: bool, ours: bool
) -> None:
    """However it has ended, and whoever created it, but none of the run's other simulations.

    Where no answer was lost, nothing is looked for.
    """
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": orders}}
    request = SimulationRequest.build(Configuration.from_mapping(content))

    @flow
    async def whole() -> tuple[str, str, str]:
        job = await create_job(request, service)
        name = RunId.parse(job.run_id)
        assert name is not None
        async with service.get_client() as client:
            late, other = [
                await client.create({"runId": str(RunId.new("io", fingerprint, name.owner))})
                for fingerprint in (request.fingerprint, "0" * 12)
            ]
        await run_job(job, service)
        whose = name.owner if ours else owner_of(uuid4())
        run_id = str(RunId.new("io", request.fingerprint, whose))
        job = job.model_copy(update={"strays": lost, "ours": ours, "run_id": run_id})
        if orders == "fail":
            with pytest.raises(JobFailed):
                await await_phase(job, service)
        else:
            await await_phase(job, service)
        return job.job_id, late, other

    job, late, other = await whole()
    async with service.get_client() as client:
        left = {ref.id for ref in await client.jobs()}
    assert left == ({job, other} if lost else {job, late, other})
