"""Access rules of the MASER run-on-demand service, checked before anything is sent."""

from dataclasses import dataclass
from typing import Self

from prefect_expres.errors import AccessError

GUEST_SECONDS = 600
AUTHENTICATED_SECONDS = 10_800
DEFAULT_BRANCH = "master"
_JOB_LISTS = {"develop": "ExPRES-dev"}
_DEFAULT_JOB_LIST = "ExPRES"


@dataclass(frozen=True)
class Access:
    """What a kind of user may request.

    Args:
        longest_run: Longest execution duration of a job, in seconds.
        any_branch: Branches other than master may be chosen.
        shared: Jobs and results are visible to everybody.
    """

    longest_run: int
    any_branch: bool
    shared: bool

    @classmethod
    def of(cls, user: str | None) -> Self:
        """Give the access of a user name, or that of guests without one."""
        if user:
            return cls(AUTHENTICATED_SECONDS, any_branch=True, shared=False)
        return cls(GUEST_SECONDS, any_branch=False, shared=True)

    def check(self, branch: str, execution_duration: int) -> None:
        """Check a request.

        Args:
            branch: The ExPRES git branch.
            execution_duration: Longest time that the job may run, in seconds.

        Raises:
            AccessError: This kind of user may not request that.
        """
        if execution_duration < 1:
            msg = f"An execution duration of {execution_duration} s is too short; give at least 1"
            raise AccessError(msg)
        if execution_duration > self.longest_run:
            advice = (
                f"; ask for at most {GUEST_SECONDS} s, or use an ExpresService with a user name "
                "and token"
                if self.shared
                else "; split the simulation"
            )
            msg = (
                f"An execution duration of {execution_duration} s is over the limit of "
                f"{self.longest_run} s for {'guests' if self.shared else 'users'}{advice}"
            )
            raise AccessError(msg)
        if branch != DEFAULT_BRANCH and not self.any_branch:
            msg = (
                f"Guests may only run the branch {DEFAULT_BRANCH!r}, not {branch!r}; use an "
                "ExpresService with a user name and token"
            )
            raise AccessError(msg)

    @property
    def job_lists(self) -> tuple[str, ...]:
        """The job lists that this kind of user may run in."""
        return (_DEFAULT_JOB_LIST, *(_JOB_LISTS.values() if self.any_branch else ()))

    @property
    def warning(self) -> str | None:
        """What guests must know before they run a simulation; None for others."""
        if not self.shared:
            return None
        return "Guest access: the run, its configuration and its results are visible to everybody."


def job_list_for(branch: str) -> str:
    """Name the job list that runs a branch.

    Example:
        >>> job_list_for("develop")
        'ExPRES-dev'
    """
    return _JOB_LISTS.get(branch, _DEFAULT_JOB_LIST)
