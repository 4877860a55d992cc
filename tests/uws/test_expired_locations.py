"""Locations of results that hold for some minutes only, as the signed ones of object stores."""

from pathlib import Path

import httpx
import pytest

from prefect_expres.errors import AuthenticationFailed, RequestRejected, ServiceError
from prefect_expres.storage import StoredFile
from prefect_expres.uws import UWSClient, download
from tests.support.no_pause import NoPause
from tests.support.scripted_service import Answer, Script, ScriptedService
from tests.support.uws_documents import results_document

SERVICE = "https://uws.example.org"
BODY = b"0123456789"
STORE = f"GET {SERVICE}/store/r.cdf"


def listed(signature: int, path: str = "/store/r.cdf") -> bytes:
    """Write the list of results, with a location that is signed anew.

    Other results have the same id, or the same location but for the query, as those of OPUS.
    """
    near = f'<result id="s" xlink:href="{SERVICE}{path}?sig=0{signature}"/>'
    other = f'<result id="r" xlink:href="{SERVICE}/store/other.cdf?sig={signature}"/>'
    own = f'<result id="r" xlink:href="{SERVICE}{path}?sig={signature}"/>'
    return results_document(near + other + own)


class Store:
    """A store in which each location gives so many bytes before it has expired.

    Args:
        most: How many bytes each signature gives.
        refusal: How it refuses one that has expired.
        body: What the file holds.
    """

    def __init__(self, most: int, refusal: int, body: bytes = BODY) -> None:
        self.most, self.refusal, self.body = most, refusal, body
        self.expired: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []

    async def answer(self, request: httpx.Request) -> Script:
        """Give the next bytes, and cut the answer."""
        signature, range_ = request.url.params["sig"], request.headers.get("range")
        self.asked.append((signature, range_))
        if signature in self.expired:
            return Answer(b"<Error><Code>ExpiredToken</Code></Error>", self.refusal)
        self.expired.add(signature)
        start = int(range_.removeprefix("bytes=").rstrip("-")) if range_ else 0
        size = len(self.body)
        headers = {"Content-Length": str(size - start), "ETag": '"1"'}
        if range_:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        rest = self.body[start : start + self.most]
        cut = httpx.ReadError("reset") if start + self.most < size else None
        return Answer(rest, 206 if range_ else 200, headers, cut)


async def fetched(service: ScriptedService, folder: Path) -> StoredFile:
    """List the results of a job and download the last one."""
    async with UWSClient(service_url(), transport=service, clock=NoPause()) as client:
        result = (await client.results("j1"))[-1]
        return await download(client, result, str(folder), name="r.cdf")


def service_url() -> str:
    """Give the job list."""
    return f"{SERVICE}/rest/ExPRES"


@pytest.mark.parametrize("refusal", [400, 401, 403, 404, 410])
async def test_expired_location_is_asked_for_again(tmp_path: Path, refusal: int) -> None:
    """The download goes on at the new one, as often as bytes came from the last."""
    service, store = ScriptedService(), Store(4, refusal)
    service.on("GET /j1/results", listed(1), listed(2), listed(3))
    service.on(STORE, store.answer)
    file = await fetched(service, tmp_path)
    assert (tmp_path / "r.cdf").read_bytes() == BODY
    assert file.size == len(BODY)
    assert store.asked == [
        ("1", None),
        ("1", "bytes=4-"),
        ("2", "bytes=4-"),
        ("2", "bytes=8-"),
        ("3", "bytes=8-"),
    ]


async def test_location_that_expires_again_and_again_is_given_up(tmp_path: Path) -> None:
    """After sixty tries, of which each second one was refused."""
    service, store = ScriptedService(), Store(1, 403, bytes(40))
    service.on("GET /j1/results", *map(listed, range(1, 50)))
    service.on(STORE, store.answer)
    with pytest.raises(AuthenticationFailed):
        await fetched(service, tmp_path)
    assert len(store.asked) == 60
    assert list(tmp_path.iterdir()) == []


async def test_location_that_expired_before_its_turn(tmp_path: Path) -> None:
    """Many results wait for each other."""
    service, store = ScriptedService(), Store(10, 403)
    store.expired.add("1")
    service.on("GET /j1/results", listed(1), listed(2))
    service.on(STORE, store.answer)
    assert (await fetched(service, tmp_path)).size == len(BODY)


@pytest.mark.parametrize(
    ("again", "looks"),
    [
        (listed(1), 1),
        (listed(2), 2),
        (listed(2, "/store/else.cdf"), 1),
        (results_document(""), 1),
    ],
)
async def test_result_that_is_refused_stays_refused(
    tmp_path: Path, again: bytes, looks: int
) -> None:
    """Where the location is the same, is refused, too, or leads to another file."""
    service = ScriptedService()
    service.on("GET /j1/results", listed(1), again)
    service.on(STORE, 403)
    with pytest.raises(AuthenticationFailed):
        await fetched(service, tmp_path)
    assert service.count("GET /j1/results") == 2
    assert service.count(STORE) == looks
    assert list(tmp_path.iterdir()) == []


async def test_one_of_two_results_that_differ_in_the_query_only_is_not_the_other(
    tmp_path: Path,
) -> None:
    """Of one id and one path there may be several, as at Rubin; none of them is the new one."""
    service = ScriptedService()
    both = "".join(f'<result id="r" xlink:href="{SERVICE}/store?ID={each}"/>' for each in "ab")
    service.on("GET /j1/results", results_document(both))
    service.on(f"GET {SERVICE}/store", 403, BODY)
    with pytest.raises(AuthenticationFailed):
        await fetched(service, tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_list_that_cannot_be_read_again_hides_no_refusal(tmp_path: Path) -> None:
    """The first error is that of the result."""
    service = ScriptedService()
    service.on("GET /j1/results", listed(1), 401)
    service.on(STORE, Answer(b"no such signature", 400))
    with pytest.raises(ServiceError, match="no such signature") as caught:
        await fetched(service, tmp_path)
    assert type(caught.value) is RequestRejected
