"""An asynchronous client for one job list of a UWS service."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urlencode, urlsplit

import httpx
import pydantic_core

from prefect_expres.errors import (
    Busy,
    JobNotFound,
    ProtocolError,
    RequestRejected,
    ServiceError,
    SubmissionUncertain,
    TooLarge,
    Unreachable,
)
from prefect_expres.uws import codec
from prefect_expres.uws.answers import shown_url
from prefect_expres.uws.http import READ_ATTEMPTS, Http, backoff
from prefect_expres.uws.models import Job, JobRef, Parameter, Phase, ResultRef
from prefect_expres.uws.sleeping import Clock, MonotonicClock

DOCUMENT_LIMIT = 64 * 2**20
WAIT_MARGIN = 15.0
_SHELL_SAFE = re.compile(r"[A-Za-z0-9._:+-]*", re.ASCII)
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", re.ASCII)
_JOB_ID = re.compile(r"[^\x00-\x20/\\?#%\x7f]{1,200}")


@dataclass(frozen=True)
class Upload:
    """A file that is sent with a new job: its name, bytes and media type."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


class UWSClient:
    """Talks to one job list; every method is one step of UWS 1.1.

    Reads are tried again when that may help. A create or a start is never sent twice blindly.

    Args:
        jobs_url: The job list, for instance ``https://host/rest/ExPRES``.
        user: User name for Basic authentication; None for a guest.
        token: The token that goes with the user name.
        timeout: Seconds without an answer before a request is given up.
        trusted_hosts: Other hosts that results may come from; they never get the credentials.
        document_limit: Largest document that is read, in bytes.
        transport: Takes the place of the network, for instance in tests.
        clock: Takes the place of the machine's clock.

    Example:
        >>> async with UWSClient("https://host/rest/ExPRES") as client:  # doctest: +SKIP
        ...     job_id = await client.create({"runId": "io"}, {"config": upload})
        ...     await client.start(job_id)
    """

    def __init__(
        self,
        jobs_url: str,
        user: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        trusted_hosts: Iterable[str] = (),
        document_limit: int = DOCUMENT_LIMIT,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        parts = urlsplit(jobs_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = f"{shown_url(jobs_url)!r} is no job list; give its http: or https: URL"
            raise ProtocolError(msg)
        if parts.username or parts.password:
            msg = "The job list's URL holds a user name or token; give them as user and token"
            raise ProtocolError(msg)
        self.jobs_url = jobs_url.rstrip("/")
        self.clock = clock or MonotonicClock()
        self.http = Http(
            self.jobs_url,
            (user, token or "") if user else None,
            timeout=timeout,
            trusted_hosts=frozenset(trusted_hosts),
            transport=transport,
            clock=self.clock,
        )
        self._limit = document_limit

    async def __aenter__(self) -> Self:
        """Enter a block that closes the connections at its end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.http.aclose()

    def job_url(self, job_id: str) -> str:
        """Build a job's URL; a job list's own links may be dead.

        Raises:
            ProtocolError: The id cannot be a part of a URL.
        """
        if not _JOB_ID.fullmatch(job_id) or job_id in {".", ".."}:
            msg = f"{job_id[:80]!r} is no job id"
            raise ProtocolError(msg)
        return f"{self.jobs_url}/{quote(job_id, safe='')}"

    async def create(
        self, parameters: Mapping[str, str], files: Mapping[str, Upload] | None = None
    ) -> str:
        """Create a job in phase PENDING; send it once.

        Args:
            parameters: Names and values; give a unique ``runId`` to find the job again.
            files: Files by parameter name.

        Returns:
            The job's id.

        Raises:
            RequestRejected: A name or value could harm the server, or the server said no.
            Busy: The server asks to come back later; no job was created.
            SubmissionUncertain: No answer came: look for the runId before trying again.
        """
        uploads = files or {}
        _check_parameters(parameters)
        _check_uploads(uploads)
        # A multipart form also without files: every server reads it, and all of it alike.
        form: dict[str, Any] = {name: (None, value) for name, value in parameters.items()}
        form |= {name: (up.name, up.content, up.media_type) for name, up in uploads.items()}
        try:
            headers, body = await self.http.send("POST", self.jobs_url, files=form)
        except Unreachable as fault:
            msg = (
                f"The answer to the new job {parameters.get('runId', '')!r} was lost; "
                f"look for it in the job list before it is sent again. {fault}"
            )
            raise SubmissionUncertain(
                msg, fault.url, fault.status, fault.reason, fault.retry_after
            ) from None
        return self._created(headers.get("location"), body)

    async def start(self, job_id: str) -> Phase:
        """Put a job into the queue.

        A start whose answer was lost, or was an error, is settled by reading the phase: anything
        but PENDING means that it took.

        Returns:
            The phase afterwards.

        Raises:
            Busy: The limit of active jobs is reached; try again later.
            ServiceError: It could not be started.
        """
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                await self._write_phase(job_id, "RUN")
            except JobNotFound:
                raise
            except ServiceError as fault:
                phase = await self.phase(job_id)
                if phase is not Phase.PENDING:
                    return phase
                active_limit = "active jobs" in (fault.reason or "").lower()
                if not fault.retryable or active_limit or attempt == READ_ATTEMPTS:
                    raise
                await self.clock.sleep(backoff(attempt, fault.retry_after))
            else:
                return await self.phase(job_id)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def abort(self, job_id: str) -> Phase | None:
        """Stop a job, whatever its phase; a finished job is left as it is.

        A PENDING job is deleted: OPUS can never delete one that was aborted before it ran.

        Returns:
            The phase afterwards, or None if the job is gone.
        """
        try:
            phase = await self.phase(job_id)
            if phase.finished:
                return phase
            if phase is Phase.PENDING:
                await self.delete(job_id)
                return None
            try:
                await self._write_phase(job_id, "ABORT")
            except (RequestRejected, Unreachable):
                phase = await self.phase(job_id)
                if not phase.finished:
                    raise
            return await self.phase(job_id)
        except JobNotFound:
            return None

    async def delete(self, job_id: str) -> None:
        """Delete a job with its results; a job that is gone already is no error."""
        url = self.job_url(job_id)
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                await self.http.send("DELETE", url)
            except JobNotFound:
                return
            except (Busy, Unreachable) as fault:
                if attempt == READ_ATTEMPTS:
                    raise
                await self.clock.sleep(backoff(attempt, fault.retry_after))
            except RequestRejected as fault:
                if fault.status not in {405, 501}:
                    raise
                await self.http.send("POST", url, fields={"ACTION": "DELETE"})
                return
            else:
                return

    async def job(self, job_id: str, *, wait: int | None = None, phase: Phase | None = None) -> Job:
        """Read a job; with ``wait``, ask the server to answer when ``phase`` is left.

        Args:
            job_id: The job.
            wait: Seconds that the server may take; it may also ignore this.
            phase: The phase to leave.
        """
        query: list[tuple[str, str]] = []
        if wait is not None:
            query.append(("WAIT", str(wait)))
            if phase is not None:
                query.append(("PHASE", phase.value))
        url = self.job_url(job_id) + (f"?{urlencode(query)}" if query else "")
        return codec.read_job(await self._document(url, wait=wait))

    async def phase(self, job_id: str) -> Phase:
        """Read a job's phase.

        Raises:
            ProtocolError: The answer is no phase.
        """
        url = f"{self.job_url(job_id)}/phase"
        text = (await self._document(url)).decode("utf-8", "replace").strip()
        if not text or len(text) > 40 or not text.isalpha():  # noqa: PLR2004 - no word is longer
            msg = f"{url} did not answer with a phase but {text[:80]!r}"
            raise ProtocolError(msg, url)
        return codec.read_phase(text)

    async def jobs(
        self,
        phases: Iterable[Phase] = (),
        *,
        after: datetime | str | None = None,
        last: int | None = None,
    ) -> tuple[JobRef, ...]:
        """Read the job list, oldest first.

        ``PHASE`` keys go last, which OPUS needs, and servers that ignore them are corrected here.
        ``LAST`` is not sent: OPUS answers it with the oldest jobs.

        Args:
            phases: Only jobs in these phases.
            after: Only jobs created after this time; a naive time or a text is sent as it is.
            last: Only so many of the youngest.
        """
        wanted = frozenset(phases)
        query = [("AFTER", _utc(after))] if after is not None else []
        query += [("PHASE", phase.value) for phase in sorted(wanted)]
        url = self.jobs_url + (f"?{urlencode(query, safe=':')}" if query else "")
        found = codec.read_jobs(await self._document(url))
        kept = [job for job in found if not wanted or job.phase in wanted]
        kept.sort(key=_age)
        return tuple(kept if last is None else kept[max(len(kept) - last, 0) :])

    async def find(self, run_id: str) -> tuple[JobRef, ...]:
        """Find the jobs of one runId, oldest first."""
        return tuple(job for job in await self.jobs() if job.run_id == run_id)

    async def results(self, job_id: str) -> tuple[ResultRef, ...]:
        """Read the list of a job's results."""
        return codec.read_results(await self._document(f"{self.job_url(job_id)}/results"))

    async def parameters(self, job_id: str) -> tuple[Parameter, ...]:
        """Read a job's parameters."""
        return codec.read_parameters(await self._document(f"{self.job_url(job_id)}/parameters"))

    async def set_parameter(self, job_id: str, name: str, value: str) -> None:
        """Set a parameter of a PENDING job.

        Raises:
            RequestRejected: The name or value could harm the server, or the server said no.
        """
        _check_parameters({name: value})
        url = f"{self.job_url(job_id)}/parameters"
        try:
            await self.http.send("POST", url, fields={name: value})
        except RequestRejected as fault:
            if fault.status not in {404, 405, 501}:
                raise
            # OPUS has no such resource; it takes the value under the parameter's own name.
            await self.http.send("POST", f"{url}/{name}", fields={"VALUE": value})

    async def execution_duration(self, job_id: str) -> float:
        """Read how many seconds a job may run; 0 is no limit."""
        text = await self._text(job_id, "executionduration")
        return codec.read_seconds(text)

    async def set_execution_duration(self, job_id: str, seconds: int) -> float:
        """Set how many seconds a job may run; the server may decide otherwise.

        Returns:
            What the server made of it.
        """
        url = f"{self.job_url(job_id)}/executionduration"
        await self.http.send("POST", url, fields={"EXECUTIONDURATION": str(int(seconds))})
        return await self.execution_duration(job_id)

    async def destruction(self, job_id: str) -> str:
        """Read when the service will delete the job, in its own words."""
        return await self._text(job_id, "destruction")

    async def set_destruction(self, job_id: str, moment: datetime) -> str:
        """Set when the service will delete the job; the server may decide otherwise.

        Returns:
            What the server made of it.
        """
        url = f"{self.job_url(job_id)}/destruction"
        await self.http.send("POST", url, fields={"DESTRUCTION": _utc(moment)})
        return await self.destruction(job_id)

    async def error(self, job_id: str) -> str:
        """Read the error of a failed job, in whatever form the service gives it."""
        return await self._text(job_id, "error")

    async def stdout(self, job_id: str) -> str:
        """Read what the job printed (OPUS)."""
        return await self._text(job_id, "stdout")

    async def stderr(self, job_id: str) -> str:
        """Read what the job printed as errors (OPUS)."""
        return await self._text(job_id, "stderr")

    async def describe(self) -> dict[str, Any]:
        """Read the service's own description of the job (OPUS, ``/jdl/{name}/json``).

        Raises:
            ProtocolError: The job list is not under ``/rest/``, or the answer is no JSON.
        """
        root, separator, name = self.jobs_url.rpartition("/rest/")
        if not separator:
            msg = f"{self.jobs_url} is not under /rest/, so it has no OPUS description"
            raise ProtocolError(msg, self.jobs_url)
        url = f"{root}/jdl/{name}/json"
        try:
            description = pydantic_core.from_json(await self._document(url))
        except ValueError:
            description = None
        if not isinstance(description, dict):
            msg = f"{url} did not answer with a description in JSON"
            raise ProtocolError(msg, url)
        return description

    async def _write_phase(self, job_id: str, action: str) -> None:
        await self.http.send("POST", f"{self.job_url(job_id)}/phase", fields={"PHASE": action})

    async def _text(self, job_id: str, resource: str) -> str:
        document = await self._document(f"{self.job_url(job_id)}/{resource}")
        return document.decode("utf-8", "replace").strip()

    async def _document(self, url: str, *, wait: int | None = None) -> bytes:
        patience = None if wait is None else wait + WAIT_MARGIN
        try:
            body, _ = await self.http.read(url, limit=self._limit, read_timeout=patience)
        except TooLarge as fault:
            raise ProtocolError(str(fault), url) from None
        return body

    def _created(self, location: str | None, body: bytes) -> str:
        """Take the new job's id from the Location, or from a job document in the answer."""
        if location:
            job_id = unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2])
            if job_id and job_id != self.jobs_url.rpartition("/")[2]:
                self.job_url(job_id)
                return job_id
        if body.lstrip().startswith(b"<"):
            return codec.read_job(body).id
        msg = "The service took the new job but did not say which one it is"
        raise SubmissionUncertain(msg, self.jobs_url)


def _check_parameters(parameters: Mapping[str, str]) -> None:
    """OPUS pastes names and values into a shell script: refuse what a shell would read."""
    for name, value in parameters.items():
        if not _FIELD_NAME.fullmatch(name):
            msg = f"The parameter name {name[:80]!r} is refused: use letters, digits and _"
            raise RequestRejected(msg)
        if not _SHELL_SAFE.fullmatch(value):
            msg = (
                f"The value {value[:80]!r} of {name} is refused, since the service hands it to a "
                "shell: use letters, digits and . _ : + -"
            )
            raise RequestRejected(msg)


def _check_uploads(uploads: Mapping[str, Upload]) -> None:
    for name, upload in uploads.items():
        _check_parameters({name: ""})
        if not _FILE_NAME.fullmatch(upload.name):
            msg = (
                f"The file name {upload.name[:80]!r} of {name} is refused, since the service hands "
                "it to a shell: use letters, digits and . _ -, at most 200"
            )
            raise RequestRejected(msg)


def _utc(moment: datetime | str) -> str:
    if isinstance(moment, str):
        return moment
    aware = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return aware.isoformat(timespec="seconds")


def _age(job: JobRef) -> tuple[float, str]:
    return (job.creation_time.order if job.creation_time else float("inf"), job.id)
