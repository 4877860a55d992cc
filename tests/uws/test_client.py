"""Creating, starting, stopping and deleting jobs, on services of all kinds."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from prefect_expres.errors import (
    ActiveJobsLimit,
    AuthenticationFailed,
    Busy,
    ExpresError,
    JobNotFound,
    ProtocolError,
    RequestRejected,
    ServerFault,
    SubmissionUncertain,
    Unreachable,
)
from prefect_expres.uws import Phase, Upload, UWSClient
from tests.support.scripted_service import (
    JOBS_URL,
    Answer,
    Script,
    ScriptedService,
    redirect,
)
from tests.support.uws_documents import job_document
from tests.uws.writes import LOST, OK, form, paused

CREATED = redirect(f"{JOBS_URL}/j1")


async def test_create_sends_a_form_and_gives_the_id(
    service: ScriptedService, client: UWSClient
) -> None:
    """Parameters and files are sent to the job list in one multipart form."""
    service.on("POST", CREATED)
    files = {"config": Upload("io.json", b'{"a": 1}', "application/json")}
    assert await client.create({"runId": "r-1"}, files) == "j1"
    assert service.asked == ["POST"]
    (request,) = service.requests
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    body = request.content.decode().replace("\r\n", "\n")
    assert 'form-data; name="runId"\n\nr-1\n' in body
    assert 'name="config"; filename="io.json"\nContent-Type: application/json\n\n{"a": 1}\n' in body


async def test_form_without_files_is_urlencoded(
    service: ScriptedService, client: UWSClient
) -> None:
    """Safir folds the case of names in such a form only, and drops what it does not know."""
    service.on("POST", CREATED)
    await client.create({"runId": "r-1", "Branch": "a+b"})
    (request,) = service.requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form(request) == {"runId": ["r-1"], "Branch": ["a+b"]}


@pytest.mark.parametrize(
    ("answer", "job_id"),
    [
        (redirect("/rest/ExPRES/jX/"), "jX"),
        (redirect(f"{JOBS_URL}/a%20b%2Ec"), None),
        (redirect(f"{JOBS_URL}/a%3Ab?x=1#y"), "a:b"),
        (redirect("http://inside:8080/ExPRES/j3"), "j3"),
        (redirect("http://inside/ExPRES/rest/ExPRES/j8"), "j8"),
        (Answer(job_document("j4", "<phase>PENDING</phase>"), status=201), "j4"),
        (Answer(job_document("j5", ""), 303, {"Location": JOBS_URL}), "j5"),
        (Answer(job_document("j6", ""), 303, {"Location": f"{JOBS_URL}/"}), "j6"),
        (redirect(JOBS_URL), None),
        (Answer(status=201, headers={"Location": "http://[::1"}), None),
        (Answer(status=201, headers={"Location": f"{JOBS_URL}/j7/results"}), None),
        (Answer("created"), None),
        (200, None),
    ],
)
async def test_new_job_is_known_by_location_or_document(
    service: ScriptedService, client: UWSClient, answer: Script, job_id: str | None
) -> None:
    """If neither shows the id, the job may exist: the create is uncertain."""
    service.on("POST", answer)
    if job_id is not None:
        assert await client.create({"runId": "r"}) == job_id
    else:
        with pytest.raises(SubmissionUncertain, match="did not say which one") as caught:
            await client.create({"runId": "r"})
        assert caught.value.url == JOBS_URL
    assert service.asked == ["POST"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (LOST, None),
        (httpx.ConnectTimeout(""), None),
        (Answer("<pre>oops</pre>", 500, {"Retry-After": "7"}), 500),
        (Answer("<pre>oops</pre>", 502, {"Retry-After": "7"}), 502),
    ],
)
async def test_create_without_a_clear_answer_is_uncertain(
    service: ScriptedService, client: UWSClient, answer: Script, status: int | None
) -> None:
    """It is sent once; the error names the runId and carries the facts."""
    service.on("POST", answer)
    with pytest.raises(SubmissionUncertain, match="'r-1' was lost; look for it") as caught:
        await client.create({"runId": "r-1"})
    fault = caught.value
    assert (fault.url, fault.status) == (JOBS_URL, status)
    assert (fault.reason, fault.retry_after) == (("oops", 7.0) if status else (None, None))
    assert not fault.retryable
    assert service.asked == ["POST"]
    with pytest.raises(SubmissionUncertain, match="new job '' was lost"):
        await client.create({})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (400, RequestRejected),
        (401, AuthenticationFailed),
        (429, Busy),
        (Answer("Maximum number of active jobs", 500), ActiveJobsLimit),
        (Answer("VOTable not found for job x", 500), RequestRejected),
        (501, RequestRejected),
    ],
)
async def test_refused_create_is_certain(
    service: ScriptedService, client: UWSClient, answer: Script, kind: type[ExpresError]
) -> None:
    """The service refused the job, so it does not exist; nothing is sent again."""
    service.on("POST", answer)
    with pytest.raises(kind) as caught:
        await client.create({"runId": "r"})
    assert type(caught.value) is kind
    assert service.asked == ["POST"]


async def test_start_is_told_by_the_phase(service: ScriptedService, client: UWSClient) -> None:
    """There is one POST to the phase, and then the phase is read."""
    service.on("POST /j1/phase", OK)
    service.on("GET /j1/phase", "QUEUED")
    assert await client.start("j1") is Phase.QUEUED
    assert service.asked == ["POST /j1/phase", "GET /j1/phase"]
    assert form(service.requests[0]) == {"PHASE": ["RUN"]}
    assert paused(client) == 0


async def test_start_that_shows_late_is_not_sent_again(
    service: ScriptedService, client: UWSClient
) -> None:
    """The phase may still be PENDING for some seconds."""
    service.on("POST /j1/phase", OK)
    service.on("GET /j1/phase", *["PENDING"] * 4, "EXECUTING")
    assert await client.start("j1") is Phase.EXECUTING
    assert service.count("POST /j1/phase") == 1
    assert paused(client) == 0.2 + 0.5 + 1.0 + 2.0


async def test_start_that_never_shows_is_told(service: ScriptedService, client: UWSClient) -> None:
    """The start is sent again while the job is PENDING, and is an error in the end."""
    service.on("POST /j1/phase", OK)
    service.on("GET /j1/phase", "PENDING")
    with pytest.raises(ServerFault, match="still PENDING, though") as caught:
        await client.start("j1")
    assert caught.value.url == f"{JOBS_URL}/j1"
    assert service.count("POST /j1/phase") == 6
    assert service.count("GET /j1/phase") == 6 * 5


@pytest.mark.parametrize("answer", [LOST, 500, 503, 400, Answer("Text file busy", 500)])
async def test_failed_start_is_settled_by_the_phase(
    service: ScriptedService, client: UWSClient, answer: Script
) -> None:
    """Any phase but PENDING shows that the job was started."""
    service.on("POST /j1/phase", answer)
    service.on("GET /j1/phase", "EXECUTING")
    assert await client.start("j1") is Phase.EXECUTING
    assert service.asked == ["POST /j1/phase", "GET /j1/phase"]


@pytest.mark.parametrize(
    ("answer", "kind", "times"),
    [
        (LOST, Unreachable, 6),
        (500, ServerFault, 6),
        (Answer("Maximum number of active jobs", 500), ActiveJobsLimit, 6),
        (400, RequestRejected, 1),
        (403, AuthenticationFailed, 1),
    ],
)
async def test_failed_start_of_a_job_that_is_pending(
    service: ScriptedService,
    client: UWSClient,
    answer: Script,
    kind: type[ExpresError],
    times: int,
) -> None:
    """The start is sent again if the error is retryable."""
    service.on("POST /j1/phase", answer)
    service.on("GET /j1/phase", "PENDING")
    with pytest.raises(kind):
        await client.start("j1")
    assert service.count("POST /j1/phase") == service.count("GET /j1/phase") == times


async def test_new_job_may_take_a_moment_to_be_found(
    service: ScriptedService, client: UWSClient
) -> None:
    """The start of a job that is not found is tried four times, within some seconds."""
    service.on("POST /j1/phase", 404, 404, 404, OK)
    service.on("GET /j1/phase", "QUEUED")
    assert await client.start("j1") is Phase.QUEUED
    assert paused(client) == 0.5 + 1.0 + 2.0
    service.on("POST /j1/phase", 404)
    service.requests.clear()
    with pytest.raises(JobNotFound):
        await client.start("j1")
    assert service.asked == ["POST /j1/phase"] * 4


SENT: Mapping[str, Any] = {
    "start": lambda client: client.start("../x"),
    "abort": lambda client: client.abort("a/b"),
    "delete": lambda client: client.delete(""),
    "parameter": lambda client: client.set_parameter("..", "branch", "main"),
    "duration": lambda client: client.set_execution_duration("a?b", 1),
}


@pytest.mark.parametrize("what", SENT)
async def test_id_that_is_no_id_is_not_sent(
    service: ScriptedService, client: UWSClient, what: str
) -> None:
    """It could be the URL of another resource, for instance of the list."""
    with pytest.raises(ProtocolError, match="no job id"):
        await SENT[what](client)
    assert service.requests == []
