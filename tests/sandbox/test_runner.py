"""The runner by itself: jobs, a queue and processes, without a web server."""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.runner import Runner
from prefect_expres.sandbox.store import SandboxJob, Store, now
from prefect_expres.sandbox.threads import Threads
from prefect_expres.uws.models import Phase

UNTIL_A_FILE = ("/bin/sh", "-c", 'until [ -e "$0" ]; do sleep 0.02; done')


def added(store: Store) -> SandboxJob:
    """Add a job."""
    job = SandboxJob(
        id=store.new_id(),
        job_list="ExPRES",
        owner="ann",
        run_id="",
        created=now(),
        destruction=now() + timedelta(days=1),
        execution_duration=60,
    )
    store.add(job)
    return job


async def test_no_run_begins_while_the_service_stops(tmp_path: Path) -> None:
    """A run that ends meanwhile frees its place; the next job stays in the queue."""
    gate = tmp_path / "gate"
    with contextlib.closing(Store(tmp_path / "jobs")) as store:
        runner = Runner(store, (*UNTIL_A_FILE, str(gate)), Threads(), Behaviour(parallel=1))
        first, second = added(store), added(store)
        runner.queue(first)
        runner.queue(second)
        while first.phase is not Phase.EXECUTING:
            await runner.next_change()
        runner.release()
        gate.touch()
        while first.active:
            await runner.next_change()
        await asyncio.sleep(0.1)
        assert (first.phase, second.phase) == (Phase.COMPLETED, Phase.QUEUED)
        await runner.close()
        assert second.phase is Phase.QUEUED
