"""The rest of a file that was cut: asked for, and believed, only if it is of the same file."""

import gzip
import hashlib
from pathlib import Path

import pytest

from prefect_expres.errors import (
    Interrupted,
    RequestRejected,
)
from tests.support.download_story import BODY, CUT, GET, SHA1, STRONG, Story, cut, rest, whole
from tests.support.scripted_service import Answer


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


async def test_answer_may_be_a_range_that_was_not_asked_for(tmp_path: Path) -> None:
    """After a part that cannot be resumed it is accepted if it starts at byte 0."""
    story = Story(tmp_path, cut(BODY[:4]), rest(0))
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


async def test_tag_of_the_last_rest_counts(tmp_path: Path) -> None:
    """Also where the answers before it had none, and the other way round."""
    more = [
        Answer(BODY[n : n + 1], 206, rest(n).headers | tag, CUT)
        for n, tag in ((4, {"ETag": '"two"'}), (5, {}))
    ]
    story = Story(tmp_path, cut(BODY[:4]), *more, rest(6))
    await story.fetch(hash=SHA1)
    assert [condition for _, condition in story.ranges] == [None, None, '"two"', None]
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


async def test_rest_that_is_too_long_is_not_believed(tmp_path: Path) -> None:
    """The service says itself that the whole file is shorter."""
    story = Story(tmp_path, cut(BODY[:4], **STRONG), rest(4, total="8", **STRONG), whole())
    await story.fetch()
    assert [asked for asked, _ in story.ranges] == [None, "bytes=4-", None]
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
