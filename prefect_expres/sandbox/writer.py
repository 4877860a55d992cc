"""Write jobs as XML, in the dialect of OPUS or as UWS 1.1 specifies."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import quote_plus
from xml.sax.saxutils import escape as escape_markup
from xml.sax.saxutils import quoteattr

from prefect_expres.sandbox.store import STREAMS, Entity, SandboxJob
from prefect_expres.uws.models import Phase

CONTROL_PARAMETERS = frozenset({"runId", "executionDuration", "destruction"})
_QUOTE_SECONDS = 120
_HEAD = (
    ' xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_OPUS_SCHEMA = (
    ' xsi:schemaLocation="http://www.ivoa.net/xml/UWS/v1.0 http://ivoa.net/xml/UWS/UWS-v1.0.xsd"'
)


class Writer(Protocol):
    """Write the documents about jobs; ``base`` is the URL of the service."""

    def job(self, job: SandboxJob, base: str) -> str:
        """Write a job document."""

    def jobs(self, jobs: Iterable[SandboxJob], base: str) -> str:
        """Write a job list."""

    def results(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write a job's results."""

    def parameters(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write a job's parameters."""

    def time(self, moment: datetime) -> str:
        """Write a time."""

    def quote(self, job: SandboxJob) -> str:
        """Write the quote: how long a job is expected to take, or when to end."""


class OpusWriter:
    """OPUS: local times without a zone, percent-encoded values, broken links in the job list."""

    def job(self, job: SandboxJob, base: str) -> str:
        """Write a job document, with its elements in the order of OPUS."""
        info = _element("uws:jobInfo", f"<process_id>{job.process_id}</process_id>")
        content = [
            _text("uws:jobId", job.id),
            _text("uws:runId", job.run_id or None),
            _text("uws:ownerId", job.owner),
            _text("uws:phase", job.phase),
            _text("uws:creationTime", self.time(job.created)),
            _text("uws:startTime", self.time(job.started) if job.started else None),
            _text("uws:endTime", self.time(job.ended) if job.ended else None),
            _text("uws:quote", self.quote(job)),
            _text("uws:executionDuration", str(job.execution_duration)),
            _text("uws:destruction", self.time(job.destruction)),
            self.parameters(job, base, root=False),
            self.results(job, base, root=False),
            _text("uws:errorSummary", job.error or None),
            info,
        ]
        return _element("uws:job", "".join(content), _HEAD + _OPUS_SCHEMA)

    def jobs(self, jobs: Iterable[SandboxJob], base: str) -> str:
        """Write a job list; its links lack ``/rest``, as those of OPUS do."""
        entries = [
            _element(
                "uws:jobref",
                _text("uws:phase", job.phase)
                + _text("uws:runId", job.run_id)
                + _text("uws:creationTime", self.time(job.created)),
                _attributes({"id": job.id, "xlink:href": f"{base}/{job.job_list}/{job.id}"}),
            )
            for job in jobs
        ]
        return _element("uws:jobs", "".join(entries), _HEAD + _OPUS_SCHEMA)

    def results(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write the results of a job and its streams, sorted by id."""
        entries = {
            entity.role: {
                "id": entity.role,
                "xlink:href": _reference(entity, base),
                "mime-type": entity.media_type,
                "name": f"{entity.id}_{entity.name}",
                "hash": entity.sha1,
            }
            for entity in job.results
        } | {
            name: {
                "id": name,
                "xlink:href": f"{base}//rest/{job.job_list}/{job.id}/{name}",
                "mime-type": STREAMS[name].media_type,
                "name": "",
                "hash": "",
            }
            for name in job.streams
        }
        content = [_element("uws:result", "", _attributes(entries[key])) for key in sorted(entries)]
        return _element("uws:results", "".join(content), (_HEAD + _OPUS_SCHEMA) * root)

    def parameters(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write the parameters of a job; files are references to the store."""
        entries = [
            _element(
                "uws:parameter",
                quote_plus(_reference(value.entity, base) if value.entity else value.text),
                _attributes({"id": name, "byReference": "1" if value.entity else "0"}),
            )
            for name, value in sorted(job.parameters.items())
        ]
        return _element("uws:parameters", "".join(entries), (_HEAD + _OPUS_SCHEMA) * root)

    def time(self, moment: datetime) -> str:
        """Write the local time of the server, without a time zone."""
        return moment.astimezone().replace(tzinfo=None).isoformat(timespec="seconds")

    def quote(self, job: SandboxJob) -> str:
        """Write a number of seconds."""
        return str(_QUOTE_SECONDS)


class StandardWriter:
    """UWS 1.1 as specified: UTC, plain values, nested error summaries, links that work."""

    def job(self, job: SandboxJob, base: str) -> str:
        """Write a job document, with its elements in the order of the schema."""
        content = [
            _text("uws:jobId", job.id),
            _text("uws:runId", job.run_id) if job.run_id else "",
            _text("uws:ownerId", None if job.of_guests else job.owner),
            _text("uws:phase", job.phase),
            _text("uws:quote", self.quote(job)),
            _text("uws:creationTime", self.time(job.created)),
            _text("uws:startTime", self.time(job.started) if job.started else None),
            _text("uws:endTime", self.time(job.ended) if job.ended else None),
            _text("uws:executionDuration", str(job.execution_duration)),
            _text("uws:destruction", self.time(job.destruction)),
            self.parameters(job, base, root=False),
            self.results(job, base, root=False),
        ]
        if job.error is not None:
            attributes = _attributes({"type": "fatal", "hasDetail": "true"})
            content.append(
                _element("uws:errorSummary", _text("uws:message", job.error), attributes)
            )
        return _element("uws:job", "".join(content), _HEAD + ' version="1.1"')

    def jobs(self, jobs: Iterable[SandboxJob], base: str) -> str:
        """Write a job list."""
        entries = [
            _element(
                "uws:jobref",
                _text("uws:phase", job.phase)
                + _text("uws:runId", job.run_id)
                + _text("uws:ownerId", None if job.of_guests else job.owner)
                + _text("uws:creationTime", self.time(job.created)),
                _attributes({"id": job.id, "xlink:href": f"{base}/rest/{job.job_list}/{job.id}"}),
            )
            for job in jobs
        ]
        return _element("uws:jobs", "".join(entries), _HEAD + ' version="1.1"')

    def results(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write a job's results."""
        entries = [
            _element(
                "uws:result",
                "",
                _attributes(
                    {
                        "id": entity.role,
                        "xlink:type": "simple",
                        "xlink:href": _reference(entity, base),
                        "size": str(entity.size),
                        "mime-type": entity.media_type,
                    }
                ),
            )
            for entity in job.results
        ]
        return _element("uws:results", "".join(entries), _HEAD * root)

    def parameters(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write a job's parameters."""
        entries = [
            _element(
                "uws:parameter",
                escape(_reference(value.entity, base) if value.entity else value.text),
                _attributes({"id": name, "byReference": "true" if value.entity else "false"}),
            )
            for name, value in job.parameters.items()
            if name not in CONTROL_PARAMETERS
        ]
        return _element("uws:parameters", "".join(entries), _HEAD * root)

    def time(self, moment: datetime) -> str:
        """Write UTC with ``Z``."""
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"

    def quote(self, job: SandboxJob) -> str:
        """Write when the job is expected to end."""
        return self.time((job.started or job.created) + timedelta(seconds=_QUOTE_SECONDS))


def provenance_xml(job: SandboxJob) -> str:
    """Write the provenance of the results of a job as PROV-XML."""
    run = {"prov:ref": f"opus:{job.id}"}
    facts = [_prov("activity", {"prov:id": f"opus:{job.id}"}, _text("prov:label", job.job_list))]
    for name, value in job.parameters.items():
        reference = f"opus:{job.id}_{name}"
        facts += [
            _prov("entity", {"prov:id": reference}, _text("prov:value", value.text)),
            _prov("used", {}, _prov("activity", run) + _prov("entity", {"prov:ref": reference})),
        ]
    for result in job.results:
        reference = f"opus:{result.id}"
        made = _prov("entity", {"prov:ref": reference}) + _prov("activity", run)
        facts += [
            _prov("entity", {"prov:id": reference}, _text("prov:label", result.name)),
            _prov("wasGeneratedBy", {}, made),
        ]
    spaces = {"xmlns:prov": "http://www.w3.org/ns/prov#", "xmlns:opus": "urn:opus:"}
    return _prov("document", spaces, "".join(facts))


def provenance_drawing(job: SandboxJob) -> str:
    """Draw the provenance of the results of a job: inputs, job, results."""
    lines = [
        *(f"{name} = {value.text}" for name, value in job.parameters.items()),
        f"→ {job.job_list} {job.id} →",
        *(result.name for result in job.results),
    ]
    texts = [
        _element("text", escape(line), _attributes({"x": "10", "y": str(20 * number)}))
        for number, line in enumerate(lines, start=1)
    ]
    size = {"width": "800", "height": str(20 * len(lines) + 20)}
    attributes = _attributes({"xmlns": "http://www.w3.org/2000/svg"} | size)
    return _element("svg", "".join(texts), attributes)


def escape(text: str) -> str:
    """Write text as XML content; characters that XML cannot contain are left out."""
    return escape_markup(re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))


def _prov(name: str, attributes: dict[str, str], content: str = "") -> str:
    return _element(f"prov:{name}", content, _attributes(attributes))


def _reference(entity: Entity, base: str) -> str:
    return f"{base}/store?ID={entity.id}"


def _element(name: str, content: str, attributes: str = "") -> str:
    if not content:
        return f"<{name}{attributes} />"
    return f"<{name}{attributes}>{content}</{name}>"


def _text(name: str, text: str | Phase | None) -> str:
    if text is None:
        return f'<{name} xsi:nil="true" />'
    return _element(name, escape(str(text)))


def _attributes(values: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())
