"""What Prefect adds to simulations: in a campaign, and in flow runs of their own.

The service's runs wait until all are on it, so that as many are in flight as are allowed.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from tests.benchmarks.machine import HERE, resident_megabytes
from tests.benchmarks.rows import Aim, Row
from tests.support.campaign_files import plan_of
from tests.support.fitting import fitting, fixed_observer, three_windows
from tests.support.processes import Child, PrefectServer, until
from tests.support.result_files import write

RUN = ': < "$1" && cp "$0" "$2/work/expres_test.cdf" && echo done > "$2/work/run.log"'
"""A run costs the service little: it waits for the gate and copies spectra."""
LOOK_EVERY = 0.5
LIMIT_SECONDS = 1200.0
PLAIN = "the same steps without Prefect"


@dataclass(frozen=True)
class Size:
    """How many simulations are in flight in the campaign, and how many run in other ways."""

    in_flight: int = 500
    others: int = 15


FULL = Size()
TINY = Size(in_flight=2, others=1)


@dataclass(frozen=True)
class Figures:
    """What simulations cost the process that ran them, each and all.

    Args:
        cpu: CPU milliseconds a simulation.
        requests: Requests to the service a simulation.
        task_runs: Task runs a simulation.
        memory: Peak memory in MB over what the process had before.
    """

    cpu: float
    requests: float
    task_runs: float
    memory: float


def measure(size: Size) -> Iterator[Row]:
    """Run a campaign, flow runs, and the steps of both without Prefect."""
    with _site() as site:
        plain = site.run("plain", size.others)
        campaign = site.run("campaign", size.in_flight)
        alone = site.run("simulate", size.others)
    what = f"campaign, {size.in_flight} in flight"
    added = campaign.cpu - plain.cpu
    yield Row(f"{what}: orchestration a simulation, CPU", added, "ms", aim=Aim(most=120))
    yield Row(f"{what}: task runs a simulation", campaign.task_runs, "", aim=Aim(most=6))
    yield Row(f"{what}: memory over idle", campaign.memory, "MB", aim=Aim(most=300))
    yield Row(f"{what}: requests a simulation", campaign.requests, "", PLAIN, plain.requests)
    for name, each in (("campaign", campaign), ("flow run of its own", alone)):
        yield Row(f"a simulation in a {name}: CPU", each.cpu, "ms", PLAIN, plain.cpu)
        share = 100 * (each.cpu - plain.cpu) / each.cpu
        yield Row(f"a simulation in a {name}: Prefect's share of CPU", share, "%")
    yield Row("a simulation in a flow run of its own: task runs", alone.task_runs, "")


@dataclass(frozen=True)
class Site:
    """A Prefect server, and a folder for a service a run."""

    folder: Path
    prefect: PrefectServer

    def run(self, way: str, count: int) -> Figures:
        """Run simulations one way, on a service of their own."""
        folder = self.folder / way
        folder.mkdir()
        gate, begun, figures = folder / "gate", folder / "begun", folder / "figures.json"
        os.mkfifo(gate)
        first, *others = _configurations(folder, count + 1)
        with _service(folder, gate, count) as service:
            orders = {
                "url": service.url,
                "first": first,
                "others": others,
                "output": str(folder / "results"),
                "figures": str(figures),
                "begun": str(begun),
                "in_flight": count,
            }
            before = self._task_runs()
            script = [str(HERE / "run_simulations.py"), way, json.dumps(orders)]
            with self.prefect.runs(script, folder / "log") as process:
                peak = _watched(process, service, gate, begun, 1 if way == "simulate" else count)
            found = json.loads(figures.read_text())
        # The first simulation made task runs, too.
        tasks = (self._task_runs() - before) / (count + 1)
        return Figures(
            cpu=1000 * found["cpu"] / count,
            requests=found["requests"] / count,
            task_runs=tasks,
            memory=max(peak - found["idle"], 0.1),
        )

    def _task_runs(self) -> int:
        """Count the task runs that the server knows; it takes in some after their flow run."""
        url, counts = f"{self.prefect.api_url}/task_runs/count", [-1]
        while True:
            answer = httpx.post(url, json={}, trust_env=False, timeout=60).raise_for_status()
            counts.append(int(answer.json()))
            if counts[-1] == counts[-2]:
                return counts[-1]
            time.sleep(4 * LOOK_EVERY)


def _watched(process: Child, service: SandboxServer, gate: Path, begun: Path, held: int) -> float:
    """Open the gate for the first, then when so many wait at it; give the peak of memory."""
    with _opened(gate):
        until(begun.exists, "the end of the first simulation", process, LIMIT_SECONDS)
    peak, closed, deadline = 0.0, True, time.monotonic() + LIMIT_SECONDS
    with ExitStack() as gates:
        while not process.ended:
            assert time.monotonic() < deadline, process.output
            peak = max(peak, resident_megabytes(process.pid))
            if closed and service.started_count() > held:
                gates.enter_context(_opened(gate))
                closed = False
            time.sleep(LOOK_EVERY)
    assert process.end() == 0, process.output
    return peak


@contextmanager
def _opened(gate: Path) -> Iterator[None]:
    """Let pass all who read from a named pipe."""
    end = os.open(gate, os.O_RDWR)
    try:
        yield
    finally:
        os.close(end)


def _service(folder: Path, gate: Path, count: int) -> SandboxServer:
    cdf = folder / "spectra.cdf"
    write(fitting(fixed_observer(), seen=three_windows), cdf)
    command = ("/bin/sh", "-c", RUN, str(cdf), str(gate))
    behaviour = Behaviour(parallel=count + 1, active_jobs=10 * count)
    return SandboxServer(folder / "sandbox", command=command, behaviour=behaviour)


def _configurations(folder: Path, count: int) -> list[str]:
    plan_of(folder, fixed_observer(), count, lambda number: f"run-{number}")
    return [str(path) for path in sorted((folder / "runs").glob("*.json"))]


@contextmanager
def _site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with PrefectServer(folder / "prefect") as prefect:
            yield Site(folder, prefect)
