"""What a job was given: its inputs are fetched, since its runId only claims what it runs."""

from collections.abc import Mapping
from urllib.parse import urljoin

from prefect_expres.errors import (
    JobNotFound,
    ProtocolError,
    RequestRejected,
    ServerFault,
    TransferError,
)
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.access import DEFAULT_BRANCH
from prefect_expres.uws import Parameter, UWSClient
from prefect_expres.uws.client import NEW_JOB_PAUSES

_SPARE_BYTES = 65_536


async def is_same(client: UWSClient, job_id: str, request: SimulationRequest) -> bool | None:
    """Say whether a job runs the same simulation; None if the service does not let that be seen.

    Args:
        client: The client of the job's list.
        job_id: The job.
        request: The simulation.

    Raises:
        Unreachable: The service is away, so nothing can be said.
        Busy: The service asks to come back later.
    """
    for pause in NEW_JOB_PAUSES:
        try:
            return await _compared(client, job_id, request)
        except JobNotFound:
            # A job is in the list a moment before its inputs can be fetched, or has just gone.
            await client.clock.sleep(pause)
        except (RequestRejected, ServerFault, ProtocolError, TransferError):
            return None
    return None


async def _compared(client: UWSClient, job_id: str, request: SimulationRequest) -> bool | None:
    given = {each.id.lower(): each for each in await client.parameters(job_id)}
    branch = given["branch"].value if "branch" in given else DEFAULT_BRANCH
    if branch != request.branch:
        return False
    sent = request.configuration.to_json()
    configuration = await _content(client, job_id, given, "config", sent)
    ephemeris = await _content(client, job_id, given, "ephemeride", request.ephemeris or b"")
    if configuration is None:
        return None
    return request.is_made_of(configuration, ephemeris, branch)


async def _content(
    client: UWSClient, job_id: str, given: Mapping[str, Parameter], name: str, sent: bytes
) -> bytes | None:
    """Fetch a file that a job was given: by its address, or out of the document itself."""
    parameter = given.get(name)
    if parameter is None or not parameter.value:
        return None
    value = parameter.value
    if value.startswith(("http://", "https://", "/")):
        address = urljoin(client.jobs_url, value)
        return await client.content(address, limit=4 * len(sent) + _SPARE_BYTES)
    if "\n" not in value and not value.lstrip().startswith("{"):
        value = await client.text(job_id, f"parameters/{parameter.id}")
    # A document's text loses the white space at its ends.
    found = value.encode()
    return sent if found.strip() == sent.strip() else found
