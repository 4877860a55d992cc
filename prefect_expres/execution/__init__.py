"""One simulation on a service, from its request to its manifest; no Prefect.

May import: errors, net, storage, uws, expres, ephemeris, analysis. What it tells goes to a
`Listener`.
"""

from prefect_expres.execution.attempts import Attempts, Finished, unwrapped
from prefect_expres.execution.download import fetch_results
from prefect_expres.execution.election import Election, Submission
from prefect_expres.execution.events import Event, Listener, ignore
from prefect_expres.execution.evidence import fault_with_evidence, lost
from prefect_expres.execution.found import find_verified
from prefect_expres.execution.inputs import rebuild_request
from prefect_expres.execution.manifest import (
    Manifest,
    PhaseTime,
    SimulationResult,
    keep_manifest,
)
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.published import PublishedSource, Take, TakenResult
from prefect_expres.execution.run import complete, folder_of, run_simulation
from prefect_expres.execution.start import ensure_started
from prefect_expres.execution.steps import ClientSteps, ResultSteps, Steps
from prefect_expres.execution.stepwise import StepwiseRun
from prefect_expres.execution.stop import stop_jobs
from prefect_expres.execution.verification import verify_downloaded
from prefect_expres.execution.view import ResultView

__all__ = [
    "Attempts",
    "ClientSteps",
    "Election",
    "Event",
    "Finished",
    "Listener",
    "Manifest",
    "PhaseTime",
    "PublishedSource",
    "ResultSteps",
    "ResultView",
    "RunOptions",
    "SimulationResult",
    "Steps",
    "StepwiseRun",
    "Submission",
    "Take",
    "TakenResult",
    "complete",
    "ensure_started",
    "fault_with_evidence",
    "fetch_results",
    "find_verified",
    "folder_of",
    "ignore",
    "keep_manifest",
    "lost",
    "rebuild_request",
    "run_simulation",
    "stop_jobs",
    "unwrapped",
    "verify_downloaded",
]
