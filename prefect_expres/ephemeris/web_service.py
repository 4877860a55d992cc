"""Requests to a public web service: one at a time, with pauses, a size limit and a deadline."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import httpx

from prefect_expres.errors import (
    EphemerisError,
    EphemerisUnavailable,
    ProtocolError,
    TooLarge,
    Unreachable,
)
from prefect_expres.net.body import body_of, head_of
from prefect_expres.net.clock import Clock
from prefect_expres.net.network import Network, advice_on, untrusted_certificate
from prefect_expres.net.retry import persist
from prefect_expres.net.retry_after import retry_after
from prefect_expres.net.url import shown_address, shown_url

ATTEMPTS = 4
FIRST_PAUSE_S = 2.0
BUDGET_S = 600.0
"""Seconds that all attempts at one request and their pauses may take together."""
READ_TIMEOUT_S = 60.0
"""Seconds without a further byte before an attempt is given up."""
ANSWER_TIMEOUT_S = 300.0
"""Seconds after which an answer is given up even if bytes still trickle in."""
MAX_PORT = 65_535
MAX_BYTES = 64 * 2**20
QUOTED_CHARACTERS = 300
"""How much of a service's own words an error repeats."""


class WebService:
    """A web service that nobody else in this event loop sends requests to meanwhile.

    `exclusive_access` opens one.

    Args:
        name: The service's name, for messages.
        base_url: Where its addresses begin.
        client: Sends the requests.
        clock: Sleeps between attempts.
        answer_timeout: Seconds that one answer may take, from the request to its last byte.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        client: httpx.AsyncClient,
        clock: Clock,
        answer_timeout: float,
    ) -> None:
        self.name = name
        self.clock = clock
        self._base_url = base_url.rstrip("/")
        self._client = client
        self._answer_timeout = answer_timeout

    async def request(
        self,
        path: str = "",
        *,
        query: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> str:
        """GET a document, or POST a payload as JSON; try again what may pass.

        A payload asks for a calculation, and to ask twice changes nothing.

        Raises:
            EphemerisUnavailable: No attempt was answered, or the service asks to come back later.
            EphemerisError: The service refuses, redirects, or sends too much.
        """
        method, url = ("GET" if payload is None else "POST"), self._base_url + path
        request = self._client.build_request(method, url, params=query, json=payload)
        return await persist(
            lambda: self._attempt(request),
            self.clock,
            attempts=ATTEMPTS,
            budget=BUDGET_S,
            first_pause=FIRST_PAUSE_S,
        )

    async def request_json(self, path: str = "", **content: Any) -> dict[str, Any]:
        """Send a request as `request` does, and read the answer as a JSON object.

        Raises:
            EphemerisUnavailable: As `request`.
            EphemerisError: As `request`, or the answer is not a JSON object.
        """
        text = await self.request(path, **content)
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self.error("its answer is not a JSON object", text)
        return answer

    def error(self, what: str, reply: object = None) -> EphemerisError:
        """Build the error that says what went wrong, and quotes the service's reply."""
        said = " ".join(str(reply or "").split())[:QUOTED_CHARACTERS]
        return EphemerisError(f"{self.name}: {what}" + (f". It says: {said}" if said else ""))

    async def _attempt(self, request: httpx.Request) -> str:
        """Send a request once; the only place where errors of the network become ours."""
        try:
            async with asyncio.timeout(self._answer_timeout):
                return await self._exchange(request)
        except TimeoutError:
            why = f"it did not end its answer within {self._answer_timeout:g} s"
            raise self._unavailable(why) from None
        except httpx.HTTPError as fault:
            reason = untrusted_certificate(fault)
            if reason is not None:
                raise self.error(advice_on(reason)) from None
            raise self._unavailable(str(fault) or type(fault).__name__) from None
        except Unreachable as fault:
            raise self._unavailable(str(fault)) from None
        except TooLarge as fault:
            raise self.error(f"{fault}; ask for fewer times") from None
        except ProtocolError as fault:
            raise self.error(str(fault)) from None

    async def _exchange(self, request: httpx.Request) -> str:
        response = await self._client.send(request, stream=True)
        try:
            await self._refuse_errors(response)
            body = body_of(response, MAX_BYTES, str(request.url.copy_with(query=None)))
            return b"".join([chunk async for chunk in body]).decode("utf-8", "replace")
        finally:
            await response.aclose()

    async def _refuse_errors(self, response: httpx.Response) -> None:
        if response.is_redirect:
            target = shown_url(response.headers.get("location", ""))[:200]
            raise self.error(f"it redirects, which is not followed, to {target!r}")
        status = f"HTTP status {response.status_code}"
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise self._unavailable(status, retry_after(response.headers.get("retry-after")))
        if response.is_error:
            raise self.error(status, (await _page_of(response)).decode("utf-8", "replace"))

    def _unavailable(self, why: str, asked: float | None = None) -> EphemerisUnavailable:
        return EphemerisUnavailable(f"{self.name} is not available now: {why}", asked)


@contextlib.asynccontextmanager
async def exclusive_access(
    name: str, base_url: str, clock: Clock, *, answer_timeout: float = ANSWER_TIMEOUT_S
) -> AsyncIterator[WebService]:
    """Wait until nobody else in this event loop sends requests to the host, then open it.

    Args:
        name: The service's name, for messages.
        base_url: Where its addresses begin.
        clock: Sleeps between attempts.
        answer_timeout: Seconds that one answer may take, from the request to its last byte.

    Raises:
        EphemerisError: The address is no http: or https: URL.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or (url.port or 0) > MAX_PORT:
        msg = f"{name}: {shown_address(base_url)[:200]!r} is not the URL of a web service"
        raise EphemerisError(msg)
    async with (
        _LOCKS.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[url.netloc],
        httpx.AsyncClient(
            **Network.of().client_options(),
            timeout=READ_TIMEOUT_S,
            trust_env=False,
            headers={"User-Agent": "prefect-expres", "Accept-Encoding": "identity"},
        ) as client,
    ):
        yield WebService(name, base_url, client, clock, answer_timeout)


_LOCKS: WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[bytes, asyncio.Lock]] = (
    WeakKeyDictionary()
)


async def _page_of(response: httpx.Response) -> bytes:
    """Read the beginning of an error page, as far as it comes; the status matters more."""
    page = bytearray()
    with contextlib.suppress(httpx.HTTPError):
        async for chunk in head_of(response):
            page += chunk
    return bytes(page)
