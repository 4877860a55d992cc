"""How often a step is tried again, and after which pauses."""

from itertools import count

import pytest

from prefect_expres.errors import (
    Busy,
    EphemerisUnavailable,
    ExpresError,
    RequestRejected,
    Unreachable,
    UsageError,
)
from prefect_expres.net.retry import (
    ATTEMPTS,
    BUDGET_SECONDS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    backoff,
    persist,
)
from tests.support.no_pause import NoPause

DRAWS = 300
"""So many that a jitter beyond its bounds would be seen."""


class Step:
    """Fails as it was told, time after time, and then succeeds."""

    def __init__(self, clock: NoPause, *faults: Exception, lasting: float = 0.0) -> None:
        self.calls = 0
        self._clock = clock
        self._faults = faults
        self._lasting = lasting

    async def __call__(self) -> str:
        """Let the time of an attempt pass, then fail or succeed."""
        self.calls += 1
        self._clock.time += self._lasting
        if self.calls <= len(self._faults):
            raise self._faults[self.calls - 1]
        return "done"


async def test_what_succeeds_is_done_once() -> None:
    """Without a pause."""
    clock = NoPause()
    step = Step(clock)
    assert await persist(step, clock) == "done"
    assert (step.calls, clock.slept) == (1, [])


async def test_what_may_pass_is_tried_again() -> None:
    """Each pause is about twice the one before."""
    clock = NoPause()
    step = Step(clock, *[Unreachable("away")] * 4)
    assert await persist(step, clock) == "done"
    assert step.calls == 5
    for pause, wanted in zip(clock.slept, [0.5, 1.0, 2.0, 4.0], strict=True):
        assert 0.75 * wanted <= pause <= 1.25 * wanted


@pytest.mark.parametrize("fault", [RequestRejected("no"), UsageError("no"), ValueError("slip")])
async def test_what_cannot_pass_is_told_at_once(fault: Exception) -> None:
    """Errors that do not call themselves retryable, and those that are none of ours."""
    clock = NoPause()
    step = Step(clock, fault)
    with pytest.raises(type(fault)) as told:
        await persist(step, clock)
    assert told.value is fault
    assert (step.calls, clock.slept) == (1, [])


@pytest.mark.parametrize("attempts", [1, 2, 4, ATTEMPTS])
async def test_the_attempts_are_counted(attempts: int) -> None:
    """The last error is told, and no pause follows it."""
    clock = NoPause()
    faults = [Unreachable(f"away {number}") for number in range(attempts)]
    step = Step(clock, *faults)
    with pytest.raises(Unreachable, match=f"away {attempts - 1}"):
        await persist(step, clock, attempts=attempts)
    assert (step.calls, len(clock.slept)) == (attempts, attempts - 1)


async def test_there_are_six_attempts_unless_said_otherwise() -> None:
    """As the page of settings says."""
    clock = NoPause()
    step = Step(clock, *[Unreachable("away")] * 100)
    with pytest.raises(Unreachable):
        await persist(step, clock)
    assert step.calls == ATTEMPTS == 6


@pytest.mark.parametrize(("budget", "calls"), [(19.9, 1), (21.1, 2), (39.9, 2), (42.1, 3)])
async def test_attempts_and_pauses_share_a_budget(budget: float, calls: int) -> None:
    """A pause that would end after it is not begun: here of 10 to 11 s, after attempts of 10 s."""
    clock = NoPause()
    clock.time = 5000.0
    step = Step(clock, *[Busy("later", retry_after=10.0)] * 9, lasting=10.0)
    with pytest.raises(Busy):
        await persist(step, clock, attempts=9, budget=budget)
    assert step.calls == calls


async def test_the_budget_may_be_used_up() -> None:
    """What ends just in time is tried again."""
    clock = NoPause()
    step = Step(clock, *[Busy("later", retry_after=0.0)] * 9, lasting=10.0)
    with pytest.raises(Busy):
        await persist(step, clock, attempts=9, budget=20.0)
    assert step.calls == 3


@pytest.mark.parametrize(("lasting", "calls"), [(179.2, 2), (179.7, 1)])
async def test_the_budget_is_three_minutes_unless_said_otherwise(
    lasting: float, calls: int
) -> None:
    """The first pause of 0.375 to 0.625 s fits after a long attempt, or does not."""
    clock = NoPause()
    step = Step(clock, *[Unreachable("away")] * 2, lasting=lasting)
    with pytest.raises(Unreachable):
        await persist(step, clock)
    assert step.calls == calls
    assert BUDGET_SECONDS == 180.0


@pytest.mark.parametrize(
    "fault", [Busy("later", retry_after=7.0), EphemerisUnavailable("later", 7.0)]
)
async def test_the_pause_that_was_asked_for_is_kept(fault: ExpresError) -> None:
    """It is never shortened, and lengthened by a tenth at most."""
    clock = NoPause()
    assert await persist(Step(clock, fault), clock, first_pause=60.0) == "done"
    assert 7.0 <= clock.slept[0] <= 7.7


async def test_the_first_pause_may_be_longer() -> None:
    """For services that want more time; it doubles all the same."""
    clock = NoPause()
    await persist(Step(clock, *[Unreachable("away")] * 2), clock, first_pause=4.0)
    assert 3.0 <= clock.slept[0] <= 5.0
    assert 6.0 <= clock.slept[1] <= 10.0


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 0.5), (2, 1.0), (3, 2.0), (5, 8.0), (6, 15.0), (7, 15.0), (10_000, 15.0)],
)
def test_pauses_double_up_to_a_longest(attempt: int, seconds: float) -> None:
    """The jitter is a quarter to either side, and all of it is used."""
    drawn = [backoff(attempt) / seconds for _ in range(DRAWS)]
    assert min(drawn) >= 0.75
    assert max(drawn) <= 1.25
    assert min(drawn) < 0.85
    assert max(drawn) > 1.15
    assert (FIRST_PAUSE, LONGEST_PAUSE) == (0.5, 15.0)


@pytest.mark.parametrize("asked", [0.0, 1.0, 120.0])
def test_an_asked_pause_is_never_shortened(asked: float) -> None:
    """Whatever the attempt is; the jitter adds up to a tenth."""
    drawn = [backoff(attempt, asked) for attempt, _ in zip(count(1), range(DRAWS), strict=False)]
    assert min(drawn) >= asked
    assert max(drawn) <= 1.1 * asked
    assert not asked or max(drawn) > 1.05 * asked
