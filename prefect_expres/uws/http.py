"""One HTTP exchange with a service that is not trusted.

Credentials are sent to the service's own origin only. Redirects are followed here, one by one, and
each target is checked. No body is read beyond its limit, compressed or not, and no error of httpx
leaves this module.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from prefect_expres.errors import ProtocolError, RequestRejected, Unreachable, UnsafeLocation
from prefect_expres.net.body import body_of, head_of
from prefect_expres.net.deadline import seconds_for_request
from prefect_expres.net.pace import LOWEST_RATE, PacedStream, answered_within
from prefect_expres.net.retry_after import retry_after
from prefect_expres.net.url import shown_url
from prefect_expres.uws.http_errors import fault_of, reason_in
from prefect_expres.uws.secrets import Secrets

CONNECTIONS = 20
MAX_REDIRECTS = 5
DOCUMENT_SECONDS = 300.0
_MOVED = frozenset({301, 307, 308})
"""UWS answers a write with 303, and OPUS behind an old proxy with 302."""
_SHOWN_LENGTH = 200


class Http:
    """Sends requests to one service.

    Args:
        origin_url: Any URL of the service; scheme, host and port are its origin.
        credentials: User name and token for Basic authentication, or None for a guest.
        timeout: Seconds without an answer, or without a further byte, before giving up.
        lowest_rate: Bytes a second that a body must have on average; ``timeout`` is its grace.
        trusted_hosts: Other hosts that results may be fetched from, without credentials.
        transport: Replaces the network, for instance in tests.

    Attributes:
        answer_took: Seconds until the last document was there that may not be waited for.
    """

    def __init__(
        self,
        origin_url: str,
        credentials: tuple[str, str] | None = None,
        *,
        timeout: float = 30.0,
        lowest_rate: float = LOWEST_RATE,
        trusted_hosts: frozenset[str] = frozenset(),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._origin = _origin(httpx.URL(origin_url))
        self._auth = httpx.BasicAuth(*credentials) if credentials else None
        self._secrets = Secrets(credentials)
        self._trusted_hosts = trusted_hosts
        self._timeout = timeout
        self._lowest_rate = lowest_rate
        self.answer_took = 0.0
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=CONNECTIONS),
            trust_env=False,
            follow_redirects=False,
            transport=transport,
            headers={
                "User-Agent": "prefect-expres",
                "Accept-Encoding": "identity",
                # Decisions need the job list and the phases of now, not those of a cache.
                "Cache-Control": "no-cache",
            },
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def read(self, url: str, *, limit: int, read_timeout: float | None = None) -> bytes:
        """GET a document of at most ``limit`` bytes, once.

        Raises:
            ServiceError: The service refused, or no whole answer came.
            TooLarge: The document is larger than ``limit``.
        """
        deadline = seconds_for_request(DOCUMENT_SECONDS + (read_timeout or self._timeout))
        began = asyncio.get_running_loop().time()
        try:
            async with (
                asyncio.timeout(deadline),
                self.stream("GET", url, read_timeout=read_timeout) as response,
            ):
                body = b"".join([chunk async for chunk in body_of(response, limit, url)])
        except TimeoutError:
            msg = f"{shown_url(url)} was still sending after {deadline:.0f} s"
            raise Unreachable(msg, shown_url(url)) from None
        if read_timeout is None:
            self.answer_took = asyncio.get_running_loop().time() - began
        return self._secrets.hidden_in(body)

    async def send(
        self,
        method: str,
        url: str,
        *,
        fields: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> tuple[httpx.Headers, bytes]:
        """Send a write once, and follow no redirect.

        Returns:
            The headers of the answer and the first bytes of its body.

        Raises:
            ServiceError: The service refused, or no answer came.
        """
        request = self._request(method, url, data=fields, files=files)
        async with self._sent(request) as response:
            await self._refuse_errors(response)
            self._refuse_moved(response)
            return response.headers, await self._head(response)

    @contextlib.asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        read_timeout: float | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Open an answer for reading, through checked redirects.

        Raises:
            ServiceError: The service refused, or no answer came.
            UnsafeLocation: A redirect leads to a location that must not be fetched from.
        """
        for _ in range(MAX_REDIRECTS + 1):
            url = await self.check_location(url)
            request = self._request(method, url, headers=headers, read_timeout=read_timeout)
            async with self._sent(request) as response:
                if response.is_redirect:
                    url = _target(request.url, response)
                    continue
                await self._refuse_errors(response)
                yield response
                return
        msg = f"More than {MAX_REDIRECTS} redirects"
        raise ProtocolError(msg, url)

    async def check_location(self, url: str) -> str:
        """Give the URL to fetch instead of ``url``, if that is safe.

        The service's own host is asked with the service's own scheme: services behind a proxy
        give ``http`` links to themselves. Other hosts must be trusted by name and be public.

        Raises:
            UnsafeLocation: The URL is not http or https, or its host is not trusted.
        """
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise UnsafeLocation("A location is no URL", "", url[:_SHOWN_LENGTH]) from None
        scheme, host, _ = self._origin
        if target.host == host and target.scheme == "http" and scheme == "https":
            target = target.copy_with(scheme="https", port=None)
        if _origin(target) == self._origin:
            return str(target)
        if target.scheme not in {"http", "https"}:
            reason = f"it is {target.scheme or 'no'}:, not http: or https:"
        elif target.scheme == "http" and scheme == "https":
            reason = "it is http: while the service is https:"
        elif target.host not in self._trusted_hosts:
            reason = (
                "it is another host than the service; add it to the trusted hosts if it is right"
            )
        elif not await _public(target.host):
            reason = "its address is private"
        else:
            return str(target)
        shown = str(target.copy_with(userinfo=b""))[:_SHOWN_LENGTH]
        msg = f"{shown} is not fetched: {reason}"
        raise UnsafeLocation(msg, "", shown)

    def _request(
        self, method: str, url: str, *, read_timeout: float | None = None, **content: Any
    ) -> httpx.Request:
        timeout = httpx.Timeout(
            self._timeout,
            read=read_timeout or self._timeout,
            # Many callers share few connections; to wait for one is not the service's fault.
            pool=None,
        )
        request = self._client.build_request(method, url, timeout=timeout, **content)
        if self._auth is not None and _origin(request.url) == self._origin:
            request = next(self._auth.auth_flow(request))
        return request

    @contextlib.asynccontextmanager
    async def _sent(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        url = shown_url(str(request.url))
        try:
            async with answered_within(request, self._seconds_for(request)):
                response = await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            msg = f"{url} did not answer: {_why(fault)}"
            raise Unreachable(msg, url) from None
        body = response.stream
        assert isinstance(body, httpx.AsyncByteStream)
        response.stream = PacedStream(body, self._lowest_rate, self._timeout)
        try:
            yield response
        except httpx.HTTPError as fault:
            msg = f"The answer of {url} broke off: {_why(fault)}"
            raise Unreachable(msg, url) from None
        finally:
            await response.aclose()

    def _seconds_for(self, request: httpx.Request) -> float:
        """Give the time until the headers are due: the timeout, and what the upload may take."""
        sent = int(request.headers.get("content-length", 0)) / self._lowest_rate
        return seconds_for_request(float(request.extensions["timeout"]["read"]) + sent)

    async def _refuse_errors(self, response: httpx.Response) -> None:
        if response.status_code < 400:  # noqa: PLR2004 - the first HTTP error code
            return
        raise fault_of(
            shown_url(str(response.request.url)),
            response.status_code,
            reason_in(await self._head(response)),
            retry_after(response.headers.get("retry-after")),
        )

    def _refuse_moved(self, response: httpx.Response) -> None:
        """Raise an error if a write has to be sent to another URL: then it was not done."""
        if response.status_code not in _MOVED:
            return
        url = shown_url(str(response.request.url))
        location = self._secrets.hidden_in(response.headers.get("location", "").encode()).decode()
        where = shown_url(location)[:_SHOWN_LENGTH] or "another URL"
        msg = (
            f"{url} answered {response.status_code}: it has moved to {where}. Nothing was done; "
            "give the service's new URL."
        )
        raise RequestRejected(msg, url, response.status_code)

    async def _head(self, response: httpx.Response) -> bytes:
        """Read the first bytes of a body, as many as come within the timeout.

        Status and headers are there already; they count even if the body breaks off.
        """
        page = bytearray()
        with contextlib.suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(self._timeout):
                async for chunk in head_of(response):
                    page += chunk
        return self._secrets.hidden_in(bytes(page))


async def _public(host: str) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(entry[4][0]).is_global for entry in found)


def _target(asked: httpx.URL, response: httpx.Response) -> str:
    location = response.headers.get("location")
    try:
        return str(asked.join(location or ""))
    except (httpx.InvalidURL, ValueError):
        raise UnsafeLocation(
            "A redirect leads to no URL", "", str(location)[:_SHOWN_LENGTH]
        ) from None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    # httpx gives no port where it is the usual one of the scheme.
    return url.scheme, url.host, url.port


def _why(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
