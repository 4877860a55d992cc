"""One HTTP exchange with a service that is not trusted.

Credentials are sent to the service's own origin only. Redirects are followed here, one by one, and
each target is checked. No body is read beyond its limit, compressed or not, and no error of httpx
leaves this module.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from prefect_expres.errors import (
    ProtocolError,
    RequestRejected,
    ServiceError,
    Unreachable,
    UnsafeLocation,
    UntrustedCertificate,
)
from prefect_expres.net.body import body_of, head_of
from prefect_expres.net.deadline import seconds_for_request
from prefect_expres.net.network import Network, advice_on, untrusted_certificate
from prefect_expres.net.pace import PacedStream, answered_within
from prefect_expres.net.retry_after import retry_after
from prefect_expres.net.url import shown_url
from prefect_expres.uws.http_errors import fault_of, reason_in, with_url
from prefect_expres.uws.locations import Locations
from prefect_expres.uws.options import DEFAULTS, ClientOptions
from prefect_expres.uws.pages import refuse_other
from prefect_expres.uws.redirects import may_repeat, was_done
from prefect_expres.uws.secrets import Secrets

CONNECTIONS = 20
MAX_REDIRECTS = 5
DOCUMENT_SECONDS = 300.0
_SEE_OTHER = 303
_IF_AWAY = "Check the address and the network, or try again later"


class Http:
    """Sends requests to one service.

    Args:
        jobs_url: The job list; its scheme, host and port are the origin of the service.
        credentials: User name and token for Basic authentication, or None for a guest.
        options: How to talk to the service. A request is given up after ``timeout`` seconds without
            an answer or a further byte, which are also the grace of a body that comes slowly.
        transport: Replaces the network, for instance in tests.

    Attributes:
        answer_took: Seconds until the last document was there that may not be waited for.
    """

    def __init__(
        self,
        jobs_url: str,
        credentials: tuple[str, str] | None = None,
        options: ClientOptions = DEFAULTS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._jobs_url = jobs_url
        self._auth = httpx.BasicAuth(*credentials) if credentials else None
        self._secrets = Secrets(credentials)
        self._timeout = options.timeout
        network = options.network or Network.of()
        trusted = frozenset(options.trusted_hosts)
        self._locations = Locations(
            jobs_url, trusted, proxied=bool(network.proxy), shown=self._secrets.shown_url
        )
        self._through = f" through {shown_url(network.proxy)}" if network.proxy else ""
        self._lowest_rate = network.rate
        self.answer_took = 0.0
        self._client = httpx.AsyncClient(
            **(network.client_options() if transport is None else {}),
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
        """Send a write, and again only to where a 307 or 308 of the same origin leads it.

        Returns:
            The headers of the answer and the first bytes of its body.

        Raises:
            ServiceError: The service refused, no answer came, or it leads elsewhere; then the
                write was not done.
        """
        sent_to = url
        for left in range(MAX_REDIRECTS, -1, -1):
            request = self._request(method, sent_to, data=fields, files=files)
            async with self._sent(request) as response:
                await self._refuse_errors(response)
                if not response.is_redirect:
                    return response.headers, await self._accepted(response)
                if self._was_done(url, response):
                    return response.headers, await self._head(response)
                sent_to = self._repeated_at(response, left)
        raise AssertionError  # pragma: no cover - without repetitions left it raises

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
            url = await self._locations.check(url)
            request = self._request(method, url, headers=headers, read_timeout=read_timeout)
            async with self._sent(request) as response:
                if response.is_redirect:
                    url = self._locations.target_of(response)
                    continue
                await self._refuse_errors(response)
                yield response
                return
        msg = f"More than {MAX_REDIRECTS} redirects"
        raise ProtocolError(msg, self._secrets.shown_url(url))

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
        if self._auth is not None and self._locations.gets_credentials(request.url):
            request = next(self._auth.auth_flow(request))
        return request

    @contextlib.asynccontextmanager
    async def _sent(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        url = self._shown(request)
        try:
            async with answered_within(request, self._seconds_for(request)):
                response = await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            reason = untrusted_certificate(fault)
            if reason is not None:
                raise UntrustedCertificate(
                    f"{url}: {advice_on(reason)}", url, None, reason
                ) from None
            msg = f"{url} did not answer{self._through}: {_why(fault)}. {_IF_AWAY}"
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

    async def _accepted(self, response: httpx.Response) -> bytes:
        """Give the beginning of an answer to a write, if it is not that of somebody else.

        Raises:
            ServiceError: It is an HTML page, or a VOTable that tells an error.
        """
        head = await self._head(response)
        try:
            refuse_other(head)
        except ServiceError as fault:
            raise with_url(fault, self._shown(response.request)) from None
        return head

    def _seconds_for(self, request: httpx.Request) -> float:
        """Give the time until the headers are due: the timeout, and what the upload may take."""
        sent = int(request.headers.get("content-length", 0)) / self._lowest_rate
        return seconds_for_request(float(request.extensions["timeout"]["read"]) + sent)

    async def _refuse_errors(self, response: httpx.Response) -> None:
        if response.status_code < 400:  # noqa: PLR2004 - the first HTTP error code
            return
        raise fault_of(
            self._shown(response.request),
            response.status_code,
            reason_in(await self._head(response)),
            retry_after(response.headers.get("retry-after")),
            as_user=self._locations.gets_credentials(response.request.url),
        )

    def _was_done(self, asked: str, response: httpx.Response) -> bool:
        if not response.headers.get("location"):
            # Proxies name where they lead; a service that only says 303 has done it.
            return response.status_code == _SEE_OTHER
        with contextlib.suppress(UnsafeLocation):
            sent_to, target = str(response.request.url), self._locations.target_of(response)
            return was_done(self._jobs_url, asked, sent_to, target, response.status_code)
        return False

    def _repeated_at(self, response: httpx.Response, left: int) -> str:
        """Give the URL that a write is to be sent to instead, on the service's own origin.

        Raises:
            RequestRejected: It leads elsewhere, or there are no repetitions left.
        """
        status = response.status_code
        if left and may_repeat(status) and response.has_redirect_location:
            # httpx has seen that it is a URL.
            led_to = httpx.URL(self._locations.target_of(response))
            target = self._locations.with_own_scheme(led_to)
            if self._locations.is_origin(target):
                return str(target)
        location = response.headers.get("location", "")
        with contextlib.suppress(UnsafeLocation):
            location = self._locations.target_of(response) if location else ""
        where = self._locations.shown(location) or "another URL"
        url = self._shown(response.request)
        msg = (
            f"{url} answered {status}: it leads to {where}, which does not show that the request "
            "was done. Give the service's own URL: a proxy or a page for logging in is before it."
        )
        raise RequestRejected(msg, url, status)

    def _shown(self, request: httpx.Request) -> str:
        """Give the URL of a request for messages, without what is secret in it."""
        return self._secrets.shown_url(str(request.url))

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


def _why(fault: Exception) -> str:
    late = isinstance(fault, httpx.TimeoutException)
    return str(fault) or ("it took too long" if late else type(fault).__name__)
