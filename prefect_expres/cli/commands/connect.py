"""Connect to the service that the command line, the environment and the profiles select."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

from prefect_expres.cli.commands.endpoint import ServiceEndpoint, choose_endpoint
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.profiles_file import read_profiles
from prefect_expres.cli.commands.tokens import Token, find_token
from prefect_expres.errors import JobListNotFound, JobNotFound, ServiceError, UsageError
from prefect_expres.uws import ClientOptions, UWSClient
from prefect_expres.uws.opus_address import other_urls

ATTEMPTS = 3
"""Tries of a read: somebody is looking on. Waits are tried again for longer."""


@dataclass(frozen=True)
class Connection:
    """An open connection to a service, and the jobs that a command works on.

    Args:
        client: The client of the job list.
        endpoint: The service: its job list, user, trusted hosts and timeout.
        ids: The ids of the jobs.
    """

    client: UWSClient
    endpoint: ServiceEndpoint
    ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the job, of a command that works on one job."""
        (job_id,) = self.ids
        return job_id


def endpoint_of(options: ServiceOptions, *jobs: str) -> ServiceEndpoint:
    """Choose the service of a command whose jobs are named by id or by URL.

    Raises:
        UsageError: No service is named.
    """
    job_url = next((job for job in jobs if _is_url(job)), None)
    return choose_endpoint(options, read_profiles(), os.environ, job_url)


def client_of(endpoint: ServiceEndpoint, token: Token | None) -> UWSClient:
    """Return a client of a service."""
    return UWSClient(
        endpoint.jobs_url,
        endpoint.user,
        token.text if token else None,
        options=ClientOptions(
            or_at=other_urls(endpoint.jobs_url),
            timeout=endpoint.timeout,
            trusted_hosts=endpoint.trusted_hosts,
            network=endpoint.network,
            attempts=ATTEMPTS,
        ),
    )


@contextlib.asynccontextmanager
async def connected(options: ServiceOptions, *jobs: str) -> AsyncIterator[Connection]:
    """Connect to the service of some jobs.

    Args:
        options: The service options of the command line.
        jobs: Ids or URLs of jobs.

    Raises:
        UsageError: No service is named, or a job is not in its job list.
        AuthenticationFailed: There is no token for the user.
        JobListNotFound: A job is not found, and there is no job list either.
    """
    endpoint = endpoint_of(options, *jobs)
    ids = tuple(_id_of(job, endpoint) for job in jobs)
    async with client_of(endpoint, find_token(endpoint)) as client:
        try:
            yield Connection(client, endpoint, ids)
        except JobNotFound:
            await _check_list(client)
            raise


async def _check_list(client: UWSClient) -> None:
    """See that there is a job list, in which a job could be."""
    try:
        await client.list_document()
    except JobListNotFound:
        raise
    except ServiceError:
        """It is not the address that is wrong, so the job's own error is told."""


def _id_of(job: str, endpoint: ServiceEndpoint) -> str:
    if not _is_url(job):
        return job
    jobs_url, _, job_id = job.rstrip("/").rpartition("/")
    if jobs_url not in {endpoint.jobs_url, *other_urls(endpoint.jobs_url)}:
        raise UsageError(
            f"{job} is not in the job list {endpoint.jobs_url}; name its service with --url "
            "or --profile, or give only the job's URL"
        )
    return unquote(job_id.partition(";")[0])


def _is_url(job: str) -> bool:
    return job.startswith(("http://", "https://"))
