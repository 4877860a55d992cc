"""What is to be done with a job: the rules of housekeeping, without a service."""

from datetime import UTC, datetime, timedelta

import pytest

from prefect_expres.cleanup.rules import Action, Rules
from prefect_expres.uws import Job, Phase, Timestamp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = Rules(NOW, keep_days=14)
SECOND, HOUR = 1 / 86_400, 1 / 24


def stamp(days: float, zone: str) -> Timestamp:
    """Write the time so many days from now as a service does: in UTC, or without a zone."""
    moment = NOW + timedelta(days=days)
    return Timestamp(text=f"{moment:%Y-%m-%dT%H:%M:%S}{zone}")


def job(phase: Phase, age: float, zone: str = "Z", lasts: float = 30) -> Job:
    """Give a job that ended some days ago and is destroyed in some days."""
    created, destroyed = stamp(-age, zone), stamp(lasts, zone)
    end = created if phase.finished else None
    return Job(id="a1", phase=phase, creation_time=created, end_time=end, destruction=destroyed)


def action(given: Job, *, collected: bool = False, in_use: bool = False) -> Action:
    """Decide about a job."""
    return RULES.decide(given, collected=collected, in_use=in_use)[0]


@pytest.mark.parametrize(
    ("phase", "age", "collected", "in_use", "expected"),
    [
        (Phase.PENDING, 0.9, False, False, Action.LEAVE),
        (Phase.PENDING, 1.1, False, False, Action.DELETE),
        (Phase.PENDING, 30, False, True, Action.LEAVE),
        (Phase.QUEUED, 30, False, False, Action.LEAVE),
        (Phase.EXECUTING, 30, False, False, Action.LEAVE),
        (Phase.HELD, 30, False, False, Action.LEAVE),
        (Phase.UNKNOWN, 30, False, False, Action.LEAVE),
        (Phase.ARCHIVED, 30, False, False, Action.LEAVE),
        (Phase.ERROR, 13.9, False, False, Action.LEAVE),
        (Phase.ERROR, 14.1, False, False, Action.DELETE),
        (Phase.ABORTED, 14.1, False, False, Action.DELETE),
        (Phase.COMPLETED, 0.1, False, False, Action.COLLECT),
        (Phase.COMPLETED, 0.1, False, True, Action.LEAVE),
        (Phase.COMPLETED, 1.1, False, True, Action.COLLECT),
        (Phase.COMPLETED, 100, False, False, Action.COLLECT),
        (Phase.COMPLETED, 13.9, True, False, Action.LEAVE),
        (Phase.COMPLETED, 14.1, True, False, Action.DELETE),
        (Phase.COMPLETED, 14.1, True, True, Action.DELETE),
    ],
)
def test_phase_and_age_decide(
    phase: Phase, age: float, *, collected: bool, in_use: bool, expected: Action
) -> None:
    """Only what is failed, collected or never started, and old, is deleted."""
    assert action(job(phase, age), collected=collected, in_use=in_use) is expected


@pytest.mark.parametrize(
    ("phase", "bound"),
    [(Phase.PENDING, 1.0), (Phase.ERROR, 14.0), (Phase.ABORTED, 14.0), (Phase.COMPLETED, 14.0)],
)
@pytest.mark.parametrize(("zone", "margin"), [("Z", 0.0), ("", 12.0), ("+03:00", -3.0)])
def test_a_job_is_old_a_second_after_its_bound(
    phase: Phase, bound: float, zone: str, margin: float
) -> None:
    """Not at the bound itself; a time without a zone may be twelve hours behind UTC."""
    age = bound + margin * HOUR
    assert action(job(phase, age, zone), collected=True) is Action.LEAVE
    assert action(job(phase, age + SECOND, zone), collected=True) is Action.DELETE


def test_results_of_a_flow_run_that_has_not_ended_are_its_own_for_a_day() -> None:
    """Then they are collected for it."""
    assert action(job(Phase.COMPLETED, 1.0), in_use=True) is Action.LEAVE
    assert action(job(Phase.COMPLETED, 1.0 + SECOND), in_use=True) is Action.COLLECT


@pytest.mark.parametrize("phase", [Phase.ERROR, Phase.ABORTED, Phase.COMPLETED])
def test_age_counts_from_the_end(phase: Phase) -> None:
    """A job that was created long ago and ended just now is young."""
    ended = Job(id="a1", phase=phase, creation_time=stamp(-99, "Z"), end_time=stamp(-13, "Z"))
    assert action(ended, collected=True) is Action.LEAVE
    assert RULES.days(ended) == pytest.approx(13)
    assert RULES.wanted_until(ended, collected=True) == NOW + timedelta(days=1)


@pytest.mark.parametrize("end", [None, Timestamp(text="soon")])
def test_age_counts_from_the_creation_where_no_end_is_told(end: Timestamp | None) -> None:
    """Also where the end is no time."""
    given = Job(id="a1", phase=Phase.ERROR, creation_time=stamp(-20, "Z"), end_time=end)
    assert action(given) is Action.DELETE
    assert RULES.days(given) == pytest.approx(20)


@pytest.mark.parametrize(("zone", "margin"), [("Z", 0.0), ("", 14.0), ("+03:00", 3.0)])
def test_a_job_lasts_until_the_second_of_its_destruction(zone: str, margin: float) -> None:
    """A time without a zone may be fourteen hours ahead of UTC."""
    until = NOW + timedelta(days=5)
    assert RULES.lasts(stamp(5 + margin * HOUR, zone), until)
    assert not RULES.lasts(stamp(5 + margin * HOUR - SECOND, zone), until)


def test_reasons_tell_the_phase_and_the_days() -> None:
    """As they are shown to the user."""
    why = {phase: RULES.decide(job(phase, 20), collected=True, in_use=False)[1] for phase in Phase}
    assert why == {
        Phase.PENDING: "it was never started, and is over a day old",
        Phase.QUEUED: "it is QUEUED",
        Phase.EXECUTING: "it is EXECUTING",
        Phase.COMPLETED: "it is collected, and over 14 days old",
        Phase.ERROR: "it ended in ERROR over 14 days ago",
        Phase.ABORTED: "it ended in ABORTED over 14 days ago",
        Phase.HELD: "it is HELD",
        Phase.SUSPENDED: "it is SUSPENDED",
        Phase.UNKNOWN: "it is UNKNOWN",
        Phase.ARCHIVED: "it is ARCHIVED",
    }


@pytest.mark.parametrize(
    ("given", "collected", "in_use", "why"),
    [
        (job(Phase.PENDING, 0.5), False, False, "it was not started yet"),
        (job(Phase.PENDING, 9), False, True, "its flow run has not ended and may start it"),
        (
            job(Phase.ERROR, 1),
            False,
            False,
            "it ended in ERROR; what it printed is kept for a while",
        ),
        (
            job(Phase.COMPLETED, 0.5),
            False,
            True,
            "its flow run has not ended and downloads its results",
        ),
        (
            job(Phase.COMPLETED, 1),
            False,
            False,
            "its results are not complete under the output",
        ),
        (job(Phase.COMPLETED, 1), True, False, "it is collected"),
        (
            job(Phase.COMPLETED, 1, lasts=2),
            True,
            False,
            "it is collected, but would not last 14 days",
        ),
    ],
)
def test_reasons_of_what_is_left_or_kept(
    given: Job, why: str, *, collected: bool, in_use: bool
) -> None:
    """Each tells its case."""
    assert RULES.decide(given, collected=collected, in_use=in_use)[1] == why


def test_a_time_without_a_zone_is_old_only_if_it_is_old_in_every_zone() -> None:
    """A local time may be that of a zone twelve hours behind UTC: the job is younger then."""
    assert action(job(Phase.ERROR, 14.4, zone="")) is Action.LEAVE
    assert action(job(Phase.ERROR, 14.6, zone="")) is Action.DELETE
    assert action(job(Phase.PENDING, 1.4, zone="")) is Action.LEAVE
    assert action(job(Phase.PENDING, 1.6, zone="")) is Action.DELETE
    assert RULES.days(job(Phase.ERROR, 3, zone="")) == pytest.approx(2.5)
    assert RULES.days(job(Phase.ERROR, 3, zone="+02:00")) == pytest.approx(3 + 2 / 24)


def test_a_job_without_a_time_is_never_old() -> None:
    """A service that tells no times has nothing deleted, and no age is made up."""
    for phase in (Phase.PENDING, Phase.ERROR, Phase.COMPLETED):
        timeless = Job(id="a1", phase=phase)
        assert action(timeless, collected=True) is Action.LEAVE
        assert RULES.days(timeless) is None


def test_actions_have_the_names_that_reports_tell() -> None:
    """They stand in the JSON of reports, for scripts to read."""
    assert list(Action) == ["collect", "delete", "extend", "leave"]


def test_a_collected_job_that_would_not_last_is_kept() -> None:
    """A job of four days is wanted for ten more, and is due earlier in a zone ahead of UTC."""
    assert action(job(Phase.COMPLETED, 4, lasts=9.9), collected=True) is Action.EXTEND
    assert action(job(Phase.COMPLETED, 4, lasts=10.1), collected=True) is Action.LEAVE
    assert action(job(Phase.COMPLETED, 4, zone="", lasts=11), collected=True) is Action.EXTEND
    assert action(job(Phase.COMPLETED, 4, zone="", lasts=11.1), collected=True) is Action.LEAVE


def test_results_that_are_not_home_are_wanted_from_now_on() -> None:
    """An old job whose results are still to be collected is wanted as long as a new one."""
    old = job(Phase.COMPLETED, 100)
    assert RULES.wanted_until(old, collected=False) == NOW + timedelta(days=14)
    assert RULES.wanted_until(old, collected=True) == NOW - timedelta(days=86)
    later = Rules(NOW + timedelta(microseconds=1), keep_days=14)
    assert later.wanted_until(old, collected=False) == NOW + timedelta(days=14)


def test_a_job_that_is_never_destroyed_lasts() -> None:
    """Neither no destruction time nor one that is no time makes a job due."""
    assert RULES.lasts(None, NOW)
    assert RULES.lasts(Timestamp(text=""), NOW)
