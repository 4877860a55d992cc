"""How results are fetched, and what is told when there are none: in virtual time."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from prefect_expres.errors import (
    JobFailed,
    JobLost,
    RequestRejected,
    ResultsMissing,
    TooLarge,
    Unreachable,
)
from prefect_expres.execution import ClientSteps, Submission, fault_with_evidence, fetch_results
from prefect_expres.execution.events import BytesReceived, Warned
from prefect_expres.execution.evidence import LONGEST_TEXT, TAIL_LINES
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import ErrorSummary, Phase
from tests.support.listening import Told
from tests.support.virtual_jobs import CDF, VirtualJob
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import in_virtual_time


def completed(
    service: VirtualService, simulation: SimulationRequest, **facts: object
) -> VirtualJob:
    """Add a job that has completed."""
    return service.plant(simulation, id="done", phase=Phase.COMPLETED, **facts)


def chosen(job: VirtualJob) -> Submission:
    """Give the submission that has chosen a job."""
    return Submission(
        job_id=job.id, job_url=f"{URL}/{job.id}", run_id="", ours=True, phase=job.phase
    )


@in_virtual_time
async def test_all_results_are_downloaded_and_counted(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Each has its name, and the bytes so far are told."""
    service, told = VirtualService(), Told()
    job = completed(service, simulation, results={"io.cdf": CDF, "run.log": b"done"})
    async with service.client() as client:
        files = await ClientSteps(client, tell=told).download(chosen(job), str(tmp_path))
    assert {file.name: Path(tmp_path, file.name).read_bytes() for file in files} == job.results
    assert told.of(BytesReceived) == [
        BytesReceived("io.cdf", len(CDF), None),
        BytesReceived("run.log", 4, None),
    ]


@in_virtual_time
async def test_a_result_may_not_take_the_manifests_name(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It gets another, and its id is noted; a name that is not safe is replaced as well."""
    service = VirtualService()
    results = {"io.cdf": CDF, "Manifest.json": b"{}", "a:b": b"x"}
    job = completed(service, simulation, results=results)
    async with service.client() as client:
        files = await ClientSteps(client).download(chosen(job), str(tmp_path))
    assert {file.name: file.result_id for file in files} == {
        "io.cdf": None,
        "2-Manifest.json": "Manifest.json",
        "a_b": "a:b",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2-Manifest.json", "a_b", "io.cdf"]


@in_virtual_time
@pytest.mark.parametrize("status", [404, 403, 503])
async def test_one_awkward_result_keeps_no_other_from_arriving(
    simulation: SimulationRequest, tmp_path: Path, status: int
) -> None:
    """What is no CDF file and will not come is told; what may come later is an error in the end."""
    service, told = VirtualService(), Told()
    results = {"a.log": b"done", "io.cdf": CDF, "z.log": b"done"}
    job = completed(service, simulation, results=results)
    service.trouble("GET /done/results/a", status, "moved", times=1e9)
    async with service.client() as client:
        steps = ClientSteps(client, tell=told)
        if status == 503:
            with pytest.raises(Unreachable):
                await steps.download(chosen(job), str(tmp_path))
            assert told.of(Warned) == []
        else:
            await steps.download(chosen(job), str(tmp_path))
            (warned,) = told.of(Warned)
            assert warned.message.startswith("The result 'a.log' is left out: ")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["io.cdf", "z.log"]


@in_virtual_time
async def test_a_cdf_file_that_does_not_come_is_an_error_when_the_others_are_there(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Here it is larger than allowed."""
    service = VirtualService()
    job = completed(service, simulation, results={"io.cdf": CDF, "run.log": b"done"})
    async with service.client() as client:
        with pytest.raises(TooLarge):
            await ClientSteps(client, len(CDF) - 1).download(chosen(job), str(tmp_path))
        assert [path.name for path in tmp_path.iterdir()] == ["run.log"]
        await ClientSteps(client, len(CDF)).download(chosen(job), str(tmp_path))


@in_virtual_time
async def test_a_cdf_file_is_known_by_its_name_where_the_id_is_a_role(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """So OPUS tells it: it is waited for no longer, and is none to be left out."""
    service = VirtualService()
    job = completed(service, simulation, results={"result": CDF})
    told = f'<result id="result" name="7_io.cdf" href="{URL}/done/results/result?ID=7"/>'
    job.texts = {"results": f"<results>{told}</results>"}
    async with service.client() as client:
        (file,) = await fetch_results(client, job.id, str(tmp_path))
        assert (file.name, file.result_id, service.now()) == ("io.cdf", "result", 0.0)
        service.trouble("GET /done/results/result", 403, times=1e9)
        with pytest.raises(RequestRejected):
            await fetch_results(client, job.id, str(tmp_path / "again"))


@in_virtual_time
async def test_results_that_are_listed_late_are_waited_for(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The list of results is read five times, later and later."""
    service = VirtualService()
    job = completed(service, simulation, results={"run.log": b"done"})
    async with service.client() as client:
        with pytest.raises(ResultsMissing, match="look at its stdout") as fault:
            await fetch_results(client, job.id, str(tmp_path))
        assert fault.value.job_url == f"{URL}/done"
        assert service.asked("GET /done/results$") == [0.0, 0.5, 1.5, 3.5, 7.5]
        service.trouble("GET /done/(results|phase)$", 404, times=8)
        job.results = {"IO.CDF": CDF}
        (file,) = await fetch_results(client, job.id, str(tmp_path))
    assert file.name == "IO.CDF"


@in_virtual_time
async def test_results_of_a_job_that_is_gone_are_lost(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Whether the job is gone at first, or before its files are fetched."""
    service = VirtualService()
    job = completed(service, simulation)
    async with service.client() as client:
        service.trouble("GET /done/results/", 404, "it was deleted", times=1e9)
        with pytest.raises(JobLost, match="Run the simulation again") as fault:
            await fetch_results(client, job.id, str(tmp_path))
        assert (fault.value.job_url, str(fault.value.error)[-14:]) == (
            f"{URL}/done",
            "it was deleted",
        )
        for gone_at in (0.0, 10.0):
            job = service.jobs[job.id] = replace(job, results={"run.log": b""})
            going = asyncio.create_task(_gone(service, job.id, gone_at))
            with pytest.raises(JobLost):
                await fetch_results(client, job.id, str(tmp_path))
            await going


async def _gone(service: VirtualService, job_id: str, seconds: float) -> None:
    """Delete a job after a while."""
    await asyncio.sleep(seconds)
    del service.jobs[job_id]


@in_virtual_time
async def test_no_more_is_asked_of_a_job_that_is_gone(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Even if what is missing is no CDF file."""
    service, told = VirtualService(), Told()
    job = completed(service, simulation, results={"a.log": b"done", "io.cdf": CDF})
    service.trouble("GET /done/(results/a.log|phase)$", 404, times=1e9)
    async with service.client() as client:
        with pytest.raises(JobLost):
            await fetch_results(client, job.id, str(tmp_path), tell=told)
    assert service.asked("GET /done/results/io.cdf") == []
    assert told.warnings == []


@in_virtual_time
async def test_the_first_of_several_errors_is_told(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """In the order of the list."""
    service = VirtualService()
    job = completed(service, simulation, results={"a.cdf": CDF, "b.cdf": CDF})
    service.trouble("GET /done/results/a", 404, times=1e9)
    service.trouble("GET /done/results/b", 403, times=1e9)
    async with service.client() as client:
        with pytest.raises(JobLost):
            await fetch_results(client, job.id, str(tmp_path))


async def evidence(service: VirtualService, summary: str | None = None) -> JobFailed:
    """Give the error of a failed job."""
    told = ErrorSummary(message=summary) if summary else None
    async with service.client() as client:
        fault = await fault_with_evidence(client, "done", JobFailed, "It failed", told)
    assert isinstance(fault, JobFailed)
    assert (fault.args[0], fault.job_url) == ("It failed", f"{URL}/done")
    return fault


@in_virtual_time
async def test_the_ends_of_what_a_job_printed_are_told(simulation: SimulationRequest) -> None:
    """Twenty lines, and at most 4000 characters."""
    service = VirtualService()
    lines = [f"line {number}" for number in range(50)]
    told = {"stderr": "\n".join(lines), "stdout": "begin" + "x" * 3997 + "end"}
    job = completed(service, simulation, texts=told)
    fault = await evidence(service)
    assert fault.stderr == "\n".join(lines[-20:])
    assert fault.stdout == "x" * 3997 + "end"
    assert (TAIL_LINES, LONGEST_TEXT) == (20, 4000)
    job.texts = {"stderr": "one\ntwo\n"}
    fault = await evidence(service)
    assert (fault.stderr, fault.stdout) == ("one\ntwo", None)


@in_virtual_time
async def test_the_services_own_words_are_told(simulation: SimulationRequest) -> None:
    """The summary is the error, a longer account its detail, or the error without a summary."""
    service = VirtualService()
    job = completed(service, simulation)
    fault = await evidence(service)
    assert (fault.error, fault.detail, fault.stderr, fault.stdout) == (None, None, None, None)
    detail = "begin" + "d" * 3995 + "end"
    job.texts = {"error": detail}
    fault = await evidence(service, "in short")
    assert (fault.error, fault.detail) == ("in short", "begin" + "d" * 3995)
    fault = await evidence(service)
    assert (fault.error, fault.detail) == (detail, None)
    job.texts = {"error": ""}
    fault = await evidence(service)
    assert (fault.error, fault.detail) == (None, None)
    job.texts = {"error": "in short"}
    fault = await evidence(service, "in short")
    assert (fault.error, fault.detail) == ("in short", None)


@in_virtual_time
async def test_evidence_that_cannot_be_had_takes_nothing_from_the_error(
    simulation: SimulationRequest,
) -> None:
    """A service that is away when it is asked for leaves it out."""
    service = VirtualService()
    completed(service, simulation, texts={"stdout": "it ran"})
    service.trouble("GET /done/std(err)", 503, times=1e9)
    fault = await evidence(service, "in short")
    assert (fault.error, fault.stderr, fault.stdout) == ("in short", None, "it ran")
