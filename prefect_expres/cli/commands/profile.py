"""The commands ``profile list`` and ``profile show``."""

import os
from typing import Any

from cyclopts import App
from rich.console import RenderableType

from prefect_expres.cli.commands.endpoint import ServiceEndpoint, choose_endpoint, jobs_url_of
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.profiles_file import read_profiles
from prefect_expres.cli.commands.tokens import stored_token
from prefect_expres.cli.console.printing import facts, give, note, table
from prefect_expres.net.url import shown_url

app = App(name="profile")


@app.command(name="list")
def list_profiles(*, as_json: AsJson = False) -> None:
    """List the profiles, and show where their file is.

    Args:
        as_json: Print JSON.
    """
    profiles = read_profiles()
    records = [
        {
            "name": profile.name,
            "jobs_url": jobs_url_of(profile.url, profile.job_list),
            "user": profile.user,
            "default": profile.name == profiles.default,
        }
        for profile in profiles.named.values()
    ]
    rows = (
        (
            profile.name,
            jobs_url_of(profile.url, profile.job_list),
            profile.user or "guest",
            "default" if profile.name == profiles.default else "",
        )
        for profile in profiles.named.values()
    )
    give(records, table("profile", "job list", "user", "", rows=rows), as_json=as_json)
    there = "" if profiles.path.exists() else " (this file does not exist yet)"
    note(f"{len(records)} profiles in {profiles.path}{there}")


@app.command
def show(*, service: ServiceOptions = UNSPECIFIED, as_json: AsJson = False) -> None:
    """Show which service a command would use, as which user, and where the token comes from.

    Nothing is sent, and the token is not shown.

    Args:
        service: The service to use.
        as_json: Print JSON.
    """
    endpoint = choose_endpoint(service, read_profiles(), os.environ)
    record = _record(endpoint)
    shown: dict[str, RenderableType] = {
        name.replace("_", " "): ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in record.items()
        if value
    }
    give(record, facts(shown), as_json=as_json)


def _record(endpoint: ServiceEndpoint) -> dict[str, Any]:
    token = stored_token(endpoint, os.environ) if endpoint.user else None
    return {
        "named_by": endpoint.named_by,
        "jobs_url": endpoint.jobs_url,
        "user": endpoint.user,
        "token_from": token.source if token else None,
        "trusted_hosts": list(endpoint.trusted_hosts),
        "timeout": endpoint.timeout,
        "proxy": shown_url(endpoint.network.proxy) if endpoint.network.proxy else None,
        "lowest_rate": endpoint.network.rate,
        "ca_bundle": endpoint.network.ca_bundle or endpoint.network.cert_file,
    }
