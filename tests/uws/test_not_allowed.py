"""What a 403 means: not this user, or not in this phase, as reading the job tells."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from prefect_expres.errors import AuthenticationFailed, RequestRejected
from prefect_expres.uws import Phase, UWSClient
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService
from tests.support.uws_documents import jobs_document

REFUSED = Answer("that is forbidden", 403)
CHANGES: dict[str, tuple[str, Callable[[UWSClient], Awaitable[object]]]] = {
    "parameter": ("POST /j1/parameters", lambda client: client.set_parameter("j1", "a", "b")),
    "duration": (
        "POST /j1/executionduration",
        lambda client: client.set_execution_duration("j1", 5),
    ),
    "destruction": (
        "POST /j1/destruction",
        lambda client: client.set_destruction("j1", datetime(2027, 1, 1, tzinfo=UTC)),
    ),
}


@pytest.fixture
def client(service: ScriptedService) -> UWSClient:
    """Give the client of a user."""
    return UWSClient(JOBS_URL, "ann", "t0ken", transport=service, clock=NoPause())


@pytest.mark.parametrize("name", CHANGES)
async def test_change_that_the_phase_forbids_does_not_blame_the_user(
    service: ScriptedService, client: UWSClient, name: str
) -> None:
    """UWS 1.1 answers 403 to what is illegal in the phase of the job."""
    asked, change = CHANGES[name]
    service.on(asked, REFUSED)
    service.on("GET /j1/phase", "COMPLETED")
    with pytest.raises(RequestRejected, match="The job is COMPLETED: the service does") as caught:
        await change(client)
    assert type(caught.value) is RequestRejected
    assert (caught.value.status, caught.value.reason) == (403, "that is forbidden")
    assert "user" not in str(caught.value)
    assert service.asked == [asked, "GET /j1/phase"]


@pytest.mark.parametrize("phase", ["PENDING", 403, 401, 500, "nonsense at all"])
@pytest.mark.parametrize("name", CHANGES)
async def test_change_of_a_job_of_another_user_blames_the_user(
    service: ScriptedService, client: UWSClient, name: str, phase: str | int
) -> None:
    """The phase would allow it, or cannot be read."""
    asked, change = CHANGES[name]
    service.on(asked, REFUSED)
    service.on("GET /j1/phase", phase)
    with pytest.raises(AuthenticationFailed, match="check whose job it is"):
        await change(client)


async def test_rejected_job_is_not_blamed_on_a_user_who_reads_the_list(
    service: ScriptedService, client: UWSClient
) -> None:
    """UWS 1.1 answers 403 to a job that it rejects."""
    service.on("POST", REFUSED)
    service.on("GET", jobs_document("", "1.1"), 403)
    with pytest.raises(RequestRejected, match="it is this job that the service rejects") as caught:
        await client.create({"runId": "r"})
    assert type(caught.value) is RequestRejected
    with pytest.raises(AuthenticationFailed, match="as which user you ask"):
        await client.create({"runId": "r"})


async def test_wrong_token_is_told_without_a_further_request(
    service: ScriptedService, client: UWSClient
) -> None:
    """401 says what it means."""
    service.on("POST", 401)
    with pytest.raises(AuthenticationFailed, match="Check the user name and token"):
        await client.create({"runId": "r"})
    assert service.asked == ["POST"]


@pytest.mark.parametrize(("act", "phase"), [("start", "EXECUTING"), ("abort", "ABORTED")])
async def test_command_that_came_too_late_is_no_error(
    service: ScriptedService, client: UWSClient, act: str, phase: str
) -> None:
    """The phase shows that what was asked is so already."""
    service.on("POST /j1/phase", REFUSED)
    service.on("GET /j1/phase", *(["EXECUTING"] if act == "abort" else []), phase)
    assert await getattr(client, act)("j1") is Phase(phase)
