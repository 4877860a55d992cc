"""The commands ``profile list`` and ``profile show``: what the profiles file says."""

import os
from typing import Any

from cyclopts import App
from rich.console import RenderableType

from prefect_expres.cli.commands.endpoint import Place, choose_place, jobs_url_of
from prefect_expres.cli.commands.options import UNSAID, AsJson, ServiceOptions
from prefect_expres.cli.commands.profiles_file import read_profiles
from prefect_expres.cli.commands.tokens import stored_token
from prefect_expres.cli.console.printing import facts, give, note, table

app = App(name="profile", help="Show the services that have a name.")


@app.command(name="list")
def list_profiles(*, as_json: AsJson = False) -> None:
    """List the profiles of the file, and say where it is.

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
    there = "" if profiles.path.exists() else " (there is no such file yet)"
    note(f"{len(records)} profiles in {profiles.path}{there}")


@app.command
def show(*, service: ServiceOptions = UNSAID, as_json: AsJson = False) -> None:
    """Show which service a command would talk to, as whom, and where the token comes from.

    Nothing is sent, and the token is not shown.

    Args:
        service: Which service is meant.
        as_json: Print JSON.
    """
    place = choose_place(service, read_profiles(), os.environ)
    record = _record(place)
    shown: dict[str, RenderableType] = {
        name.replace("_", " "): ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in record.items()
        if value
    }
    give(record, facts(shown), as_json=as_json)


def _record(place: Place) -> dict[str, Any]:
    token = stored_token(place, os.environ) if place.user else None
    return {
        "named_by": place.named_by,
        "jobs_url": place.jobs_url,
        "user": place.user,
        "token_from": token.source if token else None,
        "trusted_hosts": list(place.trusted_hosts),
        "timeout": place.timeout,
    }
