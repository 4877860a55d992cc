"""Which URLs are asked, and which of them are the service itself.

A service that is not trusted must not choose the hosts that are called, so that other hosts are
trusted by name, and only at public addresses.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urljoin

import httpx

from prefect_expres.errors import ProtocolError, UnsafeLocation
from prefect_expres.net.url import shown_address, shown_url

_SHOWN_LENGTH = 200


class Locations:
    """The locations that may be fetched for one service.

    Args:
        jobs_url: The job list; its scheme, host and port are the origin of the service.
        trusted_hosts: Other hosts that results may be fetched from, in any case.
        proxied: Whether a proxy resolves the names of hosts, which may be unknown here.
        shown: Leaves out of a URL what is secret in it.
    """

    def __init__(
        self,
        jobs_url: str,
        trusted_hosts: Iterable[str],
        *,
        proxied: bool = False,
        shown: Callable[[str], str] = shown_url,
    ) -> None:
        self._proxied = proxied
        self._shown = shown
        self._own = httpx.URL(jobs_url)
        self._trusted_hosts = {host.lower() for host in trusted_hosts}

    def is_origin(self, url: httpx.URL) -> bool:
        """Say whether a URL has scheme, host and port of the service."""
        # httpx gives no port where it is the usual one of the scheme.
        own = self._own
        return (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port)

    def gets_credentials(self, url: httpx.URL) -> bool:
        """Say whether a URL is the service itself, or the same host with https: in place of http:.

        A host may run servers of others, so that the ports have to be the usual ones.
        """
        usual_ports = url.port is None and self._own.port is None
        return self.is_origin(url) or (usual_ports and self._is_secured(url))

    def with_own_scheme(self, url: httpx.URL) -> httpx.URL:
        """Give a URL with https: where it names the service's own host with http:.

        Services behind a proxy give such links to themselves.
        """
        if url.host == self._own.host and url.scheme == "http" and self._own.scheme == "https":
            return url.copy_with(scheme="https", port=None)
        return url

    async def check(self, location: str) -> str:
        """Give the URL to fetch instead of a location, if that is safe.

        Raises:
            UnsafeLocation: The URL is not http or https, or its host is not trusted.
        """
        try:
            url = self.with_own_scheme(httpx.URL(location))
        except (httpx.InvalidURL, ValueError):
            raise UnsafeLocation("A location is no URL", "", self.shown(location)) from None
        if self.is_origin(url) or self._is_secured(url):
            return str(url)
        if url.scheme not in {"http", "https"}:
            reason = f"it is {url.scheme or 'no'}:, not http: or https:"
        elif url.scheme == "http" and self._own.scheme == "https":
            reason = "it is http: while the service is https:"
        elif url.host not in self._trusted_hosts:
            reason = (
                "it is another host than the service; add it to the trusted hosts if it is right"
            )
        elif not await _public(url.host, unknown=self._proxied):
            reason = "its address is private"
        else:
            return str(url)
        shown = self.shown(str(url))
        msg = f"{shown} is not fetched: {reason}"
        raise UnsafeLocation(msg, "", shown)

    def target_of(self, response: httpx.Response) -> str:
        """Give the URL that a redirect leads to.

        Raises:
            UnsafeLocation: It is no URL.
        """
        location = response.headers.get("location", "")
        try:
            return str(response.request.url.join(location))
        except (httpx.InvalidURL, ValueError):
            msg = "A redirect leads to no URL"
            raise UnsafeLocation(msg, "", self.shown(location)) from None

    def shown(self, location: str) -> str:
        """Give the beginning of a location for messages, without what is secret in it."""
        return self._shown(location)[:_SHOWN_LENGTH]

    def _is_secured(self, url: httpx.URL) -> bool:
        """Say whether a URL is the service's host with https:, while the service has http:."""
        return (self._own.scheme, url.scheme) == ("http", "https") and url.host == self._own.host


def check_list_url(url: str) -> None:
    """Check the URL of a job list.

    Raises:
        ProtocolError: It is none, or holds a user name or token.
    """
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parts = httpx.URL()
    if parts.scheme not in {"http", "https"} or not parts.host or {"?", "#"} & set(url):
        msg = (
            f"{shown_address(url)!r} is no job list; give its http: or https: URL, without ? and #"
        )
        raise ProtocolError(msg)
    if parts.userinfo:
        msg = "The job list's URL holds a user name or token; give them as user and token"
        raise ProtocolError(msg)


def whole_location(base: str, href: str | None) -> str | None:
    """Resolve a relative location; one that is no URL is left as it is, and refused later."""
    try:
        return urljoin(base, href) if href else None
    except ValueError:
        return href


async def _public(host: str, *, unknown: bool) -> bool:
    """Say whether all addresses of a host are public; for one without any, give ``unknown``."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return unknown
    return all(ipaddress.ip_address(entry[4][0]).is_global for entry in found)
