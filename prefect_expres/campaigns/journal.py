"""What became of each simulation of a campaign, kept beside the results while it runs.

Each simulation has a row, each row a file: the workers of a campaign see what the others have done,
and one that is started again goes on from there.
"""

import asyncio
import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import StorageError
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.storage import (
    last_change,
    names_in,
    path_in,
    read_model,
    remove_folder,
    write_whole,
)
from prefect_expres.uws import Phase

FOLDER = ".campaigns"
_ROW = re.compile(r"(\d{7,})\.json", re.ASCII)
_READS_AT_ONCE = 16
SILENT = timedelta(days=7)
"""After so long without a word a campaign was killed."""


class Row(BaseModel):
    """What became of one simulation.

    Attributes:
        number: Its number in the plan.
        label: Its name.
        state: ``completed`` now, ``published`` and taken from an archive now, ``found`` complete,
            ``empty`` in its preview, or ``failed``.
        fingerprint: The simulation's fingerprint; empty if it failed before it had one.
        folder: URL of its results.
        job_url: The job that ran it.
        run_seconds: Seconds that the job was executing, as far as was seen.
        bytes: Size of its files.
        windows: How many windows of visible emission; None if the results were not analysed.
        cdf: Name of the CDF file in the folder.
        catalogue: Name of its TFCat file in the folder.
        error: Why it failed, or was not sent.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    label: str
    state: Literal["completed", "published", "found", "empty", "failed"]
    fingerprint: str = ""
    folder: str | None = None
    job_url: str | None = None
    run_seconds: float | None = None
    bytes: int = 0
    windows: int | None = None
    cdf: str | None = None
    catalogue: str | None = None
    error: str | None = None

    @classmethod
    def of(cls, number: int, label: str, result: SimulationResult) -> Self:
        """Take the row of a complete simulation."""
        return cls(
            number=number,
            label=label,
            state=_state(result),
            fingerprint=result.fingerprint,
            folder=result.folder,
            job_url=result.job_url,
            run_seconds=_run_seconds(result),
            bytes=sum(file.size for file in result.files),
            windows=None if result.windows is None else len(result.windows),
            cdf=result.cdf,
            catalogue=result.catalogue,
        )


class Heartbeat(BaseModel):
    """A heartbeat of a worker: how many there were, and how often it has read the job list."""

    model_config = ConfigDict(frozen=True)

    beats: int = 0
    list_requests: int = 0


class Journal:
    """The rows of one campaign; ``failed`` counts those that failed.

    Args:
        output: Path or fsspec URL of the campaign's output.
        campaign: The campaign's id.
    """

    def __init__(self, output: str, campaign: str) -> None:
        self._folder = _journal_of(output, campaign)
        self.rows: dict[int, Row] = {}
        self.failed = 0

    async def keep(self, row: Row) -> None:
        """Write a row."""
        await write_whole(self._folder, f"{row.number:07}.json", row.model_dump_json().encode())
        self._take(row)

    async def refresh(self) -> dict[int, Row]:
        """Read the rows that others have written since; what is no row is ignored.

        Raises:
            StorageError: The journal cannot be read.
        """
        listed = await asyncio.to_thread(self._listed)
        gate = asyncio.Semaphore(_READS_AT_ONCE)

        async def read(number: int, name: str) -> None:
            async with gate:
                with contextlib.suppress(StorageError):
                    if row := await asyncio.to_thread(read_model, self._folder, name, Row):
                        self._take(row)

        unknown = listed.keys() - self.rows.keys()
        await asyncio.gather(*(read(number, listed[number]) for number in unknown))
        return self.rows

    async def beat(self, worker: str, heartbeat: Heartbeat) -> None:
        """Write the heartbeat of a worker."""
        await write_whole(self._folder, f"{worker}.heartbeat", heartbeat.model_dump_json().encode())

    async def heartbeat(self, worker: str) -> Heartbeat | None:
        """Read the last heartbeat of a worker."""
        return await asyncio.to_thread(read_model, self._folder, f"{worker}.heartbeat", Heartbeat)

    async def end(self) -> None:
        """Remove the rows: the campaign's index has them now.

        A worker may write its last heartbeat meanwhile; a silent journal is removed later.
        """
        with contextlib.suppress(StorageError):
            await asyncio.to_thread(remove_folder, self._folder)

    def _take(self, row: Row) -> None:
        """Take a row, and count the failed ones: they are asked for before every simulation."""
        before = self.rows.get(row.number)
        self.failed += (row.state == "failed") - (before is not None and before.state == "failed")
        self.rows[row.number] = row

    def _listed(self) -> dict[int, str]:
        rows = map(_ROW.fullmatch, names_in(self._folder))
        return {int(row[1]): row[0] for row in rows if row}


def campaigns_under_way(output: str) -> list[str]:
    """List the ids of campaigns that have a journal: they run, or have not come to their end.

    Raises:
        StorageError: The output cannot be read.
    """
    return names_in(path_in(output, FOLDER))


async def remove_silent_journals(output: str) -> list[str]:
    """Remove the journals of campaigns that were killed, and give their ids.

    Nothing was written to them for `SILENT`: a campaign that runs writes every few seconds. What
    such a campaign has downloaded is found by the next one without its journal.

    Args:
        output: Path or fsspec URL of the campaigns' output.

    Raises:
        StorageError: The journals cannot be read, or one of them not be removed.
    """
    return await asyncio.to_thread(_silent_removed, output)


def _silent_removed(output: str) -> list[str]:
    silent_since = datetime.now(UTC) - SILENT
    removed = []
    for campaign in campaigns_under_way(output):
        journal = _journal_of(output, campaign)
        changed = last_change(journal)
        if changed is not None and changed > silent_since:
            continue
        if remove_folder(journal):  # else another campaign has removed it, or it has just ended
            removed.append(campaign)
    return removed


def _journal_of(output: str, campaign: str) -> str:
    return path_in(output, f"{FOLDER}/{campaign}")


def _state(result: SimulationResult) -> Literal["completed", "published", "found"]:
    if result.found:
        return "found"
    return "completed" if result.published is None else "published"


def _run_seconds(result: SimulationResult) -> float | None:
    """Take the time between the first sight of the run and that of its end."""
    seen: dict[Any, float] = {each.phase: each.seconds for each in result.phases}
    if Phase.COMPLETED not in seen:
        return None
    return round(seen[Phase.COMPLETED] - seen.get(Phase.EXECUTING, 0.0), 3)
