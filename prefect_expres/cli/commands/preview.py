"""The command ``prefect-expres preview``."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import RenderableType

from prefect_expres.cli.commands.options import AsJson
from prefect_expres.cli.commands.plots import table_of_windows
from prefect_expres.cli.commands.routine_options import (
    NO_ROUTINE,
    RoutineOptions,
    positions_of,
    what_to_run,
)
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import give
from prefect_expres.expres import Access
from prefect_expres.storage import atomic_path

if TYPE_CHECKING:
    from prefect_expres.preview import Preview


def preview(
    configuration: str | None = None,
    /,
    *,
    routine: RoutineOptions = NO_ROUTINE,
    ephemeris: str | None = None,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    user: Annotated[str | None, Parameter(env_var="EXPRES_USER")] = None,
    as_json: AsJson = False,
) -> int:
    """Show within seconds what a simulation will show, without a service.

    The engine of this package simulates it: it is no result of ExPRES. Exit with 1 if the service
    would refuse it.

    Args:
        configuration: Path or URL of an ExPRES configuration; none with --moon and --day.
        routine: A routine simulation instead of a configuration file.
        ephemeris: The observer's positions: path or URL of a CSV file, or analytic, horizons,
            webgeocalc, miriade or spice, which compute them for the times of the configuration.
            Default: analytic for routine simulations, and for files none.
        output: The picture. Default: preview-NAME.png, in this folder.
        user: User name on the service; runs of guests are limited to 10 minutes.
        as_json: Print the preview as JSON.
    """
    from prefect_expres.preview import preview_simulation  # noqa: PLC0415 - slow to import

    require_writable(output.parent if output else Path(), "--output")
    asked = what_to_run(configuration, routine)
    positions = positions_of(ephemeris, routine, asked)
    made = asyncio.run(preview_simulation(asked, positions, access=Access.of(user)))
    picture = output or Path(made.file_name)
    if made.picture is not None:
        with atomic_path(picture) as part:
            part.write_bytes(made.picture)
    found = made.model_dump(mode="json") | {"picture": str(picture) if made.picture else None}
    give(found, *_shown(made, picture), as_json=as_json)
    return int(bool(made.refused))


def _shown(made: "Preview", picture: Path) -> Iterator[RenderableType]:
    yield from (f"Warning: {warning}" for warning in made.warnings)
    yield made.summary
    if made.not_modelled:
        yield f"No picture: {made.not_modelled}"
    if made.is_empty:
        yield "No emission is visible: a run would spend the service's time on an empty picture"
    if made.windows:
        yield table_of_windows(made.windows)
    if made.picture is not None:
        yield f"{picture}, made in {made.took_seconds:.1f} s"
