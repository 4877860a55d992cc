"""A task that sync and async callers use alike, in every way in which Prefect calls tasks."""

import asyncio
from typing import Any

import pytest
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from prefect_expres.prefect_support.sync_task import SyncCompatibleTask, sync_compatible_task
from tests.support.processes import PrefectServer

tries: list[int] = []


@sync_compatible_task(name="Double", cache_policy=NO_CACHE)
async def double(number: int) -> int:
    """Double a number, after a moment of the event loop's."""
    await asyncio.sleep(0)
    return 2 * number


@sync_compatible_task(cache_policy=NO_CACHE, retries=2)
async def third_time(number: int) -> int:
    """Fail twice."""
    tries.append(number)
    if len(tries) < 3:
        raise ValueError(number)
    return await double(number)


@pytest.fixture(autouse=True)
def _on_server(server: PrefectServer) -> None:
    """Run the flows on the shared server."""
    tries.clear()


def everything() -> dict[str, Any]:
    """Call the task in all the ways of a sync caller in a flow."""
    state = double(2, return_state=True)
    renamed = double.with_options(name="Twice", retries=1)
    return {
        "called": double(1),
        "state": (state.name, state.result()),
        "with options": renamed(3),
        "submitted": double.submit(4).result(),
        "mapped": double.map([5, 6]).result(),
        "after": double(7, wait_for=[double.submit(0)]),
        "retried": third_time(8),
    }


EVERYTHING = {
    "called": 2,
    "state": ("Completed", 4),
    "with options": 6,
    "submitted": 8,
    "mapped": [10, 12],
    "after": 14,
    "retried": 16,
}


def test_sync_flow_gets_values() -> None:
    """No coroutine is left behind, whichever way the task is called, and retries work."""

    @flow
    def sync_flow() -> dict[str, Any]:
        return everything()

    assert sync_flow() == EVERYTHING
    assert len(tries) == 3


async def test_sync_flow_in_a_running_loop_gets_values() -> None:
    """A notebook calls a sync flow while its event loop runs."""

    @flow
    def sync_flow() -> dict[str, Any]:
        return everything()

    assert sync_flow() == EVERYTHING


async def test_async_flow_awaits() -> None:
    """An async flow awaits the same task, and can gather it."""

    @flow
    async def async_flow() -> list[int]:
        state = await double.with_options(name="Twice")(2, return_state=True)
        return [*await asyncio.gather(double(1), third_time(3)), await state.aresult()]

    assert await async_flow() == [2, 6, 4]


def test_sync_task_calls_it() -> None:
    """The innermost run decides: a sync task of an async flow is a sync caller."""

    @task(cache_policy=NO_CACHE)
    def inner() -> int:
        result: int = double(21)
        return result

    @flow
    async def async_flow() -> int:
        return inner()

    assert asyncio.run(async_flow()) == 42


# Prefect warns that it keeps no log lines of such a task.
@pytest.mark.filterwarnings("ignore:Logger 'prefect.task_runs':UserWarning")
def test_it_works_without_a_flow() -> None:
    """A script calls it, or its plain function."""
    assert double(1) == 2
    assert asyncio.run(double.fn(2)) == 4


def test_copies_are_of_the_same_kind() -> None:
    """Options make a copy that has the new ones and is called in the same way."""
    copy = double.with_options(name="Twice", refresh_cache=True)
    assert isinstance(copy, SyncCompatibleTask)
    assert (copy.name, copy.refresh_cache, double.name) == ("Twice", True, "Double")


def test_errors_reach_the_sync_caller() -> None:
    """What the task raises ends the flow that called it."""

    @flow
    def failing() -> None:
        third_time.with_options(retries=0)(1)

    with pytest.raises(ValueError, match="1"):
        failing()
