"""The command ``service describe``: parameters, results and limits of a job list."""

from typing import Any

from cyclopts import App
from rich.console import RenderableType

from prefect_expres.cli.commands.connect import Connection, connected
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.console.printing import facts, give, table
from prefect_expres.errors import ProtocolError, RequestRejected
from prefect_expres.expres.access import (
    AUTHENTICATED_SECONDS,
    DEFAULT_BRANCH,
    GUEST_SECONDS,
    Access,
)

app = App(name="service")


@app.command
async def describe(*, service: ServiceOptions = UNSPECIFIED, as_json: AsJson = False) -> None:
    """Show what a job list runs: parameters with their defaults, results and limits.

    Only OPUS gives this description, which UWS does not define; of another service only the job
    list is shown.

    Args:
        service: The service to use.
        as_json: Print JSON, with the description as the service sent it.
    """
    async with connected(service) as connection:
        refs = await connection.client.jobs()
        description = await _description(connection)
    endpoint = connection.endpoint
    record = {
        "jobs_url": endpoint.jobs_url,
        "user": endpoint.user,
        "jobs": len(refs),
        "access": _access(connection),
        "description": description,
    }
    about: dict[str, RenderableType] = {
        "job list": endpoint.jobs_url,
        "asked as": endpoint.user or "guest",
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
    """Return the general facts of a description, and its limits."""
    texts = {name: str(value) for name, value in description.items() if isinstance(value, str)}
    duration, quote = texts.get("executionDuration"), texts.get("quote")
    return {
        "name": texts.get("name", ""),
        "about": texts.get("annotation", ""),
        "version": texts.get("version", ""),
        "contact": " ".join(filter(None, (texts.get("contact_name"), texts.get("contact_email")))),
        "documentation": texts.get("doculink", ""),
        "may run for": f"{duration} s by default" if duration else "",
        "takes about": f"{quote} s" if quote else "",
    }


def _tables(description: dict[str, Any]) -> list[RenderableType]:
    """Show the parameters, limits and results that are described."""
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
    """Return the named parts of a description; anything else is ignored."""
    found = description.get(key)
    entries = found.items() if isinstance(found, dict) else ()
    return {str(name): fact for name, fact in entries if isinstance(fact, dict)}


def _pairs(found: Any) -> list[tuple[str, str]]:
    entries = found.items() if isinstance(found, dict) else ()
    return [(str(name), str(value)) for name, value in entries]


def _text(fact: dict[str, Any], key: str) -> str:
    return str(fact.get(key) or "")


def _access(connection: Connection) -> dict[str, Any] | None:
    """Return the access rules of ExPRES for this user; None for another service."""
    if not connection.endpoint.is_expres:
        return None
    access = Access.of(connection.endpoint.user)
    return {
        "longest_run": access.longest_run,
        "any_branch": access.any_branch,
        "shared": access.shared,
    }


def _access_lines(connection: Connection) -> list[str]:
    if not connection.endpoint.is_expres:
        return []
    return [
        f"Guests: at most {GUEST_SECONDS} s, branch {DEFAULT_BRANCH} only, visible to everybody.",
        f"With an account: at most {AUTHENTICATED_SECONDS} s, any branch, private.",
    ]
