"""What a wait teaches about a service decides how long the next one may last."""

import pytest

from prefect_expres.uws import Phase
from prefect_expres.uws.wait_policy import (
    EARLY_ANSWERS_TOLERATED,
    FIRST_TRUSTING_WAIT,
    FIRST_WAIT,
    LONGEST_WAIT,
    WaitPolicy,
)

ROUND_TRIP = 0.05
RUNS = Phase.EXECUTING
HOUR = 3600.0


@pytest.fixture
def blocking() -> WaitPolicy:
    """Know nothing yet but how quick an answer is."""
    blocking = WaitPolicy()
    blocking.round_trip = ROUND_TRIP
    return blocking


def test_unknown_service_is_asked_for_a_part_of_the_time_waited(blocking: WaitPolicy) -> None:
    """A service that sleeps past the end must not cost more than a third of the time again."""
    asked = [blocking.seconds(RUNS, elapsed, HOUR) for elapsed in (0.0, 30.0, 900.0)]
    assert asked == [FIRST_WAIT, 10, LONGEST_WAIT]
    assert blocking.seconds(RUNS, 900.0, 4.7) == 4


def test_service_that_woke_up_is_trusted_with_longer_waits(blocking: WaitPolicy) -> None:
    """A change told before the end of the wait is what WAIT is for."""
    blocking.learn(2, 0.6, Phase.QUEUED, RUNS)
    asked = [blocking.seconds(RUNS, elapsed, HOUR) for elapsed in (0.6, 20.0, 900.0)]
    assert asked == [FIRST_TRUSTING_WAIT, 20, LONGEST_WAIT]
    assert not blocking.needs_rest(RUNS)


@pytest.mark.parametrize("taken", [ROUND_TRIP, 2.0])
def test_change_alone_is_no_proof(blocking: WaitPolicy, taken: float) -> None:
    """A change told at once, or at the end of the wait, a service that never wakes tells, too."""
    blocking.learn(2, taken, Phase.QUEUED, RUNS)
    assert blocking.seconds(RUNS, 2.0, HOUR) == FIRST_WAIT


def test_service_that_slept_past_a_change_is_asked_no_more(blocking: WaitPolicy) -> None:
    """A wait without a change, then the change at once: it came while the service slept."""
    blocking.learn(2, 2.05, Phase.QUEUED, Phase.QUEUED)
    blocking.learn(2, 0.05, Phase.QUEUED, RUNS)
    assert blocking.seconds(RUNS, 900.0, HOUR) is None
    assert blocking.needs_rest(RUNS)


def test_change_during_the_next_wait_is_no_oversleeping(blocking: WaitPolicy) -> None:
    """A wait without a change, and one that ends early with it, are both as they should be."""
    blocking.learn(2, 2.05, Phase.QUEUED, Phase.QUEUED)
    blocking.learn(2, 0.90, Phase.QUEUED, RUNS)
    assert blocking.seconds(RUNS, 0.0, HOUR) == FIRST_TRUSTING_WAIT


def test_service_that_ignores_wait_is_not_hammered(blocking: WaitPolicy) -> None:
    """Each answer at once is followed by a rest, and after some WAIT is not sent any more."""
    for _ in range(EARLY_ANSWERS_TOLERATED + 1):
        assert blocking.seconds(RUNS, 9.0, HOUR) is not None
        blocking.learn(3, ROUND_TRIP, RUNS, RUNS)
        assert blocking.needs_rest(RUNS)
    assert {blocking.seconds(phase, 9.0, HOUR) for phase in Phase} == {None}


def test_one_early_answer_is_forgiven(blocking: WaitPolicy) -> None:
    """UWS allows early answers; a wait that lasts makes good for one."""
    blocking.learn(3, ROUND_TRIP, RUNS, RUNS)
    blocking.learn(3, 3.05, RUNS, RUNS)
    blocking.learn(3, ROUND_TRIP, RUNS, RUNS)
    assert blocking.seconds(RUNS, 9.0, HOUR) == 3


def test_wait_ignored_while_pending_says_nothing_of_the_rest(blocking: WaitPolicy) -> None:
    """OPUS waits in QUEUED and EXECUTING only."""
    for _ in range(EARLY_ANSWERS_TOLERATED + 1):
        blocking.learn(2, ROUND_TRIP, Phase.PENDING, Phase.PENDING)
    assert blocking.seconds(Phase.PENDING, 9.0, HOUR) is None
    assert blocking.seconds(Phase.QUEUED, 9.0, HOUR) == 3


def test_longest_wait_of_the_service_is_learned(blocking: WaitPolicy) -> None:
    """A service that answers after ten seconds, whatever was asked, is asked for ten."""
    blocking.learn(30, 10.2, RUNS, RUNS)
    assert blocking.seconds(RUNS, 900.0, HOUR) == 10
    assert not blocking.needs_rest(RUNS)
    blocking.learn(10, 10.1, RUNS, RUNS)
    assert blocking.seconds(RUNS, 900.0, HOUR) == 10


def test_jobs_that_are_held_are_not_waited_for_by_the_service(blocking: WaitPolicy) -> None:
    """UWS 1.1: WAIT never blocks in HELD, SUSPENDED and UNKNOWN."""
    for phase in (Phase.HELD, Phase.SUSPENDED, Phase.UNKNOWN):
        assert blocking.seconds(phase, 900.0, HOUR) is None
        assert blocking.needs_rest(phase)
