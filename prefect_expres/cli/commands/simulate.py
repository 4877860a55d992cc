"""The command ``prefect-expres simulate``."""

from typing import Literal

from prefect_expres.cli.commands.archive_options import MASERS, ArchiveOptions, archive_of
from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.routine_options import (
    NO_ROUTINE,
    RoutineOptions,
    positions_of,
    what_to_run,
)
from prefect_expres.cli.commands.writable import require_writable


def simulate(
    configuration: str | None = None,
    /,
    *,
    routine: RoutineOptions = NO_ROUTINE,
    ephemeris: str | None = None,
    output: str = "expres-results",
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
    timeout: float | None = None,
    reuse: Literal["verified", "published", "never"] = "verified",
    attempts: int = 1,
    keep_running: bool = False,
    preview_first: bool = False,
    archive: ArchiveOptions = MASERS,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Run one simulation and download its results: a routine simulation, or a configuration file.

    At a terminal, Ctrl-C asks whether to stop the job or to keep waiting.

    Args:
        configuration: Path or URL of an ExPRES configuration; none with --moon and --day.
        routine: A routine simulation instead of a configuration file.
        ephemeris: The observer's positions: path or URL of a CSV file, or analytic, horizons,
            webgeocalc, miriade or spice, which compute them for the times of the configuration.
            analytic knows Earth and needs no network. Default: analytic for routine
            simulations, and for files none.
        output: Path or URL under which the simulation gets a folder.
        branch: The ExPRES git branch; guests may only use master.
        label: A short name for people. Default: made from moon, observer and day.
        execution_duration: Seconds that the job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for the job. Default: the execution duration plus one hour.
        reuse: verified takes results or a job of the identical simulation, if there are any;
            published also one of an archive, if it is equal in all that is compared; never runs it
            again.
        attempts: How many jobs may be tried, if jobs fail, are aborted or are lost.
        keep_running: Leave the job running after Ctrl-C.
        preview_first: Send nothing if a preview shows no emission.
        archive: Where --reuse published looks.
        service: The service to use; the branch decides which of its job lists.
        as_json: Print the result as JSON.
    """
    asked = what_to_run(configuration, routine)
    positions = positions_of(ephemeris, routine, asked)
    require_writable(output, "--output")
    block = service_block(service)
    from prefect_expres.cli.runs.simulate import run_simulate  # noqa: PLC0415 - imports Prefect

    run_simulate(
        block,
        as_json=as_json,
        configuration=asked,
        ephemeris=positions,
        output=output,
        branch=branch,
        label=label,
        execution_duration=execution_duration,
        timeout=timeout,
        reuse=reuse,
        attempts=attempts,
        keep_running=keep_running,
        preview_first=preview_first,
        archive=archive_of(archive),
    )
