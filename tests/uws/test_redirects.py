"""Writes that are answered by a redirect: which were done, which are repeated, which failed."""

import pytest

from prefect_expres.errors import RequestRejected, ServiceError, SubmissionUncertain
from prefect_expres.uws import Phase, UWSClient
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService, redirect

HOST = "https://uws.example.org"
MOVED = f"{HOST}/opus/rest/ExPRES"
"""Where a proxy has moved ``/rest``."""
REDIRECTS = [301, 302, 303, 307, 308]


DONE = [
    JOBS_URL,
    f"{JOBS_URL}/",
    "/rest/ExPRES",
    "http://inside:8080/rest/ExPRES",
    "http://inside:8080/ExPRES/;jsessionid=1F?x=1",
]


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("location", DONE)
async def test_delete_that_leads_to_the_list_was_done(
    service: ScriptedService, client: UWSClient, location: str, status: int
) -> None:
    """Also where a server behind a proxy writes the address that it has inside."""
    service.on("DELETE /j1", redirect(location, status))
    await client.delete("j1")
    assert service.asked == ["DELETE /j1"]


ELSEWHERE = [f"{MOVED}/j1", f"{JOBS_URL}/j1/", f"{HOST}/login", f"{HOST}/", f"{JOBS_URL}/j2"]


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("location", [each for each in ELSEWHERE if each != f"{JOBS_URL}/j1/"])
async def test_delete_that_leads_elsewhere_was_not_done(
    service: ScriptedService, client: UWSClient, location: str, status: int
) -> None:
    """The job is still there, so the error names where it was led."""
    service.on("DELETE /j1", redirect(location, status))
    service.on("GET /j1/phase", "EXECUTING")
    with pytest.raises(RequestRejected, match=f"answered {status}: it leads to {location}") as c:
        await client.delete("j1")
    assert "does not show that the request was done" in str(c.value)
    assert service.asked == ["DELETE /j1", "GET /j1/phase"]


@pytest.mark.parametrize("status", [301, 302])
async def test_delete_that_only_gains_a_slash_was_not_done(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """A proxy that adds a slash has not asked the service."""
    service.on("DELETE /j1", redirect("/rest/ExPRES/j1/", status))
    service.on("GET /j1/phase", "EXECUTING")
    with pytest.raises(RequestRejected, match=f"it leads to {JOBS_URL}/j1/"):
        await client.delete("j1")


async def test_delete_that_leads_elsewhere_may_have_been_done(
    service: ScriptedService, client: UWSClient
) -> None:
    """If the job is gone, it was deleted, wherever the answer leads."""
    service.on("DELETE /j1", redirect("http://inside/jobs/"))
    service.on("GET /j1/phase", 404)
    await client.delete("j1")


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", [f"{MOVED}/j1", "/rest/ExPRES/j1/", f"http{HOST[5:]}/x/j1"])
async def test_write_is_repeated_where_it_is_sent_on_the_same_origin(
    service: ScriptedService, client: UWSClient, location: str, status: int
) -> None:
    """With the same method, and the same form."""
    target = {"/rest/ExPRES/j1/": "/j1/", f"http{HOST[5:]}/x/j1": f"{HOST}/x/j1"}.get(
        location, location
    )
    service.on("DELETE /j1", redirect(location, status))
    service.on(f"DELETE {target}", redirect(MOVED))
    await client.delete("j1")
    assert service.asked == ["DELETE /j1", f"DELETE {target}"]


@pytest.mark.parametrize("status", [307, 308])
async def test_start_and_create_are_repeated_with_their_forms(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """A form goes out again as it was."""
    service.on("POST", redirect(f"{JOBS_URL}/", status))
    service.on("POST /", redirect(f"{JOBS_URL}/j1"))
    assert await client.create({"runId": "r"}) == "j1"
    service.on("POST /j1/phase", redirect(f"{MOVED}/j1/phase", status))
    service.on(f"POST {MOVED}/j1/phase", redirect(f"{MOVED}/j1"))
    service.on("GET /j1/phase", "QUEUED")
    assert await client.start("j1") is Phase.QUEUED
    first, second, third, fourth, _ = service.requests
    assert first.content == second.content == b"runId=r"
    assert third.content == fourth.content == b"PHASE=RUN"


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("origin", ["https://other.example.org", f"{HOST}:444"])
async def test_write_is_not_repeated_on_another_origin(
    service: ScriptedService, client: UWSClient, origin: str, status: int
) -> None:
    """It would take the credentials along; the error names the target."""
    service.on("DELETE /j1", redirect(f"{origin}/rest/ExPRES/j1", status))
    service.on("GET /j1/phase", "PENDING")
    with pytest.raises(RequestRejected, match=f"it leads to {origin}"):
        await client.delete("j1")


async def test_write_that_is_sent_round_and_round_ends(
    service: ScriptedService, client: UWSClient
) -> None:
    """Five repetitions are enough for any proxy."""
    service.on("DELETE /j1", redirect(f"{JOBS_URL}/j1/", 307))
    service.on("DELETE /j1/", redirect(f"{JOBS_URL}/j1", 307))
    service.on("GET /j1/phase", "PENDING")
    with pytest.raises(RequestRejected, match="it leads to"):
        await client.delete("j1")
    assert service.count("DELETE /j1") + service.count("DELETE /j1/") == 6


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_abort_that_leads_elsewhere_was_not_done(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """The job runs on: that is an error, not a phase."""
    service.on("GET /j1/phase", "EXECUTING")
    service.on("POST /j1/phase", redirect(f"{MOVED}/j1/phase", status))
    with pytest.raises(RequestRejected, match=f"it leads to {MOVED}/j1/phase"):
        await client.abort("j1")


@pytest.mark.parametrize(
    "location", [f"{JOBS_URL}/j1", f"{JOBS_URL}/j1/parameters", "http://inside/ExPRES/j1"]
)
async def test_change_that_leads_to_the_job_was_done(
    service: ScriptedService, client: UWSClient, location: str
) -> None:
    """UWS leads to the job, OPUS to its parameters."""
    service.on("POST /j1/parameters", redirect(location))
    await client.set_parameter("j1", "branch", "main")
    assert service.asked == ["POST /j1/parameters"]
    service.on("POST /j1/parameters", 404)
    service.on("POST /j1/parameters/branch", redirect(location))
    await client.set_parameter("j1", "branch", "main")


async def test_change_that_was_sent_on_leads_to_where_it_was_done(
    service: ScriptedService, client: UWSClient
) -> None:
    """Behind the proxy, the service leads to the resource that was changed there."""
    service.on("POST /j1/parameters", redirect(f"{MOVED}/j1/parameters", 307))
    service.on(f"POST {MOVED}/j1/parameters", redirect(f"{MOVED}/j1/parameters"))
    await client.set_parameter("j1", "branch", "main")
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RequestRejected),
        (302, SubmissionUncertain),
        (307, RequestRejected),
        (308, RequestRejected),
    ],
)
async def test_create_that_leads_to_the_list_elsewhere_has_no_id(
    service: ScriptedService, client: UWSClient, status: int, kind: type[ServiceError]
) -> None:
    """Not even one with the name of a page; only 302 may have been written after it was done."""
    for path in ("/rest/ExPRES", "/login", "/rest/ExPRES/j1/results"):
        location = f"https://other.example.org{path}"
        service.on("POST", redirect(location, status))
        with pytest.raises(kind, match=f"leads to {location}"):
            await client.create({"runId": "r"})


@pytest.mark.parametrize("status", [302, 303])
async def test_create_that_leads_to_a_page_is_uncertain(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """Such a redirect says only that something else is to be looked at."""
    service.on("POST", redirect(f"{HOST}/welcome", status))
    with pytest.raises(SubmissionUncertain, match=f"leads to {HOST}/welcome"):
        await client.create({"runId": "r"})


@pytest.mark.parametrize("status", [302, 303, 307, 308])
async def test_write_that_leads_to_no_url_may_have_been_done(
    service: ScriptedService, client: UWSClient, status: int
) -> None:
    """It is settled by what the service has: a job is looked for, or deleted again."""
    service.on("POST", redirect("https://[::1/", status))
    with pytest.raises(SubmissionUncertain, match="Invalid URL in location header"):
        await client.create({"runId": "r"})
    service.on("DELETE /j1", redirect("https://[::1/", status), 404)
    await client.delete("j1")
    assert service.asked == ["POST", "DELETE /j1", "DELETE /j1"]


async def test_session_is_no_part_of_an_id(service: ScriptedService, client: UWSClient) -> None:
    """Servers write it into their links while a client shows no cookie."""
    service.on("POST", redirect(f"{JOBS_URL}/j1;jsessionid=1F2E.node"))
    assert await client.create({"runId": "r"}) == "j1"


async def test_write_without_a_location_was_not_done(
    service: ScriptedService, client: UWSClient
) -> None:
    """A redirect that leads nowhere says nothing, but for 303, which UWS answers to a write."""
    service.on("DELETE /j1", 303)
    await client.delete("j1")
    service.on("DELETE /j1", Answer(status=302))
    service.on("GET /j1/phase", "PENDING")
    with pytest.raises(RequestRejected, match="it leads to another URL"):
        await client.delete("j1")
