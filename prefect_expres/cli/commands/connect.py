"""The one place that makes a client from what the command line, environment and profiles say."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

from prefect_expres.cli.commands.endpoint import Place, choose_place
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.profiles_file import read_profiles
from prefect_expres.cli.commands.tokens import Token, find_token
from prefect_expres.errors import UsageError
from prefect_expres.uws import UWSClient

ATTEMPTS = 3
"""How often a read is tried: somebody is looking on. Waits are more patient."""


@dataclass(frozen=True)
class Connection:
    """A service that can be talked to, and the jobs that a command is about.

    Args:
        client: The client of the job list.
        place: What is known of the service.
        ids: The ids of the jobs.
    """

    client: UWSClient
    place: Place
    ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the one job."""
        (job_id,) = self.ids
        return job_id


def place_of(options: ServiceOptions, *jobs: str) -> Place:
    """Find the service that is meant, of jobs that may be named by id or URL.

    Raises:
        UsageError: No service is named, or the jobs are not of one service.
    """
    job_url = next((job for job in jobs if _is_url(job)), None)
    return choose_place(options, read_profiles(), os.environ, job_url)


def client_of(place: Place, token: Token | None) -> UWSClient:
    """Make the client of a service."""
    return UWSClient(
        place.jobs_url,
        place.user,
        token.text if token else None,
        timeout=place.timeout,
        trusted_hosts=place.trusted_hosts,
        attempts=ATTEMPTS,
    )


@contextlib.asynccontextmanager
async def connected(options: ServiceOptions, *jobs: str) -> AsyncIterator[Connection]:
    """Connect to the service of some jobs.

    Args:
        options: Which service is meant.
        jobs: Ids or URLs of jobs.

    Raises:
        UsageError: No service is named, or a job is not in its job list.
        AuthenticationFailed: There is no token for the user.
    """
    place = place_of(options, *jobs)
    ids = tuple(_id_of(job, place) for job in jobs)
    async with client_of(place, find_token(place)) as client:
        yield Connection(client, place, ids)


def _id_of(job: str, place: Place) -> str:
    if not _is_url(job):
        return job
    jobs_url, _, job_id = job.rstrip("/").rpartition("/")
    if jobs_url != place.jobs_url:
        raise UsageError(
            f"{job} is not in the job list {place.jobs_url}; give its service by --url or "
            "--profile, or nothing but the job's URL"
        )
    return unquote(job_id)


def _is_url(job: str) -> bool:
    return job.startswith(("http://", "https://"))
