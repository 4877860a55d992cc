"""The life of a job on the sandbox, over real HTTP, in both dialects."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import JobNotFound, WaitTimeout
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import (
    Observation,
    Phase,
    Upload,
    UWSClient,
    download,
    file_names,
    wait_for,
)


def _config(content: dict[str, Any], orders: str) -> dict[str, Upload]:
    changed = content | {"SIMU": content["SIMU"] | {"NAME": orders}}
    return {"config": Upload("io.json", json.dumps(changed).encode(), "application/json")}


async def test_job_runs_and_its_results_arrive(
    sandbox: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Create, start, wait and download give the files whole, with every phase told."""
    phases: list[Phase] = []

    async def note(seen: Observation) -> None:
        phases.append(seen.job.phase)

    async with UWSClient(sandbox.jobs_url()) as client:
        job_id = await client.create(
            {"runId": "io.1", "branch": "master"}, _config(configuration, "sleep=1.5")
        )
        assert await client.phase(job_id) is Phase.PENDING
        assert await client.start(job_id) in {Phase.QUEUED, Phase.EXECUTING}
        job = await wait_for(client, job_id, timeout=30, on_progress=note)
        assert job.phase is Phase.COMPLETED
        assert job.run_id == "io.1"
        names = file_names(await client.results(job_id))
        stored = [
            await download(client, result, str(tmp_path / "out"), name=name)
            for name, result in names.items()
        ]
    cdf = tmp_path / "out" / "expres_test.cdf"
    assert cdf.read_bytes() == bytes(range(256)) * 1200
    assert Phase.EXECUTING in phases
    by_name = {file.name: file for file in stored}
    assert by_name["expres_test.cdf"].sha256 == hashlib.sha256(cdf.read_bytes()).hexdigest()
    assert not list((tmp_path / "out").glob("*.part"))


async def test_failed_job_tells_why(sandbox: SandboxServer, configuration: dict[str, Any]) -> None:
    """A run that fails is in phase ERROR, with a summary and its stderr."""
    async with UWSClient(sandbox.jobs_url()) as client:
        job_id = await client.create({"runId": "f"}, _config(configuration, "fail"))
        await client.start(job_id)
        job = await wait_for(client, job_id, timeout=30)
        assert job.phase is Phase.ERROR
        assert job.error_summary is not None
        assert job.error_summary.message == "the run failed as it was told to"
        assert "failed as it was told" in await client.stderr(job_id)
        assert "the run has begun" in await client.stdout(job_id)
        assert "failed" in await client.error(job_id)


async def test_abort_stops_a_run_and_deletes_a_pending_job(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """An executing job is aborted, twice without harm; a pending one is deleted."""
    async with UWSClient(sandbox.jobs_url()) as client:
        running = await client.create({"runId": "r"}, _config(configuration, "sleep=60"))
        await client.start(running)
        assert await client.abort(running) is Phase.ABORTED
        assert await client.abort(running) is Phase.ABORTED
        pending = await client.create({"runId": "p"}, _config(configuration, ""))
        assert await client.abort(pending) is None
        with pytest.raises(JobNotFound):
            await client.job(pending)
        assert await client.abort(pending) is None


async def test_second_start_is_no_error(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Starting a job that runs already is settled by its phase."""
    async with UWSClient(sandbox.jobs_url()) as client:
        job_id = await client.create({"runId": "s"}, _config(configuration, "sleep=60"))
        await client.start(job_id)
        assert await client.start(job_id) in {Phase.QUEUED, Phase.EXECUTING}
        await client.abort(job_id)


async def test_list_is_filtered_and_sorted(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """PHASE, AFTER and last give what they say on every dialect, oldest first."""
    async with UWSClient(sandbox.jobs_url()) as client:
        ids = [
            await client.create({"runId": f"n{number}"}, _config(configuration, "sleep=60"))
            for number in range(3)
        ]
        await client.start(ids[1])
        listed = await client.jobs()
        assert {job.id for job in listed} == set(ids)
        pending = await client.jobs([Phase.PENDING], after="2000-01-01T00:00:00")
        assert {job.id for job in pending} == {ids[0], ids[2]}
        assert await client.jobs(after="2100-01-01T00:00:00") == ()
        assert len(await client.jobs(last=2)) == 2
        assert [job.id for job in await client.find("n2")] == [ids[2]]


async def test_settings_are_written_and_read_back(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Execution duration, destruction and a parameter are set and read."""
    async with UWSClient(sandbox.jobs_url()) as client:
        job_id = await client.create({"runId": "d"}, _config(configuration, ""))
        assert await client.set_execution_duration(job_id, 120) == 120
        assert await client.execution_duration(job_id) == 120
        assert await client.set_execution_duration(job_id, 9999) == 600
        later = datetime.now(UTC) + timedelta(days=2)
        assert (await client.set_destruction(job_id, later))[:4] == f"{later:%Y}"
        await client.set_parameter(job_id, "branch", "main")
        values = {each.id: each.value for each in await client.parameters(job_id)}
        assert values["branch"] == "main"
        assert values["config"].startswith(f"{sandbox.url}/store?ID=")
        assert (await client.describe())["name"] == "ExPRES"


async def test_wait_has_a_deadline(sandbox: SandboxServer, configuration: dict[str, Any]) -> None:
    """A wait ends at its deadline and names the phase."""
    async with UWSClient(sandbox.jobs_url()) as client:
        job_id = await client.create({"runId": "t"}, _config(configuration, "sleep=60"))
        await client.start(job_id)
        with pytest.raises(WaitTimeout, match=r"EXECUTING|QUEUED") as caught:
            await wait_for(client, job_id, timeout=1.5)
        assert caught.value.waited < 5
        await client.abort(job_id)
