"""Access rules: durations, branches and job lists of guests and users."""

import re

import pytest

from prefect_expres.errors import AccessError
from prefect_expres.expres import Access
from prefect_expres.expres.access import job_list_for


@pytest.mark.parametrize(
    ("user", "seconds"), [(None, 1), (None, 600), ("", 600), ("bob", 1), ("bob", 10800)]
)
def test_allowed_durations(user: str | None, seconds: int) -> None:
    """Guests may ask for ten minutes, users for three hours; an empty name is a guest's."""
    Access.of(user).check("master", seconds)


@pytest.mark.parametrize(
    ("user", "seconds", "words"),
    [
        (None, 0, "An execution duration of 0 s is too short; give at least 1"),
        ("bob", -1, "An execution duration of -1 s is too short; give at least 1"),
        (
            None,
            601,
            (
                "An execution duration of 601 s is over the limit of 600 s for guests; ask for at "
                "most 600 s, or use an ExpresService with a user name and token"
            ),
        ),
        ("", 601, "600 s for guests"),
        (
            "bob",
            10801,
            (
                "An execution duration of 10801 s is over the limit of 10800 s for users; split "
                "the simulation"
            ),
        ),
    ],
)
def test_refused_durations(user: str | None, seconds: int, words: str) -> None:
    """One second more is refused with what to do."""
    with pytest.raises(AccessError, match=re.escape(words)):
        Access.of(user).check("master", seconds)


def test_branches() -> None:
    """Users may run any branch, guests only master."""
    for branch in ("master", "develop", "feature-1"):
        Access.of("bob").check(branch, 600)
    for branch in ("develop", "Master", ""):
        with pytest.raises(AccessError, match="Guests may only run the branch 'master'"):
            Access.of(None).check(branch, 600)


def test_job_lists() -> None:
    """Only the branch develop has a job list of its own, which guests do not see."""
    assert Access.of(None).job_lists == ("ExPRES",)
    assert Access.of("bob").job_lists == ("ExPRES", "ExPRES-dev")
    assert [job_list_for(branch) for branch in ("master", "develop", "feature-1")] == [
        "ExPRES",
        "ExPRES-dev",
        "ExPRES",
    ]


def test_guests_are_warned() -> None:
    """Guests' jobs are visible to everybody, users' are not."""
    assert Access.of(None).shared
    assert not Access.of("bob").shared
    assert "visible to everybody" in str(Access.of(None).warning)
    assert Access.of("bob").warning is None
