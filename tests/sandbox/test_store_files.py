"""Stored files are served whole, in part, and with what a client needs to verify them."""

import hashlib
import re
from collections.abc import Iterator

import pytest

from prefect_expres.sandbox import SandboxServer
from tests.support.service_user import ServiceUser

CONTENT = bytes(range(256)) * 1200


@pytest.fixture
def guest(quick_opus: SandboxServer) -> Iterator[ServiceUser]:
    """Give a user without a name."""
    with ServiceUser(quick_opus.url) as user:
        yield user


@pytest.fixture
def result(guest: ServiceUser) -> dict[str, str]:
    """Run a job and give the attributes of its spectra."""
    job = guest.until(guest.run(), "COMPLETED")
    found = job.find(".//*[@mime-type='application/x-cdf']")
    assert found is not None
    return {name.rpartition("}")[2]: value for name, value in found.attrib.items()}


def test_file_is_whole_and_its_hash_is_told(guest: ServiceUser, result: dict[str, str]) -> None:
    """Length, hash, ETag and file name describe the bytes that come."""
    answer = guest.http.get(result["href"])
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "application/x-cdf"
    assert answer.headers["accept-ranges"] == "bytes"
    assert 'filename="expres_test.cdf"' in answer.headers["content-disposition"]
    assert hashlib.sha1(CONTENT).hexdigest() == result["hash"]
    assert re.fullmatch(r'"[0-9a-f]+"', answer.headers["etag"])
    assert result["id"] == "expres_test.cdf"
    assert re.fullmatch(r"[0-9a-f]{6}_expres_test\.cdf", result["name"])


def test_range_gives_the_rest(guest: ServiceUser, result: dict[str, str]) -> None:
    """A range answers 206 with just these bytes, and one behind the end 416."""
    answer = guest.http.get(result["href"], headers={"Range": "bytes=1000-"})
    assert answer.status_code == 206
    assert answer.content == CONTENT[1000:]
    assert answer.headers["content-range"] == f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}"
    behind = guest.http.get(result["href"], headers={"Range": f"bytes={len(CONTENT)}-"})
    assert behind.status_code == 416


def test_if_range_with_another_tag_gives_the_whole(
    guest: ServiceUser, result: dict[str, str]
) -> None:
    """If-Range with the ETag resumes; with another one the whole file comes."""
    tag = guest.http.head(result["href"]).headers["etag"]
    resumed = guest.http.get(result["href"], headers={"Range": "bytes=9-", "If-Range": tag})
    assert resumed.status_code == 206
    whole = guest.http.get(result["href"], headers={"Range": "bytes=9-", "If-Range": '"x"'})
    assert whole.status_code == 200
    assert whole.content == CONTENT


def test_missing_file_is_404(guest: ServiceUser) -> None:
    """An id that no file has is 404."""
    assert guest.http.get("/store?ID=nothing").status_code == 404
    assert guest.http.get("/store").status_code == 404
