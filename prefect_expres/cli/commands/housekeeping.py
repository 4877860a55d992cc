"""The command ``prefect-expres housekeeping``."""

from typing import Literal

from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.writable import require_writable

_WHOSE: dict[str, str] = {"server": "this server", "account": "account"}


def housekeeping(
    *,
    output: str = "expres-results",
    apply: bool = False,
    keep_days: float = 14,
    whose: Literal["server", "account"] = "server",
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> int:
    """Report which results to collect and which old jobs to delete; with --apply, do so.

    Exit with 1 if something could not be done.

    Args:
        output: Path or URL of the folder of simulations, to which results are collected.
        apply: Collect and delete; without it nothing is changed.
        keep_days: Days that a finished job is kept on the service.
        whose: The jobs that may be touched: server, those of flow runs that the Prefect server
            knows; account, all of the user's that this package has made.
        service: The service to use, and the user.
        as_json: Print the decisions as JSON.
    """
    require_writable(output, "--output")
    block = service_block(service)
    from prefect_expres.cli.runs.housekeeping import run_housekeeping  # noqa: PLC0415 - imports Prefect

    return run_housekeeping(
        block,
        as_json=as_json,
        output=output,
        dry_run=not apply,
        keep_days=keep_days,
        whose=_WHOSE[whose],
    )
