"""The service as a block, for commands that run flows."""

import os
from typing import TYPE_CHECKING

from pydantic import SecretStr

from prefect_expres.cli.commands.connect import endpoint_of
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.prefect_server import require_prefect_server
from prefect_expres.cli.commands.tokens import find_token
from prefect_expres.cli.commands.writable import require_prefect_home

if TYPE_CHECKING:
    from prefect_expres.blocks import ExpresService


def service_block(options: ServiceOptions) -> "ExpresService":
    """Return the chosen service as a block, as flows take it; this imports Prefect.

    Raises:
        UsageError: No service is named.
        AuthenticationFailed: There is no token for the user.
    """
    endpoint = endpoint_of(options)
    token, proxy = find_token(endpoint), endpoint.network.proxy
    # Our steps replace Prefect's console lines. Prefect reads this variable when it is imported.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    # A server that is gone in mid-run is not asked for minutes: the results are home without it.
    os.environ.setdefault("PREFECT_CLIENT_MAX_RETRIES", "2")
    require_prefect_home()
    require_prefect_server()
    from prefect_expres.blocks import ExpresService  # noqa: PLC0415 - imports much of Prefect

    return ExpresService(
        base_url=endpoint.root or endpoint.jobs_url,
        user=endpoint.user,
        token=SecretStr(token.text) if token else None,
        trusted_hosts=list(endpoint.trusted_hosts),
        request_timeout=endpoint.timeout,
        proxy=SecretStr(proxy) if proxy else None,
        ca_bundle=endpoint.network.ca_bundle,
        lowest_rate=endpoint.network.lowest_rate,
    )
