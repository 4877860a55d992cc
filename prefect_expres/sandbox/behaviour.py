"""How a sandbox behaves, where its dialect does not say it: its limits, and faults on demand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """The limits of a sandbox, and the faults of OPUS that it is to show.

    Args:
        parallel: How many jobs run at once.
        active_jobs: How many jobs one owner may have queued or executing.
        threads: How many requests are answered at once; None for no limit.
        base_url: What URLs in answers begin with, as OPUS' setting ``BASE_URL``; by default, with
            what the client wrote.
        file_inputs: The inputs are of kind *File*: a create that lacks one leaves a husk.
        husks: How many creates fail and leave a husk, a job without its inputs.
        silent_ends: How many runs end without a report, as of a script that calls ``exit``: their
            jobs stay in EXECUTING.
        orphans: Whether what a job has started goes on when the job is aborted or deleted.
    """

    parallel: int = 2
    active_jobs: int = 20
    threads: int | None = None
    base_url: str | None = None
    file_inputs: bool = False
    husks: int = 0
    silent_ends: int = 0
    orphans: bool = False


SOUND = Behaviour()
