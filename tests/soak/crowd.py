"""Many processes ask for the same simulation at the same moment, round after round.

``crowd.py --processes 20 --rounds 50`` ends with a table, and with an error if a round did not come
to one job. Each process goes the whole way: election, start, wait, download.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, NoReturn
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import owner_of
from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.uws import UWSClient
from tests.support.quick import DATA, QUICK_RUN
from tests.support.schedules import brought_home
from tests.support.service_user import ServiceUser

ROUND_SECONDS = 120.0


@dataclass
class Outcome:
    """What the rounds came to."""

    rounds: int = 0
    answers: int = 0
    created: int = 0
    started: int = 0
    left_pending: int = 0
    longest: float = 0.0

    def is_right(self, processes: int) -> bool:
        """One job a round was started, all got its results, and no PENDING job is left."""
        everybody = self.rounds * processes
        return (self.answers, self.started, self.left_pending) == (everybody, self.rounds, 0)


def gather_crowd(processes: int, rounds: int, directory: Path) -> Outcome:
    """Let processes ask for one simulation a round."""
    outcome = Outcome()
    limit = Behaviour(parallel=4)
    with (
        SandboxServer(directory / "sandbox", command=QUICK_RUN, behaviour=limit) as server,
        _members(processes) as members,
        ServiceUser(server.url) as guest,
    ):
        for number in range(rounds):
            began, started = time.monotonic(), server.started_count()
            _tell(members, {"url": server.jobs_url(), "round": number, "folder": str(directory)})
            outcome.answers += _same_answers(members)
            outcome.longest = max(outcome.longest, time.monotonic() - began)
            outcome.rounds += 1
            if server.started_count() != started + 1:
                break
        outcome.created, outcome.started = server.created_count(), server.started_count()
        outcome.left_pending = len(guest.ids("PHASE=PENDING"))
    return outcome


@contextmanager
def _members(count: int) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, __file__, "--member"]
    members = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    try:
        yield members
    finally:
        for member in members:
            member.kill()
            member.communicate()


def _tell(members: list[subprocess.Popen[str]], order: dict[str, Any]) -> None:
    for member in members:
        _pipe(member.stdin).write(json.dumps(order) + "\n")
        _pipe(member.stdin).flush()


def _same_answers(members: list[subprocess.Popen[str]]) -> int:
    """Count the members that got what the first one got."""
    answers = [_pipe(member.stdout).readline().strip() for member in members]
    return sum(bool(answer) and answer == answers[0] for answer in answers)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


async def _ask(url: str, number: int, folder: str) -> str:
    """Ask for a round's simulation, and give the hash of its spectra."""
    content = json.loads((DATA / "expres" / "fixed-observer.json").read_text())
    content["SIMU"]["NAME"] = f"sleep=0.2 r{number}"
    request = SimulationRequest.build(Configuration.from_mapping(content))
    owner = owner_of(uuid4())
    async with UWSClient(url) as client:
        files = await brought_home(client, request, owner, Path(folder) / owner, [])
    return {file.name: file.sha256 for file in files}["expres_test.cdf"]


def _be_member() -> NoReturn:
    orders: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_take_orders, args=(orders,), daemon=True).start()
    while True:
        order = json.loads(orders.get())
        answer = asyncio.run(_ask(order["url"], order["round"], order["folder"]))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _take_orders(orders: SimpleQueue[str]) -> None:
    """Pass on orders, and end this process, whatever it does, when nobody can give any more."""
    for line in sys.stdin:
        orders.put(line)
    os._exit(0)


def main() -> int:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--member", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.member:
        _be_member()
    with tempfile.TemporaryDirectory() as directory:
        outcome = gather_crowd(asked.processes, asked.rounds, Path(directory))
    table = Table(title=f"{asked.processes} processes that ask for one simulation")
    for heading in ("rounds", "jobs started", "jobs created", "results", "left PENDING", "longest"):
        table.add_column(heading, justify="right")
    table.add_row(
        *map(str, (outcome.rounds, outcome.started, outcome.created, outcome.answers)),
        *(str(outcome.left_pending), f"{outcome.longest:.1f} s"),
    )
    Console().print(table)
    return 0 if outcome.is_right(asked.processes) else 1


if __name__ == "__main__":
    sys.exit(main())
