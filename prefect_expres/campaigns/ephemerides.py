"""The ephemerides of a campaign: each is computed once, and in memory once."""

import asyncio
import json
from typing import Any

from prefect_expres.caching.ephemeris import cached_or_anew
from prefect_expres.ephemeris import AnyEphemeris, Span
from prefect_expres.expres import SimulationRequest

KEPT = 16
"""The last ephemerides that another simulation may ask for, too."""


class Ephemerides:
    """The ephemerides that simulations need at about the same time.

    Args:
        refresh: Ask the source again, even if its answer is cached.
    """

    def __init__(self, *, refresh: bool) -> None:
        self._compute = cached_or_anew(refresh=refresh)
        self._tasks: dict[str, asyncio.Task[str]] = {}
        self._contents: dict[bytes, bytes] = {}

    async def compute(self, source: AnyEphemeris, span: Span) -> str:
        """Give the file of a source and its times."""
        key = json.dumps([source.model_dump(mode="json"), str(span)], sort_keys=True)
        if key not in self._tasks:
            _make_place(self._tasks)
            self._tasks[key] = asyncio.ensure_future(self._compute(source, span))
        try:
            return await asyncio.shield(self._tasks[key])
        except Exception:
            self._tasks.pop(key, None)
            raise

    def shared(self, request: SimulationRequest) -> SimulationRequest:
        """Give a request the same bytes as others with an equal file, which has 250 KB for a day.

        Args:
            request: The request, as it was built.
        """
        content = request.ephemeris
        if content is None:
            return request
        if content not in self._contents:
            _make_place(self._contents)
            self._contents[content] = content
        return request.model_copy(update={"ephemeris": self._contents[content]})


def _make_place(kept: dict[Any, Any]) -> None:
    """Forget what was kept first."""
    while len(kept) >= KEPT:
        kept.pop(next(iter(kept)))
