"""From error answers to errors: what kind it is, and the reason in the service's words."""

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
_NOT_IMPLEMENTED = 501
_ACTIVE_LIMIT = "maximum number of active jobs"
_REQUEST_WRONG = (
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
"""What OPUS writes in a 500 that means a 400, taken from its recorded answers and its code."""


def fault_of(url: str, status: int, reason: str, wait: float | None) -> ServiceError:
    """Turn an error answer into the error that it means.

    OPUS answers 500 also where the request was wrong, so its words decide. Any other 500 may come
    from anything between client and service, and may be over when the request is tried again.

    Args:
        url: The URL that was asked, without credentials.
        status: The HTTP status.
        reason: The service's own words, from `reason_in`.
        wait: Seconds that the service asks to wait, if it said so.
    """
    kind = _kind_of(status, reason.lower())
    said = f"{url} answered {status}: {reason or 'no reason given'}"
    if kind is AuthenticationFailed:
        said = f"{said}. Check the user name and token."
    return kind(said, url, status, reason, wait)


def _kind_of(status: int, words: str) -> type[ServiceError]:
    wrong = any(phrase in words for phrase in _REQUEST_WRONG)
    kinds: tuple[tuple[bool, type[ServiceError]], ...] = (
        (_ACTIVE_LIMIT in words, ActiveJobsLimit),
        (status in {401, 403}, AuthenticationFailed),
        (status in {404, 410}, JobNotFound),
        (status in _LATER or "text file busy" in words, Busy),
        (status in _GATEWAY, Unreachable),
        (status == _NOT_IMPLEMENTED, RequestRejected),
        (status >= _SERVER_ERROR and not wrong, ServerFault),
    )
    return next((kind for holds, kind in kinds if holds), RequestRejected)


def reason_in(page: bytes) -> str:
    """Find the reason in an error page: the ``<pre>`` of OPUS, the INFO of a VOTable, or a text."""
    text = page.decode("utf-8", "replace")
    if "<" not in text:
        return " ".join(text.split())[:500]
    if b"<!DOCTYPE" in page and b"<!ENTITY" in page:
        return "an error page with entity declarations"
    # A page may name another encoding than the one it now has.
    tree = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8"))
    if tree is None:
        return ""
    for path in ("//pre", "//info", "//h1", "//title", "//body"):
        for node in tree.iterfind(f".{path}"):
            words = " ".join("".join(map(str, node.itertext())).split())
            if words:
                return words[:500]
    return ""
