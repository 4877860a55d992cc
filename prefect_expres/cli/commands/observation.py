"""The command ``observation``: what is in a dynamic spectrum, and pictures of it.

The analysis, which is slow to import, is imported when the command runs.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.console import RenderableType

from prefect_expres import analysis, observations
from prefect_expres.cli.commands.options import AsJson
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import facts, give
from prefect_expres.errors import UsageError

if TYPE_CHECKING:
    from prefect_expres.observations.summary import Summary


def observation(
    file: str,
    /,
    *,
    observer: str | None = None,
    target: str | None = None,
    variable: str | None = None,
    plot: Path | None = None,
    simulation: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    log: Annotated[bool | None, Parameter(negative="--no-log")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is in an observation, draw it, and draw simulated arcs over it.

    Args:
        file: An ISTP CDF, FITS or netCDF file, or a folder with a Zarr store.
        observer: Where it was observed, Earth or a spacecraft, if the file does not say.
        target: What was observed, for instance Jupiter, if the file does not say.
        variable: The variable with the flux, if the file has several that could be it.
        plot: Draw it into this PNG, PDF or SVG file.
        simulation: Draw the arcs of this CDF file of ExPRES over it; repeat the option for
            several.
        log: Logarithmic frequency axis of the picture. Default: as the channels are spaced.
        as_json: Print what is in it as JSON.
    """
    if simulation and plot is None:
        msg = "--simulation needs a picture to draw the arcs into: add --plot FILE"
        raise UsageError(msg)
    if plot:
        require_writable(plot.parent, "--plot")
    opened = observations.open_observation(
        file, observer=observer, target=target, variable=variable
    )
    found = observations.summary_of(opened)
    if plot and simulation:
        results = [analysis.open_results(each) for each in simulation]
        observations.draw_overlay(opened, results, plot, log=log)
    elif plot:
        observations.draw_observation(opened, plot, log=log)
    record = found.model_dump(mode="json") | ({"picture": str(plot)} if plot else {})
    give(record, _facts(found), *([str(plot)] if plot else []), as_json=as_json)


def _facts(found: "Summary") -> RenderableType:
    return facts(
        {
            "file": found.source,
            "seen from": found.observer,
            "target": found.target,
            "instrument": found.instrument,
            "time (UTC)": f"{found.start:%Y-%m-%d %H:%M:%S} to {found.end:%Y-%m-%d %H:%M:%S}",
            "times": f"{found.times}, every {found.step:g} s",
            "MHz": f"{found.fmin:g} to {found.fmax:g}",
            "frequencies": f"{found.frequencies}",
            "flux": ", ".join(dict.fromkeys(filter(None, [found.units, found.scale]))),
            "polarization": "circular" if found.polarization else "",
            "observed": f"{found.observed:.1%} of the cells",
        }
    )
