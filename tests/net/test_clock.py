"""The machine's clock: it only goes forward, and sleeping lets its time pass."""

import asyncio
import time

from prefect_expres.net.clock import Clock, MonotonicClock


async def test_sleeping_moves_the_clock_on() -> None:
    """By about the seconds that were asked for."""
    clock: Clock = MonotonicClock()
    before = clock.now()
    await clock.sleep(0.05)
    assert 0.045 <= clock.now() - before < 5.0


async def test_the_event_loop_goes_on_meanwhile() -> None:
    """A sleep blocks nobody else."""
    ran = asyncio.Event()
    asyncio.get_running_loop().call_soon(ran.set)
    await MonotonicClock().sleep(0.01)
    assert ran.is_set()


def test_the_clock_is_not_the_time_of_day() -> None:
    """Which may be set back."""
    assert abs(MonotonicClock().now() - time.monotonic()) < 1.0
