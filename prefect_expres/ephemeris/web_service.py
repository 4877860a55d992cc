"""Asking a public service: one question at a time, with patience, and never too much at once."""

import asyncio
import json
import math
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import httpx

from prefect_expres.errors import EphemerisError, EphemerisUnavailable

ATTEMPTS = 4
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
SILENCE_S = 60.0
"""Seconds without a further byte before an attempt is given up."""
ANSWER_S = 300.0
"""Seconds after which an answer is given up even if bytes still trickle in."""
MOST_BYTES = 64 * 2**20
WORDS = 300
"""Characters of a service's own words that an error repeats."""


@dataclass(frozen=True)
class Clock:
    """What tells the seconds and lets them pass; tests bring their own.

    Args:
        now: Gives seconds that only ever grow.
        sleep: Lets so many seconds pass.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class WebService:
    """Our turn at a service; `exclusive_access` gives one."""

    def __init__(
        self, service: str, base_url: str, client: httpx.AsyncClient, clock: Clock
    ) -> None:
        self.service = service
        self.clock = clock
        self._base_url = base_url.rstrip("/")
        self._client = client

    async def ask(
        self,
        path: str = "",
        *,
        query: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> str:
        """GET a document, or POST a payload as JSON; try again what may pass.

        A payload asks for a calculation, and to ask twice changes nothing.

        Raises:
            EphemerisUnavailable: Every attempt ended without an answer, or with: later.
            EphemerisError: The service refuses, redirects, or sends too much.
        """
        method, url = ("GET" if payload is None else "POST"), self._base_url + path
        request = self._client.build_request(method, url, params=query, json=payload)
        pause = FIRST_PAUSE_S
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                return await self._attempt(request)
            except _Later as fault:
                if not attempts_left:
                    msg = f"{self.service} gave no answer in {ATTEMPTS} attempts: {fault}"
                    raise EphemerisUnavailable(msg) from None
                await self.clock.sleep(min(fault.asked or pause, LONGEST_PAUSE_S))
                pause *= 2
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def ask_json(self, path: str = "", **question: Any) -> dict[str, Any]:
        """Ask as `ask` does, and read the answer as a JSON object.

        Raises:
            EphemerisUnavailable: As `ask`.
            EphemerisError: As `ask`, or the answer is no JSON object.
        """
        text = await self.ask(path, **question)
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self.fault("its answer is no JSON object", text)
        return answer

    def fault(self, what: str, words: object = None) -> EphemerisError:
        """Build the error that says what went wrong, in the service's own words."""
        said = " ".join(str(words or "").split())[:WORDS]
        return EphemerisError(f"{self.service}: {what}" + (f". It says: {said}" if said else ""))

    async def _attempt(self, request: httpx.Request) -> str:
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await self._body(response)
            finally:
                await response.aclose()
        except httpx.HTTPError as fault:
            raise _Later(str(fault) or type(fault).__name__) from None
        if response.is_redirect:
            target = response.headers.get("location", "")
            raise self.fault(f"it redirects, which is not followed, to {target[:200]!r}")
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise _Later(f"HTTP status {response.status_code}", _retry_after(response))
        if response.is_error:
            raise self.fault(f"HTTP status {response.status_code}", body)
        return body

    async def _body(self, response: httpx.Response) -> str:
        """Read the text of an answer, if it comes to its end in time and within bounds.

        Compression was not asked for; what comes compressed all the same is counted unpacked.
        """
        parts, size, deadline = [], 0, self.clock.now() + ANSWER_S
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise self.fault(f"it sends more than {MOST_BYTES} bytes; ask for fewer rows")
            if self.clock.now() > deadline:
                msg = f"{self.service} did not end its answer within {ANSWER_S:.0f} s"
                raise EphemerisUnavailable(msg)
        return b"".join(parts).decode("utf-8", "replace")


@asynccontextmanager
async def exclusive_access(service: str, base_url: str, clock: Clock) -> AsyncIterator[WebService]:
    """Wait until nobody else in this event loop talks to the host, then talk to it.

    Args:
        service: The service's name, for messages.
        base_url: Where its addresses begin.
        clock: Lets pauses pass.

    Raises:
        EphemerisError: The address is no http: or https: URL.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        msg = f"{service}: {base_url[:200]!r} is no address of a web service"
        raise EphemerisError(msg)
    async with (
        _TURNS.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[url.netloc],
        httpx.AsyncClient(
            timeout=SILENCE_S,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "prefect-expres", "Accept-Encoding": "identity"},
        ) as client,
    ):
        yield WebService(service, base_url, client, clock)


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[bytes, asyncio.Lock]] = (
    WeakKeyDictionary()
)


class _Later(Exception):
    """The attempt failed in a way that may pass."""

    def __init__(self, why: str, asked: float | None = None) -> None:
        super().__init__(why)
        self.asked = asked


def _retry_after(response: httpx.Response) -> float | None:
    try:
        seconds = float(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None
