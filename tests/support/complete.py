"""Simulations that stand complete, as runs leave them, without a service."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect_expres.execution import Manifest, SimulationResult, folder_of, keep_manifest
from prefect_expres.execution.manifest import keep_inputs
from prefect_expres.execution.view import view_results
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.result_name import output_name
from prefect_expres.storage import write_whole
from tests.support.fitting import fitting, fixed_observer, three_windows, written


async def complete_simulation(
    output: Path | str,
    content: dict[str, Any],
    label: str | None = None,
    words: dict[str, Any] | None = None,
    **facts: Any,
) -> SimulationResult:
    """Write the files of a simulation with a fixed observer, and its manifest.

    Args:
        output: Where it gets a folder of its own.
        content: The content of its configuration.
        label: Its label.
        words: What the CDF file says of itself otherwise.
        facts: What the manifest says otherwise.
    """
    request = SimulationRequest.build(Configuration.from_mapping(content), label=label)
    folder = folder_of(request, str(output))
    model = request.configuration
    name = f"{output_name(model)}.cdf"
    cdf = await write_whole(
        folder, name, written(fitting(model, seen=three_windows, words=words or {}))
    )
    view, inputs = await view_results(cdf.url, folder), await keep_inputs(request, folder)
    said: dict[str, Any] = {
        "label": request.label,
        "fingerprint": request.fingerprint,
        "branch": request.branch,
        "run_id": "",
        "job_url": "https://uws.example.org/rest/ExPRES/1",
        "owner": None,
        "created": datetime(2026, 1, 2, tzinfo=UTC),
        "execution_duration": 600,
        "package_version": "0.1.0",
        "phases": (),
        "files": (cdf, *view.files, *inputs),
        "inputs": tuple(file.name for file in inputs),
        "cdf": cdf.name,
        "windows": view.windows,
    }
    return await keep_manifest(folder, Manifest(**said | facts))


def on_days(content: dict[str, Any], days: Sequence[str]) -> list[dict[str, Any]]:
    """Give a configuration for each of some days, as 20180913."""
    return [content | {"OBSERVER": content["OBSERVER"] | {"SCTIME": f"{day}0000"}} for day in days]


async def three_days(output: Path) -> None:
    """Write the simulations of three days."""
    for content in on_days(fixed_observer(), ("20180913", "20180914", "20180920")):
        await complete_simulation(output, content)
