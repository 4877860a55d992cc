"""A UWS service for tests that answers as it was told; it replaces httpx's network."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx

JOBS_URL = "https://uws.example.org/rest/ExPRES"


@dataclass(frozen=True)
class Answer:
    """One answer.

    ``chunks`` come after the body, each after ``seconds`` on the loop's clock; ``fault`` is raised
    instead of the answer, or after its body if it has a status; ``delay`` comes before all.
    """

    body: bytes | str = b""
    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Exception | None = None
    delay: float = 0.0
    chunks: tuple[bytes, ...] = ()
    seconds: float = 0.0

    def first(self) -> bytes:
        """Give the body in bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body


Script = Answer | str | bytes | int | Exception | Callable[[httpx.Request], Awaitable["Script"]]


class ScriptedService(httpx.AsyncBaseTransport):
    """Answers each request with the next answer of its script; the last one comes again and again.

    Attributes:
        requests: What was asked, with bodies.
        open_answers: How many answers are not closed yet.
    """

    def __init__(self, jobs_url: str = JOBS_URL) -> None:
        self.requests: list[httpx.Request] = []
        self.open_answers = 0
        self._jobs_url = jobs_url
        self._scripts: dict[str, list[Script]] = {}

    def on(self, what: str, *answers: Script) -> None:
        """Set the answers to a request: a method and a path below the job list, or another URL.

        A text is a body, a number a status, and an error is raised.
        """
        self._scripts[what] = list(answers)

    @property
    def asked(self) -> list[str]:
        """The requests so far: method, path below the job list or other URL, and query."""
        return [self._name(request, request.url) for request in self.requests]

    def count(self, what: str) -> int:
        """Count the requests of one method and path, with any query."""
        return sum(name.partition("?")[0].rstrip() == what for name in self.asked)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Give the next answer."""
        await request.aread()
        self.requests.append(request)
        what = self._name(request, request.url.copy_with(query=None))
        script = self._scripts.get(what)
        assert script, f"nothing is said about {what!r}"
        said = script.pop(0) if len(script) > 1 else script[0]
        while callable(said):
            said = await said(request)
        return await self._response(_answer(said))

    async def _response(self, answer: Answer) -> httpx.Response:
        await asyncio.sleep(answer.delay)
        if answer.status is None:
            assert answer.fault is not None
            raise answer.fault
        self.open_answers += 1
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(self, answer))

    def _name(self, request: httpx.Request, url: httpx.URL) -> str:
        return f"{request.method} {str(url).removeprefix(self._jobs_url)}".rstrip()


class _Body(httpx.AsyncByteStream):
    def __init__(self, service: ScriptedService, answer: Answer) -> None:
        self._service = service
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if first := self._answer.first():
            yield first
        for chunk in self._answer.chunks:
            await asyncio.sleep(self._answer.seconds)
            yield chunk
        if self._answer.fault is not None:
            raise self._answer.fault

    async def aclose(self) -> None:
        self._service.open_answers -= 1


def _answer(said: Script) -> Answer:
    if isinstance(said, Answer):
        return said
    if isinstance(said, Exception):
        return Answer(status=None, fault=said)
    if isinstance(said, int):
        return Answer(status=said)
    assert isinstance(said, str | bytes)
    return Answer(said)


def redirect(location: str, status: int = 303) -> Answer:
    """Lead elsewhere, as UWS does after each write."""
    return Answer(status=status, headers={"Location": location})
