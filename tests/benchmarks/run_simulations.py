"""Run simulations in a process of its own and tell the cost: ``run_simulations.py WAY ORDERS``.

``WAY`` is ``campaign``, ``simulate`` or ``plain``, which goes the same steps without Prefect. One
simulation goes before the others, so that what is loaded once is no part of their cost. The figures
go to the file that the orders name.
"""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import prefect_expres
from prefect_expres.analysis import (
    draw_quicklook,
    find_arcs,
    open_results,
    write_calendar,
    write_catalogue,
)
from prefect_expres.execution import Election, RunOptions, ensure_started, fetch_results
from prefect_expres.execution.manifest import Manifest, keep_inputs, keep_manifest
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import owner_of
from prefect_expres.storage import StoredFile, write_whole
from prefect_expres.uws import JobListPoller
from tests.benchmarks.machine import cpu_seconds, resident_megabytes

LONGEST_WAIT = 3600.0


@dataclass(frozen=True)
class Given:
    """What is to be run.

    Args:
        url: The service.
        first: The configuration that goes before the others.
        others: The others.
        output: Folder of the results.
        figures: File that gets the figures.
        begun: File that is made when the first has ended and the others begin.
        in_flight: How many may be on the service at once.
    """

    url: str
    first: str
    others: list[str]
    output: str
    figures: str
    begun: str
    in_flight: int


class RequestCounter(logging.Handler):
    """Counts what httpx says that it has asked the service."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.requests = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count a request to the service; those to Prefect's server are others."""
        self.requests += self._url in record.getMessage()


def campaign_of(given: Given, paths: list[str]) -> None:
    """Run a campaign."""
    from prefect_expres.blocks import ExpresService  # noqa: PLC0415
    from prefect_expres.campaigns.plan import FilesPlan  # noqa: PLC0415
    from prefect_expres.flows.campaign import campaign  # noqa: PLC0415 - the plain way has no Prefect

    plan = FilesPlan(configurations=tuple(paths))
    service = ExpresService(base_url=given.url)
    result = campaign(plan, service, output=given.output, in_flight=given.in_flight)
    assert result.completed == len(paths), result


def simulate_each(given: Given, paths: list[str]) -> None:
    """Run flows, one after the other."""
    from prefect_expres.blocks import ExpresService  # noqa: PLC0415
    from prefect_expres.flows.simulate import simulate  # noqa: PLC0415

    for path in paths:
        simulate(path, ExpresService(base_url=given.url), output=given.output)


def plain(given: Given, paths: list[str]) -> None:
    """Go the steps of a campaign without Prefect."""

    async def main() -> None:
        places = asyncio.Semaphore(given.in_flight)
        turn = asyncio.Semaphore(1)
        async with JobListPoller(f"{given.url}/rest/ExPRES") as poller:

            async def one(path: str) -> None:
                async with places:
                    await _plain_simulation(poller, path, given.output, turn)

            await asyncio.gather(*map(one, paths))

    asyncio.run(main())


async def _plain_simulation(
    poller: JobListPoller, path: str, output: str, turn: asyncio.Semaphore
) -> None:
    configuration = Configuration.parse(Path(path).read_bytes())
    request = SimulationRequest.build(configuration, label=Path(path).stem)
    folder = f"{output}/{request.folder}"
    submission = await Election(
        poller, request, RunOptions(owner_of(uuid4()), timeout=LONGEST_WAIT)
    ).submit()
    await ensure_started(poller, submission, timeout=LONGEST_WAIT)
    job = await poller.finished(submission.job_id, timeout=LONGEST_WAIT)
    files = [*await fetch_results(poller, job.id, folder), *await keep_inputs(request, folder)]
    cdf = next(file for file in files if file.name.endswith(".cdf"))
    async with turn:
        made, windows = await asyncio.to_thread(_look, cdf)
    seen = [await write_whole(folder, name, content) for name, content in made.items()]
    manifest = Manifest(
        label=request.label,
        fingerprint=request.fingerprint,
        branch=request.branch,
        run_id=submission.run_id,
        job_url=submission.job_url,
        owner=job.owner_id,
        created=datetime.now(UTC),
        execution_duration=600,
        package_version=prefect_expres.__version__,
        phases=(),
        files=(*files, *seen),
        cdf=cdf.name,
        windows=windows,
    )
    await keep_manifest(folder, manifest)


def _look(cdf: StoredFile) -> tuple[dict[str, bytes], tuple[Any, ...]]:
    """Make what the flows make of a result."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        open_results(Path(cdf.url.removeprefix("file://"))) as dataset,
    ):
        arcs, folder = find_arcs(dataset), Path(scratch)
        windows = tuple(arc.window for arc in arcs)
        paths: Iterable[Path] = (
            draw_quicklook(dataset, folder / "quicklook.png"),
            write_calendar(windows, folder / "windows.ics", stamp=windows[0].start),
            write_catalogue(arcs, folder / "windows.json"),
        )
        return {path.name: path.read_bytes() for path in paths}, windows


WAYS = {"campaign": campaign_of, "simulate": simulate_each, "plain": plain}


def main() -> None:
    """Run the first simulation, then the others, and tell what the others cost."""
    way, orders = sys.argv[1:]
    given = Given(**json.loads(orders))
    counter = RequestCounter(given.url)
    logging.getLogger("httpx").addHandler(counter)
    logging.getLogger("httpx").setLevel(logging.INFO)
    WAYS[way](given, [given.first])
    idle, cpu, asked = resident_megabytes(), cpu_seconds(), counter.requests
    Path(given.begun).touch()
    WAYS[way](given, given.others)
    figures = {
        "idle": idle,
        "cpu": cpu_seconds() - cpu,
        "requests": counter.requests - asked,
    }
    Path(given.figures).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
