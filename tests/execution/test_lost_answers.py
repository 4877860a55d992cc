"""A create whose answer is lost is settled by the job list."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from prefect_expres.errors import SubmissionUncertain
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import UWSClient


class LostAnswers(httpx.AsyncBaseTransport):
    """Delivers requests, and loses the answers to the first posts."""

    def __init__(self, posts_lost: int) -> None:
        self._network = httpx.AsyncHTTPTransport()
        self._left = posts_lost
        self.posts = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; after a post that is to be lost, break the connection."""
        response = await self._network.handle_async_request(request)
        if request.method == "POST":
            self.posts += 1
            if self._left:
                self._left -= 1
                await response.aclose()
                raise httpx.ReadError("connection reset")
        return response

    async def aclose(self) -> None:
        """Close the network."""
        await self._network.aclose()


@pytest.fixture
async def flaky(quick_opus: SandboxServer) -> AsyncIterator[tuple[UWSClient, LostAnswers]]:
    """Give a client whose first post is delivered, and its answer lost."""
    transport = LostAnswers(1)
    async with UWSClient(quick_opus.jobs_url(), transport=transport) as client:
        yield client, transport


async def test_create_is_not_sent_twice(flaky: tuple[UWSClient, LostAnswers]) -> None:
    """The lost answer is told as uncertain, after one post, and the job is found by its runId."""
    client, transport = flaky
    with pytest.raises(SubmissionUncertain, match=r"look for it"):
        await client.create({"runId": "lost.1"})
    assert transport.posts == 1
    assert len(await client.find("lost.1")) == 1


async def test_start_is_settled_by_the_phase(
    flaky: tuple[UWSClient, LostAnswers], configuration: dict[str, Any]
) -> None:
    """A start whose answer was lost took, and is not sent again."""
    client, transport = flaky
    with pytest.raises(SubmissionUncertain):
        await client.create({"runId": "lost.2"})
    (job,) = await client.find("lost.2")
    transport._left = 1  # noqa: SLF001 - the test's own transport
    phase = await client.start(job.id)
    assert phase != "PENDING"
    assert transport.posts == 2
