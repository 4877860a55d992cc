"""Set aside the files of a job whose result is not what was asked for, and remember the job.

The files stay within the simulation's folder, in a folder for each such job; with them is the
reason, by which the job is known the next time.
"""

import asyncio
import posixpath
import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import ResultMismatch
from prefect_expres.storage import move_files, names_in, read_model, write_model

SET_ASIDE = "mismatched"
"""The folder within that of a simulation."""
_REASON = "mismatch.json"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]", re.ASCII)
_LONGEST = 80


class Mismatch(BaseModel):
    """Why the files of a job were set aside."""

    model_config = ConfigDict(frozen=True)

    job_id: str
    job_url: str
    differences: tuple[str, ...]


async def set_aside(folder: str, names: Iterable[str], fault: ResultMismatch) -> str:
    """Move files into a folder of their own, with the reason, and give that folder.

    Args:
        folder: Path or fsspec URL of the simulation's folder.
        names: The files' names.
        fault: What is wrong with them, and whose they are.
    """
    job_id = fault.job_url.rstrip("/").rpartition("/")[2]
    aside = posixpath.join(folder, SET_ASIDE, _UNSAFE.sub("_", job_id)[:_LONGEST] or "job")
    reason = Mismatch(job_id=job_id, job_url=fault.job_url, differences=fault.differences)
    await write_model(aside, _REASON, reason)
    await move_files(folder, names, aside)
    return aside


async def mismatched_jobs(folder: str) -> tuple[str, ...]:
    """Give the ids of the jobs whose files were set aside from a simulation's folder."""
    return await asyncio.to_thread(_mismatched_jobs, folder)


def _mismatched_jobs(folder: str) -> tuple[str, ...]:
    aside = posixpath.join(folder, SET_ASIDE)
    reasons = (read_model(posixpath.join(aside, job), _REASON, Mismatch) for job in names_in(aside))
    return tuple(reason.job_id for reason in reasons if reason)
