"""The command ``prefect-expres simulate``."""

from typing import Literal

from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.writable import require_writable


def simulate(
    configuration: str,
    *,
    ephemeris: str | None = None,
    output: str = "expres-results",
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
    timeout: float | None = None,
    reuse: Literal["verified", "never"] = "verified",
    attempts: int = 1,
    keep_running: bool = False,
    preview_first: bool = False,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Run one simulation and download its results.

    At a terminal, Ctrl-C asks whether to stop the job or to keep waiting.

    Args:
        configuration: Path or URL of the ExPRES configuration.
        ephemeris: Path or URL of the CSV file that the configuration names, or the word analytic
            for Earth: its positions are computed without network, from OBSERVER.SCTIME and TIME.
        output: Path or URL under which the simulation gets a folder.
        branch: The ExPRES git branch; guests may only use master.
        label: A short name for people.
        execution_duration: Seconds that the job may run.
        timeout: Seconds to wait for the job; by default the execution duration plus one hour.
        reuse: verified takes the results of the identical simulation, if there are any; never
            runs it again.
        attempts: How many jobs may be tried, if jobs fail, are aborted or are lost.
        keep_running: Leave the job running after Ctrl-C.
        preview_first: Send nothing if a preview shows no emission.
        service: The service to use; the branch decides which of its job lists.
        as_json: Print the result as JSON.
    """
    require_writable(output, "--output")
    block = service_block(service)
    from prefect_expres.cli.terminal import run_with_progress  # noqa: PLC0415 - imports Prefect

    run_with_progress(
        block,
        as_json=as_json,
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
        preview_first=preview_first,
    )
