"""Access to a service: its address, one request at a time to a host, and nobody else asked."""

import asyncio
from pathlib import Path

import httpx
import pytest

from prefect_expres.ephemeris import HorizonsEphemeris, prepare_ephemeris
from prefect_expres.ephemeris.web_service import (
    exclusive_access,
)
from prefect_expres.errors import EphemerisError
from tests.ephemeris.answers import SPAN, horizons, horizons_text
from tests.ephemeris.replay_server import ReplayServer, replay_server
from tests.ephemeris.test_web_service import ask
from tests.support.certificates import Authority
from tests.support.no_pause import NoPause


async def test_redirects_are_not_followed(server: ReplayServer, clock: NoPause) -> None:
    """A service does not choose whom we call; the error says where it wanted to send us."""
    async with replay_server() as other:
        server.add("/", "", f"Location: {other.url}/", status="302 Found")
        with pytest.raises(EphemerisError, match=f"redirects.*{other.url}"):
            await ask(server, clock)
        assert not other.requests


async def test_one_question_at_a_time(server: ReplayServer, clock: NoPause) -> None:
    """Three flows in one process wait for each other; another service is not waited for."""
    server.add("/", horizons(horizons_text()))
    await asyncio.gather(*(ask(server, clock) for _ in range(3)))
    assert (len(server.requests), server.most_at_once) == (3, 1)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://host/x",
        "host",
        "",
        "http://",
        "http://host:port",
        "http://h/\ud800",
        "http://h:65536",
    ],
)
async def test_what_is_no_address_is_told(address: str, clock: NoPause) -> None:
    """Before anything is sent."""
    with pytest.raises(EphemerisError, match="not the URL of a web service"):
        await prepare_ephemeris(HorizonsEphemeris(horizons_url=address), SPAN, clock=clock)


async def test_another_host_is_not_waited_for(clock: NoPause) -> None:
    """While one service is used, a second one can be."""
    async with (
        exclusive_access("one", "http://127.0.0.1:1/a", clock),
        exclusive_access("other", "http://127.0.0.1:2/a", clock),
    ):
        taken = asyncio.ensure_future(_entered("http://127.0.0.1:1/b", clock))
        done, _ = await asyncio.wait([taken], timeout=0.1)
        assert not done
    await asyncio.wait_for(taken, 5.0)


async def _entered(address: str, clock: NoPause) -> None:
    async with exclusive_access("same host", address, clock):
        pass


@pytest.mark.parametrize("address", ["http://h", "https://h:1/", "HTTPS://h:65535/a"])
async def test_both_schemes_of_the_web_are_addresses(address: str, clock: NoPause) -> None:
    """Nothing is sent before the first request."""
    async with exclusive_access("test", address, clock) as service:
        assert service.name == "test"


async def test_a_certificate_of_nobody_is_told(tmp_path: Path, clock: NoPause) -> None:
    """And what to do about it; to ask again would not help."""
    context = Authority.make(tmp_path).server_context("127.0.0.1")
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, exclusive_access("test", url, clock) as service:
        with pytest.raises(EphemerisError, match=r"^test: its certificate cannot be verified: "):
            await service.request()
    assert not clock.slept


async def test_a_byte_may_take_a_minute(clock: NoPause) -> None:
    """And so may a connection."""
    async with exclusive_access("test", "http://h", clock) as service:
        assert service._client.timeout == httpx.Timeout(60.0)  # noqa: SLF001


@pytest.mark.parametrize("path", ["/X", "/X/", "/X//"])
async def test_an_address_may_end_with_a_slash(
    server: ReplayServer, clock: NoPause, path: str
) -> None:
    """Nothing else is cut off."""
    server.add("/X/a", "yes")
    async with exclusive_access("test", server.url + path, clock) as service:
        assert await service.request("/a") == "yes"


async def test_proxies_of_the_environment_are_not_used(
    server: ReplayServer, clock: NoPause, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing answers at this one."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)


async def test_secrets_in_addresses_are_not_shown(server: ReplayServer, clock: NoPause) -> None:
    """Neither in that of the service nor in that of a redirect."""
    server.add("/", "", "Location: http://user:token@elsewhere/", status="302 Found")
    with pytest.raises(EphemerisError, match=r"to 'http://elsewhere/'$"):
        await ask(server, clock)
    for url, shown in (("ftp://user:token@host/", "ftp://host/"), ("user:token@host/", "host/")):
        spec = HorizonsEphemeris(horizons_url=url)
        with pytest.raises(EphemerisError, match=rf"^Horizons: '{shown}' is not the URL"):
            await prepare_ephemeris(spec, SPAN, clock=clock)
