"""Which addresses a block takes, and which job lists they stand for."""

import asyncio
import re
import socket

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import Unreachable, UnsafeLocation
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import Phase
from tests.support.older_opus import older_opus
from tests.support.virtual_time import in_virtual_time

DEFAULT_SECONDS = 30.0


@pytest.mark.parametrize(
    ("url", "address", "jobs_url"),
    [
        ("https://h", "https://h", "https://h/rest/ExPRES"),
        ("https://h/", "https://h", "https://h/rest/ExPRES"),
        ("https://h/rest/", "https://h", "https://h/rest/ExPRES"),
        ("https://h/rest/ExPRES", "https://h", "https://h/rest/ExPRES"),
        ("https://h/rest/ExPRES-dev/", "https://h", "https://h/rest/ExPRES"),
        ("https://h/opus/rest/ExPRES", "https://h/opus", "https://h/opus/rest/ExPRES"),
        ("https://h/uws", "https://h/uws", "https://h/uws/ExPRES"),
        ("https://h/uws/ExPRES", "https://h/uws", "https://h/uws/ExPRES"),
        ("https://h/uws/rest/ExPRES", "https://h/uws/rest", "https://h/uws/rest/ExPRES"),
    ],
)
def test_block_takes_every_address(url: str, address: str, jobs_url: str) -> None:
    """Of the service or of one of its lists; saved and loaded, it is the same."""
    block = ExpresService(base_url=url)
    assert (block.base_url, block.jobs_url("ExPRES")) == (address, jobs_url)
    assert ExpresService(base_url=address).jobs_url("ExPRES") == jobs_url
    client, job_id = block.client_of(f"{jobs_url}/j1")
    assert (client.jobs_url, job_id) == (jobs_url, "j1")


@pytest.mark.parametrize(
    "job_url",
    [
        "https://h.example.org/rest/ExPRES/1",
        "http://h/rest/ExPRES/1",
        "https://h/rest/ExPRES/",
        "https://h/rest/ExPRES//1",
        "https://h/ExPRES/1",
        "1",
    ],
)
def test_a_job_elsewhere_is_refused(job_url: str) -> None:
    """However much its address resembles that of the service, which alone gets the token."""
    block = ExpresService(base_url="https://h", user="ann", token="t0ken")
    with pytest.raises(ValueError, match=f"^{re.escape(job_url)} is no job of https://h$"):
        block.client_of(job_url)


@pytest.mark.parametrize(
    ("trusted", "reason"), [([], "add it to the trusted hosts"), (["127.0.0.1"], "private")]
)
async def test_results_come_from_hosts_that_the_block_trusts(
    trusted: list[str], reason: str
) -> None:
    """Its address must be a public one besides."""
    service = ExpresService(base_url="http://uws.example.org", trusted_hosts=trusted)
    async with service.get_client() as client:
        with pytest.raises(UnsafeLocation, match=reason):
            await client.content("http://127.0.0.1/io.cdf", limit=10)


@in_virtual_time
async def test_a_silent_service_is_waited_for_as_long_as_the_block_says() -> None:
    """Each request, before it is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with ExpresService(base_url=address, request_timeout=0.1).get_client() as client:
            with pytest.raises(Unreachable):
                await client.phase("1")
    assert asyncio.get_running_loop().time() < DEFAULT_SECONDS


async def test_block_reaches_the_jobs_of_an_older_opus(sandbox: SandboxServer) -> None:
    """From its address alone, and from the URL of a job that it gave."""
    async with older_opus(sandbox.url) as older:
        block = ExpresService(base_url=older.url)
        async with block.get_client() as client:
            job_id = await client.create({"runId": "older"})
            job_url = client.job_url(job_id)
        assert job_url == f"{older.url}/uws/ExPRES/{job_id}"
        again, same_id = block.client_of(job_url)
        older.asked.clear()
        async with again:
            assert await again.phase(same_id) is Phase.PENDING
            await again.delete(same_id)
    assert {path.split("/")[1] for path in older.asked} == {"uws"}
