"""The command ``prefect-expres forecast``."""

from datetime import date

from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.writable import require_writable


def forecast(
    observatory: str,
    /,
    *,
    moon: tuple[str, ...] = ("Io", "Europa", "Ganymede"),
    days: int = 7,
    start: date | None = None,
    output: str = "expres-forecast",
    in_flight: int = 8,
    keep: int = 14,
    execution_duration: int = 600,
    timeout: float | None = None,
    attempts: int = 2,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Publish what an observatory will see of Jupiter's moons in the coming days.

    Simulations whose results are there already are not run again.

    Args:
        observatory: NenuFAR, NDA, LOFAR or OVRO-LWA.
        moon: A moon; repeat the option for several.
        days: Length of the forecast in days, at most 31.
        start: The first day, UTC. Default: today.
        output: Path or URL of the folder for simulations and forecasts.
        in_flight: How many simulations may be on the service at once.
        keep: How many forecasts are kept, including the latest.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job. Default: the execution duration plus one hour.
        attempts: How many jobs may be tried for each simulation.
        service: The service to use, and the user.
        as_json: Print the forecast as JSON.
    """
    require_writable(output, "--output")
    block = service_block(service)
    from prefect_expres.cli.runs.forecast import run_forecast  # noqa: PLC0415 - imports Prefect

    run_forecast(
        block,
        as_json=as_json,
        observatory=observatory,
        moons=moon,
        days=days,
        start=start,
        output=output,
        in_flight=in_flight,
        keep=keep,
        execution_duration=execution_duration,
        timeout=timeout,
        attempts=attempts,
    )
