"""The commands ``prefect-expres config …``: check, write and compare configurations."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from pydantic import ValidationError
from rich.text import Text

from prefect_expres.cli.commands.files import read_bytes
from prefect_expres.cli.commands.options import AsJson
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import give, marked, print_json, table
from prefect_expres.errors import ConfigurationError, StorageError
from prefect_expres.execution.prepare import build_request
from prefect_expres.expres import Access, Configuration, Problem, Routine, warnings_of
from prefect_expres.expres.differences import differences
from prefect_expres.expres.routine import FORMS, Form, routine_path
from prefect_expres.expres.schema import configuration_schema
from prefect_expres.expres.schema_errors import problem_of_file
from prefect_expres.expres.strict_json import read_content
from prefect_expres.expres.templates import TEMPLATES
from prefect_expres.net.url import file_name, shown_url
from prefect_expres.storage import find_files, is_there, local_path, path_in, write_whole

app = App(name="config")


@dataclass(frozen=True)
class Report:
    """The findings in one file: problems, which must be fixed, and warnings."""

    file: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    def parts(self) -> dict[str, Any]:
        """Return the report, ready for JSON."""
        return {
            "file": self.file,
            "problems": [problem.parts() for problem in self.problems],
            "warnings": [warning.parts() for warning in self.warnings],
        }


@app.command
def check(
    files: list[str],
    /,
    *,
    user: Annotated[str | None, Parameter(env_var="EXPRES_USER")] = None,
    as_json: AsJson = False,
) -> int:
    """Check configurations.

    Exit with 1 if one of them has a problem.

    Args:
        files: Paths or URLs, with `*` for any name.
        user: User name on the service; runs of guests are limited to 10 minutes.
        as_json: Print a list of reports as JSON.
    """
    access = Access.of(user)
    reports = [_examined(file, access) for pattern in files for file in _matching(pattern)]
    lines = (line for report in reports for line in _lines(report))
    give([report.parts() for report in reports], *lines, as_json=as_json)
    return int(any(report.problems for report in reports))


@app.command
def schema() -> None:
    """Print the JSON schema of a configuration, for editors that check while you type."""
    print_json(configuration_schema())


@app.command
def new(
    observer: str = "",
    source: str = "",
    day: date | None = None,
    /,
    *,
    phase: float | None = None,
    ephemeris: str | None = None,
    form: Literal["v11", "v01"] = "v11",
    lag_model: str | None = None,
    folder: str = ".",
    output: Annotated[str | None, Parameter(alias="-o")] = None,
    tree: bool = False,
    force: bool = False,
    listed: Annotated[bool, Parameter(name="--list", negative=())] = False,
    as_json: AsJson = False,
) -> None:
    """Write the configuration of a routine simulation: one observer, one source, one day.

    Args:
        observer: Name of the observer, as Earth.
        source: The moon or auroral source of the emission, as Io or SKR; see --list.
        day: The day, UTC, as 2018-09-13.
        phase: East longitude of the moon at the start minus the light time, degrees. Ovals
            have no moon. Default: computed from the ephemeris file, or for Earth without one.
        ephemeris: The observer's ephemeris file, whose name goes into the configuration.
        form: The magnetic field model of Jupiter: v11 is JRM33, v01 is JRM09.
        lag_model: Law of the lead angle, as hess2011 or hue2023. Default: the usual one of the
            source.
        folder: Path or URL of the folder to write to; the file is named like its result.
        output: Path or URL of the file, if it is to have another name.
        tree: Write into sub-folders by observer, year and month, as the MASER team does.
        force: Overwrite a file of the same name.
        listed: Write nothing: list the sources, with the papers that they follow.
        as_json: Print the file's URL, or the list, as JSON.
    """
    if listed:
        _list_templates(as_json=as_json)
        return
    if not (observer and source and day):
        msg = "Name the observer, the source and the day, as Earth Io 2018-09-13; see --list"
        raise ConfigurationError(msg)
    routine = _routine(observer, source, day, form, lag_model)
    configuration = routine.configuration(
        ephemeris=file_name(ephemeris or ""), phases=_phases(routine, phase, ephemeris)
    )
    path = PurePosixPath(routine_path(configuration))
    target = path_in(folder, str(path.parent)) if tree else folder
    if output:
        target, _, name = output.rpartition("/")
        path = PurePosixPath(name)
    target = target or "."
    require_writable(target, "--output" if output else "--folder")
    if not force:
        _refuse_existing(f"{target}/{path.name}")
    stored = asyncio.run(write_whole(target, path.name, configuration.to_json()))
    give({"file": stored.url}, stored.url, as_json=as_json)


def _list_templates(*, as_json: bool) -> None:
    rows = [(name, each.summary, each.paper) for name, each in TEMPLATES.items()]
    found = [dict(zip(("source", "summary", "paper"), row, strict=True)) for row in rows]
    give(found, table("Source", "Simulates", "After", rows=rows), as_json=as_json)


def _routine(observer: str, source: str, day: date, form: Form, lag_model: str | None) -> Routine:
    """Build a routine simulation from words."""
    try:
        plain = Routine(source=source, day=day, observer=observer, lag_model=lag_model)
    except ValidationError as fault:
        problems = "; ".join(error["msg"].removeprefix("Value error, ") for error in fault.errors())
        msg = f"There is no such routine simulation: {problems}; see --list"
        raise ConfigurationError(msg) from None
    field = FORMS[form]
    return plain.model_copy(update={"field": field if field in plain.template.fields else None})


def _phases(routine: Routine, phase: float | None, ephemeris: str | None) -> dict[str, float]:
    """Give the phase of the moon of a routine simulation, told or computed."""
    template = routine.template
    if phase is not None or not template.moon or template.seen_from:
        return {template.moon: phase or 0.0}
    computed = asyncio.run(build_request(routine, Access.of(None), ephemeris)).configuration
    moon = next(body for body in computed.body if body.name == template.moon)
    return {template.moon: float(moon.phase)}


@app.command
def diff(before: str, after: str, /, *, as_json: AsJson = False) -> int:
    """Show the differences in meaning of two configurations.

    Exit with 1 if there are any.

    Args:
        before: Path or URL of the first.
        after: Path or URL of the second.
        as_json: Print a list of differences as JSON.
    """
    found = list(differences(*(read_content(read_bytes(file)) for file in (before, after))))
    give([difference.parts() for difference in found], *map(str, found), as_json=as_json)
    return int(bool(found))


def _examined(file: str, access: Access) -> Report:
    """Check a file; one that cannot be read is a problem, too."""
    shown = shown_url(file)
    try:
        content = read_content(read_bytes(file))
    except ConfigurationError as fault:
        return Report(shown, (problem_of_file(str(fault).rstrip(".")),), ())
    problems = Configuration.problems_in(content)
    if problems:
        return Report(shown, problems, ())
    return Report(shown, (), warnings_of(Configuration.from_mapping(content), access))


def _lines(report: Report) -> Iterator[Text]:
    """Show a line for the file, and a line for each finding."""
    yield marked(report.file, good=not report.problems)
    for kind, found, colour in (
        ("problem", report.problems, "red"),
        ("warning", report.warnings, "yellow"),
    ):
        for each in found:
            yield Text.assemble("  ", (kind, colour), f"  {each}")


def _matching(pattern: str) -> list[str]:
    """Find the files that a pattern matches.

    If there are none, the pattern itself is returned, and the error of reading it says why.
    """
    try:
        found = [] if is_there(pattern) else find_files(pattern)
    except StorageError:
        return [pattern]
    return [str(local_path(url) or url) for url in found] or [pattern]


def _refuse_existing(file: str) -> None:
    if is_there(file):
        msg = f"{shown_url(file)} exists; --force overwrites it"
        raise ConfigurationError(msg)
