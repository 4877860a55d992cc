"""What a service was found to do with WAIT, and how long to ask it to wait next.

A service may answer at the change, ignore WAIT, cap it, sleep past the job's end, or answer with
the document as it was when the wait began. Nobody says beforehand which; each answer tells a
little. What is not known is bounded: a wait asks for a fraction of the time waited so far, and for
more only of a service that was seen to wake up.

A wait that ran to its end without a change proves nothing. The next one is also the fresh look
that is due then: it names the phase that was seen, and where that was left, UWS 1.1 (section
2.2.1.1) answers at once.
"""

from prefect_expres.uws.models import Phase

LONGEST_WAIT = 30
FIRST_WAIT = 2
FIRST_TRUSTING_WAIT = 10
SHORTEST_BLOCK = 2.0
"""A service that holds a wait for less is looked at as often by pauses."""
EARLY_ANSWERS_TOLERATED = 1
_FULL = 0.9


class WaitPolicy:
    """Learns from each wait; ``round_trip`` is how many seconds an answer takes without WAIT."""

    def __init__(self) -> None:
        self.round_trip = 0.0
        self._worthwhile = {phase for phase in Phase if phase.waits}
        self._longest = LONGEST_WAIT
        self._wakes = False
        self._ran_out = False
        self._early = 0

    def needs_rest(self, phase: Phase) -> bool:
        """Say whether to let some time pass here, since the service does not, or did not last."""
        return self._early > 0 or phase not in self._worthwhile

    def seconds(self, phase: Phase, elapsed: float, left: float) -> int | None:
        """Say how long to ask the service to wait; None for not at all.

        Args:
            phase: The phase that the job is in.
            elapsed: Seconds waited so far.
            left: Seconds until the deadline.
        """
        if phase not in self._worthwhile:
            return None
        reach = max(FIRST_TRUSTING_WAIT, elapsed) if self._wakes else max(FIRST_WAIT, elapsed / 3)
        return max(1, int(min(self._longest, reach, left)))

    def learn(self, asked: int, taken: float, before: Phase, after: Phase) -> None:
        """Take note of a wait.

        Args:
            asked: Seconds that the service was asked to wait.
            taken: Seconds until it answered.
            before: The phase that it was asked to wait in.
            after: The phase that it answered with.
        """
        blocked, full = taken - self.round_trip, taken >= _FULL * asked
        if after is not before:
            self._learn_from_change(blocked, full=full)
        elif blocked < SHORTEST_BLOCK and not full:
            self._learn_from_early_answer(before)
        else:
            self._early = 0
            self._longest = self._longest if full else int(blocked)
        self._ran_out = full and after is before

    def _learn_from_change(self, blocked: float, *, full: bool) -> None:
        at_once = blocked <= self.round_trip
        if at_once and self._ran_out:
            # The wait before slept past the change: it cannot be trusted to wake up.
            self._worthwhile.clear()
        elif not at_once and not full:
            self._wakes, self._early = True, 0

    def _learn_from_early_answer(self, phase: Phase) -> None:
        """Ask for no more waits after some: none at all, but PENDING says nothing of the others."""
        self._early += 1
        if self._early > EARLY_ANSWERS_TOLERATED:
            self._worthwhile -= {phase} if phase is Phase.PENDING else set(Phase)
