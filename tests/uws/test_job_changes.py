"""Stopping and deleting jobs, and changing what they have, on services of all kinds."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    JobNotFound,
    ProtocolError,
    RequestRejected,
)
from prefect_expres.uws import Phase, UWSClient
from tests.support.scripted_service import (
    JOBS_URL,
    Answer,
    Script,
    ScriptedService,
    redirect,
)
from tests.uws.writes import LOST, OK, form, paused


async def test_abort_waits_for_the_phase(service: ScriptedService, client: UWSClient) -> None:
    """The phase is read until the job has stopped."""
    service.on("GET /j1/phase", "EXECUTING", "EXECUTING", "EXECUTING", "ABORTED")
    service.on("POST /j1/phase", OK)
    assert await client.abort("j1") is Phase.ABORTED
    assert service.asked == [
        *("GET /j1/phase", "POST /j1/phase", "GET /j1/phase", "GET /j1/phase", "GET /j1/phase")
    ]
    assert form(service.requests[1]) == {"PHASE": ["ABORT"]}
    assert paused(client) == pytest.approx(0.7)


async def test_job_that_ends_before_it_is_stopped_has_stopped(
    service: ScriptedService, client: UWSClient
) -> None:
    """Whatever it has ended in: no other phase is waited for."""
    service.on("GET /j1/phase", "EXECUTING", "COMPLETED")
    service.on("POST /j1/phase", OK)
    assert await client.abort("j1") is Phase.COMPLETED
    assert service.count("GET /j1/phase") == 2


async def test_abort_that_does_not_show_gives_the_phase(
    service: ScriptedService, client: UWSClient
) -> None:
    """After some seconds the phase is returned as it is."""
    service.on("GET /j1/phase", "QUEUED")
    service.on("POST /j1/phase", OK)
    assert await client.abort("j1") is Phase.QUEUED
    assert service.count("POST /j1/phase") == 1
    assert service.count("GET /j1/phase") == 1 + 5


@pytest.mark.parametrize("phase", ["COMPLETED", "ERROR", "ABORTED", "ARCHIVED"])
async def test_finished_job_is_not_aborted(
    service: ScriptedService, client: UWSClient, phase: str
) -> None:
    """OPUS answers 500 to the abort of a finished job."""
    service.on("GET /j1/phase", phase)
    assert await client.abort("j1") == phase
    assert service.asked == ["GET /j1/phase"]


async def test_pending_job_is_deleted(service: ScriptedService, client: UWSClient) -> None:
    """OPUS can never delete a PENDING job after an abort."""
    service.on("GET /j1/phase", "PENDING")
    service.on("DELETE /j1", redirect(JOBS_URL))
    assert await client.abort("j1") is None
    assert service.asked == ["GET /j1/phase", "DELETE /j1"]


async def test_abort_of_a_job_that_is_gone(service: ScriptedService, client: UWSClient) -> None:
    """A job that does not exist before or after the abort counts as stopped."""
    service.on("GET /j1/phase", 404)
    assert await client.abort("j1") is None
    service.on("GET /j1/phase", "EXECUTING", 404)
    service.on("POST /j1/phase", 404)
    assert await client.abort("j1") is None


async def test_failed_abort_is_settled_by_the_phase(
    service: ScriptedService, client: UWSClient
) -> None:
    """A job that ended meanwhile is no error; a job that still runs is aborted again."""
    service.on("GET /j1/phase", "EXECUTING", "COMPLETED")
    service.on("POST /j1/phase", Answer("Job j1 cannot be aborted while in phase ERROR", 500))
    assert await client.abort("j1") is Phase.COMPLETED
    service.on("GET /j1/phase", "EXECUTING")
    with pytest.raises(RequestRejected):
        await client.abort("j1")
    service.requests.clear()
    service.on("GET /j1/phase", "EXECUTING", "EXECUTING", "EXECUTING", "ABORTED")
    service.on("POST /j1/phase", LOST, OK)
    assert await client.abort("j1") is Phase.ABORTED
    assert service.count("POST /j1/phase") == 2


@pytest.mark.parametrize("answer", [redirect(JOBS_URL), 200, 204, 404, 410])
async def test_delete_is_sent_to_the_job(
    service: ScriptedService, client: UWSClient, answer: Script
) -> None:
    """A job that does not exist is no error, and the list is not fetched."""
    service.on("DELETE /j1", answer)
    await client.delete("j1")
    assert service.asked == ["DELETE /j1"]


@pytest.mark.parametrize("status", [405, 501])
async def test_service_without_delete_is_told_in_a_form(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """UWS allows a DELETE, and a POST with ACTION=DELETE."""
    service.on("DELETE /j1", status)
    service.on("POST /j1", 503, redirect(JOBS_URL))
    await client.delete("j1")
    assert service.asked == ["DELETE /j1", "POST /j1"] * 2
    assert form(service.requests[1]) == {"ACTION": ["DELETE"]}
    service.on("POST /j1", 404)
    await client.delete("j1")


async def test_delete_is_tried_again_where_that_helps(
    service: ScriptedService, client: UWSClient
) -> None:
    """A refusal is raised at once, and no form is sent after it."""
    service.on("DELETE /j1", 503, LOST, 200)
    await client.delete("j1")
    assert len(service.requests) == 3
    service.on("DELETE /j1", 403)
    with pytest.raises(AuthenticationFailed):
        await client.delete("j1")
    assert len(service.requests) == 4


async def test_parameter_is_set(service: ScriptedService, client: UWSClient) -> None:
    """Its name and value are sent to the job's parameters."""
    service.on("POST /j1/parameters", OK)
    await client.set_parameter("j1", "branch", "main")
    assert service.asked == ["POST /j1/parameters"]
    assert form(service.requests[0]) == {"branch": ["main"]}


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_parameter_is_set_in_the_way_of_opus(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """OPUS has one resource for each parameter."""
    service.on("POST /j1/parameters", status)
    service.on("POST /j1/parameters/branch", OK)
    await client.set_parameter("j1", "branch", "main")
    assert service.asked == ["POST /j1/parameters", "POST /j1/parameters/branch"]
    assert form(service.requests[1]) == {"VALUE": ["main"]}


@pytest.mark.parametrize("status", [404, 405])
async def test_parameters_that_no_way_changes_are_told(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """Safir has no resource for that; the job is there all the same."""
    service.on("POST /j1/parameters", status)
    service.on("POST /j1/parameters/branch", status)
    service.on("GET /j1/phase", "PENDING", 404)
    with pytest.raises(RequestRejected, match="Create another job with the value") as caught:
        await client.set_parameter("j1", "branch", "main")
    assert type(caught.value) is RequestRejected
    with pytest.raises(JobNotFound):
        await client.set_parameter("j1", "branch", "main")


async def test_refused_parameter_is_told(service: ScriptedService, client: UWSClient) -> None:
    """After another refusal nothing else is tried, and unsafe values are not sent."""
    service.on("POST /j1/parameters", 401)
    with pytest.raises(AuthenticationFailed):
        await client.set_parameter("j1", "branch", "main")
    assert len(service.requests) == 1
    for name, value in (("branch", "a;b"), ("bran/ch", "main")):
        with pytest.raises(RequestRejected, match="refused"):
            await client.set_parameter("j1", name, value)
    assert len(service.requests) == 1


async def test_execution_duration_is_read_back(service: ScriptedService, client: UWSClient) -> None:
    """The returned value is the one that the service has set."""
    service.on("POST /j1/executionduration", OK)
    service.on("GET /j1/executionduration", "600\n")
    seconds: Any = 900.9
    assert await client.set_execution_duration("j1", seconds) == 600
    assert form(service.requests[0]) == {"EXECUTIONDURATION": ["900"]}
    service.on("GET /j1/executionduration", "for ever")
    with pytest.raises(ProtocolError, match="'for ever' is not a number of seconds"):
        await client.execution_duration("j1")


async def test_destruction_is_sent_in_utc_and_read_back(
    service: ScriptedService, client: UWSClient
) -> None:
    """A time without a zone is taken as UTC, which UWS says that all its times are."""
    service.on("POST /j1/destruction", OK)
    service.on("GET /j1/destruction", " 2026-02-01T00:00:00 ")
    paris = datetime(2026, 1, 2, 1, 30, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    assert await client.set_destruction("j1", paris) == "2026-02-01T00:00:00"
    await client.set_destruction("j1", datetime(2026, 1, 2, 0, 30, tzinfo=UTC))
    await client.set_destruction("j1", datetime(2026, 1, 2, 0, 30))  # noqa: DTZ001 - as told
    sent = [form(request) for request in service.requests if request.method == "POST"]
    assert sent == [{"DESTRUCTION": ["2026-01-02T00:30:00Z"]}] * 3
