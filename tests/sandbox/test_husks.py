"""A failing create of OPUS leaves a husk, which runs the default configuration."""

from html import unescape
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.execution import ClientSteps, RunOptions
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.dialects import DialectName
from prefect_expres.uws import Phase, UWSClient, wait_for
from tests.support.listening import Told
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser

DIALECTS: tuple[DialectName, ...] = ("opus", "standard")


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_husk_keeps_its_name_and_runs_the_default(
    tmp_path: Path, dialect: DialectName
) -> None:
    """The create answers 500 with the reason; the job has runId and duration, and no config."""
    with (
        SandboxServer(tmp_path, dialect, command=QUICK_RUN, behaviour=Behaviour(husks=1)) as server,
        ServiceUser(server.url) as user,
    ):
        answer = user.create_answer(runId="a.husk", executionDuration="77")
        assert answer.status_code == 500
        assert 'cannot upload URL for input "ephemeride"' in unescape(answer.text)
        async with UWSClient(server.jobs_url()) as client:
            (ref,) = await client.find("a.husk")
            assert ref.phase is Phase.PENDING
            assert await client.execution_duration(ref.id) == 77
            told = {each.id for each in await client.parameters(ref.id)}
            assert not {"config", "ephemeride", "branch"} & told
            await client.start(ref.id)
            job = await wait_for(client, ref.id, timeout=30)
            assert job.phase is Phase.COMPLETED
        (default,) = tmp_path.glob(f"jobs/{ref.id}/inputs/config/*")
        assert Configuration.parse(default.read_bytes()).time.nbr == 24
        assert user.create()


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_simulation_survives_husks(
    tmp_path: Path, configuration: dict[str, Any], dialect: DialectName
) -> None:
    """They are deleted, never started, and the server's reason is told."""
    request = SimulationRequest.build(Configuration.from_mapping(configuration), label="io")
    told = Told()
    faults = Behaviour(husks=2)
    with SandboxServer(tmp_path, dialect, command=QUICK_RUN, behaviour=faults) as server:
        async with UWSClient(server.jobs_url()) as client:
            steps = ClientSteps(client, tell=told)
            submission = await steps.create(request, RunOptions("0123456789abcdefghijkQ"), ())
            (ref,) = await client.jobs()
            assert ref.id == submission.job_id
        assert (server.created_count(), server.started_count()) == (3, 0)
    assert sum("cannot upload URL" in line for line in told.steps("submit")) == 2
