"""Downloads: ranges, sizes, hashes and limits, and when a download is given up."""

import asyncio
import gzip
import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    ChecksumMismatch,
    ExpresError,
    Interrupted,
    JobNotFound,
    ProtocolError,
    RequestRejected,
    ServerFault,
    SizeMismatch,
    TooLarge,
    Unreachable,
    UnsafeLocation,
)
from prefect_expres.storage import StoredFile
from prefect_expres.uws import ResultRef, UWSClient, download
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService

URL = "https://uws.example.org/store?ID=1"
GET = "GET https://uws.example.org/store"
BODY = b"0123456789"
SHA1 = hashlib.sha1(BODY, usedforsecurity=False).hexdigest()
CUT = httpx.ReadError("reset")
STRONG = {"ETag": '"one"'}


def whole(body: bytes = BODY, *, length: int | None = 10, **headers: str) -> Answer:
    """Answer with the whole file."""
    told = {"Content-Length": str(length)} if length is not None else {}
    return Answer(body, headers=told | {name.replace("_", "-"): v for name, v in headers.items()})


def cut(body: bytes, *, length: int | None = 10, **headers: str) -> Answer:
    """Answer with the beginning, then break the connection."""
    answer = whole(body, length=length, **headers)
    return Answer(answer.body, headers=answer.headers, fault=CUT)


def rest(start: int, body: bytes | None = None, total: str = "10", **headers: str) -> Answer:
    """Answer with the rest of the file."""
    sent = BODY[start:] if body is None else body
    told = {"Content-Range": f"bytes {start}-9/{total}", "Content-Length": str(len(sent))}
    return Answer(sent, 206, told | headers)


class Story:
    """A service with a script for one file, and a client of it."""

    def __init__(self, folder: Path, *answers: Any) -> None:
        self.service = ScriptedService()
        self.service.on(GET, *answers)
        self.clock = NoPause()
        self.folder = folder
        self.told: list[tuple[str, int, int | None]] = []
        self.name = "r.cdf"

    async def fetch(self, href: str | None = URL, limit: int = 1000, **facts: Any) -> StoredFile:
        """Download the file."""

        async def note(name: str, so_far: int, expected: int | None) -> None:
            self.told.append((name, so_far, expected))

        client = UWSClient(JOBS_URL, transport=self.service, clock=self.clock)
        result = ResultRef(id="r", href=href, **facts)
        return await download(
            client, result, str(self.folder), name=self.name, limit=limit, on_bytes=note
        )

    async def fails(self, kind: type[ExpresError], words: str = ".", **facts: Any) -> Any:
        """Download the file in vain; nothing may be left."""
        with pytest.raises(kind, match=words) as caught:
            await self.fetch(**facts)
        assert type(caught.value) is kind
        assert not self.folder.exists() or list(self.folder.iterdir()) == []
        return caught.value

    @property
    def ranges(self) -> list[tuple[str | None, str | None]]:
        """What was asked for: Range and If-Range of each request."""
        requests = self.service.requests
        return [(each.headers.get("range"), each.headers.get("if-range")) for each in requests]

    def content(self) -> bytes:
        """Give the file; there is nothing else."""
        (path,) = self.folder.iterdir()
        assert path.name == self.name
        return path.read_bytes()


async def test_file_arrives_and_is_told(tmp_path: Path) -> None:
    """It takes one request; the progress is reported."""
    story = Story(tmp_path, Answer(BODY[:4], headers={"Content-Length": "10"}, chunks=(BODY[4:],)))
    stored = await story.fetch(hash=SHA1.upper(), size=10)
    assert story.content() == BODY
    assert (stored.size, stored.verified, stored.service_hash) == (10, True, SHA1.upper())
    assert story.told == [("r.cdf", 4, 10), ("r.cdf", 10, 10)]
    assert story.ranges == [(None, None)]
    assert story.service.open_answers == 0


async def test_size_of_the_list_is_told_where_the_answer_has_none(tmp_path: Path) -> None:
    """The expected size is that of the list, or it is not known."""
    story = Story(tmp_path, whole(length=None))
    await story.fetch(size=10)
    await story.fetch()
    assert [expected for *_, expected in story.told] == [10, None]


async def test_nobody_needs_to_look(tmp_path: Path) -> None:
    """The callback is optional; the default limit is 8 GiB."""
    story = Story(tmp_path, whole(), whole(length=8 * 2**30 + 1))
    client = UWSClient(JOBS_URL, transport=story.service, clock=story.clock)
    result = ResultRef(id="r", href=URL)
    await download(client, result, str(tmp_path), name="r.cdf")
    assert story.content() == BODY
    with pytest.raises(TooLarge, match=f"the limit is {8 * 2**30}"):
        await download(client, result, str(tmp_path), name="x.cdf")


@pytest.mark.parametrize("href", [None, ""])
async def test_result_without_a_location(tmp_path: Path, href: str | None) -> None:
    """No folder is made and no request is sent."""
    story = Story(tmp_path / "out")
    fault = await story.fails(UnsafeLocation, "'r.cdf' has no location", href=href)
    assert fault.name == "r.cdf"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
async def test_packed_body_has_a_length_of_its_own(tmp_path: Path, encoding: str) -> None:
    """Content-Length is the compressed size; the size in the list is that of the file."""
    body = BODY * 100
    packed = gzip.compress(body)
    story = Story(tmp_path, whole(packed, length=len(packed), Content_Encoding=encoding))
    stored = await story.fetch(size=1000)
    assert story.content() == body
    assert stored.size == 1000
    assert story.told[0][2] == 1000
    await story.fetch()
    story.folder = tmp_path / "other"
    story.folder.mkdir()
    await story.fails(SizeMismatch, "has 1000 bytes; 999 were", size=999)


@pytest.mark.parametrize("told", ["size", "hash", "name", "size and hash", "nothing"])
async def test_packed_file_may_be_meant_as_it_is(tmp_path: Path, told: str) -> None:
    """Size, hash or name show that the file itself is packed, whatever the answer calls that."""
    packed = gzip.compress(BODY) + gzip.compress(BODY)
    story = Story(tmp_path, whole(packed, length=len(packed), Content_Encoding="x-gzip"))
    facts: dict[str, Any] = {"size": len(packed)} if "size" in told else {}
    if "hash" in told:
        facts["hash"] = hashlib.sha256(packed).hexdigest()
    story.name = "r.csv.gz" if told == "name" else "r.cdf"
    stored = await story.fetch(**facts)
    assert story.content() == (BODY + BODY if told == "nothing" else packed)
    assert stored.verified == ("hash" in told)
    assert len(story.service.requests) == (2 if told == "hash" else 1)


async def test_packed_file_may_be_announced_unpacked_under_a_packed_name(tmp_path: Path) -> None:
    """The hash decides in the end; if it fits neither form, two downloads of one show it."""
    packed = gzip.compress(BODY)
    answer = whole(packed, length=len(packed), Content_Encoding="gzip")
    story = Story(tmp_path / "a", answer)
    story.name = "r.csv.gz"
    assert (await story.fetch(hash=SHA1)).verified
    assert story.content() == BODY
    story = Story(tmp_path / "b", answer)
    await story.fails(ChecksumMismatch, "the same 10 bytes came twice", hash="0" * 40)
    assert len(story.service.requests) == 3


async def test_packed_body_that_broke_off_begins_again(tmp_path: Path) -> None:
    """A range would count compressed bytes, so the whole file is requested."""
    packed = gzip.compress(BODY)
    encoded = {"Content_Encoding": "gzip", "ETag": '"one"'}
    half = gzip.compress(BODY * 99)[:-8]
    story = Story(
        tmp_path, cut(half, length=None, **encoded), whole(packed, length=None, **encoded)
    )
    assert (await story.fetch(hash=SHA1)).verified
    assert story.ranges == [(None, None)] * 2
    assert story.content() == BODY


@pytest.mark.parametrize(
    ("headers", "facts", "condition"),
    [
        (STRONG, {}, '"one"'),
        (STRONG, {"hash": SHA1}, '"one"'),
        ({"ETag": 'W/"one"'}, {"hash": SHA1}, None),
        ({}, {"hash": SHA1}, None),
    ],
)
async def test_rest_of_a_cut_file_is_asked_for(
    tmp_path: Path, headers: dict[str, str], facts: dict[str, str], condition: str | None
) -> None:
    """It is if there is a strong entity tag or a hash."""
    story = Story(tmp_path, cut(BODY[:4], **headers), rest(4, **headers))
    assert (await story.fetch(**facts)).size == 10
    assert story.content() == BODY
    assert story.ranges == [(None, None), ("bytes=4-", condition)]
    assert story.told == [("r.cdf", 4, 10), ("r.cdf", 10, 10)]


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"one"'}, {"ETag": "one"}])
async def test_rest_that_may_be_of_another_file_is_not_asked_for(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    """Without a strong entity tag and a hash the whole file is requested."""
    story = Story(tmp_path, cut(BODY[:4], **headers), whole())
    await story.fetch()
    assert story.ranges == [(None, None)] * 2
    assert story.content() == BODY


async def test_tag_of_the_last_whole_answer_counts(tmp_path: Path) -> None:
    """A file that changed has another entity tag, or none."""
    story = Story(
        tmp_path,
        *(cut(b"xxxx", **STRONG), cut(BODY[:3], ETag='"two"'), cut(BODY[3:5]), whole()),
    )
    await story.fetch()
    assert [condition for _, condition in story.ranges] == [None, '"one"', '"two"', None]
    assert story.content() == BODY


@pytest.mark.parametrize("hashed", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "spliced"),
    [
        ('"one"', '"one"', True),
        ('"one"', '"two"', False),
        ('"one"', 'W/"one"', False),
        ('W/"one"', 'W/"two"', False),
        ('W/"one"', 'W/"one"', True),
        ("", '"two"', True),
        ('"one"', "", True),
    ],
)
async def test_parts_of_different_tags_are_never_spliced(
    tmp_path: Path, first: str, second: str, *, spliced: bool, hashed: bool
) -> None:
    """Also if the service sends the rest in spite of If-Range; a missing tag needs the hash."""
    tags = [{"ETag": tag} if tag else {} for tag in (first, second)]
    other = b"abcdefghij"
    story = Story(tmp_path, cut(other[:4], **tags[0]), rest(4, **tags[1]), whole(**tags[1]))
    asked = hashed or first == '"one"'
    facts = {"hash": hashlib.sha1(other[:4] + BODY[4:]).hexdigest()} if hashed else {}
    if spliced and asked and (hashed or second):
        await story.fetch(**facts)
        assert story.content() == other[:4] + BODY[4:]
        return
    story.service.on(GET, cut(other[:4], **tags[0]), *([rest(4, **tags[1])] * asked), whole())
    await story.fetch(**({"hash": SHA1} if hashed else {}))
    assert story.content() == BODY


async def test_file_that_changes_every_time_is_not_asked_for_without_end(tmp_path: Path) -> None:
    """Its bytes are others each time, so nothing shows which are right; after six it is told."""
    answers = [whole(bytes([number]) * 10) for number in range(9)]
    story = Story(tmp_path, *answers)
    fault = await story.fails(ChecksumMismatch, "r.cdf has another hash", hash=SHA1)
    assert len(story.service.requests) == 7
    assert not fault.retryable


async def test_whole_size_of_a_range_may_be_unknown(tmp_path: Path) -> None:
    """Then only the hash is checked."""
    story = Story(tmp_path, cut(BODY[:4], length=None), rest(4, total="*"))
    await story.fetch(hash=SHA1)
    assert story.told[-1] == ("r.cdf", 10, None)


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(BODY[4:], 206, {"Content-Range": "bytes 3-9/10"}),
        Answer(BODY[4:], 206, {"Content-Range": "bytes 5-9/10"}),
        Answer(BODY[4:], 206, {"Content-Range": "lines 4-9/10"}),
        Answer(BODY[4:], 206, {"Content-Range": "bytes 4-9/10 or so"}),
        Answer(BODY[4:], 206),
        Answer(gzip.compress(BODY[4:]), 206, rest(4).headers | {"Content-Encoding": "gzip"}),
        Answer(status=416),
    ],
)
async def test_other_range_is_not_believed(tmp_path: Path, wrong: Answer) -> None:
    """The part begins again, and no more ranges are requested."""
    story = Story(tmp_path, cut(BODY[:4], **STRONG), wrong, cut(BODY[:6], **STRONG), whole())
    await story.fetch()
    assert [asked for asked, _ in story.ranges] == [None, "bytes=4-", None, None]
    assert story.content() == BODY


async def test_range_that_fails_for_ever_is_told(tmp_path: Path) -> None:
    """The error says why it could not be resumed."""
    other = Answer(BODY, 206, {"Content-Range": "bytes 3-9/10"})
    story = Story(tmp_path, other)
    await story.fails(Interrupted, "r.cdf cannot be resumed: the service answered with another")
    story = Story(tmp_path, 416)
    await story.fails(RequestRejected, "416")
    assert len(story.service.requests) == 1


async def test_first_answer_may_be_partial(tmp_path: Path) -> None:
    """It is accepted if it starts at byte 0."""
    await Story(tmp_path, rest(0)).fetch(hash=SHA1)


async def test_limit_counts_all_bytes_of_all_tries(tmp_path: Path) -> None:
    """A file of exactly the limit is accepted; one byte more is refused."""
    answers = [cut(BODY[:4], length=None, **STRONG), rest(4, **STRONG)]
    await Story(tmp_path / "a", *answers).fetch(limit=10)
    story = Story(tmp_path / "b", *answers)
    fault = await story.fails(TooLarge, r"r\.cdf: .*the limit is 5", limit=9)
    assert (fault.name, fault.url) == ("r.cdf", URL)
    assert len(story.service.requests) == 2
    await Story(tmp_path / "c", whole(length=None)).fails(TooLarge, "sends more", limit=9)


async def test_part_that_was_left_counts_too(tmp_path: Path) -> None:
    """A part of a killed writer may be too large already."""
    (tmp_path / "r.cdf.0123abcd.part").write_bytes(BODY[:8])
    await Story(tmp_path, rest(8)).fails(TooLarge, hash=SHA1, limit=9)


@pytest.mark.parametrize("tries", [1, 4])
async def test_listed_result_may_come_late(tmp_path: Path, tries: int) -> None:
    """A result that is not found is requested three times more."""
    story = Story(tmp_path, *[404] * (tries - 1), whole())
    await story.fetch()
    story = Story(tmp_path / "late", 404)
    await story.fails(JobNotFound)
    assert len(story.service.requests) == 4
    assert story.clock.time > 0.75 * (1.0 + 2.0 + 4.0)


@pytest.mark.parametrize(
    ("answer", "kind", "tries"),
    [
        (403, AuthenticationFailed, 1),
        (400, RequestRejected, 1),
        (Answer(status=302, headers={"Location": "https://x.org/"}), UnsafeLocation, 1),
        (whole(Content_Encoding="br"), ProtocolError, 1),
        (500, ServerFault, 6),
        (503, Unreachable, 6),
        (CUT, Unreachable, 6),
        (cut(b""), Unreachable, 6),
        (whole(BODY + b"x", length=None), SizeMismatch, 2),
        (whole(BODY[:9], length=None), SizeMismatch, 2),
        (whole(BODY + b"x", length=10), SizeMismatch, 2),
        (whole(b"x" * 10), ChecksumMismatch, 2),
    ],
)
async def test_tries_without_progress_are_counted(
    tmp_path: Path, answer: Any, kind: type[ExpresError], tries: int
) -> None:
    """After six tries in a row without more bytes the download fails."""
    story = Story(tmp_path, answer)
    facts = {"hash": SHA1} if kind is ChecksumMismatch else {"size": 10}
    facts = {} if kind is ProtocolError else facts
    fault = await story.fails(kind, **facts)
    if kind is UnsafeLocation:
        assert (fault.name, fault.url) == ("r.cdf", "https://x.org/")
        assert str(fault).startswith("r.cdf: https://x.org/ is not fetched")
    assert len(story.service.requests) == tries


async def test_wrong_bytes_are_asked_for_again(tmp_path: Path) -> None:
    """The whole file is requested, though there is an entity tag."""
    for wrong in (whole(b"x" * 10, **STRONG), whole(BODY + b"x", length=None, **STRONG)):
        folder = tmp_path / str(len(wrong.first()))
        story = Story(folder, wrong, whole())
        await story.fetch(hash=SHA1, size=10)
        assert story.content() == BODY
        assert story.ranges == [(None, None)] * 2


async def test_body_that_ends_early_is_interrupted(tmp_path: Path) -> None:
    """The error shows how many bytes came."""
    story = Story(tmp_path, whole(BODY[:4], **STRONG), rest(4, **STRONG))
    await story.fetch()
    assert story.ranges[1] == ("bytes=4-", '"one"')
    story = Story(tmp_path / "b", whole(BODY[:4]))
    fault = await story.fails(Interrupted, r"r\.cdf stopped after 4 of 10 bytes")
    assert (fault.name, fault.url) == ("r.cdf", URL)
    story = Story(tmp_path / "c", cut(BODY[:4]))
    fault = await story.fails(Interrupted, r"r\.cdf stopped after 4 bytes: .*broke off: reset")
    assert (fault.name, fault.url) == ("r.cdf", URL)


async def test_tries_that_bring_more_are_not_counted(tmp_path: Path) -> None:
    """There are at most sixty tries; after progress the pause is short."""
    answers = [cut(BODY[:1], length=None, **STRONG)]
    answers += [
        Answer(b"x", 206, {"Content-Range": f"bytes {n}-99/*"} | STRONG, fault=CUT)
        for n in range(1, 99)
    ]
    story = Story(tmp_path, *answers)
    await story.fails(Interrupted, "stopped after 60 bytes")
    assert len(story.service.requests) == 60
    assert 59 * 0.375 <= story.clock.time <= 59 * 0.625


async def test_progress_is_measured_from_the_longest_part(tmp_path: Path) -> None:
    """A part that begins again and is not longer than before is no progress."""
    lengths = (4, 6, 5, 6, 1, 3, 6, 2, 9)
    story = Story(tmp_path, *(cut(BODY[:length]) for length in lengths))
    await story.fails(Interrupted)
    assert len(story.service.requests) == 2 + 6


async def test_service_says_when_to_come_back(tmp_path: Path) -> None:
    """It is not asked earlier."""
    story = Story(tmp_path, Answer(status=503, headers={"Retry-After": "40"}), whole())
    await story.fetch()
    assert 40 <= story.clock.time <= 44


async def test_failing_caller_leaves_nothing_and_a_cancelled_one_a_part(tmp_path: Path) -> None:
    """If a hash was announced, the next download continues the part."""
    story = Story(tmp_path, whole(BODY[:4], **STRONG), rest(4))
    client = UWSClient(JOBS_URL, transport=story.service, clock=story.clock)
    result = ResultRef(id="r", href=URL, hash=SHA1)
    for fault in (RuntimeError("full"), asyncio.CancelledError()):

        async def fail(name: str, so_far: int, expected: int | None) -> None:
            raise fault  # noqa: B023 - it is called within the loop

        story.service.on(GET, whole(BODY[:4], **STRONG))
        with pytest.raises(type(fault)):
            await download(client, result, str(tmp_path), name="r.cdf", on_bytes=fail)
        kept = [path.read_bytes() for path in tmp_path.iterdir()]
        assert kept == ([] if isinstance(fault, RuntimeError) else [BODY[:4]])
    story.service.on(GET, rest(4))
    await story.fetch(hash=SHA1)
    assert story.ranges[-1] == ("bytes=4-", None)
    assert story.content() == BODY


async def test_whole_part_is_only_given_its_name(tmp_path: Path) -> None:
    """No request is sent; this also holds for an empty file."""
    (tmp_path / "r.cdf.0123abcd.part").write_bytes(BODY)
    story = Story(tmp_path)
    assert (await story.fetch(hash=SHA1)).size == 10
    empty = hashlib.sha1(b"", usedforsecurity=False).hexdigest()
    assert (await story.fetch(hash=empty)).size == 0
    assert story.service.requests == []


async def test_password_in_a_location_is_not_shown(tmp_path: Path) -> None:
    """It is in no part of the error."""
    story = Story(tmp_path)
    story.service.on("GET https://bob:hush@uws.example.org/store", whole(BODY[:4]))
    href = "https://bob:hush@uws.example.org/store?ID=1"
    fault = await story.fails(Interrupted, href=href)
    assert "hush" not in repr(fault)
