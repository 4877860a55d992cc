"""Where a job list is: under ``/rest/``, or under ``/uws/`` where OPUS is older."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from prefect_expres.errors import JobListNotFound, JobNotFound
from prefect_expres.uws import ClientOptions, Phase, UWSClient
from prefect_expres.uws.opus_address import (
    other_urls,
    service_address,
    split_list_url,
)
from prefect_expres.uws.xml import read_jobs
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, Answer, Script, ScriptedService, redirect
from tests.support.uws_documents import job_document, jobs_document, list_entry

UWS = "https://uws.example.org/uws/ExPRES"
LISTS = ("ExPRES", "ExPRES-dev")


@pytest.fixture
def service() -> ScriptedService:
    """Give a service that has its list under ``/uws/``."""
    service = ScriptedService()
    for asked in ("GET", "POST", "GET /j1", "DELETE /j1"):
        service.on(asked, 404)
    service.on(f"GET {UWS}", jobs_document(list_entry("j1")))
    service.on(f"GET {UWS}/j1", job_document("j1", "<phase>QUEUED</phase>"))
    service.on(f"POST {UWS}", redirect(f"{UWS}/j2"))
    service.on(f"DELETE {UWS}/j1", redirect(UWS))
    return service


@pytest.fixture
def client(service: ScriptedService) -> UWSClient:
    """Give a client that knows both places."""
    return UWSClient(
        JOBS_URL, options=ClientOptions(or_at=[UWS]), transport=service, clock=NoPause()
    )


async def test_list_is_found_whatever_comes_first(
    service: ScriptedService, client: UWSClient
) -> None:
    """A job is read there, and its URL is the one that works."""
    assert (await client.job("j1")).phase is Phase.QUEUED
    assert service.asked == ["GET /j1", "GET", f"GET {UWS}", f"GET {UWS}/j1"]
    assert (client.jobs_url, client.job_url("j1")) == (UWS, f"{UWS}/j1")
    assert [job.id for job in await client.jobs()] == ["j1"]
    assert service.asked[4:] == [f"GET {UWS}"]


async def test_writes_find_the_list_too(service: ScriptedService, client: UWSClient) -> None:
    """A create that was answered 404 was not done, so that it may be sent again."""
    assert await client.create({"runId": "r"}) == "j2"
    await client.delete("j1")
    assert service.asked == ["POST", "GET", f"GET {UWS}", f"POST {UWS}", f"DELETE {UWS}/j1"]


async def test_all_who_ask_at_once_find_it(service: ScriptedService, client: UWSClient) -> None:
    """It is looked for once."""
    found = await asyncio.gather(*(client.job("j1") for _ in range(9)))
    assert {job.id for job in found} == {"j1"}
    assert service.count(f"GET {UWS}") == 1


@pytest.mark.parametrize("there", [jobs_document(""), 503, 403])
async def test_list_that_is_where_it_was_thought_to_be_stays(
    service: ScriptedService, client: UWSClient, there: Script
) -> None:
    """Then the job is not found, and the other place is left alone."""
    service.on("GET", there)
    for _ in range(2):
        with pytest.raises(JobNotFound):
            await client.job("j1")
    assert f"GET {UWS}" not in service.asked
    assert client.jobs_url == JOBS_URL


@pytest.mark.parametrize("other", [404, 500, "<html>home</html>", "<job/>"])
async def test_other_place_must_have_a_list(
    service: ScriptedService, client: UWSClient, other: Script
) -> None:
    """A page of the web server is none."""
    service.on(f"GET {UWS}", other)
    with pytest.raises(JobNotFound):
        await client.job("j1")
    assert client.jobs_url == JOBS_URL


@pytest.mark.parametrize("lists", [lambda client: client.jobs(), lambda client: client.create({})])
@pytest.mark.parametrize("others", [(), (UWS,)])
async def test_an_address_without_a_list_is_told(
    service: ScriptedService,
    lists: Callable[[UWSClient], Awaitable[object]],
    others: tuple[str, ...],
) -> None:
    """No job is to blame; the message says which address is, and what to check."""
    service.on(f"GET {UWS}", 404)
    options = ClientOptions(or_at=others)
    client = UWSClient(JOBS_URL, options=options, transport=service, clock=NoPause())
    with pytest.raises(JobListNotFound, match=f"no UWS job list at {JOBS_URL}") as told:
        await lists(client)
    assert f"at {JOBS_URL}, which answered 404: check the address" in str(told.value)
    assert "https://host/rest/ExPRES" in str(told.value)
    said = Answer("<html><h1>Moved to the new site</h1></html>", 404)
    for asked in ("GET", "POST", f"GET {UWS}"):
        service.on(asked, said)
    with pytest.raises(JobListNotFound, match=r"which answered 404 \(Moved to the new site\): "):
        await lists(client)


async def test_a_create_that_is_not_found_leaves_the_list_in_peace(
    service: ScriptedService,
) -> None:
    """The list is there, so that it is the new job that something was not found for."""
    service.on("GET", jobs_document(""))
    client = UWSClient(JOBS_URL, transport=service, clock=NoPause())
    with pytest.raises(JobNotFound) as told:
        await client.create({})
    assert not isinstance(told.value, JobListNotFound)


async def test_the_list_is_not_read_for_every_job_that_is_not_found(
    service: ScriptedService,
) -> None:
    """It may be long, and is slow; without another place a 404 is a 404."""
    client = UWSClient(JOBS_URL, transport=service, clock=NoPause())
    with pytest.raises(JobNotFound):
        await client.job("j1")
    assert service.asked == ["GET /j1"]


@pytest.mark.parametrize("name", ["jobref", "jobRef", "job", "uws:job"])
def test_list_has_entries_of_several_names(name: str) -> None:
    """UWSLib of 2012 wrote ``jobRef``, and ESA whole jobs, whose id is in an element."""
    entry = f"<{name}><jobId>1</jobId><ownerId>x</ownerId><phase>ERROR</phase></{name}>"
    entry += f'<{name} id="2"><phase>QUEUED</phase><runId>r</runId></{name}>'
    spaces = 'xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"'
    found = read_jobs(f"<jobs {spaces}>{entry}<joblike/></jobs>".encode())
    assert [(job.id, job.phase.value, job.run_id) for job in found] == [
        ("1", "ERROR", None),
        ("2", "QUEUED", "r"),
    ]


def test_list_that_is_none_of_expres_is_refused() -> None:
    """Simulations would run in another list than the one that was named."""
    with pytest.raises(ValueError, match="names the job list Other, which is none of ExPRES"):
        service_address("https://h/rest/Other", LISTS)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://h/rest/ExPRES", ("https://h", "/rest", "ExPRES")),
        ("https://h/uws/ExPRES", ("https://h", "/uws", "ExPRES")),
        ("https://h/a/rest/ExPRES", ("https://h/a", "/rest", "ExPRES")),
        ("https://h/rest/uws/ExPRES", ("https://h/rest", "/uws", "ExPRES")),
        ("https://h/rest", ("https://h", "/rest", "")),
        ("https://h/uws", ("https://h", "/uws", "")),
        ("https://h/rest/ExPRES/j1", None),
        ("https://h/tap/async", None),
        ("https://h", None),
    ],
)
def test_list_address_has_three_parts(url: str, parts: tuple[str, str, str] | None) -> None:
    """Address, folder and name; other services have lists elsewhere."""
    assert split_list_url(url) == parts


@pytest.mark.parametrize(
    ("url", "others"),
    [
        ("https://h/rest/ExPRES", ("https://h/uws/ExPRES",)),
        ("https://h/a/rest/ExPRES", ("https://h/a/uws/ExPRES",)),
        ("https://h/rest/rest/ExPRES", ("https://h/rest/uws/ExPRES",)),
        ("https://h/uws/ExPRES", ()),
        ("https://h/tap/async", ()),
    ],
)
def test_only_a_list_of_the_usual_folder_may_be_in_another(
    url: str, others: tuple[str, ...]
) -> None:
    """Older versions of OPUS have it under ``/uws/``."""
    assert other_urls(url) == others


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://h", "https://h"),
        ("https://h/", "https://h"),
        ("https://h/rest", "https://h"),
        ("https://h/rest/ExPRES/", "https://h"),
        ("https://h/uws", "https://h/uws"),
        ("https://h/uws/ExPRES", "https://h/uws"),
        ("https://h/rest/rest/ExPRES", "https://h/rest/rest"),
        ("https://h/a", "https://h/a"),
    ],
)
def test_service_is_known_by_itself_or_by_its_list(url: str, address: str) -> None:
    """The folder is a part of the address only where it is not the usual one."""
    assert service_address(url, LISTS) == address
