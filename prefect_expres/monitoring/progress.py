"""Listeners that show an execution in Prefect: as log lines, events and artifacts."""

import time
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

from prefect_expres.execution.events import (
    AttemptFailed,
    BytesReceived,
    Event,
    JobChosen,
    JobObserved,
    StepTaken,
    Warned,
)
from prefect_expres.monitoring.artifacts import show_failure, show_job
from prefect_expres.monitoring.best_effort import artifact_key, best_effort
from prefect_expres.monitoring.events import emit_phase
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.prefect_support.current_run import in_run
from prefect_expres.uws import Phase

SHORTEST_UPDATE = 2.0
BYTES_EVERY = 3.0
LONGEST_RUN = 10_800.0
"""Seconds that a job may run on a service that does not say."""
_SHARE = {
    Phase.PENDING: 0.0,
    Phase.QUEUED: 5.0,
    Phase.EXECUTING: 10.0,
    Phase.COMPLETED: 100.0,
}


class LogListener:
    """Logs what an execution tells, and emits an event for each phase; see `Listener`.

    The lines go to the log of the flow run or task run. Outside runs they go to a plain logger,
    and no events are emitted: that would start a Prefect server.
    """

    def __init__(self) -> None:
        self._bytes_logged = time.monotonic()

    async def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepTaken(step, message):
                log_step(step, "%s", message)
            case Warned(message, step):
                log_warning("%s", message, step=step)
            case JobObserved(changed=True):
                phase = event.job.phase
                log_step("phase", "%s after %.1f s", phase.value, event.elapsed)
                if in_run():
                    emit_phase(event.label, event.job_url, phase, event.job.run_id)
            case BytesReceived():
                self._log_bytes(event)
            case AttemptFailed(label, fault):
                await show_failure(label, fault)
            case _:
                pass

    def _log_bytes(self, event: BytesReceived) -> None:
        """Log how far a long download is, at most every few seconds."""
        if time.monotonic() - self._bytes_logged >= BYTES_EVERY:
            self._bytes_logged = time.monotonic()
            of = f" of {event.expected:,}" if event.expected else ""
            log_step("download", "%s, %s%s bytes so far", event.name, f"{event.received:,}", of)


class ArtifactListener(LogListener):
    """Shows one simulation on the Artifacts page, too: a link to its job, and a progress bar.

    While the job is executing, the bar is the part of its execution duration that is used.
    """

    def __init__(self) -> None:
        super().__init__()
        self._artifact: UUID | None = None
        self._executing_since = 0.0
        self._updated = 0.0

    async def __call__(self, event: Event) -> None:
        """Show one event."""
        await super().__call__(event)
        match event:
            case JobChosen(label, job_url):
                await show_job(label, job_url)
            case JobObserved():
                await self._show_progress(event)
            case _:
                pass

    async def _show_progress(self, seen: JobObserved) -> None:
        """Move the bar when the phase has changed, or enough time has passed."""
        if seen.changed:
            self._executing_since = seen.elapsed
        if seen.changed or seen.elapsed - self._updated >= SHORTEST_UPDATE:
            self._updated = seen.elapsed
            with best_effort():
                await self._draw(seen)

    async def _draw(self, seen: JobObserved) -> None:
        phase = seen.job.phase
        share = _SHARE.get(phase, 10.0)
        if phase is Phase.EXECUTING:
            allowed = seen.job.execution_duration or LONGEST_RUN
            share += 85.0 * min((seen.elapsed - self._executing_since) / allowed, 1.0)
        description = f"{phase.value} after {seen.elapsed:.0f} s, {seen.job_url}"
        if self._artifact is None:
            key = artifact_key("progress", seen.label)
            self._artifact = await acreate_progress_artifact(share, key, description)
        else:
            await aupdate_progress_artifact(self._artifact, share, description)
