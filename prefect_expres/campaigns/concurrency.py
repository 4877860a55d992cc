"""Concurrency slots: a number of them in this process, and a global limit on Prefect's server.

Prefect's own context manager for a global concurrency limit costs a second and 40 ms of work for
each simulation, since its callers wait in one queue, and a thread for each slot. So leases are
taken here one by one, renewed together, and used again within the process.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self
from uuid import UUID

import anyio
import httpx
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.responses import ConcurrencyLimitWithLeaseResponse

from prefect_expres.monitoring.log import log_warning
from prefect_expres.net.clock import Clock, MonotonicClock
from prefect_expres.prefect_support.names import JOBS_LIMIT

LEASE_SECONDS = 300.0
RENEW_EVERY = 100.0
TRY_EVERY = 1.0
GIVE_BACK_SECONDS = 3.0
"""How long it may take to give slots back; what is not given back ends with its lease."""


class JobSlots:
    """Concurrency slots of one flow run, as an asynchronous context manager.

    If the limit does not exist, a warning says so once, and only ``in_flight`` holds. While the
    server is away no new slot is given, and none that is held is taken away.

    Args:
        in_flight: How many slots this process may hold.
        limit: Name of Prefect's global concurrency limit.
        clock: Sleeps between tries and renewals.
    """

    def __init__(self, in_flight: int, limit: str = JOBS_LIMIT, clock: Clock | None = None) -> None:
        self._in_process = asyncio.Semaphore(in_flight)
        self._limit = limit
        self._clock = clock or MonotonicClock()
        self._exists = True
        self._away = False
        self._held: set[UUID] = set()
        self._free: list[UUID] = []
        self._taking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Begin to renew the leases."""
        self._server: PrefectClient = await self._server_context().__aenter__()
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give every slot back, unless the server is away."""
        self._renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._renewing
        with anyio.move_on_after(GIVE_BACK_SECONDS):
            for lease in self._held:
                with contextlib.suppress(httpx.HTTPError):
                    await self._server.release_concurrency_slots_with_lease(lease)
        await self._server.__aexit__(None, None, None)

    @staticmethod
    def _server_context() -> AbstractAsyncContextManager[PrefectClient]:
        return get_client()

    @contextlib.asynccontextmanager
    async def hold(self) -> AsyncIterator[UUID | None]:
        """Hold a slot, and give its lease; None where there is no limit."""
        async with self._in_process:
            lease = await self._lease()
            try:
                yield lease
            finally:
                if lease in self._held:
                    self._free.append(lease)

    async def _lease(self) -> UUID | None:
        """Take a lease that is free, or a new one; None where there is no limit."""
        async with self._taking:
            while self._exists:
                while self._free:
                    if (free := self._free.pop()) in self._held:
                        return free
                lease = await self._new_lease()
                if lease is not None:
                    return lease
        return None

    async def _new_lease(self) -> UUID | None:
        """Ask the server for a slot; None if there is none just now."""
        try:
            answer = await self._server.increment_concurrency_slots_with_lease(
                [self._limit], 1, "concurrency", LEASE_SECONDS
            )
        except httpx.HTTPError as fault:
            if not _is(fault, httpx.codes.LOCKED) and not self._away:
                self._away = True
                log_warning("Prefect's server gives no slot of %s just now: %r", self._limit, fault)
            await self._clock.sleep(TRY_EVERY)
            return None
        self._away = False
        given = ConcurrencyLimitWithLeaseResponse.model_validate(answer.json())
        if not given.limits:
            self._exists = False
            log_warning(
                "There is no global concurrency limit %r, so only this process counts its jobs; "
                "prefect-expres deploy makes it",
                self._limit,
            )
            return None
        self._held.add(given.lease_id)
        return given.lease_id

    async def _renew(self) -> None:
        """Renew the leases before they end."""
        while True:
            await self._clock.sleep(RENEW_EVERY)
            for lease in list(self._held):
                try:
                    await self._server.renew_concurrency_lease(lease, LEASE_SECONDS)
                except httpx.HTTPError as fault:
                    if _is(fault, httpx.codes.NOT_FOUND) or _is(fault, httpx.codes.GONE):
                        self._held.discard(lease)
                    log_warning("A slot of %s could not be renewed: %r", self._limit, fault)


def _is(fault: httpx.HTTPError, status: int) -> bool:
    return isinstance(fault, httpx.HTTPStatusError) and fault.response.status_code == status
