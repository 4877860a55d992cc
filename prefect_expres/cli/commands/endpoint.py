"""Choose the service of a command: options, environment and profiles, in this order.

A user name and a token belong to the service that is named beside them: in a profile, or in the
environment by EXPRES_URL or EXPRES_PROFILE. They are never sent to another service.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.profiles_file import Profile, Profiles
from prefect_expres.errors import UsageError
from prefect_expres.net.network import Network
from prefect_expres.net.url import shown_address
from prefect_expres.uws.opus_address import split_list_url

DEFAULT_JOB_LIST = "ExPRES"


@dataclass(frozen=True)
class ServiceEndpoint:
    """A service, and how to talk to it.

    Args:
        named_by: What named it: ``--url``, ``EXPRES_URL``, a job's URL or a profile.
        jobs_url: URL of its job list.
        user: User name, or None for a guest.
        trusted_hosts: Other hosts that results may come from.
        timeout: Seconds without an answer before a request is given up.
        token_in_environment: Whether EXPRES_TOKEN belongs to it.
        network: Proxy, certificate authorities and lowest rate.
    """

    named_by: str
    jobs_url: str
    user: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 30.0
    token_in_environment: bool = False
    network: Network = field(default_factory=Network)

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.jobs_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def root(self) -> str | None:
        """Address of the OPUS service, as a block takes it; None for any other service."""
        parts = split_list_url(self.jobs_url)
        return parts and f"{parts[0]}{parts[1]}"

    @property
    def is_expres(self) -> bool:
        """Whether the job list runs ExPRES, so that the access rules of ExPRES hold."""
        job_list = self.jobs_url.rpartition("/")[2]
        return self.root is not None and job_list.startswith(DEFAULT_JOB_LIST)


def jobs_url_of(url: str, job_list: str | None = None) -> str:
    """Return the URL of the job list that an address stands for.

    An address without a path, or with the path ``/rest``, is that of an OPUS service, whose job
    lists are under ``/rest/``; the same holds where a job list is named. Any other address is
    itself a job list. One under ``/uws/``, as OPUS 0.6 has it, stays there.

    Args:
        url: Address of a service or of a job list.
        job_list: Name of the job list; default: ExPRES.

    Raises:
        UsageError: It is no http: or https: address, or it contains a user name or a token.
    """
    plain = url.rstrip("/")
    _check_address(plain)
    if job_list is None and urlsplit(plain).path not in {"", "/rest"}:
        return plain
    root, folder, _ = split_list_url(plain) or (plain, "/rest", "")
    return f"{root}{folder}/{job_list or DEFAULT_JOB_LIST}"


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, secret = parts.hostname, parts.username or parts.password
    except ValueError:
        raise UsageError(
            f"{shown_address(url)[:200]!r} is not an address; write it as https://host"
        ) from None
    if secret:
        raise UsageError(
            "An address with a user or token in it can be read by others: give the user with "
            "--user; docs/commands.md says where a token may be kept"
        )
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(
            f"{shown_address(url)[:200]!r} is not an address; write it as https://host"
        )


def choose_endpoint(
    options: ServiceOptions,
    profiles: Profiles,
    environment: Mapping[str, str],
    job_url: str | None = None,
) -> ServiceEndpoint:
    """Choose the service of a command.

    Args:
        options: The service options of the command line.
        profiles: The content of the profiles file.
        environment: The environment variables.
        job_url: The URL of a job, if the job was named by its URL.

    Raises:
        UsageError: No service is named, or two are named.
    """
    endpoint = _named(options, profiles, environment, job_url)
    beside = _service_in_environment(profiles, environment)
    if beside is None or beside.address == endpoint.address:
        user = environment.get("EXPRES_USER") or endpoint.user
        endpoint = replace(endpoint, user=user, token_in_environment=True)
    if options.user is not None:
        endpoint = replace(endpoint, user=options.user or None)
    return replace(
        endpoint,
        trusted_hosts=endpoint.trusted_hosts + options.trusted_host,
        network=Network.of(environment).over(endpoint.network),
    )


def _named(
    options: ServiceOptions,
    profiles: Profiles,
    environment: Mapping[str, str],
    job_url: str | None,
) -> ServiceEndpoint:
    if options.url and options.profile:
        raise UsageError("--url and --profile both name a service; give one of them")
    if options.profile:
        return _from_profile(profiles.get(options.profile), options.job_list)
    if options.url:
        endpoint = ServiceEndpoint("--url", jobs_url_of(options.url, options.job_list))
        return _with_profile(endpoint, profiles)
    if job_url:
        return _with_profile(ServiceEndpoint("the job's URL", job_url.rpartition("/")[0]), profiles)
    if url := environment.get("EXPRES_URL"):
        return _with_profile(
            ServiceEndpoint("EXPRES_URL", jobs_url_of(url, options.job_list)), profiles
        )
    if name := environment.get("EXPRES_PROFILE") or profiles.default:
        return _from_profile(profiles.get(name), options.job_list)
    raise UsageError(
        "No service is named: give --url https://host or --profile NAME, set EXPRES_URL, or write "
        f'default = "NAME" and a section [profiles.NAME] to {profiles.path}'
    )


def _service_in_environment(
    profiles: Profiles, environment: Mapping[str, str]
) -> ServiceEndpoint | None:
    """Return the service that user and token in the environment belong to; None for any."""
    if url := environment.get("EXPRES_URL"):
        return ServiceEndpoint("EXPRES_URL", jobs_url_of(url))
    if name := environment.get("EXPRES_PROFILE"):
        return _from_profile(profiles.get(name))
    return None


def _with_profile(endpoint: ServiceEndpoint, profiles: Profiles) -> ServiceEndpoint:
    """Add what a profile says of the service: its user, its trusted hosts, its timeout."""
    for profile in _default_first(profiles):
        known = _from_profile(profile)
        if known.address == endpoint.address:
            return replace(known, named_by=endpoint.named_by, jobs_url=endpoint.jobs_url)
    return endpoint


def _default_first(profiles: Profiles) -> Iterator[Profile]:
    names = sorted(profiles.named, key=lambda name: name != profiles.default)
    return (profiles.named[name] for name in names)


def _from_profile(profile: Profile, job_list: str | None = None) -> ServiceEndpoint:
    return ServiceEndpoint(
        f"profile {profile.name}",
        jobs_url_of(profile.url, job_list or profile.job_list),
        profile.user,
        profile.trusted_hosts,
        profile.timeout,
        network=Network(profile.proxy, profile.ca_bundle, lowest_rate=profile.lowest_rate),
    )
