"""Requests to an archive keep to the rules of all requests: proxy, authorities, time and size."""

import contextlib
from datetime import date
from pathlib import Path

import pytest

from prefect_expres.archive import Archive, ArchiveClient
from prefect_expres.archive.adql import Sought
from prefect_expres.errors import ArchiveError, ServiceError, Unreachable, UntrustedCertificate
from prefect_expres.net.network import Network
from tests.support.certificates import Authority
from tests.support.drip_server import drip_server
from tests.support.no_pause import NoPause
from tests.support.raw_server import raw_server

DAY = Sought(date(2018, 9, 13))


async def test_only_the_proxy_that_is_named_sees_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that other libraries read do not count, as requests would read them."""
    async with raw_server() as named, raw_server() as other:
        monkeypatch.setenv("HTTP_PROXY", other.url)
        monkeypatch.setenv("ALL_PROXY", other.url)
        monkeypatch.setenv("EXPRES_PROXY", named.url)
        archive = Archive(url="http://tap.example.org/tap")
        async with ArchiveClient(archive, clock=NoPause(), attempts=1) as client:
            with contextlib.suppress(ServiceError):
                await client.search(DAY)
        (asked,) = named.requests
        assert asked[0].startswith("http://tap.example.org/tap/sync?REQUEST=doQuery&LANG=ADQL")
        assert other.requests == []


async def test_an_unknown_authority_is_told_and_a_named_one_is_trusted(tmp_path: Path) -> None:
    """Nothing is sent to a host whose certificate cannot be verified."""
    authority = Authority.make(tmp_path)
    async with raw_server(authority.server_context("127.0.0.1")) as service:
        archive = Archive(url=f"{service.url}/tap")
        async with ArchiveClient(archive, clock=NoPause(), attempts=1) as client:
            with pytest.raises(UntrustedCertificate, match="EXPRES_CA_BUNDLE"):
                await client.search(DAY)
        assert service.requests == []
        network = Network(ca_bundle=str(authority.bundle))
        async with ArchiveClient(archive, network, clock=NoPause(), attempts=1) as client:
            with pytest.raises(ServiceError):
                await client.search(DAY)
        assert len(service.requests) == 1


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["never a header", "never an end"]
)
async def test_a_service_that_never_ends_is_left(first: bytes) -> None:
    """After the time that a search may take, though something comes all the time."""
    async with (
        drip_server(first, b"X" if first else b"HTTP/1.1 100 Continue\r\n\r\n") as url,
        ArchiveClient(Archive(url=f"{url}/tap", timeout=0.5), attempts=1) as client,
    ):
        with pytest.raises(Unreachable, match="/tap/sync"):
            await client.search(DAY)


async def test_an_answer_that_is_too_large_is_not_read() -> None:
    """It is told what the limit is."""
    async with (
        drip_server(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", b" ") as url,
        ArchiveClient(Archive(url=f"{url}/tap"), attempts=1) as client,
    ):
        with pytest.raises(ArchiveError, match="announces 9999999999 bytes; the limit is"):
            await client.search(DAY)


async def test_redirects_to_other_hosts_are_not_followed() -> None:
    """An archive does not choose the hosts that are asked."""
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    async with (
        drip_server(answer, b"", 1) as url,
        ArchiveClient(Archive(url=f"{url}/tap"), attempts=1) as client,
    ):
        with pytest.raises(ArchiveError, match="is not fetched"):
            await client.search(DAY)
