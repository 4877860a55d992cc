"""The commands ``sandbox serve`` and ``sandbox status``."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from prefect_expres.cli.commands.connect import connected
from prefect_expres.cli.commands.options import AsJson, ServiceOptions
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import give, phase, table
from prefect_expres.sandbox.behaviour import Behaviour

app = App(name="sandbox")
PORT = 8470
JOB_LISTS = ("ExPRES", "ExPRES-dev")

Threads = Annotated[int, Parameter(validator=Number(gte=1))]


@app.command
def serve(
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    directory: Path = Path("expres-sandbox"),
    dialect: Literal["opus", "standard"] = "opus",
    threads: Threads | None = None,
    husks: int = 0,
    silent_ends: int = 0,
    orphans: bool = False,
) -> None:
    """Serve the sandbox until Ctrl-C.

    Args:
        host: Address to listen on; 127.0.0.1 is reachable from this machine only.
        port: Port to listen on; 0 chooses a free one.
        directory: Folder of jobs and results; they survive a restart.
        dialect: Answer as OPUS does, or strictly as UWS 1.1 says.
        threads: How many requests are answered at once, also those that wait. OPUS has 1 by
            itself, and 5 in the set-up that its documentation shows. Default: as many as come.
        husks: Let so many creates fail and leave a job without its inputs, as a failing OPUS does.
        silent_ends: Let so many runs end without a report, so that their jobs stay in EXECUTING, as
            those of an OPUS whose script calls exit.
        orphans: Let what a job has started go on when it is aborted or deleted, as OPUS does.
    """
    require_writable(directory, "--directory")
    from prefect_expres.sandbox.serving import serve as serve_sandbox  # noqa: PLC0415 - an extra

    behaviour = Behaviour(threads=threads, husks=husks, silent_ends=silent_ends, orphans=orphans)
    serve_sandbox(directory, dialect, port, host=host, behaviour=behaviour)


@app.command
async def status(
    *,
    url: str = f"http://127.0.0.1:{PORT}",
    user: str = "",
    as_json: AsJson = False,
) -> None:
    """Check that a sandbox answers, and count its jobs by phase.

    Args:
        url: Address of the sandbox.
        user: Count the jobs of this user. Default: those of guests.
        as_json: Print JSON.
    """
    counts: dict[str, Counter[str]] = {}
    for job_list in JOB_LISTS:
        async with connected(ServiceOptions(url=url, job_list=job_list, user=user)) as connection:
            refs = await connection.client.jobs()
        counts[job_list] = Counter(ref.phase.value for ref in refs)
    rows = (
        (job_list, phase(name), str(count))
        for job_list, counter in counts.items()
        for name, count in counter.items()
    )
    whole = sum(counter.total() for counter in counts.values())
    give(
        {"url": url, "jobs": counts},
        f"The sandbox {url} answers; it has {whole} jobs of {user or 'guests'}.",
        *([table("job list", "phase", "jobs", rows=rows)] if whole else []),
        as_json=as_json,
    )
