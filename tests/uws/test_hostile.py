"""Hostile and broken answers: each is refused with its own error, and no file is left."""

import gzip
import hashlib
from pathlib import Path

import pytest

from prefect_expres.errors import (
    ChecksumMismatch,
    ExpresError,
    Interrupted,
    ProtocolError,
    RequestRejected,
    SizeMismatch,
    TooLarge,
    UnsafeLocation,
    UnsafeName,
)
from prefect_expres.uws import ClientOptions, ResultRef, Upload, UWSClient, download
from prefect_expres.uws.filenames import file_names, safe_name
from tests.support.no_pause import NoPause
from tests.support.raw_server import RawServer, raw_server

BODY = b"emission" * 1000
SHA1 = hashlib.sha1(BODY, usedforsecurity=False).hexdigest()


def _client(raw: RawServer, user: str | None = None, token: str | None = None) -> UWSClient:
    return UWSClient(f"{raw.url}/rest/ExPRES", user, token, clock=NoPause())


async def _fetch(raw: RawServer, result: ResultRef, folder: Path, **limits: int) -> None:
    async with _client(raw) as client:
        await download(client, result, str(folder), name="r.cdf", **limits)


async def test_right_result_is_kept(tmp_path: Path) -> None:
    """What is announced and what comes agree: the file is kept under its name."""
    async with raw_server() as raw:
        href = raw.add("/ok", BODY)
        await _fetch(raw, ResultRef(id="r", href=href, hash=SHA1, size=8000), tmp_path)
    assert (tmp_path / "r.cdf").read_bytes() == BODY


@pytest.mark.parametrize(
    ("answer", "facts", "error"),
    [
        ({"body": BODY}, {"hash": "0" * 40}, ChecksumMismatch),
        ({"body": BODY}, {"hash": "0" * 64}, ChecksumMismatch),
        ({"body": BODY}, {"size": 7}, SizeMismatch),
        ({"body": BODY, "claim": 9000}, {}, Interrupted),
        ({"body": BODY, "claim": 10**12}, {}, TooLarge),
        ({"body": BODY * 200, "claim": None}, {}, TooLarge),
        ({"body": gzip.compress(bytes(2**24)), "encoding": "gzip"}, {}, TooLarge),
        ({"body": BODY, "encoding": "br"}, {}, ProtocolError),
    ],
)
async def test_wrong_bodies_are_refused(
    tmp_path: Path, answer: dict[str, object], facts: dict[str, object], error: type[ExpresError]
) -> None:
    """A wrong hash or size, a cut, an endless or an exploding body leaves no file."""
    body = answer["body"]
    assert isinstance(body, bytes)
    claim = answer.get("claim", len(body))
    lines = ["HTTP/1.1 200 OK", "Connection: close"]
    lines += [f"Content-Length: {claim}"] if claim is not None else []
    lines += [f"Content-Encoding: {answer['encoding']}"] if "encoding" in answer else []
    async with raw_server() as raw:
        href = raw.add_raw("/bad", "\r\n".join([*lines, "", ""]).encode() + body)
        with pytest.raises(error):
            await _fetch(raw, ResultRef(id="r", href=href, **facts), tmp_path, limit=10**6)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "href",
    [
        "http://127.0.0.1:1/store?ID=1",
        "http://localhost:1/x",
        "http://169.254.169.254/latest",
        "https://example.org/x",
        "http://user:secret@example.org/x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "jndi:ldap://example.org/x",
        "//example.org/x",
        "http://[::1/",
    ],
)
async def test_other_places_are_refused(tmp_path: Path, href: str) -> None:
    """A result is fetched from the service's own origin only, unless a host is trusted."""
    async with raw_server() as raw:
        with pytest.raises(UnsafeLocation) as caught:
            await _fetch(raw, ResultRef(id="r", href=href), tmp_path)
    assert "secret" not in str(caught.value) + repr(caught.value)
    assert list(tmp_path.iterdir()) == []


async def test_redirect_to_another_place_is_refused(tmp_path: Path) -> None:
    """A redirect is checked like the first address, and the token does not follow it."""
    async with raw_server() as other, raw_server() as raw:
        other.add("/steal", BODY)
        location = f"Location: {other.url}/steal"
        href = raw.add("/away", b"", location, status="302 Found")
        async with _client(raw, "bob", "s3cret") as client:
            with pytest.raises(UnsafeLocation):
                await download(client, ResultRef(id="r", href=href), str(tmp_path), name="r")
        assert other.requests == []
        assert "Basic" in raw.requests[0][1]


async def test_private_host_is_refused_even_if_trusted(tmp_path: Path) -> None:
    """Trust in a name does not open the way to a private address."""
    async with raw_server() as raw:
        port = raw.url.rpartition(":")[2]
        client = UWSClient(
            "http://service.invalid/rest/ExPRES", options=ClientOptions(trusted_hosts=["127.0.0.1"])
        )
        async with client:
            href = f"http://127.0.0.1:{port}/x"
            with pytest.raises(UnsafeLocation, match="private"):
                await download(client, ResultRef(id="r", href=href), str(tmp_path), name="r")
        assert raw.requests == []


@pytest.mark.parametrize(
    "name",
    [
        *("../../x", "..", ".", "", "a/b", "a\\b", "/etc/passwd", "C:x", "a\0b", "a\nb"),
        *("x" * 300, "con", "NUL.txt", "com1.cdf", ".hidden", "x.part", "x.", "x ", "a..b"),
        *("é.cdf", "~x", "$(id)", "a;b", "-x"),
    ],
)
def test_unsafe_names_are_refused(name: str) -> None:
    """A name that could leave the folder, or mean something to a system, is refused."""
    with pytest.raises(UnsafeName):
        safe_name(name)


def test_colliding_names_are_made_distinct() -> None:
    """Also two that differ only in case, and a second manifest."""
    one, two = ResultRef(id="a.cdf", href="h"), ResultRef(id="A.CDF", href="h")
    assert file_names([one]) == {"a.cdf": one}
    assert file_names([one, two]) == {"a.cdf": one, "2-A.CDF": two}
    assert file_names([one], taken=["A.cdf"]) == {"2-a.cdf": one}


def test_names_of_opus_are_made_plain() -> None:
    """A role gives way to the file's name, without the entity's prefix."""
    log = ResultRef(id="log", href="http://h/store?ID=0f5bb6", name="0f5bb6_run.log")
    assert list(file_names([log])) == ["run.log"]


@pytest.mark.parametrize("value", ["a b", "$(id)", "a;b", "`id`", "a\nb", "a/b", "é", "'"])
async def test_values_for_a_shell_are_refused_before_sending(value: str) -> None:
    """What a shell would read as more than a word never leaves."""
    async with raw_server() as raw, _client(raw) as client:
        with pytest.raises(RequestRejected, match="refused"):
            await client.create({"runId": value})
        with pytest.raises(RequestRejected, match="refused"):
            await client.create({}, {"config": Upload(f"{value}.json", b"{}")})
        assert raw.requests == []


async def test_endless_document_is_refused() -> None:
    """A document over the limit is not read to its end."""
    async with raw_server() as raw:
        raw.add("/rest/ExPRES", b"<jobs>" + b" " * 10_000)
        client = UWSClient(f"{raw.url}/rest/ExPRES", options=ClientOptions(document_limit=1000))
        async with client:
            with pytest.raises(ProtocolError, match="limit"):
                await client.jobs()


async def test_document_redirect_keeps_the_token_at_home() -> None:
    """Credentials are sent to the service's origin and nowhere else."""
    async with raw_server() as other, raw_server() as raw:
        other.add("/jobs", b"<jobs/>")
        raw.add("/rest/ExPRES", b"", f"Location: {other.url}/jobs", status="307 Moved")
        async with _client(raw, "bob", "s3cret") as client:
            with pytest.raises(UnsafeLocation):
                await client.jobs()
        assert other.requests == []
