"""An asynchronous client for one job list of a UWS service: create, start, stop and delete jobs."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from prefect_expres.errors import (
    AuthenticationFailed,
    JobNotFound,
    ProtocolError,
    RequestRejected,
    ServerFault,
    ServiceError,
    SubmissionUncertain,
    Unreachable,
)
from prefect_expres.net.retry import persist
from prefect_expres.uws import xml
from prefect_expres.uws.forms import Upload, check_parameter, new_job_form
from prefect_expres.uws.http_errors import FORBIDDEN
from prefect_expres.uws.models import Phase
from prefect_expres.uws.reader import JobListReader
from prefect_expres.uws.redirects import steps_below
from prefect_expres.uws.text import utc_text

NEW_JOB_PAUSES = (0.5, 1.0, 2.0)
SETTLING_PAUSES = (0.2, 0.5, 1.0, 2.0)
NO_SUCH_WAY = frozenset({404, 405, 501})
"""A resource or method that this service does not have; another may do the same."""
REDIRECTS = range(300, 400)
SEE_ELSEWHERE = frozenset({302, 303})
"""Redirects after which a create may have been done; the others say that it was not."""


class UWSClient(JobListReader):
    """A client for one job list; every method is one step of UWS 1.1.

    Reads are tried again when that may help. A create is sent once. A start is sent again only if
    the job is still PENDING.

    Example:
        >>> import asyncio
        >>> async def run(configuration: bytes) -> Phase:
        ...     config = Upload("io.json", configuration, "application/json")
        ...     async with UWSClient("https://voparis-uws-maser.obspm.fr/rest/ExPRES") as client:
        ...         job_id = await client.create({"runId": "io"}, {"config": config})
        ...         return await client.start(job_id)
        >>> asyncio.run(run(b"{}")) is Phase.PENDING
        False
    """

    async def create(
        self, parameters: Mapping[str, str], files: Mapping[str, Upload] | None = None
    ) -> str:
        """Create a job in phase PENDING; send it once.

        Args:
            parameters: Values by name; give a unique ``runId`` to find the job again.
            files: Files by parameter name.

        Returns:
            The job's id.

        Raises:
            RequestRejected: A name or value is unsafe, or the service refused the job.
            Busy: The service asks to try again later.
            SubmissionUncertain: The answer was lost: look for the runId before trying again.
        """
        form = new_job_form(parameters, files or {})
        try:
            # UWS folds the case of names; Safir does so in a form that is not multipart only.
            sent = {"files": form} if files else {"fields": parameters}
            headers, body = await self._send("POST", self.jobs_url, **sent)
        except (Unreachable, ServerFault) as fault:
            msg = (
                f"The answer to the new job {parameters.get('runId', '')!r} was lost; "
                f"look for it in the job list before it is sent again. {fault}"
            )
            raise SubmissionUncertain(
                msg, fault.url, fault.status, fault.reason, fault.retry_after
            ) from None
        except AuthenticationFailed as fault:
            raise await self._told_apart(fault, self._sees_list) from None
        except RequestRejected as fault:
            if fault.status in SEE_ELSEWHERE:
                raise SubmissionUncertain(str(fault), fault.url, fault.status) from None
            raise
        return self._created(headers.get("location"), body)

    async def start(self, job_id: str) -> Phase:
        """Put a job into the queue.

        If the answer was lost, or was an error, the phase is read: any but PENDING means that the
        job was started. A new job that the service does not find yet is tried again for a while.

        Returns:
            The phase afterwards.

        Raises:
            ActiveJobsLimit: The user has as many active jobs as allowed; try again later.
            JobNotFound: There is no such job.
            ServiceError: It could not be started.
        """
        for pause in NEW_JOB_PAUSES:
            try:
                return await self._start(job_id)
            except JobNotFound:
                await self.clock.sleep(pause)
        return await self._start(job_id)

    async def abort(self, job_id: str) -> Phase | None:
        """Stop a job in any phase; a finished job is left as it is.

        A PENDING job is deleted, since OPUS can never delete a job that was aborted before it ran.

        Returns:
            The phase afterwards, or None if the job does not exist any more.
        """

        async def once() -> Phase | None:
            phase = await self.phase(job_id)
            if phase.finished:
                return phase
            if phase is Phase.PENDING:
                await self.delete(job_id)
                return None
            try:
                await self._write_phase(job_id, "ABORT")
            except ServiceError:
                phase = await self.phase(job_id)
                if not phase.finished:
                    raise
                return phase
            return await self._settled(job_id, lambda phase: phase.finished)

        try:
            return await persist(once, self.clock)
        except JobNotFound:
            return None

    async def delete(self, job_id: str) -> None:
        """Delete a job with its results; a job that does not exist is no error."""
        url = self.job_url(job_id)

        async def once() -> None:
            try:
                await self._send("DELETE", url)
            except RequestRejected as fault:
                if fault.status in REDIRECTS:
                    # A job that is not found shows that it was deleted all the same.
                    await self.phase(job_id)
                if fault.status not in {405, 501}:
                    raise
                await self._send("POST", url, fields={"ACTION": "DELETE"})

        with contextlib.suppress(JobNotFound):
            await persist(once, self.clock)

    async def set_parameter(self, job_id: str, name: str, value: str) -> None:
        """Set a parameter of a PENDING job.

        Raises:
            RequestRejected: The name or value is unsafe, or the service refused it.
        """
        check_parameter(name, value)
        try:
            await self._change(job_id, "parameters", {name: value})
        except RequestRejected as fault:
            if fault.status not in NO_SUCH_WAY:
                raise
            await self._set_under_its_name(job_id, name, value)

    async def _set_under_its_name(self, job_id: str, name: str, value: str) -> None:
        """Set a parameter as OPUS takes it, which has one resource for each."""
        try:
            await self._change(job_id, f"parameters/{name}", {"VALUE": value})
        except RequestRejected as fault:
            if fault.status not in NO_SUCH_WAY:
                raise
            # If there is no such job, this says so.
            await self.phase(job_id)
            msg = (
                f"{fault.url} answered {fault.status}: the service has no such parameter, or none "
                "that can be changed. Create another job with the value."
            )
            raise RequestRejected(msg, fault.url, fault.status, fault.reason) from None

    async def set_execution_duration(self, job_id: str, seconds: int) -> float:
        """Set how many seconds a job may run; the service may set another value.

        Returns:
            The value that the service has set.
        """
        fields = {"EXECUTIONDURATION": str(int(seconds))}
        await self._change(job_id, "executionduration", fields)
        return await self.execution_duration(job_id)

    async def set_destruction(self, job_id: str, moment: datetime) -> str:
        """Set when the service will delete the job; the service may set another time.

        Returns:
            The time that the service has set.
        """
        await self._change(job_id, "destruction", {"DESTRUCTION": utc_text(moment)})
        return await self.destruction(job_id)

    async def _send(self, method: str, url: str, **content: Any) -> tuple[httpx.Headers, bytes]:
        async def send(at: str) -> tuple[httpx.Headers, bytes]:
            return await self.http.send(method, at, **content)

        return await self._address.ask(url, send)

    async def _change(self, job_id: str, resource: str, fields: Mapping[str, str]) -> None:
        """Change what belongs to a job; most of it can be changed while it is PENDING only."""
        try:
            await self._send("POST", f"{self.job_url(job_id)}/{resource}", fields=fields)
        except AuthenticationFailed as fault:
            raise await self._told_apart(fault, lambda: self._is_over(job_id)) from None

    async def _told_apart(
        self, fault: AuthenticationFailed, other_cause: Callable[[], Awaitable[str]]
    ) -> RequestRejected:
        """Find out what a 403 means: that the user may not do this, or that nobody may do it now.

        Args:
            fault: The answer.
            other_cause: Reads what shows that the user is not to blame; an empty text if none.
        """
        if fault.status != FORBIDDEN:
            return fault
        try:
            cause = await other_cause()
        except ServiceError:
            return fault
        if not cause:
            return fault
        msg = f"{fault.url} answered {FORBIDDEN}: {fault.reason or 'no reason given'}. {cause}"
        return RequestRejected(msg, fault.url, fault.status, fault.reason)

    async def _is_over(self, job_id: str) -> str:
        phase = await self.phase(job_id)
        if phase is Phase.PENDING:
            return ""
        return f"The job is {phase.value}: the service does not allow it in this phase."

    async def _sees_list(self) -> str:
        await self.jobs()
        return "The user may read the job list, so it is this job that the service rejects."

    async def _start(self, job_id: str) -> Phase:
        async def once() -> Phase:
            try:
                await self._write_phase(job_id, "RUN")
            except JobNotFound:
                raise
            except ServiceError:
                phase = await self.phase(job_id)
                if phase is Phase.PENDING:
                    raise
                return phase
            phase = await self._settled(job_id, lambda phase: phase is not Phase.PENDING)
            if phase is Phase.PENDING:
                url = self.job_url(job_id)
                msg = f"{url} is still PENDING, though the service accepted the command to run it"
                raise ServerFault(msg, url)
            return phase

        return await persist(once, self.clock)

    async def _settled(self, job_id: str, settled: Callable[[Phase], bool]) -> Phase:
        """Read the phase until it shows that a command took effect, for a few seconds at most."""
        phase = await self.phase(job_id)
        for pause in SETTLING_PAUSES:
            if settled(phase):
                break
            await self.clock.sleep(pause)
            phase = await self.phase(job_id)
        return phase

    async def _write_phase(self, job_id: str, action: str) -> None:
        await self._send("POST", f"{self.job_url(job_id)}/phase", fields={"PHASE": action})

    def _created(self, location: str | None, body: bytes) -> str:
        """Find the new job's id in the Location, or in a job document in the answer."""
        # A Location that is no URL is a ValueError.
        with contextlib.suppress(ProtocolError, ValueError):
            steps = steps_below(self.jobs_url, location or "") or []
            job_id = steps[0] if len(steps) == 1 else xml.read_job(body).id
            self.job_url(job_id)
            return job_id
        msg = "The service accepted the new job but did not say which one it is"
        raise SubmissionUncertain(msg, self.jobs_url)
