"""Which service is meant, who asks there, and whose token it gets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.cli.commands.endpoint import choose_endpoint, jobs_url_of
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.profiles_file import Profile, Profiles
from prefect_expres.errors import UsageError
from prefect_expres.net.network import Network

MASER = Profile("maser", "https://maser.example", user="ann", trusted_hosts=("data.example",))
OTHER = Profile("other", "https://other.example/tap/async", timeout=5)
PROFILES = Profiles(Path("config.toml"), {"other": OTHER, "maser": MASER}, "maser")
NONE = Profiles(Path("config.toml"), {})


@pytest.mark.parametrize(
    ("url", "job_list", "expected"),
    [
        ("https://host", None, "https://host/rest/ExPRES"),
        ("https://host/", None, "https://host/rest/ExPRES"),
        ("https://host/rest", None, "https://host/rest/ExPRES"),
        ("https://host/rest/ExPRES-dev", None, "https://host/rest/ExPRES-dev"),
        ("https://host/path/jobs/", None, "https://host/path/jobs"),
        ("https://host", "ctbin", "https://host/rest/ctbin"),
        ("https://host/opus", "ctbin", "https://host/opus/rest/ctbin"),
        ("https://host/rest/ExPRES", "ExPRES-dev", "https://host/rest/ExPRES-dev"),
        ("https://host/uws/ExPRES", None, "https://host/uws/ExPRES"),
        ("https://host/uws/ExPRES", "ExPRES-dev", "https://host/uws/ExPRES-dev"),
        ("https://host/uws", None, "https://host/uws"),
    ],
)
def test_an_address_stands_for_one_job_list(url: str, job_list: str | None, expected: str) -> None:
    """An address without a path is an OPUS service; another is a list, unless one is named."""
    assert jobs_url_of(url, job_list) == expected


@given(st.lists(st.text("abcjobs", min_size=1), min_size=1).map("/".join))
def test_a_job_list_stays_what_it_is(path: str) -> None:
    """The rule can be applied to its own result."""
    once = jobs_url_of(f"https://host/{path}")
    assert jobs_url_of(once) == once


@pytest.mark.parametrize(
    ("options", "environment", "named_by", "jobs_url"),
    [
        (ServiceOptions(url="https://a"), {"EXPRES_URL": "https://b"}, "--url", "https://a"),
        (ServiceOptions(profile="other"), {"EXPRES_URL": "https://b"}, "profile other", OTHER.url),
        (ServiceOptions(), {"EXPRES_URL": "https://b"}, "EXPRES_URL", "https://b"),
        (ServiceOptions(), {"EXPRES_PROFILE": "other"}, "profile other", OTHER.url),
        (ServiceOptions(), {}, "profile maser", MASER.url),
    ],
)
def test_options_come_before_environment_and_profiles(
    options: ServiceOptions, environment: dict[str, str], named_by: str, jobs_url: str
) -> None:
    """What is nearest to the command wins."""
    endpoint = choose_endpoint(options, PROFILES, environment)
    assert (endpoint.named_by, endpoint.jobs_url) == (named_by, jobs_url_of(jobs_url))


def test_a_jobs_url_names_its_service() -> None:
    """Nothing else needs to be said, and what a profile knows of that service holds."""
    endpoint = choose_endpoint(
        ServiceOptions(), PROFILES, {"EXPRES_URL": "https://b"}, "https://maser.example/rest/X/12"
    )
    assert endpoint.jobs_url == "https://maser.example/rest/X"
    assert (endpoint.user, endpoint.trusted_hosts) == ("ann", ("data.example",))
    assert not endpoint.token_in_environment


@pytest.mark.parametrize("options", [ServiceOptions(), ServiceOptions(job_list="ExPRES")])
def test_nothing_named_is_told_with_every_way_to_do_it(options: ServiceOptions) -> None:
    """The message has the option, the variable and the file."""
    with pytest.raises(UsageError, match=r"--url.*--profile.*EXPRES_URL.*config\.toml"):
        choose_endpoint(options, NONE, {})


def test_two_names_are_refused() -> None:
    """An address beside a profile would give one service the other's user."""
    with pytest.raises(UsageError, match="give one of them"):
        choose_endpoint(ServiceOptions(url="https://a", profile="maser"), PROFILES, {})


@pytest.mark.parametrize("anchor", [{"EXPRES_URL": "https://b"}, {"EXPRES_PROFILE": "maser"}])
def test_user_and_token_of_the_environment_stay_with_their_service(anchor: dict[str, str]) -> None:
    """Beside an address they belong to it: another service gets neither."""
    environment = anchor | {"EXPRES_USER": "bob"}
    own = choose_endpoint(ServiceOptions(), PROFILES, environment)
    assert (own.user, own.token_in_environment) == ("bob", True)
    foreign = choose_endpoint(
        ServiceOptions(url="https://evil.example/jobs"), PROFILES, environment
    )
    assert (foreign.user, foreign.token_in_environment) == (None, False)
    elsewhere = choose_endpoint(ServiceOptions(profile="other"), PROFILES, environment)
    assert (elsewhere.user, elsewhere.token_in_environment) == (None, False)


def test_another_port_or_scheme_is_another_service() -> None:
    """The same host is not enough."""
    environment = {"EXPRES_URL": "https://b", "EXPRES_USER": "bob"}
    for url in ("http://b", "https://b:8443"):
        endpoint = choose_endpoint(ServiceOptions(url=url), PROFILES, environment)
        assert (endpoint.user, endpoint.token_in_environment) == (None, False)


def test_the_user_can_be_named_and_unnamed() -> None:
    """--user wins over profile and environment; an empty one is a guest."""
    environment = {"EXPRES_USER": "bob"}
    assert choose_endpoint(ServiceOptions(), PROFILES, environment).user == "bob"
    assert choose_endpoint(ServiceOptions(user="eve"), PROFILES, environment).user == "eve"
    assert choose_endpoint(ServiceOptions(user=""), PROFILES, environment).user is None


@pytest.mark.parametrize(
    ("jobs_url", "is_expres"),
    [
        ("https://host/rest/ExPRES", True),
        ("https://host/rest/ExPRES-dev", True),
        ("https://host/rest/ctbin", False),
        ("https://host/ExPRES", False),
    ],
)
def test_expres_is_known_by_its_job_list(jobs_url: str, *, is_expres: bool) -> None:
    """Its access rules hold nowhere else."""
    assert choose_endpoint(ServiceOptions(url=jobs_url), NONE, {}).is_expres == is_expres


@pytest.mark.parametrize(
    "url",
    ["ann:t0ken@host", "https:/ann:t0ken@host", "https//ann:t0ken@host", "https://[ann:t0ken@host"],
)
def test_an_address_without_its_scheme_is_told_without_its_token(url: str) -> None:
    """What was forgotten does not show the rest."""
    with pytest.raises(UsageError, match=r"host' is not an address") as told:
        jobs_url_of(url)
    assert "t0ken" not in str(told.value)


@pytest.mark.parametrize("url", ["host", "ftp://host", "https://", "https://[host", "file:///x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """Before anything is sent anywhere."""
    with pytest.raises(UsageError, match="is not an address"):
        jobs_url_of(url)


def test_a_token_in_an_address_is_refused_and_not_repeated() -> None:
    """Arguments can be read by others on the machine, and error messages end up anywhere."""
    with pytest.raises(UsageError, match="read by others") as fault:
        jobs_url_of("https://ann:t0ken@host")
    assert "t0ken" not in str(fault.value)


@pytest.mark.parametrize(
    ("environment", "network"),
    [
        ({}, Network("http://proxy:1", "ours.pem", lowest_rate=50)),
        (
            {"EXPRES_PROXY": "http://other:2", "EXPRES_LOWEST_RATE": "7"},
            Network("http://other:2", "ours.pem", lowest_rate=7),
        ),
        (
            {"EXPRES_CA_BUNDLE": "env.pem", "SSL_CERT_FILE": "all.pem"},
            Network("http://proxy:1", "env.pem", "all.pem", 50),
        ),
    ],
)
def test_network_of_the_environment_comes_before_that_of_the_profile(
    environment: dict[str, str], network: Network
) -> None:
    """One by one; it holds for the address of a profile, however it is named."""
    inside = Profile(
        "in",
        "https://in.example",
        proxy="http://proxy:1",
        ca_bundle="ours.pem",
        lowest_rate=50,
    )
    profiles = Profiles(Path("config.toml"), {"in": inside})
    for options in (ServiceOptions(profile="in"), ServiceOptions(url="https://in.example")):
        assert choose_endpoint(options, profiles, environment).network == network
