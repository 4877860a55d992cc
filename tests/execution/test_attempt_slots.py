"""The slot on the service during an attempt, and interruptions within task groups."""

from collections.abc import AsyncIterator
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
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time


class SlotSteps(ClientSteps):
    """Notes when the slot is held, and downloads nothing."""

    def __init__(self, client: UWSClient) -> None:
        super().__init__(client)
        self.notes: list[str] = []

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Note that the slot is taken and given back."""

        @asynccontextmanager
        async def held() -> AsyncIterator[None]:
            self.notes.append("taken")
            yield
            self.notes.append("given back")

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
