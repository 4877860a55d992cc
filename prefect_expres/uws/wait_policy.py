"""What is known of how a service treats WAIT, and how long it may be asked to wait.

A service may answer when the phase changes, ignore WAIT, limit it, or sleep past the end of the
job. A WAIT may also do harm: on OPUS it holds a thread to its end, which nobody can take back, and
the job needs a thread to report that it has ended. With few threads, the service answers nobody
meanwhile.

So a WAIT is short, until another request was answered during it (`prefect_expres.uws.long_poll`).
What was learned is kept for the process, the bad for an hour. A service that seems to have no
thread to spare may only be slow for a moment: it is tried again after 100 s, then less often.
"""

from prefect_expres.uws.models import Phase

SHORT_WAIT, SLOW_WAIT = 1, 2
"""Others wait at most so long where the WAIT holds the only thread.

The second one is for a service that takes longer than `SLOW_ANSWER` to answer without a wait: else
its look would come too late."""
SLOW_ANSWER = 0.2
PROMPT, PROMPT_OF_USUAL = 0.1, 3.0
"""A look that takes longer than both together was queued: somebody else waits for a thread, too."""
LONGEST_WAIT = 30
LOOK_AFTER = 0.5
"""Seconds into a short wait after which the look shows whether others are answered."""
LOOK_BEFORE_END = 1.0
"""Seconds before the end of a longer wait at which the next one is prepared."""
FIRST_GUARD, NEXT_GUARD = 6.0, 15.0
"""A service that never woke us is looked at meanwhile as well: it may sleep past the end."""
FORGET_AFTER = 3600.0
TRY_AGAIN_AFTER, TRIED_LESS_OFTEN = 100.0, 4.0
EARLY_ANSWERS_TOLERATED = 1
HELD = 2.0
"""A wait that was held for so many seconds was not ignored, though it ended early."""
_FULL = 0.9
"""A wait of this share of the seconds that were asked for ran to its end."""


class WaitPolicy:
    """What is known of one service.

    Attributes:
        wakes: It answered at a change, before the end of a wait.
    """

    def __init__(self) -> None:
        self.wakes = False
        self._longest = LONGEST_WAIT
        self._avoided_until: dict[Phase, float] = {}
        self._starved = 0
        self._early = 0
        self._perhaps_woke = False

    def may_wait(self, phase: Phase | None, now: float) -> bool:
        """Say whether to ask the service to wait; if not, the job is read from time to time.

        Args:
            phase: The phase that the job is in; None if it is not known.
            now: The seconds of the client's clock.
        """
        if phase is None:
            return any(not self._avoids(each, now) for each in Phase)
        return phase.waits and not self._avoids(phase, now)

    @property
    def needs_rest(self) -> bool:
        """The last wait was answered early and without news."""
        return self._early > 0

    def first_wait(self, left: float, usual: float) -> int:
        """Give the seconds of a wait before anything is known of the threads of this moment.

        Args:
            left: Seconds until the deadline.
            usual: Seconds that an answer without a wait took.
        """
        return SHORT_WAIT if usual < SLOW_ANSWER or left < SLOW_WAIT else SLOW_WAIT

    def next_wait(self, left: float) -> int:
        """Give the seconds of a wait after one during which others were answered."""
        return max(1, min(self._longest, int(left)))

    def until_look(self, asked: int, taken: float) -> float:
        """Give the seconds until the next look during a wait.

        Args:
            asked: Seconds that the service was asked to wait.
            taken: Seconds that it has taken so far.
        """
        prepared = LOOK_AFTER if asked <= SLOW_WAIT else asked - LOOK_BEFORE_END
        until = max(prepared - taken, LOOK_AFTER)
        guard = FIRST_GUARD - taken if taken < FIRST_GUARD else NEXT_GUARD
        return until if self.wakes else min(until, guard)

    def ends_soon(self, asked: int, taken: float) -> bool:
        """Say whether it is time for the next wait."""
        return asked <= SLOW_WAIT or asked - taken <= LOOK_BEFORE_END

    def is_prompt(self, taken: float, usual: float) -> bool:
        """Say whether a look was answered as soon as the service answers otherwise."""
        return taken <= PROMPT + PROMPT_OF_USUAL * usual

    def ran_out(self, asked: int, taken: float) -> bool:
        """Say whether a wait ended since its time was over."""
        return taken >= _FULL * asked

    def holds(self) -> None:
        """Learn that a wait is held while others are answered.

        A service that does so did not ignore the wait before: it was woken.
        """
        self.wakes = self.wakes or self._perhaps_woke
        self._perhaps_woke = False
        self._early = self._starved = 0

    def harms(self, now: float) -> None:
        """Learn that others were not answered during a wait."""
        pause = TRY_AGAIN_AFTER * TRIED_LESS_OFTEN**self._starved
        self._starved += 1
        self._avoid(set(Phase), now, min(pause, FORGET_AFTER))

    def oversleeps(self, now: float) -> None:
        """Learn that a wait went on though the phase had changed."""
        self.wakes = False
        self._avoid(set(Phase), now)

    def answered(
        self,
        asked: int,
        taken: float,
        before: Phase | None,
        after: Phase,
        *,
        looked: bool,
        now: float,
    ) -> None:
        """Learn from the answer to a wait.

        Args:
            asked: Seconds that the service was asked to wait.
            taken: Seconds until it answered.
            before: The phase that it was asked to wait in; None for the present one.
            after: The phase that it answered with.
            looked: A look was answered while it was held.
            now: The seconds of the client's clock.
        """
        full = self.ran_out(asked, taken)
        if before is None:
            self._perhaps_woke = not full and after is not Phase.PENDING
        elif after is not before:
            self.wakes = self.wakes or (looked and not full)
        elif full:
            self._early = 0
        elif taken >= HELD:
            self._early, self._longest = 0, int(taken)
        else:
            self._learn_from_early_answer(after, now)

    def _learn_from_early_answer(self, phase: Phase, now: float) -> None:
        """Avoid WAIT after some early answers; in PENDING they count for PENDING only."""
        self._early += 1
        self._perhaps_woke = False
        if self._early > EARLY_ANSWERS_TOLERATED:
            self._avoid({phase} if phase is Phase.PENDING else set(Phase), now)

    def _avoids(self, phase: Phase, now: float) -> bool:
        return now < self._avoided_until.get(phase, now)

    def _avoid(self, phases: set[Phase], now: float, seconds: float = FORGET_AFTER) -> None:
        for phase in phases:
            until = self._avoided_until.get(phase, now)
            self._avoided_until[phase] = max(until, now + seconds)
        self._early = 0
        self._perhaps_woke = False


POLICIES: dict[str, WaitPolicy] = {}
"""What this process knows, by job list."""


def policy_of(jobs_url: str) -> WaitPolicy:
    """Give what this process knows of a job list's service."""
    return POLICIES.setdefault(jobs_url, WaitPolicy())
