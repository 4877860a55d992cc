"""A task is tried again if that may help, and if there is time for it."""

import pytest
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Failed

from prefect_expres.errors import RequestRejected, Unreachable
from prefect_expres.net.clock import MonotonicClock
from prefect_expres.net.deadline import Deadline, within
from prefect_expres.prefect_support.retry import may_help
from prefect_expres.tasks.jobs import create_job

AWAY = Unreachable("the service did not answer")
REFUSED = RequestRejected("the service refused")


@pytest.mark.parametrize(("fault", "helps"), [(AWAY, True), (REFUSED, False), (KeyError(), False)])
async def test_error_says_whether_to_try_again(fault: Exception, *, helps: bool) -> None:
    """Where there is no deadline, that is all."""
    assert await may_help(create_job, run_of(tries=1), failed(fault)) is helps


@pytest.mark.parametrize(
    ("left", "tries", "helps"),
    [(3.0, 1, True), (3.0, 2, False), (30.0, 4, True), (30.0, 5, False), (30.0, 9, False)],
)
async def test_there_must_be_time_for_the_next_try(left: float, tries: int, *, helps: bool) -> None:
    """The pauses before it grow from 2 to 32 s."""
    with within(Deadline(MonotonicClock(), left)):
        assert await may_help(create_job, run_of(tries), failed(AWAY)) is helps


def run_of(tries: int) -> TaskRun:
    """Give a task run that was tried so often."""
    return TaskRun.model_construct(run_count=tries)


def failed(fault: Exception) -> State[Exception]:
    """Give the state of a task run that has failed."""
    return Failed(data=fault)
