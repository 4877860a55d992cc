"""Which service a command means: options, environment and profiles, in this order.

A user name and a token belong to the service beside which they stand: in a profile, or in the
environment beside EXPRES_URL or EXPRES_PROFILE. Another service never gets them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.profiles_file import Profile, Profiles
from prefect_expres.errors import UsageError

DEFAULT_JOB_LIST = "ExPRES"


@dataclass(frozen=True)
class Place:
    """A service as it is known.

    Args:
        named_by: Who named it: ``--url``, ``EXPRES_URL``, a job's URL or a profile.
        jobs_url: Its job list.
        user: Who asks there, or None for a guest.
        trusted_hosts: Other hosts that results may come from.
        timeout: Seconds without an answer before a request is given up.
        token_in_environment: EXPRES_TOKEN belongs to it.
    """

    named_by: str
    jobs_url: str
    user: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 30.0
    token_in_environment: bool = False

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.jobs_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def root(self) -> str | None:
        """The OPUS service's address, with ``/rest/`` below it; None if it is no such service."""
        root, separator, _ = self.jobs_url.rpartition("/rest/")
        return root if separator else None

    @property
    def is_expres(self) -> bool:
        """The job list runs ExPRES, so that its access rules hold."""
        job_list = self.jobs_url.rpartition("/")[2]
        return self.root is not None and job_list.startswith(DEFAULT_JOB_LIST)


def jobs_url_of(url: str, job_list: str | None = None) -> str:
    """Give the job list that an address stands for.

    Where there is no path but ``/rest``, the address is that of an OPUS service, whose job lists
    are under ``/rest/``; so it is where a job list is named. Any other address is a job list.

    Raises:
        UsageError: It is no http: or https: address, or holds a user or token.
    """
    plain = url.rstrip("/")
    _check_address(plain)
    if job_list is None and urlsplit(plain).path not in {"", "/rest"}:
        return plain
    root = plain.partition("/rest/")[0].removesuffix("/rest")
    return f"{root}/rest/{job_list or DEFAULT_JOB_LIST}"


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password
    except ValueError:
        raise UsageError(f"{url[:200]!r} is no address; give one as https://host") from None
    if secret:
        raise UsageError(
            "An address with a user or token in it can be read by others: give the user by --user; "
            "docs/commands.md says where tokens may be kept"
        )
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(f"{url[:200]!r} is no address; give one as https://host")


def choose_place(
    options: ServiceOptions,
    profiles: Profiles,
    environment: Mapping[str, str],
    job_url: str | None = None,
) -> Place:
    """Find the service that is meant.

    Args:
        options: What the command line says.
        profiles: What the profiles file says.
        environment: The environment variables.
        job_url: The URL of a job, if it was named by that.

    Raises:
        UsageError: No service is named, or two are.
    """
    place = _named(options, profiles, environment, job_url)
    anchor = _environments_service(profiles, environment)
    if anchor is None or anchor.address == place.address:
        user = environment.get("EXPRES_USER") or place.user
        place = replace(place, user=user, token_in_environment=True)
    if options.user is not None:
        place = replace(place, user=options.user or None)
    return replace(place, trusted_hosts=place.trusted_hosts + options.trusted_host)


def _named(
    options: ServiceOptions,
    profiles: Profiles,
    environment: Mapping[str, str],
    job_url: str | None,
) -> Place:
    if options.url and options.profile:
        raise UsageError("--url and --profile both name a service; give one of them")
    if options.profile:
        return _of_profile(profiles.get(options.profile), options.job_list)
    if options.url:
        place = Place("--url", jobs_url_of(options.url, options.job_list))
        return _as_known(place, profiles)
    if job_url:
        return _as_known(Place("the job's URL", job_url.rpartition("/")[0]), profiles)
    if url := environment.get("EXPRES_URL"):
        return _as_known(Place("EXPRES_URL", jobs_url_of(url, options.job_list)), profiles)
    if name := environment.get("EXPRES_PROFILE") or profiles.default:
        return _of_profile(profiles.get(name), options.job_list)
    raise UsageError(
        "No service is named: give --url https://host or --profile NAME, set EXPRES_URL, or write "
        f'default = "NAME" and a section [profiles.NAME] into {profiles.path}'
    )


def _environments_service(profiles: Profiles, environment: Mapping[str, str]) -> Place | None:
    """Give the service that user and token in the environment belong to; None if to any."""
    if url := environment.get("EXPRES_URL"):
        return Place("EXPRES_URL", jobs_url_of(url))
    if name := environment.get("EXPRES_PROFILE"):
        return _of_profile(profiles.get(name))
    return None


def _as_known(place: Place, profiles: Profiles) -> Place:
    """Add what a profile knows of the service: its user, its trusted hosts, its patience."""
    for profile in _default_first(profiles):
        known = _of_profile(profile)
        if known.address == place.address:
            return replace(known, named_by=place.named_by, jobs_url=place.jobs_url)
    return place


def _default_first(profiles: Profiles) -> Iterator[Profile]:
    names = sorted(profiles.named, key=lambda name: name != profiles.default)
    return (profiles.named[name] for name in names)


def _of_profile(profile: Profile, job_list: str | None = None) -> Place:
    return Place(
        f"profile {profile.name}",
        jobs_url_of(profile.url, job_list or profile.job_list),
        profile.user,
        profile.trusted_hosts,
        profile.timeout,
    )
