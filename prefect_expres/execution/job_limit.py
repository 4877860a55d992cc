"""Wait while the service's limit of active jobs is reached."""

from prefect_expres.errors import ActiveJobsLimit, WaitTimeout
from prefect_expres.execution.events import Listener, StepTaken
from prefect_expres.net.clock import Clock
from prefect_expres.net.retry import backoff

LONGEST_PAUSE = 60.0


class JobLimitWait:
    """Pauses between tries while the limit is reached, longer and longer, until a deadline.

    Args:
        clock: Sleeps.
        timeout: Seconds until the deadline.
        url: What is waited for.
        tell: Is told about each pause.
    """

    def __init__(self, clock: Clock, timeout: float, url: str, tell: Listener) -> None:
        self._clock = clock
        self._timeout = timeout
        self._deadline = clock.now() + timeout
        self._url = url
        self._tell = tell
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
            raise WaitTimeout(msg, self._url, "waiting for the limit of active jobs", self._timeout)
        self._refused += 1
        reason = fault.reason or "too many active jobs"
        await self._tell(StepTaken("submit", f"Waiting for the limit of active jobs: {reason}"))
        pause = min(backoff(2 + self._refused, fault.retry_after), LONGEST_PAUSE, left)
        await self._clock.sleep(pause)
