"""What commands need that run flows: the service as a block, and Prefect's console kept quiet."""

import os
from typing import TYPE_CHECKING

from pydantic import SecretStr

from prefect_expres.cli.commands.connect import place_of
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.tokens import find_token
from prefect_expres.cli.commands.writable import require_prefect_home

if TYPE_CHECKING:
    from prefect_expres.blocks import ExpresService


def service_block(options: ServiceOptions) -> "ExpresService":
    """Give the service that is meant as flows take it; this imports Prefect.

    Raises:
        UsageError: No service is named.
        AuthenticationFailed: There is no token for the user.
    """
    place = place_of(options)
    token = find_token(place)
    # The steps are shown in place of Prefect's own console lines, which it reads at import.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from prefect_expres.blocks import ExpresService  # noqa: PLC0415 - imports Prefect

    require_prefect_home()

    return ExpresService(
        base_url=place.root or place.jobs_url,
        user=place.user,
        token=SecretStr(token.text) if token else None,
        trusted_hosts=list(place.trusted_hosts),
        request_timeout=place.timeout,
    )
