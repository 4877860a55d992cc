"""The commands that follow jobs: ``jobs wait`` and ``jobs logs``."""

from dataclasses import dataclass
from typing import Literal

from prefect_expres.cli.commands.connect import Connection, connected
from prefect_expres.cli.commands.job_records import job_record
from prefect_expres.cli.commands.options import UNSPECIFIED, AsJson, ServiceOptions
from prefect_expres.cli.commands.wait import await_jobs, raise_bad_end
from prefect_expres.cli.console.printing import give, note, print_json, say
from prefect_expres.errors import RequestRejected

Stream = Literal["stdout", "stderr"]
_SOONEST, _LATEST = 0.5, 5.0


async def wait(
    jobs: list[str],
    /,
    *,
    timeout: float | None = None,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Wait until jobs are finished.

    Exit with 3 if one failed, with 4 if one was aborted.

    After Ctrl-C you choose: leave the jobs running, abort them, or keep waiting.

    Args:
        jobs: Job ids or URLs.
        timeout: Seconds to wait at most; after that exit with 5, and the jobs continue. Default:
            no limit.
        service: The service to use.
        as_json: Print the jobs as JSON.
    """
    async with connected(service, *jobs) as connection:
        client = connection.client
        ended = await await_jobs(connection, timeout)
        give(
            [job_record(job, client.job_url(job.id)) for job in ended],
            *(f"{client.job_url(job.id)} {job.phase.value}" for job in ended),
            as_json=as_json,
        )
        await raise_bad_end(client, ended)


async def logs(
    job: str,
    /,
    *,
    follow: bool = False,
    only: Stream | None = None,
    service: ServiceOptions = UNSPECIFIED,
    as_json: AsJson = False,
) -> None:
    """Print the output of a job (OPUS): its stdout to stdout, its stderr to stderr.

    Args:
        job: Job id or URL.
        follow: Print new output until the job is finished; Ctrl-C stops this, not the job.
        only: Print only this stream.
        service: The service to use.
        as_json: Print both texts as JSON.
    """
    streams: tuple[Stream, ...] = (only,) if only else ("stdout", "stderr")
    async with connected(service, job) as connection:
        followed = [_Followed(connection, stream) for stream in streams]
        if as_json:
            print_json({each.stream: await each.text() for each in followed})
            return
        pause = _SOONEST
        while True:
            finished = not follow or (await connection.client.phase(connection.id)).finished
            grown = [await each.print_new() for each in followed]
            if finished:
                break
            pause = _SOONEST if any(grown) else min(pause * 1.5, _LATEST)
            await connection.client.clock.sleep(pause)
        for each in followed:
            each.end()


@dataclass
class _Followed:
    """One output stream of a job, and what of it was printed."""

    connection: Connection
    stream: Stream
    printed: str = ""

    async def text(self) -> str:
        client, job_id = self.connection.client, self.connection.id
        try:
            return await client.text(job_id, self.stream)
        except RequestRejected:
            # The job may exist on a service that has no such stream, and says so in its own way.
            await client.phase(job_id)
            note(f"The service has no {self.stream} of this job: only OPUS has it.")
            return ""

    async def print_new(self) -> bool:
        """Print what is new; return whether there was something new."""
        text = await self.text()
        new = text.removeprefix(self.printed)
        self._print(new, end="")
        self.printed = text
        return bool(new)

    def end(self) -> None:
        """End the last line."""
        if self.printed:
            self._print("", end="\n")

    def _print(self, text: str, end: str) -> None:
        (say if self.stream == "stdout" else note)(text, end=end)
