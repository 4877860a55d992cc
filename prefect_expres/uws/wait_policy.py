"""How a service treats WAIT, and how long to ask it to wait next.

A service may answer when the phase changes, ignore WAIT, limit it, sleep past the end of the job,
or answer with the document as it was when the wait began. It does not say which; each answer tells
a little. At first a wait is a third of the time waited so far. Only a service that was seen to
answer at a change is asked to wait longer.

A wait that ended without a change proves nothing. The next request names the phase that was seen:
if the job has left it, UWS 1.1 (section 2.2.1.1) makes the service answer at once.
"""

from prefect_expres.uws.models import Phase

LONGEST_WAIT = 30
FIRST_WAIT = 2
FIRST_TRUSTING_WAIT = 10
SHORTEST_BLOCK = 2.0
"""A service that holds a wait for less than this is asked without WAIT, with pauses."""
EARLY_ANSWERS_TOLERATED = 1
_FULL = 0.9
"""A wait of this share of the seconds that were asked for ran to its end."""


class WaitPolicy:
    """Learns from each wait.

    Attributes:
        round_trip: Seconds that an answer takes without WAIT.
    """

    def __init__(self) -> None:
        self.round_trip = 0.0
        self._worthwhile = {phase for phase in Phase if phase.waits}
        self._longest = LONGEST_WAIT
        self._wakes = False
        self._ran_out = False
        self._early = 0

    def needs_rest(self, phase: Phase) -> bool:
        """Say whether to sleep before the next request, since the service does not wait."""
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
        """Learn from a wait that has ended.

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
            # The service slept past the change in the wait before: WAIT is of no use.
            self._worthwhile.clear()
        elif not at_once and not full:
            self._wakes, self._early = True, 0

    def _learn_from_early_answer(self, phase: Phase) -> None:
        """Stop using WAIT after some early answers; in PENDING they count for PENDING only."""
        self._early += 1
        if self._early > EARLY_ANSWERS_TOLERATED:
            self._worthwhile -= {phase} if phase is Phase.PENDING else set(Phase)
