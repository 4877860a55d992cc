"""Fetch a file in a process of its own: ``fetch_file.py WAY URL FOLDER SHA1``.

It prints the seconds from the first question to the file under its name.
"""

import asyncio
import sys
import time
from pathlib import Path

import httpx

from prefect_expres.uws import ResultRef, UWSClient, download


async def bare(url: str, folder: str, sha1: str) -> None:
    """Write what httpx streams into a file, and look at nothing."""
    async with httpx.AsyncClient(trust_env=False) as client, client.stream("GET", url) as answer:
        with Path(folder, "bare").open("wb") as file:  # noqa: ASYNC230 - as anybody would
            async for chunk in answer.aiter_raw():
                file.write(chunk)


async def ours(url: str, folder: str, sha1: str) -> None:
    """Download it as a result is: resumable, with two hashes, and under its name when whole."""
    async with UWSClient(f"{url.rpartition('/')[0]}/rest/ExPRES") as client:
        result = ResultRef(id="ours", href=url, hash=sha1)
        stored = await download(client, result, folder, name="ours")
    assert stored.verified


if __name__ == "__main__":
    way, *given = sys.argv[1:]
    began = time.perf_counter()
    asyncio.run({"bare": bare, "ours": ours}[way](*given))
    sys.stdout.write(f"{time.perf_counter() - began}\n")
