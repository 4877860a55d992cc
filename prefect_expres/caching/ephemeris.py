"""The Prefect task that computes where the observer is; its answers are kept for a while."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from prefect.cache_policies import CachePolicy
from prefect.context import TaskRunContext
from prefect.tasks import exponential_backoff
from prefect.utilities.callables import get_call_parameters

from prefect_expres.ephemeris import AnyEphemeris, Span, cache_key
from prefect_expres.errors import EphemerisError
from prefect_expres.execution.prepare import Compute, compute_csv
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.prefect_support.current_run import in_run
from prefect_expres.prefect_support.retry import may_help
from prefect_expres.prefect_support.sync_task import SyncCompatibleTask

P = ParamSpec("P")
R = TypeVar("R")

EXPIRATION = timedelta(days=7)
"""How long an answer is kept: predicted orbits, as those of Juno and JUICE, are revised."""

_KEY: ContextVar[str | None] = ContextVar("ephemeris_key")


@dataclass
class EphemerisKey(CachePolicy):
    """Everything that changes an ephemeris, and nothing else; see `cache_key`."""

    def compute_key(
        self,
        task_ctx: TaskRunContext,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        """Give the key that was computed before the run; where there is none, compute it here.

        Prefect asks on the event loop that runs the task. With ``.submit`` the task has that loop
        for itself.
        """
        try:
            return _KEY.get()
        except LookupError:
            return _key_of(inputs)


class EphemerisTask(SyncCompatibleTask[P, R]):
    """A task whose cache key is computed in a thread: it reads files, which may be large."""

    async def run_async(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the key, then run the task as Prefect does."""
        given = {name: kwargs[name] for name in kwargs.keys() - {"return_state", "wait_for"}}
        inputs = get_call_parameters(self.fn, args, given)
        with _known(await asyncio.to_thread(_key_of, inputs)):
            return await super().run_async(*args, **kwargs)


def _key_of(inputs: dict[str, Any]) -> str | None:
    """Give the key; None, for no caching, where a file is missing: the task itself says it best."""
    try:
        return cache_key(inputs["provider"], inputs["span"])
    except EphemerisError:
        return None


@contextlib.contextmanager
def _known(key: str | None) -> Iterator[None]:
    token = _KEY.set(key)
    try:
        yield
    finally:
        _KEY.reset(token)


def _ephemeris_task(
    function: Callable[P, Coroutine[Any, Any, R]],
) -> EphemerisTask[P, R]:
    return EphemerisTask(
        function,
        name="Compute ephemeris",
        cache_policy=EphemerisKey(),
        cache_expiration=EXPIRATION,
        result_serializer="json",
        retries=3,
        retry_delay_seconds=exponential_backoff(5),
        retry_jitter_factor=0.5,
        retry_condition_fn=may_help,
    )


@_ephemeris_task
async def compute_ephemeris(provider: AnyEphemeris, span: Span) -> str:
    """Compute the observer's ephemeris, and give the CSV file that ExPRES reads.

    Cached for 7 days by the source, its files and the times (`cache_key`), in Prefect's
    result storage: public services are asked one question at a time.
    ``compute_ephemeris.with_options(refresh_cache=True)`` computes it anew. Retried three times
    when the source is away; a failure is never cached.

    Args:
        provider: The source.
        span: The times.

    Returns:
        The CSV file, for `prepare`.

    Raises:
        EphemerisUnavailable: The source does not answer now.
        EphemerisError: The source cannot give these positions.
    """
    return await compute_csv(provider, span, LogListener())


def cached_or_anew(*, refresh: bool) -> EphemerisTask[[AnyEphemeris, Span], str]:
    """Give the task that computes an ephemeris; to refresh it, also if its answer is cached."""
    return compute_ephemeris.with_options(refresh_cache=refresh or None)


def compute_here(*, refresh: bool) -> Compute:
    """Give what computes an ephemeris: within runs the task, whose answers are cached."""
    return cached_or_anew(refresh=refresh).run_async if in_run() else compute_csv
