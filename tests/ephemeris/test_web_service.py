"""Manners on the network: patience, limits, and one question at a time."""

import asyncio
import gzip
import itertools

import pytest

from prefect_expres.ephemeris import Clock, HorizonsEphemeris, prepare_ephemeris
from prefect_expres.ephemeris.web_service import MOST_BYTES
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from tests.ephemeris.replay_server import QuickTime, ReplayServer, replay_server
from tests.ephemeris.test_services import SPAN, assert_earth, horizons, horizons_text, offer

BUSY = "429 Too Many Requests"
DOWN = "503 Service Unavailable"


async def ask(server: ReplayServer, clock: Clock) -> None:
    """Ask the server as if it were Horizons, and check the answer."""
    spec = HorizonsEphemeris(base_url=server.url)
    assert_earth(await prepare_ephemeris(spec, SPAN, clock=clock))


async def test_a_busy_service_is_given_the_time_it_asks_for(
    server: ReplayServer, clock: Clock, time: QuickTime
) -> None:
    """Retry-After is kept up to a minute; without it the pauses double."""
    server.add("/", "slow down", "Retry-After: 17", status=BUSY)
    server.add("/", "down", status=DOWN)
    server.add("/", "down", "Retry-After: 86400", status=DOWN)
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)
    assert time.slept == [17.0, 4.0, 60.0]


async def test_a_service_that_stays_down_is_given_up(
    server: ReplayServer, clock: Clock, time: QuickTime
) -> None:
    """After four attempts; Prefect may try again later."""
    server.add("/", "down", status=DOWN)
    with pytest.raises(EphemerisUnavailable, match="4 attempts: HTTP status 503") as fault:
        await ask(server, clock)
    assert fault.value.retryable
    assert (len(server.requests), time.slept) == (4, [2.0, 4.0, 8.0])


async def test_a_cut_answer_is_asked_for_again(server: ReplayServer, clock: Clock) -> None:
    """A body that ends early is no answer."""
    server.add_raw("/", b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"result": "')
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)
    assert len(server.requests) == 2


async def test_a_calculation_may_be_asked_for_again(server: ReplayServer, clock: Clock) -> None:
    """To compute the same twice changes nothing, so a lost POST is repeated."""
    server.add_raw("/calculation/new", b"")
    assert_earth(await prepare_ephemeris(offer(server), SPAN, clock=clock))
    assert [request.method for request in server.requests] == ["POST", "POST", "GET"]


async def test_nobody_at_home_is_told(clock: Clock) -> None:
    """A closed port is an error of ours, and may pass."""
    async with replay_server() as gone:
        address = gone.url
    with pytest.raises(EphemerisUnavailable, match="Horizons gave no answer"):
        await prepare_ephemeris(HorizonsEphemeris(base_url=address), SPAN, clock=clock)


async def test_a_refusal_is_final(server: ReplayServer, clock: Clock) -> None:
    """It is told in the service's words and not repeated."""
    server.add("/", "unknown\n  parameter", status="400 Bad Request")
    with pytest.raises(EphemerisError, match=r"HTTP status 400\. It says: unknown parameter"):
        await ask(server, clock)
    assert len(server.requests) == 1


async def test_redirects_are_not_followed(server: ReplayServer, clock: Clock) -> None:
    """A service does not choose whom we call; the error says where it wanted to send us."""
    async with replay_server() as other:
        server.add("/", "", f"Location: {other.url}/", status="302 Found")
        with pytest.raises(EphemerisError, match=f"redirects.*{other.url}"):
            await ask(server, clock)
        assert not other.requests


async def test_no_answer_is_read_beyond_its_limit(server: ReplayServer, clock: Clock) -> None:
    """A small packed body that unpacks to too much is dropped."""
    bomb = gzip.compress(bytes(MOST_BYTES + 1), compresslevel=1)
    server.add("/", bomb, "Content-Encoding: gzip")
    with pytest.raises(EphemerisError, match="more than 67108864 bytes"):
        await ask(server, clock)


async def test_one_question_at_a_time(server: ReplayServer, clock: Clock) -> None:
    """Three flows in one process wait for each other; another service is not waited for."""
    server.add("/", horizons(horizons_text()))
    await asyncio.gather(*(ask(server, clock) for _ in range(3)))
    assert (len(server.requests), server.most_at_once) == (3, 1)


@pytest.mark.parametrize("address", ["ftp://host/x", "host", "", "http://", "http://host:port"])
async def test_what_is_no_address_is_told(address: str, clock: Clock) -> None:
    """Before anything is sent."""
    with pytest.raises(EphemerisError, match="no address of a web service"):
        await prepare_ephemeris(HorizonsEphemeris(base_url=address), SPAN, clock=clock)


async def test_an_answer_that_trickles_in_is_given_up(server: ReplayServer) -> None:
    """Five minutes after its beginning, by a clock that goes on 301 seconds at each look."""
    server.add("/", horizons(horizons_text()))
    hasty = Clock(itertools.count(0.0, 301.0).__next__)
    with pytest.raises(EphemerisUnavailable, match="did not end its answer within 300 s"):
        await ask(server, hasty)
