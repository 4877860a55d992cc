"""The slot on the service during an attempt, and interruptions within task groups."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from prefect_expres.errors import (
    TransferError,
)
from prefect_expres.execution import (
    Attempts,
    ClientSteps,
    RunOptions,
    Submission,
    unwrapped,
)
from prefect_expres.expres import SimulationRequest
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Phase, UWSClient
from tests.execution.attempted import (
    OWNER,
)
from tests.support.virtual_jobs import VirtualJob
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time


class SlotSteps(ClientSteps):
    """Notes when the slot is held, and downloads nothing.

    Args:
        client: The client of the job list.
        jobs: The jobs of the service, whose phases are noted when the slot is given back.
        seconds: How long the slot is waited for.
    """

    def __init__(
        self, client: UWSClient, jobs: Mapping[str, VirtualJob] | None = None, seconds: float = 0.0
    ) -> None:
        super().__init__(client)
        self._jobs = {} if jobs is None else jobs
        self._seconds = seconds
        self.notes: list[str] = []

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Note that the slot is taken and given back."""

        @asynccontextmanager
        async def held() -> AsyncIterator[None]:
            await self.clock.sleep(self._seconds)
            self.notes.append("taken")
            try:
                yield
            finally:
                self.notes.append("given back")
                self.notes += [job.phase.value for job in self._jobs.values()]

        return held()

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Fail, as a full disk does."""
        self.notes.append("download")
        raise TransferError("the disk is full", "io.cdf")


@in_virtual_time
async def test_a_slot_is_held_while_the_job_is_on_the_service(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is given back before the download, whose failure is no attempt and stops no job."""
    service = VirtualService()
    async with service.client() as client:
        steps = SlotSteps(client)
        attempts = Attempts(simulation, str(tmp_path), steps, RunOptions(OWNER, attempts=3))
        with pytest.raises(TransferError, match="full"):
            await attempts.finish()
    assert steps.notes == ["taken", "given back", "download"]
    assert service.jobs["j001"].phase is Phase.COMPLETED


@in_virtual_time
async def test_a_slot_is_held_until_the_job_is_stopped(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Else the next job would come on top of it, beyond the limit."""
    service = VirtualService(executing=1e9)
    async with service.client() as client:
        steps = SlotSteps(client, service.jobs)
        attempts = Attempts(simulation, str(tmp_path), steps, RunOptions(OWNER))
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert steps.notes == ["taken", "given back", "ABORTED"]


@in_virtual_time
async def test_the_wait_for_a_slot_takes_nothing_from_the_timeout(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is the time of one job, however many are before it."""
    service = VirtualService()
    async with service.client() as client:
        steps = SlotSteps(client, seconds=1000.0)
        attempts = Attempts(simulation, str(tmp_path), steps, RunOptions(OWNER, timeout=100.0))
        with pytest.raises(TransferError, match="full"):
            await attempts.finish()


def test_the_one_fault_within_groups_is_taken_out() -> None:
    """Several faults stay a group."""
    fault = KeyError("x")
    group = BaseExceptionGroup("outer", [BaseExceptionGroup("inner", [fault])])
    assert unwrapped(group) is fault
    several = BaseExceptionGroup("inner", [fault, KeyError("y")])
    assert unwrapped(BaseExceptionGroup("outer", [several])) is several


class GroupSteps(SlotSteps):
    """Raises an interruption within a task group, as the network library does."""

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Be interrupted."""
        raise BaseExceptionGroup("group", [KeyboardInterrupt()])


@in_virtual_time
async def test_an_interruption_comes_out_of_its_group(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Prefect knows a signal by itself."""
    service = VirtualService()
    async with service.client() as client:
        attempts = Attempts(simulation, str(tmp_path), GroupSteps(client), RunOptions(OWNER))
        with pytest.raises(KeyboardInterrupt):
            await attempts.finish()
