"""A UWS service in virtual time, in memory: it stands where httpx has its network.

What a test wants to go wrong is told with `VirtualService.trouble`; what another client does
meanwhile is done with `VirtualService.plant`.
"""

import asyncio
import email
import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs
from uuid import uuid4
from xml.sax.saxutils import escape

import httpx

from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.uws import Phase, UWSClient
from tests.support.virtual_jobs import Trouble, VirtualJob
from tests.support.virtual_time import LoopClock

URL = "http://127.0.0.1/rest/ExPRES"
BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""The service's time when the virtual loop begins."""
_PATH = "/rest/ExPRES"
_SPACES = 'xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
_SENT = re.compile(r'name="([^"]+)"')


Inputs = Literal["by path", "by name", "in the document"]


class VirtualService(httpx.AsyncBaseTransport):
    """The service.

    Args:
        executing: Seconds that a started job of a client executes.
        listed_after: Seconds until the list has a new job of a client.
        inputs: How a job's document tells the files that it was given.
        keeps_run_ids: The list and the jobs tell the runIds that they were given.
        husks: How many creates leave a job without its inputs, whatever they answer.
    """

    def __init__(
        self,
        executing: float = 60.0,
        listed_after: float = 0.0,
        inputs: Inputs = "by path",
        *,
        keeps_run_ids: bool = True,
        husks: int = 0,
    ) -> None:
        self._executing = executing
        self._listed_after = listed_after
        self._inputs = inputs
        self._keeps_run_ids = keeps_run_ids
        self._husks = husks
        self._numbers = itertools.count(1)
        self._troubles: list[Trouble] = []
        self.jobs: dict[str, VirtualJob] = {}
        self.deleted: list[str] = []
        self.requests: list[tuple[float, str]] = []

    def client(self, url: str = URL) -> UWSClient:
        """Give a client of this service in virtual time."""
        return UWSClient(url, transport=self, clock=LoopClock())

    def trouble(
        self,
        pattern: str,
        status: int | None = None,
        reason: str = "",
        *,
        times: float = 1,
        delivered: bool = False,
        seconds: float = 0.0,
        **headers: str,
    ) -> None:
        """Answer the next requests that match with an error, or break their connection.

        Args:
            pattern: Matches the start of the method and the path, as ``POST $``.
            status: The HTTP status; None breaks the connection.
            reason: The text of the answer.
            times: How many requests.
            delivered: They are done, and only their answers lost.
            seconds: Time that passes before.
            headers: More headers of the answer.
        """
        self._troubles.append(Trouble(pattern, status, reason, times, delivered, seconds, headers))

    def plant(self, request: SimulationRequest, **facts: object) -> VirtualJob:
        """Add the job of another client, which runs a simulation."""
        name = RunId.new(request.label, request.fingerprint, owner_of(uuid4()))
        given = {"branch": request.branch.encode(), "config": request.configuration.to_json()}
        if request.ephemeris is not None:
            given["ephemeride"] = request.ephemeris
        known = {"id": f"p{next(self._numbers):03}", "run_id": str(name), "given": given}
        job = VirtualJob(**{"created": self.now(), **known, **facts})  # type: ignore[arg-type]
        self.jobs[job.id] = job
        return job

    def now(self) -> float:
        """Give the seconds since the service began."""
        return asyncio.get_running_loop().time()

    def asked(self, pattern: str) -> list[float]:
        """Give the seconds at which requests came that match, as ``GET /a1/phase``."""
        return [moment for moment, line in self.requests if re.match(pattern, line)]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        path = request.url.path.removeprefix(_PATH)
        line = f"{request.method} {path}"
        self.requests.append((self.now(), line))
        await request.aread()
        trouble = self._trouble_of(line)
        if trouble is None:
            return self._answer(request, path)
        await asyncio.sleep(trouble.seconds)
        answer = self._answer(request, path) if trouble.delivered else None
        if trouble.status is None:
            raise httpx.ReadError("connection reset")
        if trouble.status == httpx.codes.OK and answer is not None:
            return answer
        return _told(trouble.status, trouble.reason, trouble.headers)

    def _trouble_of(self, line: str) -> Trouble | None:
        for trouble in self._troubles:
            if trouble.times > 0 and re.match(trouble.pattern, line):
                trouble.times -= 1
                return trouble
        return None

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        job_id, _, resource = path.strip("/").partition("/")
        if not job_id:
            return self._created(request) if request.method == "POST" else self._list()
        job = self.jobs.get(job_id)
        if job is None:
            return _told(404, "no such job")
        self._go_on(job)
        if request.method == "DELETE":
            self.deleted.append(job_id)
            del self.jobs[job_id]
            return _told(303)
        if request.method == "POST":
            return self._written(job, resource, request)
        return self._read(job, resource)

    def _created(self, request: httpx.Request) -> httpx.Response:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + request.content)
        given: dict[str, bytes] = {}
        uploads: dict[str, tuple[str, str]] = {}
        for part in form.walk():
            if name := _SENT.search(str(part.get("content-disposition", ""))):
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                given[name[1]] = content
                if file_name := part.get_filename():
                    uploads[name[1]] = (file_name, part.get_content_type())
        job = VirtualJob(
            id=f"j{next(self._numbers):03}",
            run_id=given.pop("runId", b"").decode(),
            created=self.now(),
            given={} if self._husks > 0 else given,
            uploads=uploads,
            executing=self._executing,
            listed_from=self.now() + self._listed_after,
        )
        self._husks -= 1
        self.jobs[job.id] = job
        return _told(303, "", {"location": f"{URL}/{job.id}"})

    def _go_on(self, job: VirtualJob) -> None:
        """End a job whose time is over."""
        if job.phase is Phase.EXECUTING and job.started is not None:
            ends = job.started + job.executing
            if self.now() >= ends:
                job.phase, job.ended = job.ends_in, ends

    def _written(self, job: VirtualJob, resource: str, request: httpx.Request) -> httpx.Response:
        fields = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if resource == "destruction":
            job.destruction = fields["DESTRUCTION"]
        elif fields["PHASE"] == "RUN" and job.phase is Phase.PENDING:
            job.phase, job.started = Phase.EXECUTING, self.now()
        elif fields["PHASE"] == "ABORT" and not job.phase.finished:
            job.phase, job.ended = Phase.ABORTED, self.now()
        return _told(303)

    def _read(self, job: VirtualJob, resource: str) -> httpx.Response:
        kind, _, name = resource.partition("/")
        texts = {
            "": self._document(job),
            "phase": job.phase.value,
            "destruction": job.destruction,
            "parameters": f"<parameters {_SPACES}>{self._given(job)}</parameters>",
            "results": f"<results {_SPACES}>{_results(job)}</results>",
            **job.texts,
        }
        files = {"parameters": job.given, "results": job.results}.get(kind, {})
        content = files.get(name) if name else texts.get(resource)
        return _told(404, "no such resource") if content is None else _told(200, content)

    def _list(self) -> httpx.Response:
        entries = []
        for job in self.jobs.values():
            self._go_on(job)
            if self.now() >= job.listed_from:
                entries.append(
                    f'<jobref id="{job.id}"><phase>{job.phase}</phase>{self._named(job)}</jobref>'
                )
        return _told(200, f"<jobs {_SPACES}>{''.join(entries)}</jobs>")

    def _given(self, job: VirtualJob) -> str:
        told = []
        for name, content in job.given.items():
            value = content.decode()
            if name.lower() in {"config", "ephemeride"} and self._inputs != "in the document":
                path = f"{_PATH}/{job.id}/parameters/{name}"
                value = path if self._inputs == "by path" else f"{name}.txt"
            told.append(f'<parameter id="{name}">{escape(value)}</parameter>')
        return "".join(told)

    def _named(self, job: VirtualJob) -> str:
        run_id = f"<runId>{escape(job.run_id)}</runId>" if self._keeps_run_ids else ""
        owner = f"<ownerId>{job.owner}</ownerId>" if job.owner else ""
        return f"{run_id}{owner}<creationTime>{stamp(job.created)}</creationTime>"

    def _document(self, job: VirtualJob) -> str:
        times = {"startTime": job.started, "endTime": job.ended}
        told = "".join(
            f"<{name}>{stamp(moment)}</{name}>" for name, moment in times.items() if moment
        )
        return (
            f"<job {_SPACES}><jobId>{job.id}</jobId><phase>{job.phase}</phase>{self._named(job)}"
            f"{told}<executionDuration>{job.execution_duration}</executionDuration>"
            f"<destruction>{job.destruction}</destruction></job>"
        )


def stamp(moment: float) -> str:
    """Write a virtual time as services do, in whole seconds."""
    return f"{BEGAN + timedelta(seconds=int(moment // 1)):%Y-%m-%dT%H:%M:%SZ}"


def _told(
    status: int, body: str | bytes = "", headers: dict[str, str] | None = None
) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def _results(job: VirtualJob) -> str:
    return "".join(
        f'<result id="{name}" xlink:href="{_PATH}/{job.id}/results/{name}"/>'
        for name in job.results
    )
