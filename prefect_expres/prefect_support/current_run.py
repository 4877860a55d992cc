"""The run that is under way: who owns the jobs that it creates, and where its log lines go."""

import logging
from uuid import uuid4

from prefect.exceptions import MissingContextError
from prefect.logging import get_logger, get_run_logger
from prefect.runtime import flow_run, task_run

from prefect_expres.expres.run_id import owner_of


def current_owner() -> str:
    """Give what stands for the running flow run in the runIds of its jobs.

    A task that runs without a flow stands for itself; what runs without both gets an owner of
    its own.
    """
    return owner_of(flow_run.id or task_run.id or uuid4())


_ran_here: set[str] = set()


def note_own_run() -> None:
    """Note that the running flow run is run by this process."""
    if flow_run.id is not None:
        _ran_here.add(flow_run.id)


def ran_here(flow_run_id: object) -> bool:
    """Say whether this process has run a flow run, or only looks after it as a worker does."""
    return str(flow_run_id) in _ran_here


def in_run() -> bool:
    """Say whether a flow run or a task run is under way."""
    return (flow_run.id or task_run.id) is not None


def run_logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """Give the logger of the running flow run or task run; outside runs, a plain one."""
    try:
        return get_run_logger()
    except MissingContextError:
        return get_logger("expres")
