"""A UWS service in virtual time: its jobs keep to a timetable, its WAIT behaves as told.

It stands where httpx has its network. The three kinds of WAIT are those that real services show:
one answers at the change, one ignores WAIT, and one sleeps to the end of the wait whatever happens,
then answers with the document as it was when the wait began (OPUS behind several processes).
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import httpx

from prefect_expres.uws import Phase

URL = "http://127.0.0.1/rest/ExPRES"
ROUND_TRIP = 0.05
"""Seconds from a question to its answer: a service some countries away."""

_NOTICED = 0.001
"""Seconds until the service notices a change."""

_HEAD = (
    'xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_CREATED = "2026-11-23T23:07:39"


class Waits(StrEnum):
    """What the service does with WAIT."""

    HONOURED = "WAIT honoured"
    IGNORED = "WAIT ignored"
    OVERSLEPT = "WAIT overslept"


CAPS = {Waits.HONOURED: 60.0, Waits.IGNORED: 0.0, Waits.OVERSLEPT: 600.0}
"""The longest WAIT in seconds: most services stop at a minute, OPUS at ten."""


@dataclass(frozen=True)
class Timetable:
    """When a job starts to execute, and when it ends, in seconds."""

    starts: float
    ends: float

    def phase(self, now: float) -> Phase:
        """Give the phase at a moment."""
        if now < self.starts:
            return Phase.QUEUED
        return Phase.EXECUTING if now < self.ends else Phase.COMPLETED

    def next_change(self, now: float) -> float:
        """Give the moment at which the phase will be another."""
        return self.starts if now < self.starts else self.ends


class VirtualServer(httpx.AsyncBaseTransport):
    """Answers for jobs by name.

    ``requests`` counts what it was asked, ``busy`` the CPU seconds that its answers took.
    """

    def __init__(self, jobs: dict[str, Timetable], waits: Waits) -> None:
        self._jobs = jobs
        self._waits = waits
        self.requests = 0
        self.busy = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer as the service would, a round trip later."""
        self.requests += 1
        await asyncio.sleep(ROUND_TRIP / 2)
        name, _, rest = request.url.path.removeprefix("/rest/ExPRES").strip("/").partition("/")
        asked = request.url.params
        if not name:
            answer = self._list(asked.get_list("PHASE"))
        elif rest == "phase":
            answer = self._phase(name).encode()
        else:
            phase = await self._waited(name, asked.get("WAIT"), asked.get("PHASE"))
            answer = self._document(name, phase)
        await asyncio.sleep(ROUND_TRIP / 2)
        return httpx.Response(200, stream=httpx.ByteStream(answer))

    async def _waited(self, name: str, wait: str | None, left: str | None) -> Phase:
        """Wait as asked, as far as this service does, and give the phase for the document."""
        phase, cap = self._phase(name), CAPS[self._waits]
        if wait is None or phase.finished or phase != (left or phase):
            return phase
        seconds = cap if float(wait) < 0 else min(float(wait), cap)
        if self._waits is Waits.OVERSLEPT:
            await asyncio.sleep(seconds)
            return phase
        now = asyncio.get_running_loop().time()
        until_change = self._jobs[name].next_change(now) - now
        await asyncio.sleep(min(seconds, until_change + _NOTICED))
        return self._phase(name)

    def _phase(self, name: str) -> Phase:
        return self._jobs[name].phase(asyncio.get_running_loop().time())

    def _list(self, phases: list[str]) -> bytes:
        with self._at_work():
            listed = ((name, self._phase(name)) for name in self._jobs)
            entries = [_entry(*job) for job in listed if not phases or job[1] in phases]
            return f"<uws:jobs {_HEAD}>{''.join(entries)}</uws:jobs>".encode()

    def _document(self, name: str, phase: Phase) -> bytes:
        with self._at_work():
            return document_of(name, phase)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        began = time.process_time()
        yield
        self.busy += time.process_time() - began


def _entry(name: str, phase: Phase) -> str:
    return (
        f'<uws:jobref id="{name}" xlink:href="http://127.0.0.1/ExPRES/{name}">'
        f"<uws:phase>{phase}</uws:phase><uws:runId>run-{name}</uws:runId>"
        f"<uws:creationTime>{_CREATED}</uws:creationTime></uws:jobref>"
    )


def document_of(name: str, phase: Phase) -> bytes:
    """Write the document of a job as OPUS does."""
    return (
        f"<uws:job {_HEAD}><uws:jobId>{name}</uws:jobId><uws:runId>run-{name}</uws:runId>"
        f"<uws:ownerId>anonymous</uws:ownerId><uws:phase>{phase}</uws:phase>"
        f"<uws:creationTime>{_CREATED}</uws:creationTime><uws:quote>120</uws:quote>"
        "<uws:executionDuration>600</uws:executionDuration>"
        '<uws:parameters><uws:parameter id="branch" byReference="0">master</uws:parameter>'
        "</uws:parameters><uws:results></uws:results>"
        '<uws:errorSummary xsi:nil="true"/></uws:job>'
    ).encode()
