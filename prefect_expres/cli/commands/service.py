"""The command ``service describe``: what a service runs, takes, gives and allows, as it says."""

from typing import Any

from cyclopts import App
from rich.console import RenderableType

from prefect_expres.cli.commands.connect import Connection, connected
from prefect_expres.cli.commands.options import UNSAID, AsJson, ServiceOptions
from prefect_expres.cli.console.printing import facts, give, table
from prefect_expres.errors import ProtocolError, RequestRejected
from prefect_expres.expres.access import (
    AUTHENTICATED_SECONDS,
    DEFAULT_BRANCH,
    GUEST_SECONDS,
    Access,
)

app = App(name="service", help="Ask a service what it runs and what it allows.")


@app.command
async def describe(*, service: ServiceOptions = UNSAID, as_json: AsJson = False) -> None:
    """Show what a job list runs: parameters with their defaults, results and limits.

    The description is OPUS'; UWS itself has none, so of other services only the list is told.

    Args:
        service: Which service is meant.
        as_json: Print JSON, with the service's own description as it came.
    """
    async with connected(service) as connection:
        refs = await connection.client.jobs()
        description = await _description(connection)
    place = connection.place
    record = {
        "jobs_url": place.jobs_url,
        "user": place.user,
        "jobs": len(refs),
        "access": _access(connection),
        "description": description,
    }
    about: dict[str, RenderableType] = {
        "job list": place.jobs_url,
        "asked as": place.user or "guest",
        "jobs there": str(len(refs)),
    }
    give(
        record,
        facts(about | _about(description or {})),
        *(_tables(description) if description else ["The service gives no description."]),
        *_access_lines(connection),
        as_json=as_json,
    )


async def _description(connection: Connection) -> dict[str, Any] | None:
    try:
        return await connection.client.describe()
    except (ProtocolError, RequestRejected):
        return None


def _about(description: dict[str, Any]) -> dict[str, RenderableType]:
    """Tell what stands on top of a description, and its limits."""
    said = {name: str(value) for name, value in description.items() if isinstance(value, str)}
    duration, quote = said.get("executionDuration"), said.get("quote")
    return {
        "name": said.get("name", ""),
        "about": said.get("annotation", ""),
        "version": said.get("version", ""),
        "contact": " ".join(filter(None, (said.get("contact_name"), said.get("contact_email")))),
        "documentation": said.get("doculink", ""),
        "may run for": f"{duration} s, if not said otherwise" if duration else "",
        "takes about": f"{quote} s" if quote else "",
    }


def _tables(description: dict[str, Any]) -> list[RenderableType]:
    """Lay out what a job takes and gives, as far as it is described."""
    used, parameters = _entries(description, "used"), _entries(description, "parameters")
    takes = (
        (
            name,
            "file" if name in used else _text(fact, "datatype").removeprefix("xs:"),
            _text(fact, "default"),
            "yes" if fact.get("required") == "true" else "no",
            _text(fact, "annotation"),
        )
        for name, fact in (used | parameters).items()
    )
    limits = description.get("control_parameters")
    gives = (
        (name, _text(fact, "default"), _text(fact, "content_type"), _text(fact, "annotation"))
        for name, fact in _entries(description, "generated").items()
    )
    return [
        "",
        "Parameters: jobs new NAME=VALUE, NAME=@PATH for a file",
        table("name", "kind", "default", "required", "about", rows=takes),
        "Limits: jobs new or jobs set NAME=VALUE",
        table("name", "about", rows=_pairs(limits)),
        "Results",
        table("name", "file", "type", "about", rows=gives),
    ]


def _entries(description: dict[str, Any], key: str) -> dict[str, dict[str, Any]]:
    """Give the named parts of a description; whatever else stands there is passed over."""
    found = description.get(key)
    entries = found.items() if isinstance(found, dict) else ()
    return {str(name): fact for name, fact in entries if isinstance(fact, dict)}


def _pairs(found: Any) -> list[tuple[str, str]]:
    entries = found.items() if isinstance(found, dict) else ()
    return [(str(name), str(told)) for name, told in entries]


def _text(fact: dict[str, Any], key: str) -> str:
    return str(fact.get(key) or "")


def _access(connection: Connection) -> dict[str, Any] | None:
    """Give what the access rules of ExPRES say to this user; None for another service."""
    if not connection.place.is_expres:
        return None
    access = Access.of(connection.place.user)
    return {
        "longest_run": access.longest_run,
        "any_branch": access.any_branch,
        "shared": access.shared,
    }


def _access_lines(connection: Connection) -> list[str]:
    if not connection.place.is_expres:
        return []
    return [
        f"Guests: at most {GUEST_SECONDS} s, branch {DEFAULT_BRANCH} only, visible to everybody.",
        f"With an account: at most {AUTHENTICATED_SECONDS} s, any branch, private.",
    ]
