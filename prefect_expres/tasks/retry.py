"""When Prefect tries a task again: only if the error says that this may help."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from prefect_expres.errors import ExpresError


async def may_help(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Say whether trying the task again may help; Prefect wants a plain function here."""
    fault = await state.aresult(raise_on_failure=False)
    return isinstance(fault, ExpresError) and fault.retryable
