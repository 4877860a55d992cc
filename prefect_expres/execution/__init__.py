"""One job for one simulation: chosen, started, and not left running by mistake.

Here the protocol and the domain meet, without Prefect: whoever asks for a simulation, from any
machine, comes to the same job.
"""

from prefect_expres.execution.election import Election, Submission
from prefect_expres.execution.evidence import fault_with_evidence, lost
from prefect_expres.execution.download import fetch_results
from prefect_expres.execution.inputs import rebuild_request
from prefect_expres.execution.start import see_started
from prefect_expres.execution.stop import stop_jobs

__all__ = [
    "Election",
    "Submission",
    "fault_with_evidence",
    "fetch_results",
    "lost",
    "rebuild_request",
    "see_started",
    "stop_jobs",
]
