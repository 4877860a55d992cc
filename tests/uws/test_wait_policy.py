"""What a wait teaches about a service decides how long the next one may last."""

import pytest

from prefect_expres.uws import Phase
from prefect_expres.uws.wait_policy import WaitPolicy

ROUND_TRIP = 0.05
RUNS = Phase.EXECUTING
HOUR = 3600.0


@pytest.fixture
def policy() -> WaitPolicy:
    """Give a policy that knows only the round trip."""
    policy = WaitPolicy()
    policy.round_trip = ROUND_TRIP
    return policy


def test_unknown_service_is_asked_for_a_part_of_the_time_waited(policy: WaitPolicy) -> None:
    """A service that sleeps past the end must not cost more than a third of the time again."""
    asked = [policy.seconds(RUNS, elapsed, HOUR) for elapsed in (0.0, 30.0, 900.0)]
    assert asked == [2, 10, 30]
    assert policy.seconds(RUNS, 900.0, 4.7) == 4


def test_service_that_woke_up_is_trusted_with_longer_waits(policy: WaitPolicy) -> None:
    """The service answered at a change, before the end of the wait."""
    policy.learn(2, 0.6, Phase.QUEUED, RUNS)
    asked = [policy.seconds(RUNS, elapsed, HOUR) for elapsed in (0.6, 20.0, 900.0)]
    assert asked == [10, 20, 30]
    assert not policy.needs_rest(RUNS)


@pytest.mark.parametrize("taken", [ROUND_TRIP, 2.0])
def test_change_alone_is_no_proof(policy: WaitPolicy, taken: float) -> None:
    """A service that sleeps past changes also shows one at once or at the end of a wait."""
    policy.learn(2, taken, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 2.0, HOUR) == 2


def test_service_that_slept_past_a_change_is_asked_no_more(policy: WaitPolicy) -> None:
    """A change at once after a whole wait came while the service slept."""
    policy.learn(2, 2.05, Phase.QUEUED, Phase.QUEUED)
    policy.learn(2, 0.05, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 900.0, HOUR) is None
    assert policy.needs_rest(RUNS)


def test_change_during_the_next_wait_is_no_oversleeping(policy: WaitPolicy) -> None:
    """A whole wait without a change, then an early answer with it, is correct."""
    policy.learn(2, 2.05, Phase.QUEUED, Phase.QUEUED)
    policy.learn(2, 0.90, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 0.0, HOUR) == 10


def test_service_that_ignores_wait_is_not_hammered(policy: WaitPolicy) -> None:
    """Each early answer is followed by a pause; after two WAIT is not used any more."""
    for _ in range(2):
        assert policy.seconds(RUNS, 9.0, HOUR) is not None
        policy.learn(3, ROUND_TRIP, RUNS, RUNS)
        assert policy.needs_rest(RUNS)
    assert {policy.seconds(phase, 9.0, HOUR) for phase in Phase} == {None}


def test_one_early_answer_is_forgiven(policy: WaitPolicy) -> None:
    """UWS allows early answers; a wait that lasts resets their count."""
    policy.learn(3, ROUND_TRIP, RUNS, RUNS)
    policy.learn(3, 3.05, RUNS, RUNS)
    policy.learn(3, ROUND_TRIP, RUNS, RUNS)
    assert policy.seconds(RUNS, 9.0, HOUR) == 3


def test_wait_ignored_while_pending_says_nothing_of_the_rest(policy: WaitPolicy) -> None:
    """OPUS waits in QUEUED and EXECUTING only."""
    for _ in range(2):
        policy.learn(2, ROUND_TRIP, Phase.PENDING, Phase.PENDING)
    assert policy.seconds(Phase.PENDING, 9.0, HOUR) is None
    assert policy.seconds(Phase.QUEUED, 9.0, HOUR) == 3


def test_longest_wait_of_the_service_is_learned(policy: WaitPolicy) -> None:
    """A service that answers after ten seconds, whatever was asked, is asked for ten."""
    policy.learn(30, 10.2, RUNS, RUNS)
    assert policy.seconds(RUNS, 900.0, HOUR) == 10
    assert not policy.needs_rest(RUNS)
    policy.learn(10, 10.1, RUNS, RUNS)
    assert policy.seconds(RUNS, 900.0, HOUR) == 10


def test_jobs_that_are_held_are_not_waited_for_by_the_service(policy: WaitPolicy) -> None:
    """UWS 1.1: WAIT never blocks in HELD, SUSPENDED and UNKNOWN."""
    for phase in (Phase.HELD, Phase.SUSPENDED, Phase.UNKNOWN):
        assert policy.seconds(phase, 900.0, HOUR) is None
        assert policy.needs_rest(phase)


@pytest.mark.parametrize(
    ("elapsed", "left", "seconds"),
    [
        (0.0, HOUR, 2),
        (6.0, HOUR, 2),
        (9.0, HOUR, 3),
        (90.0, HOUR, 30),
        (93.0, HOUR, 30),
        (90.0, 29.9, 29),
        (90.0, 0.5, 1),
        (90.0, 1.0, 1),
    ],
)
def test_bounds_of_a_first_wait(
    policy: WaitPolicy, elapsed: float, left: float, seconds: int
) -> None:
    """A third of the time so far, between 2 and 30 s, at most what is left, at least a second."""
    assert policy.seconds(RUNS, elapsed, left) == seconds


@pytest.mark.parametrize(
    ("elapsed", "seconds"), [(0.0, 10), (10.0, 10), (11.5, 11), (30.0, 30), (31.0, 30)]
)
def test_bounds_of_a_later_wait(policy: WaitPolicy, elapsed: float, seconds: int) -> None:
    """Where the service woke up: the time so far, between 10 and 30 s."""
    policy.learn(2, 0.6, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, elapsed, HOUR) == seconds


@pytest.mark.parametrize(("taken", "longest"), [(9.0, 30), (8.9, 8), (2.5, 2), (30.0, 30)])
def test_wait_that_lasts_teaches_the_longest(taken: float, longest: int) -> None:
    """A wait that ends before nine tenths of its time shows the longest one possible."""
    policy = WaitPolicy()
    policy.round_trip = 0.5
    policy.learn(10, taken, RUNS, RUNS)
    assert policy.seconds(RUNS, 900.0, HOUR) == longest
    assert not policy.needs_rest(RUNS)


@pytest.mark.parametrize(
    ("asked", "taken", "early"), [(10, 2.49, True), (10, 2.5, False), (2, 1.8, False)]
)
def test_wait_that_is_held_for_two_seconds_is_no_early_answer(
    asked: int, taken: float, *, early: bool
) -> None:
    """Neither is a short wait that ran to its end."""
    policy = WaitPolicy()
    policy.round_trip = 0.5
    for _ in range(2):
        policy.learn(asked, taken, RUNS, RUNS)
    assert policy.needs_rest(RUNS) is early
    assert (policy.seconds(RUNS, 0.0, HOUR) is None) is early


@pytest.mark.parametrize(
    ("taken", "trusted"), [(1.0, False), (1.1, True), (1.7, True), (1.8, False)]
)
def test_change_within_the_wait_shows_that_a_service_wakes(taken: float, *, trusted: bool) -> None:
    """A change within two round trips or at the end of the wait shows nothing."""
    policy = WaitPolicy()
    policy.round_trip = 0.5
    policy.learn(2, taken, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 0.0, HOUR) == (10 if trusted else 2)


def test_early_answer_is_forgiven_after_a_change(policy: WaitPolicy) -> None:
    """Only a change within the wait resets the count of early answers."""
    for taken, rests in ((0.6, False), (ROUND_TRIP, True), (2.0, True)):
        policy = WaitPolicy()
        policy.round_trip = ROUND_TRIP
        policy.learn(2, ROUND_TRIP, Phase.QUEUED, Phase.QUEUED)
        assert policy.needs_rest(Phase.QUEUED)
        policy.learn(2, taken, Phase.QUEUED, RUNS)
        assert policy.needs_rest(RUNS) is rests
        assert policy.seconds(RUNS, 0.0, HOUR) is not None


def test_only_the_wait_before_a_change_can_have_slept_past_it(policy: WaitPolicy) -> None:
    """Earlier waits without a change do not count."""
    policy.learn(2, 2.05, Phase.PENDING, Phase.PENDING)
    policy.learn(2, 0.9, Phase.PENDING, Phase.QUEUED)
    policy.learn(2, ROUND_TRIP, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 0.0, HOUR) == 10
    policy.learn(10, 5.0, RUNS, RUNS)
    policy.learn(4, ROUND_TRIP, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 0.0, HOUR) == 4
    policy.learn(2, 2.05, RUNS, Phase.COMPLETED)
    policy.learn(2, ROUND_TRIP, Phase.QUEUED, RUNS)
    assert policy.seconds(RUNS, 0.0, HOUR) == 4


def test_nothing_is_known_at_first() -> None:
    """The service is asked to wait in the phases in which UWS allows it."""
    policy = WaitPolicy()
    assert policy.round_trip == 0.0
    waits = {phase for phase in Phase if policy.seconds(phase, 0.0, HOUR) is not None}
    assert waits == {Phase.PENDING, Phase.QUEUED, Phase.EXECUTING}
    assert {phase for phase in Phase if not policy.needs_rest(phase)} == waits
