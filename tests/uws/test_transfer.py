"""Downloads: sizes, hashes and limits, and when a download is given up."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

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
from prefect_expres.uws import ResultRef, UWSClient, download
from tests.support.download_story import BODY, CUT, GET, SHA1, STRONG, URL, Story, cut, rest, whole
from tests.support.scripted_service import JOBS_URL, Answer


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


async def test_file_that_changes_every_time_is_not_asked_for_without_end(tmp_path: Path) -> None:
    """Its bytes are others each time, so nothing shows which are right; after six it is told."""
    answers = [whole(bytes([number]) * 10) for number in range(9)]
    story = Story(tmp_path, *answers)
    fault = await story.fails(ChecksumMismatch, "r.cdf has another hash", hash=SHA1)
    assert len(story.service.requests) == 7
    assert not fault.retryable


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


async def test_part_that_was_left_is_no_progress(tmp_path: Path) -> None:
    """What came before the first try says nothing of the service of today."""
    (tmp_path / "r.cdf.0123abcd.part").write_bytes(BODY[:4])
    story = Story(tmp_path, 503)
    await story.fails(Interrupted, "stopped after 4 bytes: .*answered 503", hash=SHA1)
    assert len(story.service.requests) == 6


async def test_page_within_a_file_is_a_part_of_it(tmp_path: Path) -> None:
    """Only a file that begins as a page was answered by somebody else."""
    page = b"<html>quoted</html>"
    story = Story(tmp_path, Answer(b"log: ", chunks=(page,)), Answer(page))
    await story.fetch(mime_type="text/plain")
    assert story.content() == b"log: " + page
    story = Story(tmp_path / "b", Answer(page))
    await story.fails(Unreachable, mime_type="text/plain")


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
