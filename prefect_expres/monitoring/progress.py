"""Progress of a simulation: log lines with a step, and one progress artifact."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from uuid import UUID

import anyio
from anyio.lowlevel import RunVar
from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.logging import get_run_logger

from prefect_expres.monitoring.events import announce_phase
from prefect_expres.execution.manifest import PhaseTime
from prefect_expres.uws import Observation, Phase

SHORTEST_UPDATE = 2.0
LONGEST_DECORATION = 10.0
SHOWN_AT_ONCE = 4
BYTES_EVERY = 3.0
_TURNS: RunVar[asyncio.Semaphore] = RunVar("turns")
_SHARE = {
    Phase.PENDING: 0.0,
    Phase.QUEUED: 5.0,
    Phase.EXECUTING: 10.0,
    Phase.COMPLETED: 100.0,
}


def tell(step: str, message: str, *args: object) -> None:
    """Log one step of a simulation; the step's name goes with the record as ``expres_step``."""
    get_run_logger().info(message, *args, extra={"expres_step": step})


def warn(message: str, *args: object) -> None:
    """Log what the user should know."""
    get_run_logger().log(logging.WARNING, message, *args, extra={"expres_step": "warning"})


@contextlib.contextmanager
def decoration() -> Iterator[None]:
    """Let pass whatever goes wrong with what is only shown, and what takes too long.

    A Prefect server that restarts must neither end a simulation that runs well nor hold it up:
    Prefect's client tries for a minute.
    """
    try:
        with anyio.fail_after(LONGEST_DECORATION):
            yield
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is only about what is shown
        get_run_logger().debug("Prefect's server did not take what was to be shown: %r", fault)


def turn() -> asyncio.Semaphore:
    """Give what lets a few of many simulations show something at once, for use in `decoration`.

    Prefect's client has 16 connections. When the time is up for a request that has just been given
    one, but has not begun, that connection is lost to it: after hundreds of requests at once no
    connection was left, and the flow run could not tell that it had ended.
    """
    try:
        return _TURNS.get()
    except LookupError:
        _TURNS.set(asyncio.Semaphore(SHOWN_AT_ONCE))
        return _TURNS.get()


def artifact_key(kind: str, label: str) -> str:
    """Name an artifact by what it shows, in the letters that Prefect allows."""
    return f"{kind}-{label}".lower().replace("_", "-")


class ByteCounter:
    """Logs how far a long download is, at most every few seconds."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    async def count(self, name: str, received: int, expected: int | None) -> None:
        """Take note of the bytes received so far."""
        if time.monotonic() - self._told >= BYTES_EVERY:
            self._told = time.monotonic()
            of = f" of {expected:,}" if expected else ""
            tell("download", "%s, %s%s bytes so far", name, f"{received:,}", of)


class PhaseLog:
    """Logs and announces the phases of a job as they are first seen.

    Args:
        label: The simulation's label.
        job_url: The job on the service.

    ``phases`` tells when each phase was first seen, in seconds since the wait began.
    """

    def __init__(self, label: str, job_url: str) -> None:
        self._label = label
        self._job_url = job_url
        self._phase: Phase | None = None
        self.phases: tuple[PhaseTime, ...] = ()

    async def show(self, seen: Observation) -> None:
        """Log and announce a new phase."""
        phase = seen.job.phase
        if phase is not self._phase:
            self._phase = phase
            self.phases += (PhaseTime(phase=phase.value, seconds=round(seen.elapsed, 3)),)
            tell("phase", "%s after %.1f s", phase.value, seen.elapsed)
            announce_phase(self._label, self._job_url, phase, seen.job.run_id)


class ProgressArtifact(PhaseLog):
    """Shows the job's way through its phases in the Prefect UI, too.

    Args:
        label: The simulation's label.
        job_url: The job on the service.
        execution_duration: Seconds that the job may run; the bar is the part of them used.
    """

    def __init__(self, label: str, job_url: str, execution_duration: float) -> None:
        super().__init__(label, job_url)
        self._allowed = max(execution_duration, 1.0)
        self._artifact: UUID | None = None
        self._executing_since = 0.0
        self._updated = 0.0

    async def show(self, seen: Observation) -> None:
        """Log and announce a new phase, and move the bar when enough time has passed."""
        changed = seen.job.phase is not self._phase
        await super().show(seen)
        if changed:
            self._executing_since = seen.elapsed
        if changed or seen.elapsed - self._updated >= SHORTEST_UPDATE:
            self._updated = seen.elapsed
            with decoration():
                await self._draw(seen.job.phase, seen.elapsed)

    async def _draw(self, phase: Phase, elapsed: float) -> None:
        share = _SHARE.get(phase, 10.0)
        if phase is Phase.EXECUTING:
            share += 85.0 * min((elapsed - self._executing_since) / self._allowed, 1.0)
        description = f"{phase.value} after {elapsed:.0f} s, {self._job_url}"
        if self._artifact is None:
            key = artifact_key("progress", self._label)
            self._artifact = await acreate_progress_artifact(share, key, description)
        else:
            await aupdate_progress_artifact(self._artifact, share, description)
