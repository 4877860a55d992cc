"""What a job was given: its inputs are fetched, since its runId only claims what it runs."""

from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar
from urllib.parse import unquote_plus, urljoin

from prefect_expres.errors import (
    AccessError,
    ConfigurationError,
    EphemerisError,
    JobNotFound,
    ProtocolError,
    RequestRejected,
    ServerFault,
    TransferError,
)
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.access import DEFAULT_BRANCH
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Parameter, UWSClient
from prefect_expres.uws.client import NEW_JOB_PAUSES
from prefect_expres.uws.elements import LARGEST_DOCUMENT

_SPARE_BYTES = 65_536
_LARGEST_CONFIGURATION = 2**20
"""JSON takes up to thirty times its size in memory; a configuration has a few kilobytes."""

T = TypeVar("T")


@dataclass(frozen=True)
class _Given:
    """A file that a job was given; a document's text loses the white space at its ends."""

    content: bytes
    trimmed: bool

    def restored(self, sent: bytes) -> bytes:
        """Give what was sent if it differs by white space at the ends of its lines only."""
        same = self.trimmed and _lines(self.content) == _lines(sent)
        return sent if same else self.content

    @property
    def is_json(self) -> bool:
        """It may be JSON; some services answer with a file's name instead."""
        return self.content.removeprefix(BOM_UTF8).lstrip().startswith(b"{")


class Likeness(Enum):
    """What a comparison of a job's inputs with those of a simulation tells.

    ``MISSING`` says that there is no configuration among them, ``HIDDEN`` that the service does not
    let them be seen.
    """

    SAME = auto()
    OTHER = auto()
    MISSING = auto()
    HIDDEN = auto()


async def compare(client: UWSClient, job_id: str, request: SimulationRequest) -> Likeness:
    """Compare the inputs of a job with those of a simulation.

    Args:
        client: The client of the job's list.
        job_id: The job.
        request: The simulation.

    Raises:
        Unreachable: The service is away, so nothing can be said.
        Busy: The service asks to come back later.
    """
    seen = await _once_shown(client, lambda: _compared(client, job_id, request))
    return seen or Likeness.HIDDEN


async def rebuild_request(client: UWSClient, job_id: str, name: RunId) -> SimulationRequest | None:
    """Rebuild the simulation that a job runs from the inputs that the service keeps.

    Args:
        client: The client of the job's list.
        job_id: The job.
        name: What its runId claims.

    Returns:
        The simulation; None if the service does not let its inputs be seen, or if they do not
        make what the runId claims.

    Raises:
        Unreachable: The service is away, so nothing can be said.
        Busy: The service asks to come back later.
    """
    return await _once_shown(client, lambda: _rebuilt(client, job_id, name))


async def _once_shown(client: UWSClient, look: Callable[[], Awaitable[T | None]]) -> T | None:
    for pause in NEW_JOB_PAUSES:
        try:
            return await look()
        except JobNotFound:
            # A job is in the list a moment before its inputs can be fetched, or has just gone.
            await client.clock.sleep(pause)
        except (RequestRejected, ServerFault, ProtocolError, TransferError):
            return None
    return None


async def _compared(client: UWSClient, job_id: str, request: SimulationRequest) -> Likeness | None:
    """Compare the inputs of a job with those of a simulation; None if they are not shown."""
    given, branch = await _parameters(client, job_id)
    if "config" not in given:
        return Likeness.MISSING
    if branch != request.branch:
        return Likeness.OTHER
    sent, track = request.configuration.to_json(), request.ephemeris or b""
    configuration = await _file(client, job_id, given["config"], _limit(sent))
    ephemeris = await _ephemeris(client, job_id, given, _limit(track))
    if not configuration.is_json:
        return None
    same = request.is_made_of(
        configuration.restored(sent), ephemeris.restored(track) if ephemeris else None, branch
    )
    return Likeness.SAME if same else Likeness.OTHER


async def _rebuilt(client: UWSClient, job_id: str, name: RunId) -> SimulationRequest | None:
    given, branch = await _parameters(client, job_id)
    if "config" not in given:
        return None
    configuration = await _file(client, job_id, given["config"], _LARGEST_CONFIGURATION)
    ephemeris = await _ephemeris(client, job_id, given, LARGEST_DOCUMENT)
    for track in _as_sent(ephemeris):
        try:
            model = Configuration.parse(configuration.content)
            request = SimulationRequest.build(model, track, branch, name.label)
        except (AccessError, ConfigurationError, EphemerisError):
            return None
        if request.fingerprint.startswith(name.fingerprint):
            return request
    return None


def _as_sent(ephemeris: _Given | None) -> tuple[bytes | None, ...]:
    """Give what may have been sent: a table that lost its white space ended with a line."""
    if ephemeris is None:
        return (None,)
    return (ephemeris.content, *([ephemeris.content + b"\n"] if ephemeris.trimmed else []))


async def _parameters(client: UWSClient, job_id: str) -> tuple[Mapping[str, Parameter], str]:
    """Read a job's parameters that have values, by their names in small letters, and its branch."""
    given = {each.id.lower(): each for each in await client.parameters(job_id) if each.value}
    return given, given["branch"].value if "branch" in given else DEFAULT_BRANCH


def _limit(sent: bytes) -> int:
    """Say how many bytes are worth reading for a comparison."""
    return 4 * len(sent) + _SPARE_BYTES


async def _ephemeris(
    client: UWSClient, job_id: str, given: Mapping[str, Parameter], limit: int
) -> _Given | None:
    """Fetch the ephemeris of a job that was given one."""
    return (
        await _file(client, job_id, given["ephemeride"], limit) if "ephemeride" in given else None
    )


async def _file(client: UWSClient, job_id: str, parameter: Parameter, limit: int) -> _Given:
    """Fetch a file that a job was given: by its address, or out of the document itself."""
    value = _decoded(parameter.value)
    if value.startswith(("http://", "https://", "/")):
        address = urljoin(client.jobs_url, value)
        return _Given(await client.content(address, limit=limit), trimmed=False)
    if "\n" not in value and not value.lstrip().startswith("{"):
        value = _decoded(await client.text(job_id, f"parameters/{parameter.id}"))
    return _Given(value.encode(), trimmed=True)


def _decoded(text: str) -> str:
    """Undo percent-encoding: neither JSON nor a table is without quotes, braces and white space."""
    encoded = "%" in text and not any(mark in text for mark in '{" \n')
    return unquote_plus(text) if encoded else text


def _lines(content: bytes) -> list[bytes]:
    """Give the lines without the white space that services add to or take from texts."""
    return [line.rstrip() for line in content.strip().splitlines()]
