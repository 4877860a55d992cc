"""Downloads that come packed, though that was not asked for: unpacked, or as they are meant."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import (
    ChecksumMismatch,
    SizeMismatch,
    TooLarge,
)
from tests.support.download_story import BODY, SHA1, STRONG, Story, cut, rest, whole


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


@pytest.mark.parametrize("told", ["size", "hash", "name", "NAME", "size and hash", "nothing"])
async def test_packed_file_may_be_meant_as_it_is(tmp_path: Path, told: str) -> None:
    """Size, hash or name show that the file itself is packed, whatever the answer calls that."""
    packed = gzip.compress(BODY) + gzip.compress(BODY)
    story = Story(tmp_path, whole(packed, length=len(packed), Content_Encoding="x-gzip"))
    facts: dict[str, Any] = {"size": len(packed)} if "size" in told else {}
    if "hash" in told:
        facts["hash"] = hashlib.sha256(packed).hexdigest()
    story.name = {"name": "r.csv.gz", "NAME": "R.TGZ"}.get(told, "r.cdf")
    stored = await story.fetch(**facts)
    assert story.content() == (BODY + BODY if told == "nothing" else packed)
    assert stored.verified == ("hash" in told)
    assert len(story.service.requests) == (2 if told == "hash" else 1)


async def test_packed_file_may_be_sent_in_two_ways(tmp_path: Path) -> None:
    """An answer that does not call it encoded says nothing of the next one that does."""
    packed = gzip.compress(BODY)
    again = whole(packed, length=len(packed), Content_Encoding="x-gzip")
    story = Story(tmp_path, cut(packed[:9], length=len(packed)), again)
    story.name = "r.csv.gz"
    await story.fetch()
    assert story.content() == packed


async def test_packed_file_that_is_announced_too_large_is_not_begun(tmp_path: Path) -> None:
    """Its length is that of the file, which is kept as it is."""
    story = Story(tmp_path, whole(b"x", length=11, Content_Encoding="gzip"))
    story.name = "r.csv.gz"
    await story.fails(TooLarge, "announces 11 bytes; the limit is 10", limit=10)
    assert story.told == []


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


async def test_packed_rest_is_not_put_behind_what_is_there(tmp_path: Path) -> None:
    """Its bytes are others than those that were asked for."""
    packed = rest(4, **STRONG, **{"Content-Encoding": "gzip"})
    story = Story(tmp_path, cut(BODY[:4], **STRONG), packed, whole(**STRONG))
    await story.fetch()
    assert story.content() == BODY
    assert story.ranges == [(None, None), ("bytes=4-", '"one"'), (None, None)]
