"""The commands ``prefect-expres campaign …``: plan and run many simulations."""

import asyncio
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from cyclopts import App, Group, Parameter
from pydantic import TypeAdapter, ValidationError

from prefect_expres.campaigns.index import found_at
from prefect_expres.campaigns.plan import FilesPlan, Plan, RoutinePlan
from prefect_expres.cli.commands.archive_options import (
    MASERS,
    UNPUBLISHED,
    ArchiveOptions,
    PublicationOptions,
    archive_of,
    publication_of,
)
from prefect_expres.cli.commands.files import read_bytes
from prefect_expres.cli.commands.flow_service import service_block
from prefect_expres.cli.commands.invalid import reasons
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.routine_options import source_of
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import facts, give, table
from prefect_expres.errors import ConfigurationError, UsageError
from prefect_expres.expres.estimate import run_seconds
from prefect_expres.expres.routine import Form

app = App(name="campaign")

MOST_SHOWN = 10


@Parameter(name="*", group=Group("Plan", sort_key=5))
@dataclass(frozen=True)
class PlanOptions:
    """The simulations to run, unless a plan's file is given.

    Args:
        first: First day of routine simulations, UTC.
        last: Last day, UTC. Default: the first.
        moon: A moon; repeat the option for several. Default: Io.
        observer: An observer; repeat the option for several. Default: Earth.
        ephemeris: Source of the observers' positions: analytic, which knows Earth and needs no
            network, horizons, webgeocalc, miriade or spice; or path or URL of a table of them.
            Default: analytic for routine simulations, and for files none.
        form: v11 uses the magnetic field model JRM33, v01 uses JRM09. Default: v11.
        grid: Values for a JSON path of the configuration, as SOURCE.*.ACCEL=1,3,5; repeat the
            option for several paths.
        files: Configurations instead of routine simulations: paths or URLs, with `*` for any
            name; repeat the option for several.
    """

    first: date | None = None
    last: date | None = None
    moon: tuple[str, ...] = ()
    observer: tuple[str, ...] = ()
    ephemeris: str | None = None
    form: Form | None = None
    grid: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


NO_OPTIONS = PlanOptions()


@app.command
def plan(
    file: str | None = None, /, *, options: PlanOptions = NO_OPTIONS, as_json: AsJson = False
) -> None:
    """Show the simulations of a plan; with --json, write the plan itself, for `campaign run`.

    Args:
        file: Path or URL of a plan as JSON.
        options: The simulations to run, unless a plan's file is given.
        as_json: Print the plan as JSON.
    """
    planned = _plan_of(file, options)
    count = planned.count()
    shown = [planned.simulation(number) for number in range(min(count, MOST_SHOWN))]
    more = f"and {count - len(shown):,} more" if count > len(shown) else ""
    give(
        planned.model_dump(mode="json"),
        facts(
            {
                "plan": planned.name,
                "simulations": f"{count:,}",
                "service time": _service_time(planned, count),
            }
        ),
        table("simulation", rows=((each.label,) for each in shown)),
        more,
        as_json=as_json,
    )


@app.command
def run(
    file: str | None = None,
    /,
    *,
    options: PlanOptions = NO_OPTIONS,
    output: str = "expres-campaign",
    in_flight: int = 8,
    workers: int = 1,
    max_failures: int = 100,
    branch: str = "master",
    execution_duration: int = 600,
    timeout: float | None = None,
    reuse: Literal["verified", "published", "never"] = "verified",
    attempts: int = 1,
    preview_first: bool = False,
    archive: ArchiveOptions = MASERS,
    publication: PublicationOptions = UNPUBLISHED,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> int:
    """Run a plan; run it again to do only what is missing.

    Exit with 1 if simulations failed.

    Args:
        file: Path or URL of a plan as JSON.
        options: The simulations to run, unless a plan's file is given.
        output: Path or URL under which each simulation gets a folder.
        in_flight: How many simulations may be on the service at once.
        workers: How many flow runs work on the plan; more than one needs `prefect-expres deploy`.
        max_failures: Start no more simulations when more than this number have failed.
        branch: The ExPRES git branch; guests may only use master.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job. Default: the execution duration plus one hour.
        reuse: verified takes results or jobs of identical simulations, if there are any; published
            also those of an archive that are equal in all that is compared; never runs them again.
        attempts: How many jobs may be tried for each simulation.
        preview_first: Send nothing of what shows no emission in a preview.
        archive: Where --reuse published looks.
        publication: Publish the complete simulations at the end.
        service: The service to use, and the user.
        as_json: Print the result as JSON.
    """
    planned = _plan_of(file, options)
    require_writable(output, "--output")
    published = publication_of(publication)
    if published is not None:
        require_writable(published.folder, "--to")
    block = service_block(service)
    from prefect_expres.cli.runs.campaign import run_campaign  # noqa: PLC0415 - imports Prefect

    return run_campaign(
        block,
        as_json=as_json,
        plan=planned,
        output=output,
        in_flight=in_flight,
        workers=workers,
        max_failures=max_failures,
        branch=branch,
        execution_duration=execution_duration,
        timeout=timeout,
        reuse=reuse,
        attempts=attempts,
        preview_first=preview_first,
        archive=archive_of(archive),
        publication=published,
    )


@app.command
def status(output: str = "expres-campaign", /, *, as_json: AsJson = False) -> None:
    """Show the progress of the campaigns of an output: those that run, and the last that ended.

    Args:
        output: Path or URL of the campaign's output.
        as_json: Print JSON.
    """
    ended, under_way = asyncio.run(found_at(output))
    if ended is None and not under_way:
        raise UsageError(f"There is no campaign at {output}; give the --output of the campaign")
    record: dict[str, Any] = {
        "ended": ended.model_dump(mode="json") if ended else None,
        "under_way": {
            campaign: [row.model_dump(mode="json") for row in rows]
            for campaign, rows in under_way.items()
        },
    }
    lines = [
        (campaign, "not ended", len(rows), sum(row.state == "failed" for row in rows), "")
        for campaign, rows in under_way.items()
    ]
    if ended:
        done = ended.completed + ended.found + ended.failed
        when = f"{ended.created:%Y-%m-%d %H:%M}"
        lines.append((ended.campaign, f"ended {when}", done, ended.failed, str(ended.simulations)))
    failures = ended.failures if ended else ()
    give(
        record,
        table(
            "campaign",
            "state",
            "done",
            "failed",
            "of",
            rows=([str(x) for x in row] for row in lines),
        ),
        *(f"{row.label}: {(row.error or '').splitlines()[0]}" for row in failures),
        as_json=as_json,
    )


def _plan_of(file: str | None, options: PlanOptions) -> RoutinePlan | FilesPlan:
    """Return the plan of the command line.

    Raises:
        UsageError: No plan is given, or more than one.
        ConfigurationError: The plan is not valid.
    """
    if sum(map(bool, (file, options.first, options.files))) != 1:
        raise UsageError("Give one of: a plan's file, --first for routine simulations, or --files")
    try:
        if file:
            plan: RoutinePlan | FilesPlan = TypeAdapter(Plan).validate_json(read_bytes(file))
            return plan
        if options.files:
            return FilesPlan(configurations=options.files, ephemeris=source_of(options.ephemeris))
        assert options.first is not None
        chosen = {
            "moons": options.moon,
            "observers": options.observer,
            "ephemeris": source_of(options.ephemeris),
            "form": options.form,
        }
        return RoutinePlan.model_validate(
            {
                "first": options.first,
                "last": options.last or options.first,
                "grid": dict(map(_values, options.grid)),
                **{name: value for name, value in chosen.items() if value},
            }
        )
    except ValidationError as fault:
        raise ConfigurationError("The plan is not valid", tuple(reasons(fault))) from None


def _values(text: str) -> tuple[str, list[Any]]:
    path, separator, values = text.partition("=")
    if not separator:
        raise UsageError(f"{text!r} gives no values; write PATH=VALUE,VALUE as SOURCE.*.ACCEL=1,3")
    return path, [_value(each) for each in values.split(",")]


def _value(text: str) -> Any:
    """Read a value as JSON; any other word is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _service_time(plan: RoutinePlan | FilesPlan, count: int) -> str:
    """Estimate the time on the service from the first simulation."""
    first = plan.simulation(0).configuration
    if isinstance(first, str):
        return ""
    return f"about {run_seconds(first) * count / 3600:,.1f} hours, if all take as long as the first"
