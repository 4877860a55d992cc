"""Bytes to models: every UWS dialect that is known, read without losing a field.

Elements and attributes are found by their local names, in any order and any namespace; what UWS
does not define is kept as extras. A document type declaration is refused before it is parsed, so
that no entity is ever expanded.
"""

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from lxml import etree

from prefect_expres.errors import Malformed, ProtocolError
from prefect_expres.uws.models import (
    ErrorSummary,
    Extra,
    Job,
    JobRef,
    Parameter,
    Phase,
    ResultRef,
    Timestamp,
)

T = TypeVar("T")
Element = etree._Element  # noqa: SLF001 - lxml has no public name for its elements' type


def read_job(document: bytes) -> Job:
    """Read a ``job`` document.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    root = _parse(document, "job")
    fields = _Fields(root)
    identifier = fields.text("jobId")
    if not identifier:
        msg = "The job document has no jobId"
        raise ProtocolError(msg)
    attributes = _Attributes(root)
    return Job(
        id=identifier,
        phase=read_phase(fields.text("phase") or ""),
        run_id=fields.text("runId"),
        owner_id=fields.text("ownerId"),
        quote=fields.text("quote"),
        creation_time=fields.time("creationTime"),
        start_time=fields.time("startTime"),
        end_time=fields.time("endTime"),
        execution_duration=_seconds(fields.text("executionDuration")),
        destruction=fields.time("destruction"),
        parameters=fields.within("parameters", _parameters) or (),
        results=fields.within("results", _results) or (),
        error_summary=fields.within("errorSummary", _error_summary),
        job_info=fields.within("jobInfo", _leaves) or (),
        version=attributes.take("version"),
        extras=(*attributes.rest(), *fields.rest()),
    )


def read_jobs(document: bytes) -> tuple[JobRef, ...]:
    """Read a ``jobs`` document: the job list.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    return tuple(_job_ref(child) for child in _named(_parse(document, "jobs"), "jobref"))


def read_version(document: bytes) -> str | None:
    """Read the version of UWS that a job list says it follows; None if it says none, as OPUS."""
    return _Attributes(_parse(document, "jobs")).take("version")


def read_results(document: bytes) -> tuple[ResultRef, ...]:
    """Read a ``results`` document.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    return _results(_parse(document, "results"))


def read_parameters(document: bytes) -> tuple[Parameter, ...]:
    """Read a ``parameters`` document.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    return _parameters(_parse(document, "parameters"))


def read_phase(text: str) -> Phase:
    """Read a phase; a word that UWS does not know is ``UNKNOWN``."""
    return _PHASES.get(text.strip().upper(), Phase.UNKNOWN)


def read_seconds(text: str) -> float:
    """Read a number of seconds, whole or not.

    Raises:
        ProtocolError: It is no finite number.
    """
    seconds = _seconds(text)
    if seconds is None:
        msg = f"{text[:80]!r} is no number of seconds"
        raise ProtocolError(msg)
    return seconds


def _parse(document: bytes, expected: str) -> Element:
    # The zeros of UTF-16 are dropped so that the search sees through it.
    if b"<!DOCTYPE" in document.replace(b"\0", b""):
        msg = "The service sent XML with a document type declaration, which is refused"
        raise ProtocolError(msg)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        start = document[:80].decode("utf-8", "replace")
        msg = f"The service's answer is no XML ({fault}); it begins {start!r}"
        raise Malformed(msg) from None
    if root.getroottree().docinfo.internalDTD is not None:
        msg = "The service sent XML with a document type declaration, which is refused"
        raise ProtocolError(msg)
    if _local(root) != expected:
        msg = f"The service's answer is a <{_local(root)}>, not a UWS <{expected}> document"
        raise ProtocolError(msg)
    return root


class _Attributes:
    """The attributes of an element by local name; each can be taken once."""

    def __init__(self, element: Element) -> None:
        self._left = {
            _local_name(str(key)): str(value)
            for key, value in element.items()
            if not str(key).startswith(_XSI)
        }

    def take(self, name: str) -> str | None:
        return self._left.pop(name, None)

    def flag(self, name: str) -> bool | None:
        text = self.take(name)
        return None if text is None else text.strip().lower() in {"true", "1"}

    def rest(self) -> tuple[Extra, ...]:
        return tuple(Extra(name=name, text=text) for name, text in self._left.items())


class _Fields:
    """The child elements of an element by local name; each can be taken once.

    Of several with one name the first is taken, and the others are left.
    """

    def __init__(self, element: Element) -> None:
        self._left: dict[str, Element] = {}
        self._repeated: list[Element] = []
        for child in element:
            if self._left.setdefault(_local(child), child) is not child:
                self._repeated.append(child)

    def element(self, name: str) -> Element | None:
        return self._left.pop(name, None)

    def text(self, name: str) -> str | None:
        child = self.element(name)
        return None if child is None or _nil(child) else _text(child) or None

    def time(self, name: str) -> Timestamp | None:
        text = self.text(name)
        return Timestamp(text=text) if text else None

    def within(self, name: str, read: Callable[[Element], T]) -> T | None:
        child = self.element(name)
        return None if child is None or _nil(child) else read(child)

    def rest(self) -> tuple[Extra, ...]:
        left = [*self._left.values(), *self._repeated]
        return tuple(Extra(name=_local(child), text=_text(child)) for child in left)


def _job_ref(element: Element) -> JobRef:
    attributes, fields = _Attributes(element), _Fields(element)
    identifier = attributes.take("id") or fields.text("jobId")
    if not identifier:
        msg = "An entry of the job list has no id"
        raise ProtocolError(msg)
    return JobRef(
        id=identifier,
        href=attributes.take("href"),
        phase=read_phase(fields.text("phase") or ""),
        run_id=fields.text("runId"),
        owner_id=fields.text("ownerId"),
        creation_time=fields.time("creationTime"),
        extras=(*_unlinked(attributes.rest()), *fields.rest()),
    )


def _results(element: Element) -> tuple[ResultRef, ...]:
    return tuple(_result(child) for child in _named(element, "result"))


def _result(element: Element) -> ResultRef:
    attributes = _Attributes(element)
    return ResultRef(
        id=attributes.take("id") or "",
        href=attributes.take("href"),
        mime_type=attributes.take("mime-type"),
        size=_size(attributes.take("size")),
        name=attributes.take("name") or None,
        hash=attributes.take("hash") or None,
        extras=(*_unlinked(attributes.rest()), *_leaves(element)),
    )


def _parameters(element: Element) -> tuple[Parameter, ...]:
    children = list(_named(element, "parameter"))
    # OPUS writes 0 and 1 and percent-encodes; the others write true and false, and do not.
    encoded = bool(children) and all(child.get("byReference") in {"0", "1"} for child in children)
    return tuple(_parameter(child, encoded=encoded) for child in children)


def _parameter(element: Element, *, encoded: bool) -> Parameter:
    attributes = _Attributes(element)
    return Parameter(
        id=attributes.take("id") or "",
        text=_text(element),
        by_reference=attributes.flag("byReference") or False,
        is_post=attributes.flag("isPost"),
        encoded=encoded,
        extras=attributes.rest(),
    )


def _error_summary(element: Element) -> ErrorSummary | None:
    attributes, fields = _Attributes(element), _Fields(element)
    bare = (element.text or "").strip()
    message = fields.text("message") or bare
    kind = attributes.take("type")
    if not message and kind is None:
        return None
    return ErrorSummary(
        message=message,
        type=kind,
        has_detail=attributes.flag("hasDetail"),
        extras=(*attributes.rest(), *fields.rest()),
    )


def _leaves(element: Element) -> tuple[Extra, ...]:
    """List the innermost elements with their text; a bare text counts as one of no name."""
    leaves = [node for node in element.iterdescendants() if not len(node)]
    extras = [Extra(name=_local(leaf), text=_text(leaf)) for leaf in leaves]
    bare = (element.text or "").strip()
    return (*([Extra(name="", text=bare)] if bare else []), *extras)


def _unlinked(extras: Iterable[Extra]) -> tuple[Extra, ...]:
    """Leave out ``xlink:type``, which says only that a link is a link."""
    return tuple(extra for extra in extras if (extra.name, extra.text) != ("type", "simple"))


def _named(element: Element, name: str) -> Iterable[Element]:
    return (child for child in element if _local(child) == name)


def _local(element: Element) -> str:
    tag = element.tag
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _local_name(name: str) -> str:
    """Take the namespace off a name; a list of thousands of jobs has a handful of them."""
    return name.rpartition("}")[2]


def _text(element: Element) -> str:
    if not len(element):
        return (element.text or "").strip()
    return "".join(str(part) for part in element.itertext()).strip()


def _nil(element: Element) -> bool:
    return bool(element.keys()) and (element.get(_NIL) or "").strip().lower() in {"true", "1"}


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _size(text: str | None) -> int | None:
    return int(text) if text and text.strip().isascii() and text.strip().isdigit() else None


_PHASES = {phase.value: phase for phase in Phase}
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NIL = f"{_XSI}nil"
