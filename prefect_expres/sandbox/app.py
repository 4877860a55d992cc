"""The web application of the sandbox: thin handlers over the service, in one of the dialects."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from starlette.types import ASGIApp

from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.description import description_of
from prefect_expres.sandbox.dialects import NO_REASON, Answer, Dialect
from prefect_expres.sandbox.reading import Form, base_of, form_of, user_of
from prefect_expres.sandbox.refusal import Kind, Refusal
from prefect_expres.sandbox.runner import Runner
from prefect_expres.sandbox.service import JOB_LISTS, Service
from prefect_expres.sandbox.store import STREAMS, SandboxJob, Store
from prefect_expres.sandbox.threads import Threads


class WebService:
    """The handlers: one method for each resource of UWS.

    Args:
        store: The store of jobs.
        dialect: How it answers.
        command: The command that runs a job; the folder of the job is its last argument.
        behaviour: Its limits, and its faults.
    """

    def __init__(
        self, store: Store, dialect: Dialect, command: Sequence[str], behaviour: Behaviour
    ) -> None:
        self._dialect = dialect
        self._writer = dialect.writer
        self._base_url = behaviour.base_url
        self._threads = Threads(behaviour.threads)
        self._runner = Runner(store, command, self._threads, behaviour)
        self._service = Service(store, self._runner, dialect, behaviour)

    def app(self) -> ASGIApp:
        """Build the web application."""
        job = "/rest/{job_list}/{job_id}"
        routes = [
            Route("/rest/{job_list}", self._jobs, methods=["GET"]),
            Route("/rest/{job_list}", self._create, methods=["POST"]),
            Route(job, self._job, methods=["GET"]),
            Route(job, self._delete, methods=["DELETE", "POST"]),
            Route(f"{job}/phase", self._change_phase, methods=["POST"]),
            Route(f"{job}/executionduration", self._change_duration, methods=["POST"]),
            Route(f"{job}/destruction", self._change_destruction, methods=["POST"]),
            Route(f"{job}/parameters", self._change_parameters, methods=["POST"]),
            Route(f"{job}/parameters/{{name}}", self._parameter, methods=["GET"]),
            Route(f"{job}/parameters/{{name}}", self._change_parameter, methods=["POST"]),
            Route(f"{job}/{{resource}}", self._resource, methods=["GET"]),
            # OPUS gives the URLs of streams with two slashes, and answers there.
            Route(f"/{job}/{{resource}}", self._resource, methods=["GET"]),
            Route("/store", self._file, methods=["GET"]),
            Route("/jdl/{job_list}/json", self._describe, methods=["GET"]),
        ]
        application = Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={Refusal: self._refused, HTTPException: self._failed},
        )
        return self._threads.around(application)

    def release(self) -> None:
        """Answer all requests that wait for a job: the service is about to stop."""
        self._runner.release()

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._runner.recover()
        expiry = asyncio.create_task(self._service.delete_expired())
        try:
            yield
        finally:
            expiry.cancel()
            await asyncio.gather(expiry, return_exceptions=True)
            await self._runner.close()

    async def _refused(self, request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)
        return _response(self._dialect.refused(refusal, str(request.url)))

    async def _failed(self, request: Request, failure: Exception) -> Response:
        assert isinstance(failure, HTTPException)
        url = str(request.url)
        return _response(self._dialect.failed(failure.status_code, failure.detail, url))

    async def _jobs(self, request: Request) -> Response:
        job_list = request.path_params["job_list"]
        if job_list not in JOB_LISTS and not self._dialect.accepts_unknown_lists:
            raise Refusal(Kind.UNKNOWN_LIST, f"There is no job list {job_list}")
        found = self._service.jobs(job_list, user_of(request))
        chosen = self._dialect.choose(request.url.query, found)
        return _xml(self._writer.jobs(chosen, self._base(request)))

    async def _create(self, request: Request) -> Response:
        form = await self._form(request)
        job_list = request.path_params["job_list"]
        job = self._service.create(job_list, user_of(request), form.new_job(self._dialect))
        if form.field("PHASE") == "RUN":
            self._service.start(job)
        return self._see(request, job)

    async def _job(self, request: Request) -> Response:
        job = self._found(request)
        before = self._writer.job(job, self._base(request))
        changed = await self._waited(request, job)
        if self._dialect.stale_after_wait and not changed:
            return _xml(before)
        return _xml(self._writer.job(self._found(request), self._base(request)))

    async def _delete(self, request: Request) -> Response:
        job = self._found(request)
        if request.method == "POST" and (await self._form(request)).field("ACTION") != "DELETE":
            raise Refusal(Kind.BAD, "ACTION=DELETE is not specified in POST")
        if self._dialect.undeletable_if_aborted_before_run and job.aborted_before_run:
            raise Refusal(Kind.FAILED, NO_REASON)
        await self._service.delete(job)
        return RedirectResponse(f"{self._base(request)}/rest/{job.job_list}", 303)

    async def _change_phase(self, request: Request) -> Response:
        job = self._found(request)
        asked = (await self._form(request)).field("PHASE")
        if asked == "RUN":
            self._service.start(job)
        elif asked == "ABORT":
            await self._service.abort(job)
        elif asked is None:
            raise Refusal(Kind.BAD, "PHASE keyword is not specified in POST")
        else:
            raise Refusal(Kind.BAD, f"PHASE={asked} not expected")
        return self._see(request, job)

    async def _change_duration(self, request: Request) -> Response:
        job = self._found(request)
        self._service.set_duration(job, await self._required(request, "EXECUTIONDURATION"))
        return self._see(request, job)

    async def _change_destruction(self, request: Request) -> Response:
        job = self._found(request)
        text = await self._required(request, "DESTRUCTION")
        self._service.set_destruction(job, self._dialect.moment(text))
        return self._see(request, job)

    async def _change_parameters(self, request: Request) -> Response:
        job = self._found(request)
        form = await self._form(request)
        for name, text in form.fields.items():
            self._service.set_parameter(job, name, text)
        for name, upload in form.files.items():
            self._service.set_parameter(job, name, upload)
        return self._see(request, job)

    async def _change_parameter(self, request: Request) -> Response:
        job, name = self._found(request), request.path_params["name"]
        self._service.set_parameter(job, name, await self._required(request, "VALUE"))
        return self._see(request, job, "/parameters")

    async def _parameter(self, request: Request) -> Response:
        job, name = self._found(request), request.path_params["name"]
        if name not in job.parameters:
            raise Refusal(Kind.MISSING, f'Parameter "{name}" NOT FOUND for job "{job.id}"')
        value = job.parameters[name]
        if value.entity and self._dialect.gives_content_of_parameters:
            path, entity = self._service.file(value.entity.id, user_of(request))
            return FileResponse(path, media_type=entity.media_type)
        return PlainTextResponse(f"file://{value.text}" if value.entity else value.text)

    async def _resource(self, request: Request) -> Response:
        name = request.path_params["resource"]
        anybody = name in self._dialect.open_to_anybody
        job = self._found(request, anybody=anybody)
        if name == "results":
            return _xml(self._writer.results(job, self._base(request)))
        if name == "parameters":
            return _xml(self._writer.parameters(job, self._base(request)))
        if name in STREAMS:
            content, stream = self._service.stream(job, name)
            return Response(content, media_type=stream.media_type)
        texts = {
            "phase": job.phase,
            "executionduration": str(job.execution_duration),
            "destruction": self._writer.time(job.destruction),
            "quote": self._writer.quote(job),
            "owner": job.owner,
            "error": job.error or "",
        }
        if name not in texts:
            raise Refusal(Kind.MISSING, f'Resource "{name}" NOT FOUND')
        return PlainTextResponse(texts[name])

    async def _file(self, request: Request) -> Response:
        path, entity = self._service.file(request.query_params.get("ID", ""), user_of(request))
        headers = {"ETag": f'"{entity.sha1}"'}
        return FileResponse(
            path, headers=headers, filename=entity.name, media_type=entity.media_type
        )

    async def _describe(self, request: Request) -> Response:
        name = request.path_params["job_list"]
        if name not in JOB_LISTS:
            raise Refusal(Kind.UNKNOWN_LIST, f"VOTable not found for job {name}")
        return JSONResponse(description_of(name))

    def _found(self, request: Request, *, anybody: bool = False) -> SandboxJob:
        path, user = request.path_params, None if anybody else user_of(request)
        return self._service.job(path["job_list"], path["job_id"], user)

    def _base(self, request: Request) -> str:
        return self._base_url or base_of(request)

    def _see(self, request: Request, job: SandboxJob, resource: str = "") -> Response:
        address = f"{self._base(request)}/rest/{job.job_list}/{job.id}{resource}"
        return RedirectResponse(address, 303)

    async def _form(self, request: Request) -> Form:
        return await form_of(request, self._dialect)

    async def _required(self, request: Request, name: str) -> str:
        text = (await self._form(request)).field(name)
        if text is None:
            raise Refusal(Kind.BAD, f"{name} keyword required")
        return text

    async def _waited(self, request: Request, job: SandboxJob) -> bool:
        """Block while the job is in the phase of the request; return whether it left the phase."""
        query = request.query_params
        if "WAIT" not in query or job.phase not in self._dialect.waits_in:
            return False
        try:
            asked = int(query["WAIT"])
        except ValueError:
            raise Refusal(Kind.UNREADABLE, f"WAIT={query['WAIT']} is not a number") from None
        if query.get("PHASE", job.phase) != job.phase:
            return False
        cap = self._dialect.wait_cap
        return await self._service.await_leaving(
            job,
            min(asked, cap) if asked >= 0 else cap,
            even_deleted=self._dialect.waits_for_deleted,
        )


def _response(answer: Answer) -> Response:
    return Response(answer.text, answer.status, dict(answer.headers), answer.media_type)


def _xml(document: str) -> Response:
    return Response(document, media_type="text/xml")
