"""The Prefect task that computes where the observer is."""

from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.cache_policies import CachePolicy
from prefect.context import TaskRunContext
from prefect.tasks import exponential_backoff

from prefect_expres.ephemeris import AnyEphemeris, Span, cache_key
from prefect_expres.execution.prepare import compute_csv
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.tasks.retry import may_help


@dataclass
class EphemerisKey(CachePolicy):
    """Everything that changes an ephemeris, and nothing else."""

    def compute_key(
        self,
        task_ctx: TaskRunContext,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        """Give the key of the source and the times."""
        return cache_key(inputs["provider"], inputs["span"])


@task(
    name="Compute ephemeris",
    cache_policy=EphemerisKey(),
    persist_result=True,
    result_serializer="json",
    retries=3,
    retry_delay_seconds=exponential_backoff(5),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def compute_ephemeris(provider: AnyEphemeris, span: Span) -> str:
    """Compute the observer's ephemeris, and give the CSV file that ExPRES reads.

    Cached by the source and the times, since spacecraft come from services that are asked one
    question at a time. Retried when the source is away; a failure is never cached.

    Args:
        provider: The source.
        span: The times.

    Raises:
        EphemerisUnavailable: The source does not answer now.
        EphemerisError: The source cannot give these positions.
    """
    return await compute_csv(provider, span, LogListener())
