"""The commands ``prefect-expres config …``: check, write and compare configurations.

The domain is imported by the command that runs, so that the command line starts at once.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.console import Console

from prefect_expres.errors import ConfigurationError

if TYPE_CHECKING:
    from prefect_expres.expres import Access, Problem

app = App(name="config", help="Check, write and compare ExPRES configurations.")

AsJson = Annotated[bool, Parameter("--json", negative=())]


@dataclass(frozen=True)
class Report:
    """What was found in one file: the problems that must be mended, and the warnings."""

    file: str
    problems: "tuple[Problem, ...]"
    warnings: "tuple[Problem, ...]"

    def parts(self) -> dict[str, Any]:
        """Give the report ready for JSON."""
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
    """Check configurations; exit with 1 if one of them has a problem.

    Args:
        files: Paths or URLs; `*` stands for any name.
        user: User name on the service; guests may run for a shorter time.
        as_json: Write a list of reports instead of lines for people.
    """
    from prefect_expres.expres import Access  # noqa: PLC0415 - imported when needed

    access = Access.of(user)
    reports = [_examined(file, access) for pattern in files for file in _matching(pattern)]
    if as_json:
        _print_json([report.parts() for report in reports])
    else:
        console = Console()
        for report in reports:
            _show(console, report)
    return int(any(report.problems for report in reports))


@app.command
def schema() -> None:
    """Write the JSON schema of a configuration, for editors that check while one types."""
    from prefect_expres.expres.schema import configuration_schema  # noqa: PLC0415 - as above

    _print_json(configuration_schema())


@app.command
def new(
    observer: str,
    moon: Literal["Io", "Europa", "Ganymede"],
    day: date,
    /,
    *,
    phase: float,
    ephemeris: str | None = None,
    form: Literal["v11", "v01"] = "v11",
    lag_model: str = "hess2011",
    folder: str = ".",
    tree: bool = False,
    force: bool = False,
) -> None:
    """Write the configuration of a routine simulation: one observer, one moon, one day.

    Args:
        observer: Who sees it, as Earth.
        moon: The moon whose emission it is.
        day: The day (UTC), as 2018-09-13.
        phase: The moon's east longitude at the start less the light time, degrees.
        ephemeris: The observer's ephemeris file; the configuration will name it.
        form: v11 has the field JRM33, v01 has JRM09.
        lag_model: Law of the lead angle, as hess2011 or hue2023.
        folder: Path or URL of the folder to write to.
        tree: Write into folders as the MASER team has them: observer, year, month.
        force: Write over a file of the same name.
    """
    from prefect_expres.expres.routine import routine, routine_path  # noqa: PLC0415 - as above
    from prefect_expres.uws import write_whole  # noqa: PLC0415 - as above

    configuration = routine(
        observer,
        moon,
        day,
        phase=phase,
        ephemeris=PurePosixPath(ephemeris or "").name,
        form=form,
        lag_model=lag_model,
    )
    place = PurePosixPath(routine_path(configuration))
    target = f"{folder.rstrip('/') or '/'}/{place.parent}" if tree else folder
    if not force:
        _refuse_existing(f"{target}/{place.name}")
    stored = asyncio.run(write_whole(target, place.name, configuration.to_json()))
    Console().print(stored.url, markup=False, highlight=False, soft_wrap=True)


@app.command
def diff(before: str, after: str, /, *, as_json: AsJson = False) -> int:
    """Tell what differs in meaning between two configurations; exit with 1 if something does.

    Args:
        before: Path or URL of the first.
        after: Path or URL of the second.
        as_json: Write a list of differences instead of lines for people.
    """
    from prefect_expres.expres.differences import differences  # noqa: PLC0415 - as above
    from prefect_expres.expres.reading import read_content  # noqa: PLC0415 - as above

    found = list(differences(*(read_content(_bytes(file)) for file in (before, after))))
    if as_json:
        _print_json([difference.parts() for difference in found])
    else:
        for difference in found:
            Console().print(str(difference), markup=False, highlight=False, soft_wrap=True)
    return int(bool(found))


def _examined(file: str, access: "Access") -> Report:
    from prefect_expres.expres import Configuration, warnings_of  # noqa: PLC0415 - as above
    from prefect_expres.expres.reading import read_content  # noqa: PLC0415 - as above
    from prefect_expres.expres.structure import problem_of_file  # noqa: PLC0415 - as above

    try:
        content = read_content(_bytes(file))
    except ConfigurationError as fault:
        return Report(file, (problem_of_file(str(fault)),), ())
    problems = Configuration.problems_in(content)
    if problems:
        return Report(file, problems, ())
    return Report(file, (), warnings_of(Configuration.from_mapping(content), access))


def _show(console: Console, report: Report) -> None:
    """Print a line for the file, and a line for each finding, never cut."""
    mark, style = ("✗", "bold red") if report.problems else ("✓", "bold green")
    console.print(f"{mark} {report.file}", style=style, markup=False, soft_wrap=True)
    for kind, found, colour in (
        ("problem", report.problems, "red"),
        ("warning", report.warnings, "yellow"),
    ):
        for each in found:
            console.print(f"  [{colour}]{kind}[/]  ", end="")
            console.print(each, markup=False, highlight=False, soft_wrap=True)


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, ensure_ascii=False))  # noqa: T201 - for other programs


def _matching(pattern: str) -> list[str]:
    """Find the files that a pattern stands for.

    Without any it stands for itself, and reading it tells what is wrong.
    """
    from fsspec.core import has_magic, url_to_fs  # noqa: PLC0415 - as above

    if not has_magic(pattern):
        return [pattern]
    try:
        system, path = url_to_fs(pattern)
        found = [] if system.exists(path) else sorted(system.glob(path))
    except (OSError, ValueError, ImportError):
        return [pattern]
    if "file" not in system.protocol:
        found = [system.unstrip_protocol(file) for file in found]
    return found or [pattern]


def _bytes(file: str) -> bytes:
    from fsspec.core import url_to_fs  # noqa: PLC0415 - as above

    try:
        system, path = url_to_fs(file)
        return bytes(system.cat_file(path))
    except (OSError, ValueError, ImportError) as fault:
        msg = f"{file} cannot be read: {fault}"
        raise ConfigurationError(msg) from None


def _refuse_existing(file: str) -> None:
    from fsspec.core import url_to_fs  # noqa: PLC0415 - as above

    system, path = url_to_fs(file)
    if system.exists(path):
        msg = f"{file} exists; give --force to write over it"
        raise ConfigurationError(msg)
