"""The timeout holds whatever the service does, and what is waited for is told: in virtual time."""

from pathlib import Path

import pytest

from prefect_expres.errors import ServiceError, Unreachable, WaitTimeout
from prefect_expres.execution.events import StepTaken
from prefect_expres.expres import SimulationRequest
from tests.execution.attempted import CREATE, finish
from tests.execution.elections import LIMIT
from tests.support.listening import Told
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import LoopClock, in_virtual_time

ANYTHING = "(GET|POST|DELETE)"
STOPPING = 7.0
"""Seconds in which a last look is taken, and jobs that were created are stopped."""


def lines(told: Told) -> list[str]:
    """Give the lines that say what is waited for."""
    return [event.message for event in told.of(StepTaken) if event.step == "wait"]


@pytest.mark.parametrize("status", [None, 503, 500])
@pytest.mark.parametrize("timeout", [5.0, 40.0])
@in_virtual_time
async def test_timeout_holds_while_the_service_is_away(
    simulation: SimulationRequest, tmp_path: Path, status: int | None, timeout: float
) -> None:
    """From the first request on; the error says so and has the reason."""
    service, told = VirtualService(), Told()
    service.trouble(ANYTHING, status, times=1e9)
    with pytest.raises((WaitTimeout, ServiceError)):
        await finish(service, simulation, tmp_path, told=told, timeout=timeout)
    assert LoopClock().now() <= timeout + STOPPING
    assert lines(told)[0].startswith(f"Waiting since 0 s, at most {timeout:.0f} s: ")


@in_virtual_time
async def test_error_after_the_deadline_says_what_to_do(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is a WaitTimeout, as if the job had not ended, with the address that was asked."""
    service = VirtualService()
    service.trouble(ANYTHING, times=1e9)
    with pytest.raises(WaitTimeout, match=r"in 5 s, .* longer timeout.*connection reset") as caught:
        await finish(service, simulation, tmp_path, timeout=5.0)
    assert (caught.value.job_url, caught.value.phase, caught.value.waited) == (
        *(URL, "never seen", 5.0),
    )


@in_virtual_time
async def test_error_after_the_deadline_names_the_job(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """As soon as one is chosen, whatever was asked last."""
    service = VirtualService()
    service.trouble("(GET|POST) /j001/phase$", times=1e9)
    with pytest.raises(WaitTimeout, match="in 20 s, ") as caught:
        await finish(service, simulation, tmp_path, timeout=20.0)
    assert caught.value.job_url == f"{URL}/j001"


@in_virtual_time
async def test_error_before_the_deadline_is_told_as_it_is(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Retries end at some time, too."""
    service = VirtualService()
    service.trouble(ANYTHING, times=1e9)
    with pytest.raises(Unreachable):
        await finish(service, simulation, tmp_path, timeout=4000.0)


@in_virtual_time
async def test_service_that_goes_away_after_the_create_is_waited_for(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The wait for the job tells every few seconds that it goes on, and ends in time."""
    service, told = VirtualService(executing=1000.0), Told()
    service.trouble("GET /", times=1e9, seconds=0.5)
    with pytest.raises(WaitTimeout):
        await finish(service, simulation, tmp_path, told=told, timeout=60.0)
    assert LoopClock().now() <= 60.0 + STOPPING
    assert len(lines(told)) >= 4


@in_virtual_time
async def test_start_has_what_the_create_has_left(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The limit of active jobs is not waited for beyond the timeout, which is one for all steps."""
    service = VirtualService()
    service.trouble(CREATE, 200, delivered=True, seconds=100.0)
    service.trouble("POST /j001/phase$", 500, LIMIT, times=1e9)
    with pytest.raises(WaitTimeout, match="longer timeout"):
        await finish(service, simulation, tmp_path, timeout=150.0)
    assert LoopClock().now() <= 150.0 + STOPPING


@pytest.mark.parametrize(
    ("request_", "step"),
    [(CREATE, "a job that runs the simulation"), ("POST /j001/phase$", "the start of ")],
)
@in_virtual_time
async def test_silence_while_a_job_is_chosen_or_started_is_told(
    simulation: SimulationRequest, tmp_path: Path, request_: str, step: str
) -> None:
    """A create or a start that takes long is no reason to say nothing."""
    service, told = VirtualService(), Told()
    service.trouble(request_, 200, delivered=True, seconds=12.0)
    await finish(service, simulation, tmp_path, told=told, timeout=600.0)
    assert len([line for line in lines(told) if step in line]) == 2
