"""Proxy and certificate authority: real TLS and a real proxy on this machine."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from prefect_expres.blocks import ExpresService
from prefect_expres.ephemeris.web_service import exclusive_access
from prefect_expres.errors import EphemerisError, Unreachable, UntrustedCertificate, UsageError
from prefect_expres.net.clock import MonotonicClock
from prefect_expres.net.network import Network
from prefect_expres.uws import ClientOptions, UWSClient
from prefect_expres.uws.waiting import wait_for
from tests.support.certificates import Authority
from tests.support.raw_server import RawServer, raw_server
from tests.support.uws_documents import jobs_document

LIST = "/rest/ExPRES"
EMPTY = jobs_document("", "1.1")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Make an authority that nobody knows."""
    return Authority.make(tmp_path)


@pytest.fixture(autouse=True)
def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment name nothing."""
    for name in ("EXPRES_PROXY", "EXPRES_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


async def read_list(server: RawServer, network: Network | None = None) -> None:
    """Read the job list of a server."""
    async with UWSClient(server.url + LIST, options=ClientOptions(network=network)) as client:
        assert await client.jobs() == ()


async def test_unknown_authority_is_told_at_once(authority: Authority) -> None:
    """No request is sent, nothing is tried again, and the error says what to do."""
    async with raw_server(authority.server_context("127.0.0.1")) as raw:
        raw.add(LIST, EMPTY)
        with pytest.raises(UntrustedCertificate, match="EXPRES_CA_BUNDLE") as caught:
            await read_list(raw)
        async with UWSClient(raw.url + LIST) as client:
            with pytest.raises(UntrustedCertificate):
                await client.create({"runId": "r"})
            with pytest.raises(UntrustedCertificate):
                await wait_for(client, "j1", timeout=60)
    assert not caught.value.retryable
    assert caught.value.reason
    assert caught.value.reason in str(caught.value)
    assert raw.requests == []


@pytest.mark.parametrize("variable", ["EXPRES_CA_BUNDLE", "SSL_CERT_FILE"])
async def test_authority_of_the_environment_is_trusted(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """By the client itself, by the block, and where ephemerides come from."""
    monkeypatch.setenv(variable, str(authority.bundle))
    async with raw_server(authority.server_context("127.0.0.1")) as raw:
        raw.add(LIST, EMPTY)
        await read_list(raw)
        async with ExpresService(base_url=raw.url).get_client() as client:
            assert await client.jobs() == ()
        async with exclusive_access("Horizons", raw.url, MonotonicClock()) as service:
            assert await service.request(LIST) == EMPTY.decode()


async def test_authority_of_the_block_is_trusted(authority: Authority) -> None:
    """It is one of its fields."""
    async with raw_server(authority.server_context("127.0.0.1")) as raw:
        raw.add(LIST, EMPTY)
        block = ExpresService(base_url=raw.url, ca_bundle=str(authority.bundle))
        async with block.get_client() as client:
            assert await client.jobs() == ()


async def test_certificate_of_another_host_is_not_trusted(authority: Authority) -> None:
    """Whoever has signed it."""
    async with raw_server(authority.server_context("127.0.0.2")) as raw:
        with pytest.raises(UntrustedCertificate, match="127\\.0\\.0\\.1"):
            await read_list(raw, Network(ca_bundle=str(authority.bundle)))


async def test_source_of_ephemerides_with_an_unknown_authority_is_told_at_once(
    authority: Authority,
) -> None:
    """It is not tried again either."""
    async with (
        raw_server(authority.server_context("127.0.0.1")) as raw,
        exclusive_access("Horizons", raw.url, MonotonicClock()) as service,
    ):
        with pytest.raises(EphemerisError, match="certificate cannot be verified") as caught:
            await service.request("/")
    assert not caught.value.retryable


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_bundle_that_is_none_is_told(tmp_path: Path, content: str | None) -> None:
    """With the name of the file, before anything is sent."""
    path = tmp_path / "none.pem"
    if content is not None:
        path.write_text(content)
    for network in (Network(ca_bundle=str(path)), Network(cert_file=str(path))):
        with pytest.raises(UsageError, match=r"none\.pem .*cannot be read: .*Give a PEM file"):
            UWSClient("https://host/rest/ExPRES", options=ClientOptions(network=network))


SERVICE = "http://expres.example"


async def serve_as_proxy(proxy: RawServer) -> None:
    """Let a server answer for the service, as a proxy does."""
    proxy.add(f"{SERVICE}{LIST}", EMPTY)


async def test_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It resolves the name of the service, which this machine does not know."""
    async with raw_server() as proxy:
        await serve_as_proxy(proxy)
        monkeypatch.setenv("EXPRES_PROXY", proxy.url)
        async with UWSClient(SERVICE + LIST) as client:
            assert await client.jobs() == ()
    ((path, head),) = proxy.requests
    assert path == f"{SERVICE}{LIST}"
    assert "proxy-authorization" not in head.lower()


async def test_proxy_of_the_block_comes_before_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its password goes to the proxy, and the token to the service."""
    monkeypatch.setenv("EXPRES_PROXY", "http://127.0.0.1:9")
    async with raw_server() as proxy:
        await serve_as_proxy(proxy)
        named = proxy.url.replace("http://", "http://al:s3cret@")
        block = ExpresService(base_url=SERVICE, proxy=SecretStr(named))
        async with block.get_client() as client:
            assert await client.jobs() == ()
    ((_, head),) = proxy.requests
    assert "Proxy-Authorization: Basic YWw6czNjcmV0" in head
    assert "s3cret" not in repr(block)


async def test_proxy_that_does_not_answer_is_named() -> None:
    """Without its password."""
    network = Network(proxy="http://al:s3cret@127.0.0.1:9")
    async with UWSClient(
        SERVICE + LIST, options=ClientOptions(network=network, attempts=1)
    ) as client:
        with pytest.raises(
            Unreachable, match=r"did not answer through http://127\.0\.0\.1:9"
        ) as seen:
            await client.jobs()
    assert "s3cret" not in repr(seen.value)


async def test_trusted_host_that_only_the_proxy_knows_is_fetched_from() -> None:
    """The proxy resolves its name, so that its address cannot be looked at here."""
    async with raw_server() as proxy:
        proxy.add("http://files.invalid/r", b"x")
        options = ClientOptions(network=Network(proxy=proxy.url), trusted_hosts=["files.invalid"])
        async with UWSClient(SERVICE + LIST, options=options) as client:
            assert await client.content("http://files.invalid/r", 9) == b"x"


@pytest.mark.parametrize("proxy", ["socks5://al:s3cret@host", "al:s3cret@host:3128", "s3cret@host"])
def test_password_of_a_proxy_that_is_none_is_not_told(proxy: str) -> None:
    """Most likely, only ``http://`` is missing."""
    with pytest.raises(UsageError, match=r"host.*' is not a proxy") as told:
        Network(proxy=proxy).client_options()
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("proxy", ["host:3128", "socks5://host", "http://", "http://[::1"])
def test_proxy_that_is_none_is_told(proxy: str) -> None:
    """By the client, and by the block."""
    with pytest.raises(UsageError, match="is not a proxy; write it as http://host:port"):
        UWSClient(SERVICE + LIST, options=ClientOptions(network=Network(proxy=proxy)))
    with pytest.raises(ValidationError, match="is not a proxy; write it as"):
        ExpresService(base_url=SERVICE, proxy=SecretStr(proxy))


def test_settings_come_one_by_one() -> None:
    """What is named nearer wins; an empty variable names nothing."""
    found = Network.of({"EXPRES_PROXY": "", "EXPRES_CA_BUNDLE": "a.pem", "SSL_CERT_FILE": "b.pem"})
    assert found == Network(None, "a.pem", "b.pem")
    assert found.rate == 1000
    assert Network("p", "c.pem").over(found) == Network("p", "c.pem", "b.pem")
    assert Network(ca_bundle="c.pem").over(Network("p")) == Network("p", "c.pem")
    near, far = Network("p", "c.pem", "d.pem", 1.0), Network("q", "e.pem", "f.pem", 2.0)
    assert near.over(far) == near
    assert Network().over(far) == far


def test_usual_authorities_are_loaded_once(authority: Authority) -> None:
    """All clients share them, and a bundle that one of them trusts besides is its own."""
    usual, again, more = (
        network.client_options()["verify"]
        for network in (Network(), Network(), Network(ca_bundle=str(authority.bundle)))
    )
    assert usual is again is not more
    assert more.cert_store_stats()["x509_ca"] == usual.cert_store_stats()["x509_ca"] + 1


def test_certificates_in_place_of_the_usual_ones_are_the_only_ones(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """But for those that are trusted besides."""
    folders = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    one, two = (str(Authority.make(folder).bundle) for folder in folders)
    for network, count in ((Network(cert_file=one), 1), (Network(None, one, two), 2)):
        trusted = network.client_options()["verify"]
        assert trusted.cert_store_stats()["x509_ca"] == count
        assert trusted.check_hostname


def test_files_of_certificates_may_be_in_the_home_folder(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written as a shell does."""
    monkeypatch.setenv("HOME", str(authority.bundle.parent))
    for network in (
        Network(ca_bundle=f"~/{authority.bundle.name}"),
        Network(cert_file=f"~/{authority.bundle.name}"),
    ):
        network.client_options()


def test_lowest_rate_of_the_environment() -> None:
    """It is the one that is used, unless another is named."""
    slow = Network.of({"EXPRES_LOWEST_RATE": "12.5"})
    assert slow == Network(lowest_rate=12.5)
    assert Network().over(slow).rate == 12.5
    assert Network(lowest_rate=3.0).over(slow).rate == 3.0
    assert Network.of({"EXPRES_LOWEST_RATE": ""}) == Network()


@pytest.mark.parametrize("text", ["fast", "0", "-1", "nan", "inf"])
def test_lowest_rate_that_is_none_is_told(text: str) -> None:
    """With the variable, what it says, and what it should be."""
    with pytest.raises(UsageError, match=f"EXPRES_LOWEST_RATE is '{text}'; give bytes a second"):
        Network.of({"EXPRES_LOWEST_RATE": text})
