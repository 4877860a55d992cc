"""The command line: ``prefect-expres``. Prefect and the science are imported only when needed."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console

from prefect_expres import __version__, looking
from prefect_expres.configuring import app as config
from prefect_expres.errors import ExpresError

app = App(
    name="prefect-expres",
    help="Run ExPRES, the planetary radio emission simulator, on a UWS service from Prefect.",
    version=__version__,
)
sandbox = App(name="sandbox", help="A UWS service of one's own, with a small ExPRES engine.")
app.command(sandbox)
app.command(
    "prefect_expres.ephemeris_command:ephemeris",
    help="Write an observer's ephemeris in the form that ExPRES reads; Earth's needs no network.",
)
app.command(
    "prefect_expres.deploying:deploy",
    help="Register block, limit, work pool, deployments and automations on Prefect's server.",
)
app.command(config)
app.command(looking.app, name="*")
app.register_install_completion_command()


@sandbox.command
def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8470,
    directory: Path = Path("expres-sandbox"),
    dialect: Literal["opus", "standard"] = "opus",
) -> None:
    """Serve the sandbox until Ctrl-C.

    Args:
        host: Address to listen on; only this machine can reach the default.
        port: Port to listen on; 0 chooses a free one.
        directory: Where jobs and results are kept; they survive a restart.
        dialect: Answer as OPUS does, or as UWS 1.1 says to the letter.
    """
    from prefect_expres.sandbox.serving import serve as serve_sandbox  # noqa: PLC0415 - heavy

    serve_sandbox(host=host, port=port, data=directory, dialect=dialect)


@app.command
def simulate(
    configuration: str,
    *,
    url: Annotated[str, Parameter(env_var="EXPRES_URL")],
    user: Annotated[str | None, Parameter(env_var="EXPRES_USER")] = None,
    ephemeris: str | None = None,
    output: str = "expres-results",
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
    timeout: float | None = None,
    reuse: Literal["verified", "never"] = "verified",
    attempts: int = 1,
    keep_running: bool = False,
) -> None:
    """Run one simulation and bring its results home.

    The token of the user is read from the environment variable EXPRES_TOKEN.

    Args:
        configuration: Path or URL of the ExPRES configuration.
        url: Address of the service, as https://host.
        user: User name; without it the service is used as a guest.
        ephemeris: Path or URL of the CSV file that the configuration names, or the word analytic:
            Earth's place is computed then, without network, from OBSERVER.SCTIME and TIME on.
        output: Path or URL under which the simulation gets a folder.
        branch: The ExPRES git branch; guests may only use master.
        label: A short name for people.
        execution_duration: Seconds that the job may run.
        timeout: Seconds to wait for the job; by default an hour over the execution duration.
        reuse: Take the identical simulation where it is found, or never.
        attempts: How many jobs may fail, be aborted or be lost.
        keep_running: Leave the job running after Ctrl-C.
    """
    # The steps are shown in place of Prefect's own console lines, which it reads at import.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from prefect_expres.terminal import run_with_progress  # noqa: PLC0415 - imports Prefect

    run_with_progress(
        url=url,
        user=user,
        token=os.environ.get("EXPRES_TOKEN"),
        configuration=configuration,
        ephemeris=ephemeris,
        output=output,
        branch=branch,
        label=label,
        execution_duration=execution_duration,
        timeout=timeout,
        reuse=reuse,
        attempts=attempts,
        keep_running=keep_running,
    )


@app.command
def demo(*, directory: Path = Path("expres-demo"), fresh: bool = False) -> None:
    """Run the shipped simulation on a sandbox: Io's radio emission seen from Earth for a day.

    Args:
        directory: Where the sandbox, Prefect and the results live.
        fresh: Run it even if the identical simulation is found.
    """
    from prefect_expres.demo import run_demo  # noqa: PLC0415 - heavy

    sys.exit(run_demo(directory, fresh=fresh))


def main() -> None:
    """Run the command line; errors are one paragraph, not a trace."""
    try:
        app()
    except ExpresError as fault:
        Console(stderr=True).print(f"[bold red]Error:[/] {type(fault).__name__}")
        Console(stderr=True).print(str(fault), markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
