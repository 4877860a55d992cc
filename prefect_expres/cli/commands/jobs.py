"""The commands ``prefect-expres jobs …`` that show jobs or change them."""

from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from cyclopts import App, Parameter

from prefect_expres.cli.commands import follow, new_job, results
from prefect_expres.cli.commands.assignments import Assignments
from prefect_expres.cli.commands.connect import Connection, connected
from prefect_expres.cli.commands.job_records import job_lines, job_record, jobs_table, ref_record
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.read_back import differences
from prefect_expres.cli.commands.wait import see_phase_left
from prefect_expres.cli.console.exit_codes import Exit
from prefect_expres.cli.console.printing import give, note
from prefect_expres.cli.console.prompts import at_terminal, confirm
from prefect_expres.errors import JobNotFound, UsageError
from prefect_expres.execution.evidence import beyond
from prefect_expres.uws import Phase

app = App(name="jobs")
app.command(new_job.new)
app.command(follow.wait)
app.command(follow.logs)
app.command(results.results)


@app.command(name="list")
async def list_jobs(
    *,
    phase: Annotated[tuple[Phase, ...], Parameter(alias="-p")] = (),
    after: datetime | None = None,
    last: int | None = None,
    run_id: str | None = None,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """List jobs, oldest first.

    Args:
        phase: Only jobs in this phase; repeat the option for several phases.
        after: Only jobs created after this time, as 2026-11-24T08:00:00Z. A time without a zone
            is in the time of the service.
        last: Only this number of the youngest jobs.
        run_id: Only jobs with this runId; * matches any characters.
        service: The service to use.
        as_json: Print JSON instead of a table.
    """
    async with connected(service) as connection:
        client = connection.client
        refs = await client.named_jobs(phase, after=after)
        if run_id is not None:
            refs = tuple(ref for ref in refs if fnmatchcase(ref.run_id or "", run_id))
        if last is not None:
            refs = refs[max(len(refs) - last, 0) :]
        records = [ref_record(ref, client.job_url(ref.id)) for ref in refs]
    give(records, jobs_table(refs), as_json=as_json)
    note(f"{client.jobs_url}: {len(refs)} listed")


@app.command
async def show(
    job: str,
    /,
    *,
    wait: float | None = None,
    phase: Phase | None = None,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Show a job: attributes, parameters, results.

    Args:
        job: Job id or URL.
        wait: First wait until the job leaves its phase, at most this number of seconds.
        phase: With --wait: wait only while the job is in this phase.
        service: The service to use.
        as_json: Print JSON.
    """
    if phase and wait is None:
        raise UsageError("--phase names the phase in which --wait waits; give --wait, too")
    async with connected(service, job) as connection:
        client, job_id = connection.client, connection.id
        if wait is None:
            found = await client.job(job_id)
        else:
            found = await see_phase_left(client, job_id, wait, phase)
        url = client.job_url(job_id)
    give(job_record(found, url), *job_lines(found, url), as_json=as_json)


@app.command(name="phase")
async def show_phase(
    job: str, /, *, service: ServiceOptions = UNSPECIFIED, as_json: AsJson = False
) -> None:
    """Print only the phase of a job.

    Args:
        job: Job id or URL.
        service: The service to use.
        as_json: Print JSON.
    """
    async with connected(service, job) as connection:
        found = await connection.client.phase(connection.id)
    give(found.value, found.value, as_json=as_json)


@app.command(name="set")
async def set_values(
    job: str,
    /,
    *values: str,
    verbatim: bool = False,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> int:
    """Change parameters of a PENDING job, its execution duration or its destruction time.

    The job is read again; exit with 10 if the service has set another value than the one asked for.

    Args:
        job: Job id or URL.
        values: name=value; executionDuration is in seconds, destruction is a time.
        verbatim: Allow any characters in values. Not for OPUS, which passes values to a shell.
        service: The service to use.
        as_json: Print the job as JSON.
    """
    asked = Assignments.parse(values, verbatim=verbatim)
    if asked.files:
        raise UsageError("Files can be sent only with a new job: jobs new --like JOB name=@path")
    async with connected(service, job) as connection:
        client, job_id = connection.client, connection.id
        for name, value in asked.texts.items():
            await client.set_parameter(job_id, name, value)
        await asked.set_limits(client, job_id)
        found = await client.job(job_id)
        url = client.job_url(job_id)
    give(job_record(found, url), *job_lines(found, url), as_json=as_json)
    unlike = differences(asked, found)
    for line in unlike:
        note(line, style="yellow")
    return Exit.NOT_AS_ASKED if unlike else Exit.OK


@app.command
async def run(
    jobs: list[str], /, *, service: ServiceOptions = UNSPECIFIED, as_json: AsJson = False
) -> int:
    """Start PENDING jobs.

    Jobs that wait or run already are left as they are. So are those that have ended, since UWS runs
    a job once: exit with 10 if there are any.

    Args:
        jobs: Job ids or URLs.
        service: The service to use.
        as_json: Print the phases as JSON.
    """
    async with connected(service, *jobs) as connection:
        client = connection.client
        before = {each: await client.phase(each) for each in connection.ids}
        ended = {each: phase for each, phase in before.items() if phase.finished}
        _give_phases(
            connection,
            [ended.get(each) or await client.start(each) for each in connection.ids],
            as_json=as_json,
        )
    for job_id, phase in ended.items():
        url = client.job_url(job_id)
        note(
            f"{url} has ended in phase {phase.value} and is not run again. This runs a new job with"
            f" its parameters: prefect-expres jobs new --like {url} --run",
            style="yellow",
        )
    return Exit.NOT_AS_ASKED if ended else Exit.OK


@app.command
async def abort(
    jobs: list[str], /, *, service: ServiceOptions = UNSPECIFIED, as_json: AsJson = False
) -> None:
    """Abort jobs; finished jobs are left as they are, jobs that never started are deleted.

    Args:
        jobs: Job ids or URLs.
        service: The service to use.
        as_json: Print the phases as JSON.
    """
    async with connected(service, *jobs) as connection:
        client = connection.client
        for each in connection.ids:
            await client.phase(each)
        _give_phases(
            connection, [await client.abort(each) for each in connection.ids], as_json=as_json
        )


@app.command
async def delete(
    jobs: list[str],
    /,
    *,
    yes: Annotated[bool, Parameter(alias="-y")] = False,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> int:
    """Delete jobs and their results; running jobs are stopped.

    Args:
        jobs: Job ids or URLs.
        yes: Do not ask for confirmation. Without a terminal there is no question.
        service: The service to use.
        as_json: Print the URLs as JSON.
    """
    async with connected(service, *jobs) as connection:
        client = connection.client
        phases = [await client.phase(each) for each in connection.ids]
        urls = [client.job_url(each) for each in connection.ids]
        listed = "\n".join(f"{url} {phase.value}" for url, phase in zip(urls, phases, strict=True))
        if not yes and at_terminal() and not confirm(f"{listed}\nDelete with all results?"):
            return Exit.FAILURE
        for each in connection.ids:
            await client.delete(each)
    give(urls, *(f"{url} deleted" for url in urls), as_json=as_json)
    return Exit.OK


@app.command
async def error(
    job: str, /, *, service: ServiceOptions = UNSPECIFIED, as_json: AsJson = False
) -> None:
    """Print the error message of the service about a job.

    Args:
        job: Job id or URL.
        service: The service to use.
        as_json: Print JSON.
    """
    async with connected(service, job) as connection:
        found = await connection.client.job(connection.id)
        detail = await _detail(connection)
    summary = found.error_summary.message if found.error_summary else None
    record = {"phase": found.phase.value, "error": summary, "detail": detail or None}
    messages = [text for text in (summary, beyond(summary or "", detail)) if text]
    give(
        record,
        *(messages or [f"{found.phase.value}: the job has no error message"]),
        as_json=as_json,
    )


async def _detail(connection: Connection) -> str:
    """Read the detailed error text, which not every service has for every job."""
    try:
        return await connection.client.error(connection.id)
    except JobNotFound:
        return ""


def _give_phases(connection: Connection, phases: list[Phase | None], *, as_json: bool) -> None:
    """Print the phase of each job; a job without a phase was deleted."""
    phase_of = {
        connection.client.job_url(job_id): phase.value if phase else None
        for job_id, phase in zip(connection.ids, phases, strict=True)
    }
    lines = (f"{url} {phase or 'deleted'}" for url, phase in phase_of.items())
    give([{"url": url, "phase": phase} for url, phase in phase_of.items()], *lines, as_json=as_json)
