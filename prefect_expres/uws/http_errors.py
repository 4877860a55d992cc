"""From error answers to errors: what kind it is, and the reason in the service's words."""

import re

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
from prefect_expres.uws.pages import (
    LONGEST_REASON,
    first_words,
    labelled,
    text_of_page,
    tree_of_page,
)

_GATEWAY = frozenset({502, 503, 504})
_LATER = frozenset({408, 425, 429})
_SERVER_ERROR = 500
FORBIDDEN = 403
_UNKNOWN_USER = "Check the user name and token."
_NOT_ALLOWED = "This user may not do that: check whose job it is, and as which user you ask."
_NOT_ASKED_AS_USER = (
    "It is another host than the service, which gets no user and token: ask its operator whether "
    "results are open."
)
_NOT_IMPLEMENTED = 501
_REASONS = (".//pre", ".//info[@name='QUERY_STATUS']", ".//info", ".//h1", ".//title", ".//body")
"""Where the reason stands, best first: in pages of OPUS, in a VOTable, then in any page."""
_LABEL = "Message:"
"""What UWSLib writes before the reason, in a list."""
_ACTIVE_LIMIT = "maximum number of active jobs"
_REQUEST_WRONG = re.compile(
    r"""
      Job\ (has\ to\ be\ in\ PENDING\ phase | \S+\ is\ not\ in\ the\ PENDING\ state)
    | Job\ "\S+"\ must\ be\ in\ PENDING\ state\ \(currently\ \w+\)\ to\ change\ .+
    | Job\ \S+\ cannot\ be\ (aborted | updated\ to\ \w+)\ while\ in\ (terminal\ )?phase\ \w+
    | Phase\ change\ not\ allowed:\ \w+\ -->\ \w+
    | PHASE(=.*\ not\ expected | \ keyword\ is\ not\ specified\ in\ POST)
    | (EXECUTIONDURATION | DESTRUCTION | VALUE)\ keyword\ required
    | Execution\ duration\ must\ be\ an\ integer\ or\ a\ float
    | Destruction\ time\ must\ be\ in\ ISO8601\ format\ \(.*\)
    | ACTION=DELETE\ is\ not\ specified\ in\ POST
    | "ID"\ is\ not\ specified\ in\ request
    | (Job | Result | Entity | Parameter)\ .*\bNOT\ FOUND(\ for\ job\ .*)?
    | (VOTable | WADL)\ not\ found\ for\ job\ .*
    | User\ \S+\ is\ not\ the\ owner\ of\ the\ (job | entity)
    | User\ \S+\ does\ not\ have\ permission\ to\ create/edit\ \S+\ jobs
    """,
    re.VERBOSE,
)
"""The sentences of OPUS in a 500 that mean a 400, from its recorded answers and its code.

They count as a whole only: any server and proxy writes `unknown` or `not found`.
"""


def fault_of(
    url: str, status: int, reason: str, wait: float | None, *, as_user: bool = True
) -> ServiceError:
    """Turn an error answer into the error that it means.

    OPUS answers 500 also where the request was wrong, so its sentences decide. Any other 500 may
    come from anything between client and service, and may be over when it is tried again.

    Args:
        url: The URL that was asked, without credentials.
        status: The HTTP status.
        reason: The service's own words, from `reason_in`.
        wait: Seconds that the service asks to wait, if it said so.
        as_user: Whether the host may be asked with user and token.
    """
    kind = _kind_of(status, reason)
    said = f"{url} answered {status}: {reason or 'no reason given'}"
    if kind is AuthenticationFailed:
        advice = _NOT_ALLOWED if status == FORBIDDEN else _UNKNOWN_USER
        said = f"{said}. {advice if as_user else _NOT_ASKED_AS_USER}"
    return kind(said, url, status, reason, wait)


def _kind_of(status: int, reason: str) -> type[ServiceError]:
    words, wrong = reason.lower(), _REQUEST_WRONG.fullmatch(reason) is not None
    kinds: tuple[tuple[bool, type[ServiceError]], ...] = (
        (_ACTIVE_LIMIT in words, ActiveJobsLimit),
        (status in {401, FORBIDDEN}, AuthenticationFailed),
        (status in {404, 410}, JobNotFound),
        (status in _LATER or "text file busy" in words, Busy),
        (status in _GATEWAY, Unreachable),
        (status == _NOT_IMPLEMENTED, RequestRejected),
        (status >= _SERVER_ERROR and not wrong, ServerFault),
    )
    return next((kind for holds, kind in kinds if holds), RequestRejected)


def with_url(fault: ServiceError, url: str) -> ServiceError:
    """Give the error of a document with the URL that the document came from."""
    return type(fault)(f"{url}: {fault}", url, fault.status, fault.reason)


def reason_in(page: bytes) -> str:
    """Find the reason in an error page: in the words of OPUS, UWSLib, a VOTable, or any text."""
    text = text_of_page(page)
    if "<" not in text:
        return " ".join(text.split())[:LONGEST_REASON]
    if b"<!DOCTYPE" in page and b"<!ENTITY" in page:
        return "an error page with entity declarations"
    tree = tree_of_page(text)
    if tree is None:
        return ""
    return labelled(tree, _LABEL) or first_words(tree, *_REASONS)
