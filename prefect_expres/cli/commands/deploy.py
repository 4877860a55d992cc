"""The command ``prefect-expres deploy``."""

import asyncio
import os
from typing import Annotated

from cyclopts import Parameter

from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.prefect_server import require_prefect_server
from prefect_expres.cli.console.printing import give, table


def deploy(
    *,
    replace_service: Annotated[bool, Parameter(negative=())] = False,
    jobs: int | None = None,
    notify: str | None = None,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Register block, limit, work pool, deployments and automations on Prefect's server.

    Run it again at any time: what exists is left as it is. The address of the server is read from
    PREFECT_API_URL. If a service is given, it is saved as the block "expres".

    Args:
        replace_service: Replace a service that is already saved as "expres".
        jobs: Most jobs that all campaigns together may have on the service. Default: 20, unless a
            number is set already.
        notify: A notification block, as slack-webhook/alerts, for messages about failed jobs. The
            automation is created switched off: switch it on in Prefect's UI.
        service: The service to save, and its user.
        as_json: Print the steps as JSON.
    """
    named = service != UNSPECIFIED or any(map(os.environ.get, ("EXPRES_URL", "EXPRES_PROFILE")))
    if not named:
        require_prefect_server()
    wanted = service_block(service) if named else None
    from prefect_expres.deployment.register import DeployOptions, deploy_all  # noqa: PLC0415 - imports Prefect

    steps = asyncio.run(deploy_all(DeployOptions(wanted, replace_service, jobs, notify)))
    give(
        [{"what": step.what, "outcome": step.outcome, "note": step.note} for step in steps],
        table("", "what", "", rows=((step.outcome, step.what, step.note) for step in steps)),
        as_json=as_json,
    )
