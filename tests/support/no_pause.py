"""A clock for tests on which pauses take no time."""


class NoPause:
    """Tells the time that was slept away, and notes each sleep."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Give the time, as far as it was slept away."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.time += seconds
        self.slept.append(seconds)
