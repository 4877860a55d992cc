"""The download of one file from a service that follows a script."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_expres.errors import (
    ExpresError,
)
from prefect_expres.storage import StoredFile
from prefect_expres.uws import ResultRef, UWSClient, download
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService

URL = "https://uws.example.org/store?ID=1"
GET = "GET https://uws.example.org/store"
BODY = b"0123456789"
SHA1 = hashlib.sha1(BODY, usedforsecurity=False).hexdigest()
CUT = httpx.ReadError("reset")
STRONG = {"ETag": '"one"'}


def whole(body: bytes = BODY, *, length: int | None = 10, **headers: str) -> Answer:
    """Answer with the whole file."""
    told = {"Content-Length": str(length)} if length is not None else {}
    return Answer(body, headers=told | {name.replace("_", "-"): v for name, v in headers.items()})


def cut(body: bytes, *, length: int | None = 10, **headers: str) -> Answer:
    """Answer with the beginning, then break the connection."""
    answer = whole(body, length=length, **headers)
    return Answer(answer.body, headers=answer.headers, fault=CUT)


def rest(start: int, body: bytes | None = None, total: str = "10", **headers: str) -> Answer:
    """Answer with the rest of the file."""
    sent = BODY[start:] if body is None else body
    told = {"Content-Range": f"bytes {start}-9/{total}", "Content-Length": str(len(sent))}
    return Answer(sent, 206, told | headers)


class Story:
    """A service with a script for one file, and a client of it."""

    def __init__(self, folder: Path, *answers: Any) -> None:
        self.service = ScriptedService()
        self.service.on(GET, *answers)
        self.clock = NoPause()
        self.folder = folder
        self.told: list[tuple[str, int, int | None]] = []
        self.name = "r.cdf"

    async def fetch(self, href: str | None = URL, limit: int = 1000, **facts: Any) -> StoredFile:
        """Download the file."""

        async def note(name: str, so_far: int, expected: int | None) -> None:
            self.told.append((name, so_far, expected))

        client = UWSClient(JOBS_URL, transport=self.service, clock=self.clock)
        result = ResultRef(id="r", href=href, **facts)
        return await download(
            client, result, str(self.folder), name=self.name, limit=limit, on_bytes=note
        )

    async def fails(self, kind: type[ExpresError], words: str = ".", **facts: Any) -> Any:
        """Download the file in vain; nothing may be left."""
        with pytest.raises(kind, match=words) as caught:
            await self.fetch(**facts)
        assert type(caught.value) is kind
        assert not self.folder.exists() or list(self.folder.iterdir()) == []
        return caught.value

    @property
    def ranges(self) -> list[tuple[str | None, str | None]]:
        """What was asked for: Range and If-Range of each request."""
        requests = self.service.requests
        return [(each.headers.get("range"), each.headers.get("if-range")) for each in requests]

    def content(self) -> bytes:
        """Give the file; there is nothing else."""
        (path,) = self.folder.iterdir()
        assert path.name == self.name
        return path.read_bytes()
