"""How much of a job's inputs is read."""

from prefect_expres.execution.inputs import Likeness
from prefect_expres.expres import SimulationRequest
from tests.execution.test_inputs import compared, rebuilt
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_file_of_any_size_is_not_read_for_a_comparison(
    simulation: SimulationRequest,
) -> None:
    """Four times what was sent, and 64 KiB more, is too much."""
    service = VirtualService()
    job = service.plant(simulation)
    sent = simulation.configuration.to_json()
    limit = 4 * len(sent) + 65_536
    job.given["config"] = sent + b" " * (limit - len(sent))
    assert await compared(service, job, simulation) is Likeness.SAME
    job.given["config"] += b" "
    assert await compared(service, job, simulation) is Likeness.HIDDEN


@in_virtual_time
async def test_a_configuration_of_any_size_is_not_rebuilt(simulation: SimulationRequest) -> None:
    """A megabyte is a hundred times what one has, and takes thirty times that to read."""
    service = VirtualService()
    job = service.plant(simulation)
    job.given["config"] = simulation.configuration.to_json().ljust(2**20)
    assert await rebuilt(service, job) == simulation
    job.given["config"] += b" "
    assert await rebuilt(service, job) is None


@in_virtual_time
async def test_a_large_ephemeris_is_read(observed: SimulationRequest) -> None:
    """As much as was sent, though it is many times the configuration; a megabyte is rebuilt."""
    service = VirtualService()
    track = b"# an ephemeris\n1, 2, 3\n".ljust(2**20 + 1)
    request = SimulationRequest.build(observed.configuration, track, label="io")
    job = service.plant(request)
    assert await compared(service, job, request) is Likeness.SAME
    assert await rebuilt(service, job) == request
