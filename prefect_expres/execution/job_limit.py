"""Wait for a slot where the service allows a user only so many active jobs."""

from collections.abc import Callable

from prefect_expres.errors import ActiveJobsLimit, WaitTimeout
from prefect_expres.net.retry import backoff
from prefect_expres.net.clock import Clock

LONGEST_PAUSE = 60.0

Notice = Callable[[str], None]


class SlotQueue:
    """One who waits for a slot, longer and longer between tries, until a deadline.

    Args:
        clock: Sleeps.
        timeout: Seconds until the deadline.
        url: What is waited for.
        notice: Is told about each pause, in words for the log.
    """

    def __init__(self, clock: Clock, timeout: float, url: str, notice: Notice) -> None:
        self._clock = clock
        self._timeout = timeout
        self._deadline = clock.now() + timeout
        self._url = url
        self._notice = notice
        self._refused = 0

    async def pause(self, fault: ActiveJobsLimit) -> None:
        """Let some time pass before the next try.

        Raises:
            WaitTimeout: The deadline passed.
        """
        left = self._deadline - self._clock.now()
        if left <= 0:
            msg = (
                f"The service allowed no further active job for {self._timeout:.0f} s. Wait until "
                f"others have ended, or give it a longer timeout. {fault}"
            )
            raise WaitTimeout(msg, self._url, "waiting for a slot", self._timeout)
        self._refused += 1
        self._notice(f"Waiting for a slot: {fault.reason or 'too many active jobs'}")
        pause = min(backoff(2 + self._refused, fault.retry_after), LONGEST_PAUSE, left)
        await self._clock.sleep(pause)
