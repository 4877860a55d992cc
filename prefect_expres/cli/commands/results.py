"""The command ``jobs results``: list the results of a job, print or download them."""

import asyncio
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any

from cyclopts import Parameter
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from prefect_expres.cli.commands.connect import connected
from prefect_expres.cli.commands.job_records import result_record, results_table, size
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import error_console, give, note, say
from prefect_expres.errors import JobNotFound, UsageError
from prefect_expres.storage import StoredFile, find_whole
from prefect_expres.uws import ResultRef, UWSClient, download, file_names

AT_ONCE = 4
_PAUSES = (0.5, 1.0, 2.0)
_MOST_PRINTED = 16 * 2**20
_OPUS_TEXTS = frozenset({"stdout", "stderr", "provjson", "provxml", "provsvg"})
"""Texts that OPUS has under the job; it adds them to the list of results a moment later."""


async def results(
    job: str,
    names: tuple[str, ...] = (),
    /,
    *,
    output: Annotated[str | None, Parameter(alias="-o")] = None,
    show: bool = False,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """List the results of a job, or download them: several at once, verified, and resumed.

    Args:
        job: Job id or URL.
        names: Only these results, by id or file name; * matches any characters.
        output: Download into this folder, a path or an fsspec URL. A file that is there with the
            right hash is not downloaded again.
        show: Print the content of results that are text.
        service: The service to use.
        as_json: Print the results, or the files, as JSON.
    """
    if output and show:
        raise UsageError("-o and --show exclude each other; give one of them")
    if output:
        require_writable(output, "--output")
    async with connected(service, job) as connection:
        client = connection.client
        chosen = _chosen(await client.results(connection.id), names, client.job_url(connection.id))
        if show:
            for result in chosen:
                content = await client.content(result.href or "", _MOST_PRINTED)
                say(content.decode("utf-8", "replace").rstrip("\n"))
        elif output:
            files = await fetch(client, chosen, output)
            give([file.model_dump() for file in files], *file_lines(files), as_json=as_json)
        else:
            give([result_record(each) for each in chosen], results_table(chosen), as_json=as_json)


async def settled_results(client: UWSClient, job_id: str) -> tuple[ResultRef, ...]:
    """List the results of a job that has just completed, to which OPUS adds them a moment later."""
    for pause in _PAUSES:
        found = await client.results(job_id)
        if any(result.id not in _OPUS_TEXTS for result in found):
            return found
        await client.clock.sleep(pause)
    return await client.results(job_id)


async def fetch(client: UWSClient, results: Iterable[ResultRef], folder: str) -> list[StoredFile]:
    """Download results, several at once, with a progress bar for each.

    If one file fails, the others are still downloaded; then its error is raised.

    Raises:
        TransferError: A file did not arrive complete, or must not be fetched.
        ServiceError: The service refused, or could not be reached.
    """
    semaphore = asyncio.Semaphore(AT_ONCE)
    with _bars() as bars:

        async def one(name: str, result: ResultRef) -> StoredFile:
            async with semaphore:
                if result.hash and (whole := await find_whole(folder, name, result.hash)):
                    note(f"{name} is there already, complete and verified")
                    return whole
                return await download(client, result, folder, name=name, on_bytes=bars.count)

        named = file_names(results)
        try:
            ended = await asyncio.gather(
                *(one(name, result) for name, result in named.items()), return_exceptions=True
            )
        except asyncio.CancelledError:
            note("The download was stopped; the same command continues from here.")
            raise
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return [each for each in ended if isinstance(each, StoredFile)]


def file_lines(files: Iterable[StoredFile]) -> Iterator[str]:
    """Show where each file is, and whether it has the hash that the service announced."""
    for file in files:
        check = "verified" if file.verified else "no hash announced"
        yield f"{file.url.removeprefix('file://')}  {size(file.size)}, {check}"


def _chosen(
    results: tuple[ResultRef, ...], names: tuple[str, ...], url: str
) -> tuple[ResultRef, ...]:
    """Choose results by patterns, each of which must match a result."""
    if not names:
        return results
    found: dict[tuple[str, str | None], ResultRef] = {}
    for pattern in names:
        # Several results may have one id.
        hits = {(each.id, each.href): each for each in results if _is_called(each, pattern)}
        if not hits and pattern in _OPUS_TEXTS:
            text = ResultRef(id=pattern, href=f"{url}/{pattern}")
            hits = {(text.id, text.href): text}
        if not hits:
            has = ", ".join(each.id for each in results) or "none"
            raise JobNotFound(f"{url} has no result {pattern!r}; it has: {has}", url)
        found |= hits
    return tuple(found.values())


def _is_called(result: ResultRef, pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in (result.id, *file_names([result])))


@contextlib.contextmanager
def _bars() -> Iterator["_Bars"]:
    console = error_console()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield _Bars(progress)


@dataclass(frozen=True)
class _Bars:
    """A progress bar for each file."""

    progress: Progress
    tasks: dict[str, TaskID] = field(default_factory=dict)

    async def count(self, name: str, so_far: int, total: int | None) -> None:
        """Show how many bytes of a file have arrived."""
        if name not in self.tasks:
            self.tasks[name] = self.progress.add_task(name, total=total)
        facts: dict[str, Any] = {"completed": so_far, "total": total}
        self.progress.update(self.tasks[name], **facts)
