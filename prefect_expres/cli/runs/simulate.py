"""Run the flow `simulate` from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from rich.console import RenderableType
from rich.progress import Progress
from rich.text import Text

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.console.printing import table
from prefect_expres.cli.console.prompts import at_terminal, interrupt_asks
from prefect_expres.cli.runs.terminal import facts_in_lines, steps_shown, tell
from prefect_expres.cli.runs.windows import visible_windows
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.flows.simulate import simulate
from prefect_expres.prefect_support.sync_call import run_here


def run_simulate(service: ExpresService, *, as_json: bool, **simulation: Any) -> None:
    """Run the flow `simulate`, show its steps while it runs, and its tables at the end.

    Args:
        service: The service.
        as_json: Print the result as JSON.
        simulation: The other parameters of `simulate`.
    """
    simulate.validate_parameters({"service": service, **simulation})
    with steps_shown() as progress:
        result = run_here(_asking(progress, service=service, **simulation))
    tell(result, _shown(result), as_json=as_json)


async def _asking(progress: Progress, **simulation: Any) -> SimulationResult:
    """Run the flow; at a terminal, ask after Ctrl-C whether to stop its job."""
    if not at_terminal() or simulation["keep_running"]:
        return cast(SimulationResult, await simulate(**simulation))
    choices = {"s": "stop it", "k": "keep waiting"}
    question = "Stop the simulation and its job on the service? (--keep-running leaves the job.)"
    with interrupt_asks(question, choices, keep="k", pause=lambda: _paused(progress)):
        return cast(SimulationResult, await simulate(**simulation))


@contextmanager
def _paused(progress: Progress) -> Iterator[None]:
    """Stop the live line, so that it does not overwrite a question."""
    progress.stop()
    try:
        yield
    finally:
        progress.start()


def _shown(result: SimulationResult) -> Iterator[RenderableType]:
    """Show the facts and files of a simulation; lines are not cut, so that paths can be copied."""
    phases = ", ".join(f"{seen.phase} at {seen.seconds:.1f} s" for seen in result.phases)
    state = "the identical simulation was found and verified; nothing was submitted"
    yield ""
    yield from facts_in_lines(
        {
            "simulation": result.label,
            "state": state if result.found else "completed",
            **_origin(result, phases),
        }
    )
    yield "Files"
    files = (
        (file.name, Text(f"{file.size:,}", justify="right"), file.sha256[:16])
        for file in result.files
    )
    yield table("name", "bytes", "SHA-256", rows=files)
    if result.windows is not None:
        yield "Windows of visible emission"
        yield visible_windows(result.windows)
    named = (("quicklook", result.quicklook), ("calendar", result.calendar))
    views = {kind: name for kind, name in (*named, ("catalogue", result.catalogue)) if name}
    yield from facts_in_lines(
        {
            "CDF": result.url_of(result.cdf),
            **{kind: result.url_of(name) for kind, name in views.items()},
            "manifest": result.manifest_url,
        }
    )


def _origin(result: SimulationResult, phases: str) -> dict[str, str]:
    """Tell what ran a simulation, or where it was taken from."""
    if result.published is None:
        return {"job": result.job_url, "phases": phases}
    equal = ", ".join(result.compared)
    return {"taken from": result.published.access_url, "equal in": equal}
