"""From XML documents to models: every known dialect of UWS is read without losing a field.

What UWS does not define is kept as extras.
"""

from prefect_expres.errors import ProtocolError
from prefect_expres.uws.elements import (
    Attributes,
    Fields,
    Texts,
    children,
    entries,
    leaves,
    local_name,
    own_text,
    parse,
    text_of,
)
from prefect_expres.uws.models import (
    ErrorSummary,
    Extra,
    Job,
    JobRef,
    Parameter,
    ResultRef,
    Timestamp,
)
from prefect_expres.uws.pages import Element
from prefect_expres.uws.text import finite_number, read_phase, whole_number

_ENTRIES = frozenset({"jobref", "jobRef", "job"})
"""Entries of a job list: UWS has ``jobref``, UWSLib of 2012 ``jobRef``, ESA whole jobs."""


def read_job(document: bytes) -> Job:
    """Read a ``job`` document.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    root = parse(document, "job")
    fields = Fields(root)
    identifier = fields.text("jobId")
    if not identifier:
        msg = "The job document has no jobId"
        raise ProtocolError(msg)
    attributes = Attributes(root)
    return Job(
        id=identifier,
        phase=read_phase(fields.text("phase")),
        run_id=fields.text("runId"),
        owner_id=fields.text("ownerId"),
        quote=fields.text("quote"),
        creation_time=fields.time("creationTime"),
        start_time=fields.time("startTime"),
        end_time=fields.time("endTime"),
        execution_duration=finite_number(fields.text("executionDuration")),
        destruction=fields.time("destruction"),
        parameters=fields.read("parameters", _parameters) or (),
        results=fields.read("results", _results) or (),
        error_summary=fields.read("errorSummary", _error_summary),
        job_info=fields.read("jobInfo", leaves) or (),
        version=attributes.take("version"),
        extras=(*attributes.rest(), *fields.rest()),
    )


def read_jobs(document: bytes) -> tuple[JobRef, ...]:
    """Read a ``jobs`` document: the job list.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    listed = entries(document, "jobs")
    return tuple([_job_ref(entry) for entry in listed if local_name(entry) in _ENTRIES])


def read_version(document: bytes) -> str | None:
    """Read the version of UWS that a job list says it follows; None if it says none, as OPUS."""
    return Attributes(parse(document, "jobs")).take("version")


def read_results(document: bytes) -> tuple[ResultRef, ...]:
    """Read a ``results`` document.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    return _results(parse(document, "results"))


def read_parameters(document: bytes) -> tuple[Parameter, ...]:
    """Read a ``parameters`` document.

    Raises:
        ProtocolError: It is no XML, declares a document type, or is another document.
    """
    return _parameters(parse(document, "parameters"))


def _job_ref(element: Element) -> JobRef:
    attributes, texts = Attributes(element), Texts(element)
    identifier = attributes.take("id") or texts.take("jobId")
    if not identifier:
        msg = "An entry of the job list has no id"
        raise ProtocolError(msg)
    created = texts.take("creationTime")
    return JobRef(
        id=identifier,
        href=attributes.take("href"),
        phase=read_phase(texts.take("phase")),
        run_id=texts.take("runId"),
        owner_id=texts.take("ownerId"),
        creation_time=Timestamp(created) if created else None,
        extras=(*_unlinked(attributes.rest()), *texts.rest()),
    )


def _results(element: Element) -> tuple[ResultRef, ...]:
    return tuple([_result(child) for child in children(element, "result")])


def _result(element: Element) -> ResultRef:
    attributes = Attributes(element)
    take = attributes.take
    return ResultRef(
        id=take("id") or "",
        href=take("href"),
        mime_type=take("mime-type"),
        size=whole_number(take("size")),
        name=take("name") or None,
        hash=take("hash") or None,
        extras=_unlinked(attributes.rest()) + leaves(element),
    )


def _parameters(element: Element) -> tuple[Parameter, ...]:
    listed = list(children(element, "parameter"))
    # OPUS writes 0 and 1 and percent-encodes; the others write true and false, and do not.
    encoded = all(child.get("byReference") in {"0", "1"} for child in listed)
    return tuple(_parameter(child, encoded=encoded) for child in listed)


def _parameter(element: Element, *, encoded: bool) -> Parameter:
    attributes = Attributes(element)
    return Parameter(
        id=attributes.take("id") or "",
        text=text_of(element),
        by_reference=attributes.flag("byReference") or False,
        is_post=attributes.flag("isPost"),
        encoded=encoded,
        extras=attributes.rest(),
    )


def _error_summary(element: Element) -> ErrorSummary | None:
    attributes, fields = Attributes(element), Fields(element)
    message = fields.text("message") or own_text(element)
    kind = attributes.take("type")
    if not message and kind is None:
        return None
    return ErrorSummary(
        message=message,
        type=kind,
        has_detail=attributes.flag("hasDetail"),
        extras=(*attributes.rest(), *fields.rest()),
    )


def _unlinked(extras: tuple[Extra, ...]) -> tuple[Extra, ...]:
    """Leave out ``xlink:type``, which says only that a link is a link."""
    if not extras:
        return ()
    return tuple([extra for extra in extras if (extra.name, extra.text) != ("type", "simple")])
