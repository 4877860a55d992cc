"""Which job lists a flow run uses, kept where hooks find it after the process was killed.

They are labels of the flow run on Prefect's server. They hold addresses and the ids of saved
blocks, never a token: the service itself is known only in the process that used it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

import anyio
from prefect import get_client
from prefect.runtime import flow_run
from pydantic import BaseModel, ConfigDict, ValidationError

from prefect_expres.prefect_support.current_run import run_logger

RECORD_SECONDS = 10.0
_LIST, _JOB = "expres.job-list.", "expres.job."


class UsedJobList(BaseModel):
    """A job list in which a flow run creates jobs.

    ``base_url`` and ``job_list`` say where it is, ``user`` whose token it needs (None for a
    guest), ``block_document_id`` which saved block holds it, and ``keep_running`` that started
    jobs are to be left running.
    """

    model_config = ConfigDict(frozen=True)

    base_url: str
    job_list: str
    user: str | None
    block_document_id: UUID | None = None
    keep_running: bool = False

    @property
    def can_be_reached(self) -> bool:
        """Say whether another process can use the list: as a guest, or with the saved block."""
        return self.user is None or self.block_document_id is not None

    def reached_through(self, block_document_id: UUID | None) -> Self:
        """Give it as a saved block that contains the service reaches it, if that is not saved."""
        if self.block_document_id is not None:
            return self
        return self.model_copy(update={"block_document_id": block_document_id})


SERVICES_HERE: dict[UsedJobList, object] = {}
"""The services with which this process has used job lists."""


def service_known_here(used: UsedJobList) -> object | None:
    """Give the service that this process has used a job list with; None in any other process."""
    return SERVICES_HERE.get(used)


async def record_job_list(used: UsedJobList, service: object) -> None:
    """Record a job list with the running flow run, before jobs are created in it.

    Args:
        used: The job list.
        service: What reaches it, for hooks that run in this process.
    """
    SERVICES_HERE[used] = service
    await _record({_key(_LIST, used.model_dump_json()): used.model_dump_json()})


async def record_job(job_url: str) -> None:
    """Record a job that a hook could not stop, so that it can name it."""
    await _record({_key(_JOB, job_url): job_url})


def recorded_job_lists(labels: Mapping[str, Any]) -> list[UsedJobList]:
    """Read the job lists from the labels of a flow run; what cannot be understood is left out."""
    found = []
    for key, value in sorted(labels.items()):
        if key.startswith(_LIST):
            try:
                found.append(UsedJobList.model_validate_json(str(value)))
            except ValidationError:
                continue
    return found


def recorded_jobs(labels: Mapping[str, Any]) -> list[str]:
    """Read the recorded jobs from the labels of a flow run."""
    return [str(value) for key, value in sorted(labels.items()) if key.startswith(_JOB)]


async def _record(labels: dict[str, bool | int | float | str]) -> None:
    """Add labels to the flow run; the simulation goes on without them if that does not work."""
    if flow_run.id is None:
        return
    try:
        with anyio.fail_after(RECORD_SECONDS):
            async with get_client() as client:
                await client.update_flow_run_labels(UUID(flow_run.id), labels)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the job itself is not concerned
        run_logger().warning(
            "Prefect's server did not take down which service is used. If this flow run is "
            "killed, its jobs may have to be stopped by hand. %r",
            fault,
        )


def _key(kind: str, value: str) -> str:
    return kind + hashlib.sha256(value.encode()).hexdigest()[:12]
