"""Answers that are no XML: texts, a phase, a description in JSON."""

from datetime import UTC, datetime
from typing import Any

import pydantic_core

from prefect_expres.errors import Malformed
from prefect_expres.uws.models import Phase
from prefect_expres.uws.xml import read_phase

_LONGEST_WORD = 40


def read_text(document: bytes) -> str:
    """Read a text, without the white space at its ends."""
    return document.decode("utf-8", "replace").strip()


def read_word(document: bytes) -> Phase:
    """Read a phase that stands alone.

    Raises:
        Malformed: It is no single word.
    """
    text = read_text(document)
    if not text or len(text) > _LONGEST_WORD or not text.isalpha():
        msg = f"The service did not answer with a phase but {text[:80]!r}"
        raise Malformed(msg)
    return read_phase(text)


def read_description(document: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        Malformed: It is none.
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
    """Write a time as UWS wants it: UTC, to the second; a naive time or a text stays as it is."""
    if isinstance(moment, str):
        return moment
    aware = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return aware.isoformat(timespec="seconds")
