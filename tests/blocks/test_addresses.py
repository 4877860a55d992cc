"""Which addresses a block takes, and which job lists they stand for."""

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import Phase
from tests.support.older_opus import older_opus


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
