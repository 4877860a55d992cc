"""Events: what happens to jobs and in the sky, told to Prefect so that automations can follow.

A job is the resource ``expres.job.<its address>``, and each phase that is seen is an event
``expres.job.<phase>``. A window is the resource ``expres.window.<observatory>.<its name>``, and
that it is forecast for the first time is the event ``expres.window.appeared``. Events go out from
a thread of Prefect's own, in their own time.
"""

import re

from prefect.events import emit_event

from prefect_expres.analysis.windows import Window
from prefect_expres.expres.run_id import RunId
from prefect_expres.net.url import shown_url

JOB = "expres.job"
WINDOW_APPEARED = "expres.window.appeared"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)


def emit_phase(label: str, job_url: str, phase: str, run_id: str | None = None) -> None:
    """Emit the event of a phase, once for each phase that is seen.

    It neither fails nor waits: Prefect logs what it cannot send.

    Args:
        label: The simulation's label.
        job_url: The job on the service.
        phase: The phase, in the words of UWS.
        run_id: The job's runId, which tells the start of the simulation's fingerprint.
    """
    url = shown_url(job_url)
    name = RunId.parse(run_id)
    emit_event(
        f"{JOB}.{phase.lower()}",
        resource={
            "prefect.resource.id": resource_of(url),
            "prefect.resource.name": label,
            "expres.job.url": url,
        },
        payload={
            "label": label,
            "job_url": url,
            "phase": phase.upper(),
            "fingerprint": name.fingerprint if name else None,
        },
    )


def emit_window(window: Window, observatory: str, forecast_url: str) -> None:
    """Emit the event of a window that was not forecast before.

    Args:
        window: The window, as the observatory sees it.
        observatory: Its name.
        forecast_url: Where the forecast is.
    """
    name = f"{window.source} {window.hemisphere} {window.polarization}"
    emit_event(
        WINDOW_APPEARED,
        resource={
            "prefect.resource.id": f"expres.window.{observatory.lower()}.{window.name}",
            "prefect.resource.name": f"{name} from {observatory}, {window.start:%Y-%m-%d %H:%M}",
        },
        payload={
            **window.model_dump(mode="json"),
            "minutes": round((window.end - window.start).total_seconds() / 60, 2),
            "observatory": observatory,
            "forecast": shown_url(forecast_url),
        },
    )


def resource_of(job_url: str) -> str:
    """Name a job as a resource: ``expres.job.host.rest.ExPRES.1a2b3c``."""
    _, _, address = job_url.rpartition("://")
    return f"{JOB}.{_UNSAFE.sub('.', address).strip('.')}"
