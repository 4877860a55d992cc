"""Options that commands share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from cyclopts import Group, Parameter, Token, convert

SERVICE = Group("Service", sort_key=8)

AsJson = Annotated[bool, Parameter("--json")]
"""Print JSON for programs instead of tables for people."""


def in_usual_case(choices: Any, tokens: Sequence[Token]) -> Any:
    """Convert words that are one of several choices, in any case."""
    choice = next(iter(get_args(choices)), choices)
    usual = {word.casefold(): word for word in get_args(choice)}
    return convert(
        choices,
        [token.evolve(value=usual.get(token.value.casefold(), token.value)) for token in tokens],
    )


@Parameter(name="*", group=SERVICE)
@dataclass(frozen=True)
class ServiceOptions:
    """The service to use, and the user.

    Args:
        url: A job list of any UWS service, as https://host/path/jobs; or an OPUS service, as
            https://host, for its job list /rest/ExPRES. Default: EXPRES_URL, then the profile.
        job_list: Name of another job list under /rest/ of the service's address.
        profile: Name of a service in the profiles file. Default: EXPRES_PROFILE, then its default.
        user: User name; an empty one for a guest. Default: EXPRES_USER, then the profile's.
        trusted_host: Another host that results may come from; the token is never sent there.
            Repeat the option for several.
    """

    url: str | None = None
    job_list: str | None = None
    profile: str | None = None
    user: str | None = None
    trusted_host: tuple[str, ...] = ()


UNSPECIFIED = ServiceOptions()
"""No option was given: the environment and the profiles decide."""
