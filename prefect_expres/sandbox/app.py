"""The sandbox's web face: thin handlers over the service, in the dialect of the writer."""

import asyncio
import base64
import binascii
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from prefect_expres.sandbox.description import description_of
from prefect_expres.sandbox.runner import Runner
from prefect_expres.sandbox.service import GUEST, JOB_LISTS, Refusal, Service, UploadedFile
from prefect_expres.sandbox.store import SandboxJob, Store
from prefect_expres.sandbox.writer import Dialect, html_error, writer_for
from prefect_expres.uws.models import Phase

OPUS_WAIT_CAP = 600
STANDARD_WAIT_CAP = 60
_OPUS_STATUS = {"owner": 403, "missing": 404}
_STANDARD_STATUS = {
    "bad": 400,
    "conflict": 400,
    "limit": 503,
    "owner": 403,
    "missing": 404,
    "unknown-list": 404,
}


@dataclass(frozen=True)
class Settings:
    """How a sandbox behaves.

    Args:
        data: Folder of jobs and results.
        dialect: ``opus`` or ``standard``.
        command: What runs a job; the job's folder is its last argument.
        parallel: How many jobs run at once.
        active_jobs: How many jobs one owner may have queued or executing.
    """

    data: Path
    command: Sequence[str]
    dialect: Dialect = "opus"
    parallel: int = 2
    active_jobs: int = 20


def create_app(settings: Settings, store: Store) -> Starlette:
    """Build the web application."""
    return _Handlers(settings, store).app()


class _Handlers:
    """One method a resource of UWS."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._opus = settings.dialect == "opus"
        self._writer = writer_for(settings.dialect)
        self._store = store
        self._runner = Runner(store, settings.command, settings.parallel)
        self._service = Service(store, self._runner, settings.active_jobs)

    def app(self) -> Starlette:
        job = "/rest/{job_list}/{job_id}"
        routes = [
            Route("/rest/{job_list}", self.jobs, methods=["GET"]),
            Route("/rest/{job_list}", self.create, methods=["POST"]),
            Route(job, self.job, methods=["GET"]),
            Route(job, self.delete, methods=["DELETE", "POST"]),
            Route(f"{job}/phase", self.change_phase, methods=["POST"]),
            Route(f"{job}/executionduration", self.change_duration, methods=["POST"]),
            Route(f"{job}/destruction", self.change_destruction, methods=["POST"]),
            Route(f"{job}/parameters", self.change_parameters, methods=["POST"]),
            Route(f"{job}/parameters/{{name}}", self.parameter, methods=["GET"]),
            Route(f"{job}/{{resource}}", self.resource, methods=["GET"]),
            Route("/store", self.file, methods=["GET"]),
            Route("/jdl/{job_list}/json", self.describe, methods=["GET"]),
        ]
        # OPUS gives the addresses of stdout and stderr with two slashes, and answers there.
        routes += [Route(f"/{job}/{{resource}}", self.resource, methods=["GET"])]
        return Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={Refusal: self._refused},
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._runner.recover()
        housekeeping = asyncio.create_task(self._service.keep_house())
        yield
        housekeeping.cancel()
        await asyncio.gather(housekeeping, return_exceptions=True)
        await self._runner.close()

    async def _refused(self, request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        if not self._opus:
            return PlainTextResponse(refusal.reason, _STANDARD_STATUS[refusal.kind])
        # OPUS answers 500 to most of a client's own faults.
        status = HTTPStatus(_OPUS_STATUS.get(refusal.kind, 500))
        page = html_error(f"{status} {status.phrase}", str(request.url), refusal.reason)
        return Response(page, status, media_type="text/html")

    async def jobs(self, request: Request) -> Response:
        found = self._service.jobs(request.path_params["job_list"], _user(request))
        chosen = self._opus_choice(request, found) if self._opus else _choice(request, found)
        return _xml(self._writer.jobs(chosen, _base(request)))

    async def create(self, request: Request) -> Response:
        fields, files = await _form(request)
        job_list = request.path_params["job_list"]
        job = self._service.create(job_list, _user(request), fields, files)
        if fields.get("PHASE") == "RUN":
            self._service.start(job)
        return _see(request, job)

    async def job(self, request: Request) -> Response:
        job = self._job(request)
        before = self._writer.job(job, _base(request))
        if await self._waited(request, job):
            job = self._job(request)
            return _xml(self._writer.job(job, _base(request)))
        # OPUS gives the document as it was when the wait began.
        return _xml(before if self._opus else self._writer.job(job, _base(request)))

    async def delete(self, request: Request) -> Response:
        job = self._job(request)
        if request.method == "POST":
            fields, _ = await _form(request)
            if fields.get("ACTION") != "DELETE":
                raise Refusal("bad", "Only ACTION=DELETE may be posted to a job")
        if self._opus and job.aborted_before_run:
            raise Refusal("bad", f"Job {job.id} cannot be deleted")
        await self._service.delete(job)
        return RedirectResponse(f"{_base(request)}/rest/{job.job_list}", 303)

    async def change_phase(self, request: Request) -> Response:
        job = self._job(request)
        fields, _ = await _form(request)
        if fields.get("PHASE") == "RUN":
            self._service.start(job)
        elif fields.get("PHASE") == "ABORT":
            await self._service.abort(job)
        else:
            raise Refusal("bad", f"PHASE={fields.get('PHASE')} not expected")
        return _see(request, job)

    async def change_duration(self, request: Request) -> Response:
        job = self._job(request)
        fields, _ = await _form(request)
        self._service.set_duration(job, fields.get("EXECUTIONDURATION", ""))
        return _see(request, job)

    async def change_destruction(self, request: Request) -> Response:
        job = self._job(request)
        fields, _ = await _form(request)
        self._service.set_destruction(job, fields.get("DESTRUCTION", ""))
        return _see(request, job)

    async def change_parameters(self, request: Request) -> Response:
        job = self._job(request)
        fields, _ = await _form(request)
        for name, text in fields.items():
            self._service.set_parameter(job, name, text)
        return _see(request, job)

    async def parameter(self, request: Request) -> Response:
        job, name = self._job(request), request.path_params["name"]
        if name not in job.parameters:
            raise Refusal("missing", f'Parameter "{name}" NOT FOUND')
        value = job.parameters[name]
        return PlainTextResponse(f"file://{value.text}" if value.entity else value.text)

    async def resource(self, request: Request) -> Response:
        job, name = self._job(request), request.path_params["resource"]
        if name in {"results", "parameters"}:
            return _xml(getattr(self._writer, name)(job, _base(request)))
        texts = {
            "phase": job.phase,
            "executionduration": str(job.execution_duration),
            "destruction": self._writer.time(job.destruction),
            "quote": "",
            "owner": job.owner,
            "error": job.error or "",
        }
        if name in {"stdout", "stderr"}:
            return PlainTextResponse(self._service.stream(job, name))
        if name not in texts:
            raise Refusal("missing", f'Resource "{name}" NOT FOUND')
        return PlainTextResponse(texts[name])

    async def file(self, request: Request) -> Response:
        path, entity = self._service.file(request.query_params.get("ID", ""), _user(request))
        headers = {"ETag": f'"{entity.sha1}"'}
        return FileResponse(
            path, headers=headers, filename=entity.name, media_type=entity.media_type
        )

    async def describe(self, request: Request) -> Response:
        name = request.path_params["job_list"]
        if name not in JOB_LISTS:
            raise Refusal("unknown-list", f"VOTable not found for job {name}")
        return JSONResponse(description_of(name))

    def _job(self, request: Request) -> SandboxJob:
        path = request.path_params
        return self._service.job(path["job_list"], path["job_id"], _user(request))

    async def _waited(self, request: Request, job: SandboxJob) -> bool:
        """Block while the job is in the phase asked for; say whether it changed."""
        if "WAIT" not in request.query_params:
            return False
        cap = OPUS_WAIT_CAP if self._opus else STANDARD_WAIT_CAP
        try:
            asked = int(request.query_params["WAIT"])
        except ValueError:
            raise Refusal("bad", "WAIT is no number") from None
        blocking = job.active or (not self._opus and job.phase is Phase.PENDING)
        if not blocking or request.query_params.get("PHASE", job.phase) != job.phase:
            return False
        return await self._service.changed(job, min(asked, cap) if asked >= 0 else cap)

    def _opus_choice(self, request: Request, jobs: list[SandboxJob]) -> list[SandboxJob]:
        """Filter as OPUS does: all after the first ``PHASE=`` is phases, LAST is the oldest."""
        head, _, tail = str(request.url.query).partition("PHASE=")
        query = dict(parse_qsl(head))
        phases = {unquote_plus(part).strip("&") for part in tail.split("PHASE=") if part}
        if phases:
            jobs = [job for job in jobs if job.phase in phases]
        if "AFTER" in query:
            jobs = [job for job in jobs if self._writer.time(job.created) > query["AFTER"]]
        return jobs[: int(query["LAST"])] if "LAST" in query else jobs


def _choice(request: Request, jobs: list[SandboxJob]) -> list[SandboxJob]:
    """Filter as UWS 1.1 says."""
    query = request.query_params
    phases = set(query.getlist("PHASE"))
    if phases:
        jobs = [job for job in jobs if job.phase in phases]
    if "AFTER" in query:
        after = query["AFTER"].removesuffix("Z")
        jobs = [job for job in jobs if job.created.replace(tzinfo=None).isoformat() > after]
    return jobs[-int(query["LAST"]) :] if "LAST" in query else jobs


async def _form(request: Request) -> tuple[dict[str, str], dict[str, UploadedFile]]:
    fields: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = UploadedFile(value.filename or name, await value.read())
            else:
                fields[name] = value
    return fields, files


def _user(request: Request) -> str:
    """Take the user from Basic authentication; everybody else is the same guest."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return GUEST
    try:
        name, _, _ = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return GUEST
    return name or GUEST


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _see(request: Request, job: SandboxJob) -> Response:
    return RedirectResponse(f"{_base(request)}/rest/{job.job_list}/{job.id}", 303)


def _xml(document: str) -> Response:
    return Response(document, media_type="text/xml")
