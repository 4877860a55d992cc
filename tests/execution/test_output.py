"""An output that cannot take the results is told before a job is created: in virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import StorageError
from prefect_expres.execution import RunOptions, StepwiseRun, folder_of, run_simulation
from prefect_expres.expres import Configuration, SimulationRequest
from tests.support.virtual_service import VirtualService
from tests.support.virtual_steps import UnseenSteps
from tests.support.virtual_time import in_virtual_time

OPTIONS = RunOptions("0123456789abcdefghijkQ")


@pytest.fixture(params=["all at once", "step by step"])
def way(request: pytest.FixtureRequest) -> str:
    """Run a simulation by one call, and by several."""
    return str(request.param)


async def begun(
    way: str, service: VirtualService, simulation: SimulationRequest, output: Path
) -> None:
    """Begin a simulation."""
    if way == "all at once":
        steps = UnseenSteps({"ExPRES": service}, 1000)
        await run_simulation(simulation, str(output), steps, OPTIONS)
        return

    @asynccontextmanager
    async def connect() -> AsyncIterator[UnseenSteps]:
        yield UnseenSteps({"ExPRES": service}, 1000)

    await StepwiseRun(simulation, str(output), OPTIONS, connect).begin()


@in_virtual_time
async def test_file_in_place_of_the_folder(
    way: str, simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The error names the path; the service is asked for nothing."""
    service = VirtualService()
    folder = Path(folder_of(simulation, str(tmp_path)))
    folder.write_bytes(b"")
    with pytest.raises(StorageError, match=f"{folder}/writable cannot be written: File exists"):
        await begun(way, service, simulation, tmp_path)
    assert service.requests == []


@in_virtual_time
async def test_disk_that_is_too_full_for_the_results(
    way: str, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The size of the results is estimated."""
    content = configuration | {"FREQUENCY": configuration["FREQUENCY"] | {"NBR": 2**31 - 1}}
    large = SimulationRequest.build(Configuration.from_mapping(content), label="io")
    service = VirtualService()
    with pytest.raises(StorageError, match="MB free, and the results need about"):
        await begun(way, service, large, tmp_path)
    assert service.requests == []
