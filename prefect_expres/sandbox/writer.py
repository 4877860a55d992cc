"""Jobs to XML, in the dialect of OPUS or as UWS 1.1 says."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import quote_plus
from xml.sax.saxutils import escape, quoteattr

from prefect_expres.sandbox.store import Entity, SandboxJob
from prefect_expres.uws.models import Phase

Dialect = Literal["opus", "standard"]
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
    """Writes what a service says of its jobs; ``base`` is the service's own URL."""

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


def writer_for(dialect: Dialect) -> Writer:
    """Give the writer of a dialect."""
    return OpusWriter() if dialect == "opus" else StandardWriter()


class OpusWriter:
    """OPUS: local times without a zone, percent-encoded values, dead links in the job list."""

    def job(self, job: SandboxJob, base: str) -> str:
        """Write a job document, its elements in OPUS' order."""
        info = _element("uws:jobInfo", f"<process_id>{job.process_id}</process_id>")
        content = [
            _text("uws:jobId", job.id),
            _text("uws:runId", job.run_id),
            _text("uws:ownerId", job.owner),
            _text("uws:phase", job.phase),
            _text("uws:creationTime", self.time(job.created)),
            _text("uws:startTime", self.time(job.started) if job.started else None),
            _text("uws:endTime", self.time(job.ended) if job.ended else None),
            _text("uws:quote", str(_QUOTE_SECONDS)),
            _text("uws:executionDuration", str(job.execution_duration)),
            _text("uws:destruction", self.time(job.destruction)),
            self.parameters(job, base, root=False),
            self.results(job, base, root=False),
            _text("uws:errorSummary", job.error),
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
        """Write a job's results, then its stdout and stderr once it has started."""
        entries = [
            _element(
                "uws:result",
                "",
                _attributes(
                    {
                        "id": entity.role,
                        "xlink:href": f"{base}/store?ID={entity.id}",
                        "mime-type": entity.media_type,
                        "name": f"{entity.id}_{entity.name}",
                        "hash": entity.sha1,
                    }
                ),
            )
            for entity in job.results
        ]
        if job.ended is not None and job.started is not None:
            entries += [self._stream(job, base, name) for name in ("stderr", "stdout")]
        return _element("uws:results", "".join(entries), (_HEAD + _OPUS_SCHEMA) * root)

    def parameters(self, job: SandboxJob, base: str, *, root: bool = True) -> str:
        """Write a job's parameters; files are references into the store."""
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
        """Write the server's local time, with no zone."""
        return moment.astimezone().replace(tzinfo=None).isoformat(timespec="seconds")

    def _stream(self, job: SandboxJob, base: str, name: str) -> str:
        href = f"{base}//rest/{job.job_list}/{job.id}/{name}"
        facts = {
            "id": name,
            "xlink:href": href,
            "mime-type": "text/plain",
            "name": "",
            "hash": "",
        }
        return _element("uws:result", "", _attributes(facts))


class StandardWriter:
    """UWS 1.1 to the letter: UTC, plain values, nested error summaries, links that work."""

    def job(self, job: SandboxJob, base: str) -> str:
        """Write a job document, its elements in the schema's order."""
        content = [
            _text("uws:jobId", job.id),
            _text("uws:runId", job.run_id),
            _text("uws:ownerId", job.owner),
            _text("uws:phase", job.phase),
            _text("uws:quote", None),
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
                + _text("uws:ownerId", job.owner)
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
        ]
        return _element("uws:parameters", "".join(entries), _HEAD * root)

    def time(self, moment: datetime) -> str:
        """Write UTC with ``Z``."""
        return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def html_error(status: str, url: str, reason: str) -> str:
    """Write an error page in the form of OPUS: the reason stands in ``<pre>``."""
    page = """
    <!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
    <html>
        <head>
            <title>Error: {status}</title>
        </head>
        <body>
            <h1>Error: {status}</h1>
            <p>Sorry, the requested URL <tt>{url}</tt>
               caused an error:</p>
            <pre>{reason}</pre>
        </body>
    </html>
"""
    quotes = {"'": "&#039;", '"': "&quot;"}
    return page.format(status=status, url=escape(repr(url), quotes), reason=escape(reason, quotes))


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
