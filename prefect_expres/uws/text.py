"""Single values, and answers that are not XML: texts, phases, numbers, times, JSON."""

import math
from datetime import UTC, datetime
from typing import Any

import pydantic_core

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.net.body import ERROR_PAGE_BYTES
from prefect_expres.uws.http_errors import reason_in
from prefect_expres.uws.models import Phase
from prefect_expres.uws.pages import error_in_votable, is_page, refuse_other

_LONGEST_WORD = 40
_PHASES = {phase.value: phase for phase in Phase}


def read_text(document: bytes) -> str:
    """Read a text, without the white space at its ends.

    Raises:
        Unreachable: It is an HTML page.
        RequestRejected: It is a VOTable that tells an error.
    """
    refuse_other(document)
    return document.decode("utf-8", "replace").strip()


def read_error(document: bytes) -> str:
    """Read the error of a job; of a page or a VOTable only the reason in it."""
    if is_page(document) or error_in_votable(document) is not None:
        return reason_in(document[:ERROR_PAGE_BYTES])
    return document.decode("utf-8", "replace").strip()


def read_word(document: bytes) -> Phase:
    """Read a phase from an answer that holds nothing else.

    Raises:
        Malformed: It is not a single word.
    """
    text = read_text(document)
    if not text or len(text) > _LONGEST_WORD or not text.isalpha():
        msg = f"The service did not answer with a phase but {text[:80]!r}"
        raise Malformed(msg)
    return read_phase(text)


def read_phase(text: str | None) -> Phase:
    """Read a phase; none, and a word that UWS does not define, is ``UNKNOWN``."""
    return Phase.UNKNOWN if text is None else _PHASES.get(text.strip().upper(), Phase.UNKNOWN)


def read_seconds(text: str) -> float:
    """Read a number of seconds, whole or not.

    Raises:
        ProtocolError: It is not a finite number.
    """
    seconds = finite_number(text)
    if seconds is None:
        msg = f"{text[:80]!r} is not a number of seconds"
        raise ProtocolError(msg)
    return seconds


def finite_number(text: str | None) -> float | None:
    """Read a finite number; None if there is none."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def whole_number(text: str | None) -> int | None:
    """Read a whole number that is not negative; None if there is none."""
    if text is None or not text.strip().isascii() or not text.strip().isdigit():
        return None
    return int(text)


def read_description(document: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        Malformed: It is not a JSON object.
    """
    try:
        description = pydantic_core.from_json(document)
    except ValueError:
        description = None
    if not isinstance(description, dict):
        msg = "The service did not answer with a description in JSON"
        raise Malformed(msg)
    return description


def utc_text(moment: datetime | str) -> str:
    """Write a time as UWS wants it: in UTC with ``Z``, without a fraction of a second.

    A time without a zone is taken as UTC; a text is left as it is.
    """
    if isinstance(moment, str):
        return moment
    aware = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return f"{aware.isoformat(timespec='seconds')}Z"
