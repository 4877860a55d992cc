"""Run simulations whose processes are killed at random, through a network that fails at random.

``soak.py --rounds 30`` ends with a table, and with an error if a simulation ran twice, a result was
lost or a job was left running.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.support.processes import PrefectServer, Sandbox
from tests.support.proxy import Fault, FaultProxy, fault_proxy
from tests.support.quick import DATA
from tests.support.runs import CALLERS, assert_whole, simulation
from tests.support.schedules import schedule_of

SIDE_BY_SIDE = 3
MOST_KILLS = 3
MOST_STARTS = 10
LONGEST_LIFE = 14.0
LATE_SECONDS = 1.0


@dataclass
class Tally:
    """What happened in all rounds."""

    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    starts: int = 0
    lost: list[str] = field(default_factory=list)


def run_round(number: int, seed: int, site: "Site", tally: Tally) -> None:
    """Start a simulation, kill it some times, and start it again until it has ended well."""
    chance = random.Random(f"{seed}.{number}")
    output = site.directory / f"round-{number}"
    orders = f"sleep={chance.uniform(0.5, 6.0):.1f} log={chance.randrange(1, 64)} round-{number}"
    with network(site.sandbox.url, chance) as proxy:
        content = json.loads((DATA / "expres" / "fixed-observer.json").read_text())
        given = simulation(site.sandbox, content, orders, output)
        given["service"]["base_url"] = proxy.url
        kills = chance.randrange(1, MOST_KILLS + 1)
        for start in range(MOST_STARTS):
            tally.starts += 1
            log = site.directory / f"round-{number}.{start}.log"
            with site.prefect.runs([CALLERS, "sync_script", json.dumps(given)], log) as script:
                if start < kills:
                    time.sleep(chance.uniform(2.0, LONGEST_LIFE))
                    tally.kills += 1
                    script.signal(signal.SIGKILL)
                if script.end(180) == 0:
                    break
        tally.faults += proxy.injected
    try:
        assert_whole(output)
    except (AssertionError, ValueError) as fault:
        tally.lost.append(f"round {number}: {fault}\n{script.output[-2000:]}")


@contextmanager
def network(upstream: str, chance: random.Random) -> Iterator[FaultProxy]:
    """Give a faulty way to the service, served by a thread of its own, which never gets better."""

    def for_ever() -> Iterator[Fault]:
        for _ in count():
            yield from schedule_of(chance, LATE_SECONDS)
            yield Fault("pass")

    ready, over = threading.Event(), threading.Event()
    proxies: list[FaultProxy] = []

    async def serve() -> None:
        async with fault_proxy(upstream, for_ever()) as proxy:
            proxies.append(proxy)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield proxies[0]
    finally:
        over.set()
        thread.join()


@dataclass(frozen=True)
class Site:
    """Where the rounds take place."""

    directory: Path
    prefect: PrefectServer
    sandbox: Sandbox


@contextmanager
def site(directory: Path) -> Iterator[Site]:
    """Run a Prefect server and a sandbox."""
    with (
        PrefectServer(directory / "prefect") as prefect,
        Sandbox(directory / "sandbox", parallel=4) as sandbox,
    ):
        yield Site(directory, prefect, sandbox)


def main() -> int:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tally, console, began = Tally(), Console(), time.monotonic()
    with tempfile.TemporaryDirectory() as directory, site(Path(directory)) as place:
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            rounds = [
                pool.submit(run_round, number, asked.seed, place, tally)
                for number in range(asked.rounds)
            ]
            for number, done in enumerate(rounds, 1):
                done.result()
                console.print(f"round {number} of {asked.rounds} is over", highlight=False)
        left = [job for job in place.sandbox.jobs() if not job.phase.finished]
        created, started = place.sandbox.created_count(), place.sandbox.started_count()
    facts: dict[str, Any] = {
        "rounds": asked.rounds,
        "processes started": tally.starts,
        "processes killed with SIGKILL": tally.kills,
        **{f"fault: {kind}": number for kind, number in sorted(tally.faults.items())},
        "jobs created": created,
        "jobs started": started,
        "jobs left running": len(left),
        "results lost": len(tally.lost),
        "duplicates": started - asked.rounds,
        "minutes": f"{(time.monotonic() - began) / 60:.1f}",
    }
    table = Table(title="Soak", show_header=False)
    for name, fact in facts.items():
        table.add_row(name, str(fact))
    console.print(table)
    for loss in tally.lost:
        console.print(loss, markup=False)
    return 1 if left or tally.lost or started != asked.rounds else 0


if __name__ == "__main__":
    sys.exit(main())
