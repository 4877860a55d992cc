"""The command ``jobs new``: create a job; on request run it, wait, and download its results."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urljoin

from cyclopts import Parameter

from prefect_expres.cli.commands.assignments import Assignments, is_control, text_of, upload_of
from prefect_expres.cli.commands.connect import Connection, connected
from prefect_expres.cli.commands.endpoint import ServiceEndpoint
from prefect_expres.cli.commands.job_records import job_record
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.read_back import differences
from prefect_expres.cli.commands.results import fetch, file_lines, settled_results
from prefect_expres.cli.commands.wait import await_jobs, raise_bad_end
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import note, print_json, say
from prefect_expres.errors import AccessError, RequestRejected
from prefect_expres.expres.access import DEFAULT_BRANCH, Access
from prefect_expres.storage import StoredFile, probe
from prefect_expres.uws import Job, Phase, Upload, UWSClient

_LARGEST_INPUT = 64 * 2**20


async def new(
    *parameters: str,
    like: str | None = None,
    run: Annotated[bool, Parameter(alias="-r")] = False,
    wait: bool = False,
    download: str | None = None,
    timeout: float | None = None,
    verbatim: bool = False,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Create a job and print its URL; on request run it, wait for it and download its results.

    Args:
        parameters: name=value for a text, name=@path or name=@URL for a file. runId is a label
            for people, executionDuration is in seconds, destruction is the time when the service
            deletes the job.
        like: Id or URL of a job whose parameters are copied; parameters given here replace them.
        run: Run the job.
        wait: Run the job and wait for it; exit with 3 if it fails, 4 if it is aborted.
        download: Run, wait, and download the results into this folder, a path or an fsspec URL.
        timeout: Seconds to wait at most. Default: no limit.
        verbatim: Allow any characters in values. Not for OPUS, which passes values to a shell.
        service: The service to use.
        as_json: Print the job as JSON.
    """
    if download is not None:
        require_writable(download, "--download")
    asked = Assignments.parse(parameters, verbatim=verbatim)
    async with connected(service, *([like] if like else [])) as connection:
        client = connection.client
        if like:
            asked = asked.over(await _given_to(client, connection.id, verbatim=verbatim))
        if download is not None:
            # A full disk shows only when something is written.
            await probe.require_writable(download, 0)
        _warn(connection.endpoint, asked)
        job_id = await client.create(asked.texts, asked.files)
        url = client.job_url(job_id)
        (note if as_json else say)(url)
        await asked.set_limits(client, job_id)
        follow = wait or download is not None
        if run or follow:
            await client.start(job_id)
        created = replace(connection, ids=(job_id,))
        (job,) = await (await_jobs(created, timeout) if follow else _read(created))
        for line in differences(asked, job):
            note(line, style="yellow")
        files: list[StoredFile] = []
        if download is not None and job.phase is Phase.COMPLETED:
            files = await fetch(client, await settled_results(client, job_id), download)
        if as_json:
            print_json(job_record(job, url) | {"files": [file.model_dump() for file in files]})
        for line in () if as_json else file_lines(files):
            say(line)
        if follow:
            await raise_bad_end(client, (job,))


async def _read(connection: Connection) -> tuple[Job, ...]:
    return (await connection.client.job(connection.id),)


def _warn(endpoint: ServiceEndpoint, asked: Assignments) -> None:
    """Warn guests of ExPRES, and about limits that the access rules do not allow.

    These are warnings, not errors: for a single job the service decides.
    """
    if not endpoint.is_expres:
        return
    access = Access.of(endpoint.user)
    if access.warning:
        note(access.warning, style="yellow")
    branch = asked.texts.get("branch", DEFAULT_BRANCH)
    try:
        access.check(branch, asked.duration or access.longest_run)
    except AccessError as fault:
        note(f"{fault}. The service may refuse it or use another value.", style="yellow")


async def _given_to(client: UWSClient, job_id: str, *, verbatim: bool) -> Assignments:
    """Read the parameters of another job; its files are fetched."""
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for parameter in await client.parameters(job_id):
        name, value = parameter.id, parameter.value
        if is_control(name) or not value:
            continue
        if parameter.by_reference:
            files[name] = await _file_of(client, job_id, name, value)
        else:
            texts[name] = text_of(name, value, verbatim=verbatim)
    return Assignments(texts, files)


async def _file_of(client: UWSClient, job_id: str, name: str, address: str) -> Upload:
    content = await client.content(urljoin(client.jobs_url, address), _LARGEST_INPUT)
    try:
        answer = await client.text(job_id, f"parameters/{name}")
    except RequestRejected:
        answer = ""
    # OPUS returns the name under which the file was sent.
    file_name = answer.removeprefix("file://") if answer.startswith("file://") else name
    return upload_of(file_name, content)
