"""How requests leave a network: through a proxy, with which certificate authorities, how fast.

The variables ``HTTP_PROXY`` and the like are not read: a proxy sees all that is sent to a service
with http:, tokens as well, so that one has to be named for this package.
"""

import math
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx

from prefect_expres.errors import UsageError
from prefect_expres.net.pace import LOWEST_RATE
from prefect_expres.net.url import shown_address

PROXY, CA_BUNDLE, CERT_FILE = "EXPRES_PROXY", "EXPRES_CA_BUNDLE", "SSL_CERT_FILE"
RATE = "EXPRES_LOWEST_RATE"
_VARIABLES = (PROXY, CA_BUNDLE, CERT_FILE)


@dataclass(frozen=True)
class Network:
    """A proxy, certificate authorities and the slowest line; what is None is not used.

    Args:
        proxy: URL of an HTTP proxy, with user and password if it asks for them.
        ca_bundle: PEM file of certificates that are trusted besides the usual ones.
        cert_file: PEM file of certificates that are trusted in place of the usual ones.
        lowest_rate: Bytes a second that an answer must have on average; None for 1000.
    """

    proxy: str | None = None
    ca_bundle: str | None = None
    cert_file: str | None = None
    lowest_rate: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the environment; an empty variable is none.

        Raises:
            UsageError: The lowest rate is no positive number.
        """
        proxy, bundle, trusted = (environment.get(name) or None for name in _VARIABLES)
        return cls(proxy, bundle, trusted, _rate(environment.get(RATE)))

    @property
    def rate(self) -> float:
        """Bytes a second that an answer must have on average."""
        return self.lowest_rate or LOWEST_RATE

    def over(self, other: Self) -> Self:
        """Give these settings, and those of another where these are None."""
        return type(self)(
            self.proxy or other.proxy,
            self.ca_bundle or other.ca_bundle,
            self.cert_file or other.cert_file,
            self.lowest_rate or other.lowest_rate,
        )

    def client_options(self) -> dict[str, Any]:
        """Give the arguments of httpx's client.

        Raises:
            UsageError: The proxy is no URL of one, or a file cannot be read.
        """
        options: dict[str, Any] = {"verify": self._context()}
        if self.proxy is not None:
            options["proxy"] = check_proxy(self.proxy)
        return options

    def _context(self) -> ssl.SSLContext:
        if self.ca_bundle is None and self.cert_file is None:
            return _usual_authorities()
        if self.cert_file is None:
            context = httpx.create_ssl_context(trust_env=False)
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for name, path in ((CERT_FILE, self.cert_file), (CA_BUNDLE, self.ca_bundle)):
            if path is not None:
                _load(context, name, path)
        return context


def check_proxy(proxy: str) -> str:
    """Give the URL of a proxy as it is.

    Raises:
        UsageError: It is none.
    """
    try:
        url = httpx.URL(proxy)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        msg = f"{shown_address(proxy)[:200]!r} is not a proxy; write it as http://host:port"
        raise UsageError(msg)
    return proxy


def untrusted_certificate(fault: BaseException) -> str | None:
    """Give the reason if an error says that a certificate could not be verified, else None."""
    seen: BaseException | None = fault
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message or str(seen)
        seen = seen.__cause__ or seen.__context__
    return None


def advice_on(reason: str) -> str:
    """Say what to do about a certificate that could not be verified."""
    return (
        f"its certificate cannot be verified: {reason}. If a private authority has signed it, name "
        f"the file with the authority's certificate as {CA_BUNDLE}, or as ca_bundle of the block "
        "or the profile."
    )


def _rate(text: str | None) -> float | None:
    if not text:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        msg = f"{RATE} is {text[:40]!r}; give bytes a second as a positive number, as 1000"
        raise UsageError(msg)
    return rate


@cache
def _usual_authorities() -> ssl.SSLContext:
    """Load the usual authorities for all clients: each would take 20 ms for them."""
    return httpx.create_ssl_context(trust_env=False)


def _load(context: ssl.SSLContext, name: str, path: str) -> None:
    try:
        context.load_verify_locations(cafile=Path(path).expanduser())
    except (OSError, ValueError) as fault:
        msg = f"The certificates of {path} ({name}) cannot be read: {fault}. Give a PEM file."
        raise UsageError(msg) from None
