"""Which locations and redirects are followed, on the service and on hosts that are trusted."""

import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    ProtocolError,
    RequestRejected,
    UnsafeLocation,
)
from prefect_expres.uws.locations import Locations
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService, redirect
from tests.support.virtual_time import in_virtual_time
from tests.uws.http_user import BASIC, FOREIGN, TOKEN, TRUSTED, authorizations, http_to


@pytest.mark.parametrize(
    ("own", "led_to", "sent"),
    [
        ("http://uws.example.org", "https://uws.example.org", True),
        ("http://UWS.example.org", "https://uws.example.org", True),
        ("http://uws.example.org:8080", "https://uws.example.org", False),
        ("http://uws.example.org:8080", "https://uws.example.org:8443", False),
        ("http://uws.example.org", "https://uws.example.org:8443", False),
    ],
)
async def test_reads_follow_a_service_that_has_moved_to_https(
    service: ScriptedService, own: str, led_to: str, *, sent: bool
) -> None:
    """With the token, if both ports are the usual ones: others may have servers there, too."""
    service.on(f"GET {own.lower()}/jobs", redirect(f"{led_to}/jobs", 301))
    service.on(f"GET {led_to}/jobs", "x")
    http = http_to(service, f"{own}/jobs", trusted_hosts=frozenset())
    assert await http.read(f"{own}/jobs", limit=9) == b"x"
    assert authorizations(service) == [f"Basic {BASIC}", f"Basic {BASIC}" if sent else None]
    service.on(f"POST {own.lower()}/jobs", redirect(f"{led_to}/jobs", 308))
    with pytest.raises(RequestRejected, match=f"it leads to {led_to}/jobs"):
        await http.send("POST", f"{own}/jobs")


async def test_http_link_of_an_https_service_is_made_https(service: ScriptedService) -> None:
    """Services behind a proxy give such links to themselves, with the port of the inner server."""
    service.on("GET https://uws.example.org/store", "x")
    for link in ("http://uws.example.org/store", "http://uws.example.org:8080/store"):
        assert await http_to(service).read(link, limit=9) == b"x"
    assert {request.url.scheme for request in service.requests} == {"https"}
    service.on("GET /1", redirect("http://uws.example.org/store", 301))
    assert await http_to(service).read(f"{JOBS_URL}/1", limit=9) == b"x"
    assert {request.url.scheme for request in service.requests} == {"https"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://files.example.org/x", "it is http: while the service is https:"),
        (
            "https://other.example.org/x",
            "fetched: it is another host than the service; add it to the trusted",
        ),
        ("https://uws.example.org:444/x", "another host than the service"),
        ("https://inside.example.org/x", "fetched: its address is private"),
        ("https://both.example.org/x", "fetched: its address is private"),
        ("https://gone.org/x", "fetched: its address is private"),
        ("ftp://uws.example.org/x", "it is ftp:, not http: or https:"),
        ("file:///etc/passwd", "it is file:, not http: or https:"),
        ("//uws.example.org/x", "it is no:, not http: or https:"),
        ("http://[::1/", "A location is no URL"),
        ("https://uws.example.org:port/x", "A location is no URL"),
    ],
)
@in_virtual_time
async def test_unsafe_locations_are_refused(
    service: ScriptedService, url: str, reason: str
) -> None:
    """No request is sent, and the error gives the reason."""
    http = http_to(service)
    with pytest.raises(UnsafeLocation) as caught:
        await http.read(url, limit=9)
    assert reason in str(caught.value)
    assert caught.value.name == ""
    assert str(caught.value.url).endswith(url.partition(":")[2].lstrip("/"))
    assert service.requests == []


@in_virtual_time
async def test_redirect_to_an_unsafe_location_is_refused(service: ScriptedService) -> None:
    """Neither a change from https to http nor a private address is followed."""
    for location in ("http://files.example.org/x", "https://inside.example.org/x", "ftp://x/"):
        service.on("GET", redirect(location, 307))
        with pytest.raises(UnsafeLocation):
            await http_to(service).read(JOBS_URL, limit=9)
    assert service.asked == ["GET"] * 3
    assert service.open_answers == 0


@in_virtual_time
async def test_trusted_hosts_with_public_addresses_are_fetched_from() -> None:
    """An http service may refer to http and https; names of hosts have no case."""
    locations = Locations("http://uws.example.org/jobs", TRUSTED)
    for url in (FOREIGN, "http://files.example.org/x", "https://six.example.org/x"):
        assert await locations.check(url) == url
    trusting = Locations("http://uws.example.org/jobs", {"UWS.Example.ORG", "Files.example.org"})
    for url in ("http://uws.example.org:81/x", FOREIGN):
        assert await trusting.check(url) == url
    assert await trusting.check("https://FILES.example.org/r.cdf") == FOREIGN


async def test_refused_location_is_shown_without_password_and_in_short(
    service: ScriptedService,
) -> None:
    """At most 200 characters of a URL are shown, without user name and password."""
    url = "https://bob:hush@example.org/" + "x" * 900
    with pytest.raises(UnsafeLocation) as caught:
        await http_to(service).read(url, limit=9)
    assert "hush" not in repr(caught.value)
    assert len(str(caught.value.url)) == 200
    with pytest.raises(UnsafeLocation) as caught:
        await http_to(service).read("http://h:" + "x" * 900, limit=9)
    assert len(str(caught.value.url)) == 200
    service.on("GET", redirect("http://h:" + "x" * 900, 300))
    with pytest.raises(UnsafeLocation, match="A redirect leads to no URL") as caught:
        await http_to(service).read(JOBS_URL, limit=9)
    assert len(str(caught.value.url)) == 200


async def test_redirects_are_counted(service: ScriptedService) -> None:
    """Five redirects are followed, also relative ones; the sixth is an error."""
    for step in range(6):
        service.on(f"GET /{step}", redirect(f"{step + 1}", 302))
    service.on("GET /6", "x")
    assert await http_to(service).read(f"{JOBS_URL}/1", limit=9) == b"x"
    with pytest.raises(ProtocolError, match="More than 5 redirects") as caught:
        await http_to(service).read(f"{JOBS_URL}/0", limit=9)
    assert caught.value.url == f"{JOBS_URL}/6"
    assert service.open_answers == 0


async def test_a_read_asks_the_same_wherever_it_is_led(service: ScriptedService) -> None:
    """The rest of a file is asked for there, and a job is waited for as long."""
    service.on("GET /1", redirect("2", 302))
    service.on("GET /2", "x")
    rest = {"Range": "bytes=4-"}
    async with http_to(service).stream(
        "GET", f"{JOBS_URL}/1", headers=rest, read_timeout=45.0
    ) as response:
        assert await response.aread() == b"x"
    assert [request.headers["range"] for request in service.requests] == ["bytes=4-"] * 2
    assert [each.extensions["timeout"]["read"] for each in service.requests] == [45.0] * 2


async def test_redirect_to_nowhere_ends(service: ScriptedService) -> None:
    """A redirect without a Location is given up like any other redirect."""
    service.on("GET", 304)
    with pytest.raises(ProtocolError, match="redirects"):
        await http_to(service).read(JOBS_URL, limit=9)
    assert len(service.requests) == 6


async def test_writes_are_sent_once_and_not_followed(service: ScriptedService) -> None:
    """The Location of a write may be the whole list; the caller sees headers and body."""
    service.on(
        "POST", Answer(f"see <a>{TOKEN}</a>", status=303, headers={"Location": f"{JOBS_URL}/1"})
    )
    http = http_to(service)
    headers, body = await http.send("POST", JOBS_URL, fields={"PHASE": "RUN"})
    assert (headers["location"], body) == (f"{JOBS_URL}/1", b"see <a>[hidden]</a>")
    assert service.asked == ["POST"]
    assert service.requests[0].content == b"PHASE=RUN"
    assert authorizations(service) == [f"Basic {BASIC}"]
    await http.send("POST", JOBS_URL, files={"config": ("io.json", b"{}", "application/json")})
    assert b'name="config"; filename="io.json"' in service.requests[1].content
    assert service.open_answers == 0


@pytest.mark.parametrize("status", [301, 307, 308])
async def test_write_that_is_sent_elsewhere_was_not_done(
    service: ScriptedService, status: int
) -> None:
    """A redirect of a write to another host is an error that shows the new URL."""
    location = f"https://bob:hush@other.example.org/{TOKEN}/" + "x" * 900
    service.on("DELETE", redirect(location, status))
    with pytest.raises(RequestRejected, match=rf"answered {status}: it leads to") as caught:
        await http_to(service).send("DELETE", JOBS_URL)
    fault = caught.value
    assert (fault.url, fault.status) == (JOBS_URL, status)
    assert "leads to https://other.example.org/[hidden]/xxx" in str(fault)
    assert "hush" not in repr(fault)
    assert len(str(fault)) < 500
    service.on("DELETE", status)
    with pytest.raises(RequestRejected, match="it leads to another URL"):
        await http_to(service).send("DELETE", JOBS_URL)


@pytest.mark.parametrize("status", [200, 201, 204, 302, 303])
async def test_write_that_was_done(service: ScriptedService, status: int) -> None:
    """UWS answers 303, and a service behind an old proxy 302."""
    service.on("DELETE /1", redirect(JOBS_URL, status))
    await http_to(service).send("DELETE", f"{JOBS_URL}/1")
    assert service.asked == ["DELETE /1"]


@pytest.mark.parametrize("status", [401, 403])
@in_virtual_time
async def test_trusted_host_that_refuses_does_not_blame_the_user(status: int) -> None:
    """No user and token were sent there, so that another one would not help."""
    service = ScriptedService()
    service.on(f"GET {FOREIGN}", Answer(b"Access denied", status))
    with pytest.raises(AuthenticationFailed) as caught:
        await http_to(service).read(FOREIGN, limit=99)
    assert authorizations(service) == [None]
    told = str(caught.value)
    assert "Access denied" in told
    assert "gets no user and token: ask its operator" in told
    assert "as which user" not in told
    assert "Check the user name" not in told
