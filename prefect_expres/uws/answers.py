"""What an error answer means: its reason in the service's words, and the error it becomes."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urlsplit

from lxml import etree

from prefect_expres.errors import (
    AuthenticationFailed,
    Busy,
    JobNotFound,
    RequestRejected,
    ServiceError,
    Unreachable,
)

LONGEST_RETRY_AFTER = 120.0
_GATEWAY = frozenset({502, 503, 504})
_LATER = frozenset({408, 429})


def fault_of(url: str, status: int, reason: str, wait: float | None) -> ServiceError:
    """Turn an error answer into the error it means.

    OPUS says 500 for the client's own faults; of these only those whose text says so are worth
    another try.
    """
    said = f"{url} answered {status}: {reason or 'no reason given'}"
    facts = (url, status, reason, wait)
    if status in {401, 403}:
        return AuthenticationFailed(f"{said}. Check the user name and token.", *facts)
    if status in {404, 410}:
        return JobNotFound(said, *facts)
    text = reason.lower()
    if status in _LATER or "maximum number of active jobs" in text or "text file busy" in text:
        return Busy(said, *facts)
    if status in _GATEWAY:
        return Unreachable(said, *facts)
    return RequestRejected(said, *facts)


def reason_in(page: bytes) -> str:
    """Take the reason out of an error page: OPUS' ``<pre>``, a VOTable's INFO, or plain text."""
    text = page.decode("utf-8", "replace")
    if "<" not in text:
        return " ".join(text.split())[:500]
    if b"<!DOCTYPE" in page and b"<!ENTITY" in page:
        return "an error page with entity declarations"
    parser = etree.HTMLParser(no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        tree = None
    if tree is None:
        return " ".join(unescape(text).split())[:500]
    for path in ("//pre", "//info", "//h1", "//title", "//body"):
        for node in tree.iterfind(f".{path}"):
            words = " ".join("".join(map(str, node.itertext())).split())
            if words:
                return words[:500]
    return ""


def retry_after(value: str | None) -> float | None:
    """Read a ``Retry-After`` header, seconds or date, clamped to what is reasonable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def shown_url(url: str) -> str:
    """Give a URL as it may be shown: without a user or token in it."""
    parts = urlsplit(url)
    return (
        url if "@" not in parts.netloc else url.replace(parts.netloc.rpartition("@")[0] + "@", "")
    )
