"""When Prefect tries a task again: only if the error says that this may help."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from prefect_expres.errors import ExpresError
from prefect_expres.net.deadline import seconds_left


async def may_help(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Say whether trying the task again may help; Prefect wants a plain function here.

    It does not if the deadline of the simulation is earlier than the next try.
    """
    fault = await state.aresult(raise_on_failure=False)
    if not isinstance(fault, ExpresError) or not fault.retryable:
        return False
    return seconds_left() > _delay(task.retry_delay_seconds, task_run.run_count)


def _delay(delays: float | list[float] | None, tries: int) -> float:
    """Give the seconds until the next try, without Prefect's jitter."""
    if isinstance(delays, list):
        return delays[min(max(tries, 1), len(delays)) - 1]
    return delays or 0.0
