"""What an error answer means: its reason in the service's words, and the error it becomes."""

from html import unescape

from lxml import etree

from prefect_expres.errors import (
    ActiveJobsLimit,
    AuthenticationFailed,
    Busy,
    JobNotFound,
    RequestRejected,
    ServerFault,
    ServiceError,
    Unreachable,
)

_GATEWAY = frozenset({502, 503, 504})
_LATER = frozenset({408, 425, 429})
_SERVER_ERROR = 500
_ACTIVE_LIMIT = "maximum number of active jobs"
_BLAMES_THE_REQUEST = (
    "has to be in pending phase",
    "must be in pending state",
    "cannot be aborted",
    "not found",
    "not expected",
    "not the owner",
    "does not have permission",
    "keyword",
    "is not specified",
    "is not defined",
    "is no file",
    "must be an integer or a float",
    "iso8601",
    "cannot be run",
    "unknown",
    "no files to be deleted",
)
"""What OPUS writes under a 500 that means a 400 (shared/opus, and its handlers)."""


def fault_of(url: str, status: int, reason: str, wait: float | None) -> ServiceError:
    """Turn an error answer into the error it means.

    OPUS says 500 for the client's own faults, so its words decide; a 500 that does not blame the
    request may have come from anything on the way, and is worth another look.
    """
    kind = _kind_of(status, reason.lower())
    said = f"{url} answered {status}: {reason or 'no reason given'}"
    if kind is AuthenticationFailed:
        said = f"{said}. Check the user name and token."
    return kind(said, url, status, reason, wait)


def _kind_of(status: int, words: str) -> type[ServiceError]:
    blamed = any(blame in words for blame in _BLAMES_THE_REQUEST)
    kinds: tuple[tuple[bool, type[ServiceError]], ...] = (
        (_ACTIVE_LIMIT in words, ActiveJobsLimit),
        (status in {401, 403}, AuthenticationFailed),
        (status in {404, 410}, JobNotFound),
        (status in _LATER or "text file busy" in words, Busy),
        (status in _GATEWAY, Unreachable),
        (status >= _SERVER_ERROR and not blamed, ServerFault),
    )
    return next((kind for holds, kind in kinds if holds), RequestRejected)


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
