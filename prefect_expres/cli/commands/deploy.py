"""The command ``prefect-expres deploy``."""

import asyncio
import os
from typing import Annotated

from cyclopts import Parameter

from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.options import UNSAID, AsJson, ServiceOptions
from prefect_expres.cli.console.printing import give, table


def deploy(
    *,
    replace_service: Annotated[bool, Parameter(negative=())] = False,
    jobs: int | None = None,
    notify: str | None = None,
    service: ServiceOptions = UNSAID,
    as_json: AsJson = False,
) -> None:
    """Register block, limit, work pool, deployments and automations on Prefect's server.

    It may be repeated: what is there already is left as it is. The server's address is read from
    PREFECT_API_URL. The service that is meant, if one is, is saved as the block "expres".

    Args:
        replace_service: Save the service even if another one is saved under this name.
        jobs: How many jobs all campaigns together may have on the service; 20 at first.
        notify: A notification block, as slack-webhook/alerts, that is told of jobs that failed.
            The automation is made switched off: switch it on in Prefect's UI.
        service: Which service is meant, and who asks.
        as_json: Print the steps as JSON.
    """
    named = service != UNSAID or any(map(os.environ.get, ("EXPRES_URL", "EXPRES_PROFILE")))
    wanted = service_block(service) if named else None
    from prefect_expres.deployment.register import DeployOptions, deploy_all  # noqa: PLC0415 - imports Prefect

    steps = asyncio.run(deploy_all(DeployOptions(wanted, replace_service, jobs, notify)))
    give(
        [{"what": step.what, "became": step.became, "note": step.note} for step in steps],
        table("", "what", "", rows=((step.became, step.what, step.note) for step in steps)),
        as_json=as_json,
    )
