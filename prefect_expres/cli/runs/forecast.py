"""Run the flow `forecast` from the command line."""

import posixpath
from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.runs.terminal import facts_in_lines, run_shown, tell
from prefect_expres.cli.runs.windows import visible_windows
from prefect_expres.flows.forecast import forecast
from prefect_expres.forecasts.forecast import PAGE, Forecast, forecasts_of
from prefect_expres.storage.publish import LATEST


def run_forecast(service: ExpresService, *, as_json: bool, **settings: Any) -> None:
    """Run the flow `forecast`, show its progress, and its windows and files at the end.

    Args:
        service: The service.
        as_json: Print the forecast as JSON.
        settings: The other parameters of `forecast`.
    """
    made: Forecast = run_shown(forecast, {"campaign", "forecast"}, service=service, **settings)
    tell(made, _foreseen(made, settings["output"]), as_json=as_json)


def _foreseen(made: Forecast, output: str) -> Iterator[RenderableType]:
    """Show the windows of a forecast, what is missing, and where its files are."""
    yield f"{made.observatory}, {made.first} to {made.last}"
    yield visible_windows(made.windows)
    for each in made.missing:
        yield f"not simulated: {each.label}: {(each.error or '').splitlines()[0]}"
    root = forecasts_of(output, made.observatory)
    yield from facts_in_lines(
        {
            "page": posixpath.join(root, LATEST, PAGE),
            "folder": posixpath.join(root, made.folder),
            "files": ", ".join(file.name for file in made.files),
        }
    )
