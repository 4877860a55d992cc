"""What a wait teaches about a service decides whether, and how long, it is asked to wait again."""

from collections.abc import Callable

import pytest

from prefect_expres.uws import Phase
from prefect_expres.uws.wait_policy import POLICIES, WaitPolicy, policy_of

RUNS = Phase.EXECUTING
HOUR = 3600.0


class Learner:
    """A policy, and the answers that it learns from; time stands still."""

    def __init__(self) -> None:
        self.policy = WaitPolicy()

    def answered(
        self,
        asked: int,
        taken: float,
        before: Phase | None,
        after: Phase,
        *,
        looked: bool = False,
    ) -> None:
        """Learn from a wait."""
        self.policy.answered(asked, taken, before, after, looked=looked, now=0.0)

    @property
    def first(self) -> int:
        """The seconds of the next wait."""
        return self.policy.first_wait(HOUR, 0.05)

    def allowed(self, now: float = 0.0) -> set[Phase | None]:
        """Give the phases in which the service is asked to wait; None for an unknown one."""
        return {phase for phase in (*Phase, None) if self.policy.may_wait(phase, now)}


ALL = {Phase.PENDING, Phase.QUEUED, Phase.EXECUTING, None}


@pytest.fixture
def learner() -> Learner:
    """Give one that knows nothing."""
    return Learner()


def test_nothing_is_known_at_first(learner: Learner) -> None:
    """The service is asked to wait for a second, in the phases in which UWS allows it."""
    assert learner.allowed() == ALL
    assert learner.first == 1
    assert not learner.policy.needs_rest
    assert not learner.policy.wakes


def test_wait_that_a_look_was_answered_in_woke_us(learner: Learner) -> None:
    """The service held the wait, and ended it at the change."""
    learner.answered(30, 12.0, RUNS, Phase.COMPLETED, looked=True)
    assert learner.policy.wakes


@pytest.mark.parametrize(("taken", "looked"), [(12.0, False), (27.0, True), (30.0, True)])
def test_change_alone_is_no_proof(learner: Learner, taken: float, *, looked: bool) -> None:
    """It may have come before the wait, or the wait may have run out with it."""
    learner.answered(30, taken, Phase.QUEUED, RUNS, looked=looked)
    assert not learner.policy.wakes
    assert learner.first == 1


def test_first_wait_that_ended_early_was_woken_if_the_next_is_held(learner: Learner) -> None:
    """A service that holds a wait did not ignore the one before."""
    learner.answered(1, 0.1, None, RUNS)
    assert (learner.policy.wakes, learner.first) == (False, 1)
    learner.policy.holds()
    assert learner.policy.wakes


def test_an_early_answer_without_news_was_no_wake(learner: Learner) -> None:
    """Nor was the one before it."""
    learner.answered(1, 0.1, None, RUNS)
    learner.answered(1, 0.1, RUNS, RUNS)
    learner.policy.holds()
    assert not learner.policy.wakes


@pytest.mark.parametrize(("taken", "after"), [(0.95, RUNS), (0.1, Phase.PENDING)])
def test_no_wake_is_guessed(learner: Learner, taken: float, after: Phase) -> None:
    """A wait that ran out was not woken, nor was one for a job that is still PENDING."""
    learner.answered(1, taken, None, after)
    learner.policy.holds()
    assert not learner.policy.wakes


def test_each_phase_begins_with_a_short_wait(learner: Learner) -> None:
    """A wake shows that threads were free for that moment only."""
    learner.answered(30, 12.0, Phase.QUEUED, RUNS, looked=True)
    assert learner.first == 1


@pytest.mark.parametrize(
    ("taken", "usual", "prompt"),
    [(0.1, 0.0, True), (0.11, 0.0, False), (0.25, 0.05, True), (0.26, 0.05, False)],
)
def test_look_is_compared_with_the_usual_answer(
    taken: float, usual: float, *, prompt: bool
) -> None:
    """Three times as long, and a tenth of a second, is no sign of a queue."""
    assert WaitPolicy().is_prompt(taken, usual) is prompt


def test_service_that_answers_nobody_meanwhile_is_left_alone(learner: Learner) -> None:
    """It may only have been slow, or get more threads: it is tried again, less and less often."""
    moment = 0.0
    for pause in (100, 400, 1600, 3600, 3600):
        learner.policy.harms(moment)
        assert learner.allowed(moment) == learner.allowed(moment + pause - 1) == set()
        moment += pause
        assert learner.allowed(moment) == ALL
    learner.policy.holds()
    learner.policy.harms(moment)
    assert learner.allowed(moment + 100) == ALL


@pytest.mark.parametrize(
    ("usual", "left", "seconds"), [(0.1, HOUR, 1), (0.3, HOUR, 2), (0.3, 1.5, 1)]
)
def test_slow_service_has_more_time_for_the_look(
    learner: Learner, usual: float, left: float, seconds: int
) -> None:
    """An answer that always takes long says nothing of the threads."""
    assert learner.policy.first_wait(left, usual) == seconds


def test_service_that_sleeps_past_a_change_is_asked_no_more(learner: Learner) -> None:
    """And that it once woke us counts no more."""
    learner.answered(30, 12.0, Phase.QUEUED, RUNS, looked=True)
    learner.policy.oversleeps(now=0.0)
    assert learner.allowed() == learner.allowed(3599.0) == set()
    assert learner.allowed(3600.0) == ALL
    assert not learner.policy.wakes
    assert learner.first == 1


def test_service_that_ignores_wait_is_not_hammered(learner: Learner) -> None:
    """Each early answer is followed by a pause; after two WAIT is not used any more."""
    for needs_rest in (True, False):
        assert learner.allowed() == ALL
        learner.answered(1, 0.05, RUNS, RUNS)
        assert learner.policy.needs_rest is needs_rest
    assert learner.allowed() == set()


@pytest.mark.parametrize(
    "reset",
    [
        lambda learner: learner.answered(30, 30.0, RUNS, RUNS),
        lambda learner: learner.answered(30, 2.0, RUNS, RUNS),
        lambda learner: learner.policy.holds(),
    ],
    ids=["full", "held", "looked at"],
)
def test_early_answers_are_counted_from_the_last_good_one(
    learner: Learner, reset: Callable[[Learner], None]
) -> None:
    """Of those that follow it one is forgiven, and no more."""
    learner.answered(30, 0.05, RUNS, RUNS)
    reset(learner)
    learner.answered(30, 0.05, RUNS, RUNS)
    assert learner.allowed() == ALL
    learner.answered(30, 0.05, RUNS, RUNS)
    assert learner.allowed() == set()


def test_what_was_bad_is_forgotten_with_all_that_led_to_it(learner: Learner) -> None:
    """After an hour one early answer is forgiven again, and an old one proves no wake."""
    for _ in range(2):
        learner.answered(1, 0.05, RUNS, RUNS)
    assert learner.allowed(HOUR - 1) == set()
    assert learner.allowed(HOUR) == ALL
    learner.answered(1, 0.05, RUNS, RUNS)
    assert learner.allowed(HOUR) == ALL
    learner.answered(30, 0.05, None, RUNS)
    learner.policy.harms(HOUR)
    learner.policy.holds()
    assert not learner.policy.wakes


def test_one_early_answer_is_forgiven(learner: Learner) -> None:
    """UWS allows early answers; a wait that is held resets their count."""
    for _ in range(3):
        learner.answered(30, 0.05, RUNS, RUNS)
        assert learner.policy.needs_rest
        learner.answered(1, 1.0, RUNS, RUNS)
        assert not learner.policy.needs_rest
    learner.answered(30, 0.05, RUNS, RUNS)
    learner.policy.holds()
    assert not learner.policy.needs_rest
    assert learner.allowed() == ALL


def test_wait_ignored_while_pending_says_nothing_of_the_rest(learner: Learner) -> None:
    """OPUS waits in QUEUED and EXECUTING only."""
    for _ in range(2):
        learner.answered(1, 0.05, Phase.PENDING, Phase.PENDING)
    assert learner.allowed() == ALL - {Phase.PENDING}


def test_wait_ignored_while_pending_allows_no_other_again(learner: Learner) -> None:
    """Other jobs may have shown meanwhile that waits do harm."""
    learner.answered(1, 0.05, Phase.PENDING, Phase.PENDING)
    learner.policy.harms(0.0)
    for _ in range(2):
        learner.answered(1, 0.05, Phase.PENDING, Phase.PENDING)
    assert learner.allowed() == set()


def test_each_phase_is_avoided_for_its_own_time(learner: Learner) -> None:
    """What one job has shown neither shortens nor lengthens what another has."""
    for _ in range(2):
        learner.answered(1, 0.05, Phase.PENDING, Phase.PENDING)
    learner.policy.harms(0.0)
    assert learner.allowed(99.0) == set()
    assert learner.allowed(100.0) == ALL - {Phase.PENDING}
    learner.policy.oversleeps(100.0)
    learner.policy.harms(100.0)
    assert learner.allowed(3699.0) == set()
    assert learner.allowed(3700.0) == ALL


def test_longest_wait_of_the_service_is_learned(learner: Learner) -> None:
    """A service that answers after ten seconds, whatever was asked, is asked for ten."""
    learner.answered(30, 10.2, RUNS, RUNS)
    assert learner.policy.next_wait(HOUR) == 10
    learner.answered(10, 10.1, RUNS, RUNS)
    assert learner.policy.next_wait(HOUR) == 10
    learner.answered(10, 2.0, RUNS, RUNS)
    assert learner.policy.next_wait(HOUR) == 2
    assert not learner.policy.needs_rest


@pytest.mark.parametrize(("left", "seconds"), [(HOUR, 30), (29.9, 29), (1.0, 1), (0.5, 1)])
def test_wait_ends_before_the_deadline(learner: Learner, left: float, seconds: int) -> None:
    """OPUS reads whole seconds; the shortest is one."""
    assert learner.policy.next_wait(left) == seconds


@pytest.mark.parametrize(
    ("asked", "taken", "known", "unknown"),
    [
        (1, 0.0, 0.5, 0.5),
        (30, 0.0, 29.0, 6.0),
        (30, 2.0, 27.0, 4.0),
        (30, 6.0, 23.0, 15.0),
        (30, 24.0, 5.0, 5.0),
        (30, 29.5, 0.5, 0.5),
        (2, 0.0, 0.5, 0.5),
    ],
)
def test_moment_of_the_next_look(asked: int, taken: float, known: float, unknown: float) -> None:
    """Soon in a short wait, a second before the end of a long one; often if it may oversleep."""
    policy = WaitPolicy()
    assert policy.until_look(asked, taken) == pytest.approx(unknown)
    policy.wakes = True
    assert policy.until_look(asked, taken) == pytest.approx(known)


@pytest.mark.parametrize(
    ("asked", "taken", "soon"),
    [(1, 0.5, True), (2, 0.5, True), (30, 12.0, False), (30, 29.0, True)],
)
def test_next_wait_is_begun_shortly_before_the_end(asked: int, taken: float, *, soon: bool) -> None:
    """A look in between only guards."""
    assert WaitPolicy().ends_soon(asked, taken) is soon


def test_what_is_known_is_kept_for_the_process() -> None:
    """All clients of a job list share it."""
    url = "https://uws.example.org/rest/ExPRES"
    policy_of(url).wakes = True
    assert policy_of(url).wakes
    assert not policy_of(f"{url}-dev").wakes
    assert POLICIES.keys() >= {url, f"{url}-dev"}
