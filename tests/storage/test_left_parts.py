"""Parts that earlier writers left are continued or removed."""

from pathlib import Path

import fsspec
import pytest

from prefect_expres.storage.atomic import Part
from tests.storage.contents import CONTENT, SHA1, SHA256, names


def free_parts(folder: Path) -> None:
    """Leave parts as killed writers do, and other files."""
    for name, content in {
        "r.cdf.0123abcd.part": CONTENT[:5],
        "r.cdf.4567abcd.part": CONTENT[:2],
        "r.cdf.4567abce.part": CONTENT[:4],
        "rxcdf.0123abcd.part": b"other",
        "xr.cdf.0123abcd.part": b"other",
        "r.cdf.0123ABCD.part": b"other",
        "r.cdf.0123abc.part": b"other",
        "r.cdf.0123abcd.part.txt": b"other",
    }.items():
        (folder / name).write_bytes(content)


OTHERS = [
    *("r.cdf.0123ABCD.part", "r.cdf.0123abc.part", "r.cdf.0123abcd.part.txt"),
    *("rxcdf.0123abcd.part", "xr.cdf.0123abcd.part"),
]


async def test_longest_part_of_killed_writers_is_continued(tmp_path: Path) -> None:
    """The other parts of this file are removed; other files stay."""
    free_parts(tmp_path)
    part = await Part.open(str(tmp_path), "r.cdf", SHA1)
    assert part.size == 5
    assert names(tmp_path) == sorted(["r.cdf.0123abcd.part", *OTHERS])
    await part.write(CONTENT[5:])
    stored = await part.keep()
    assert (stored.size, stored.sha256, stored.verified) == (8, SHA256, True)
    assert (tmp_path / "r.cdf").read_bytes() == CONTENT
    assert names(tmp_path) == sorted(["r.cdf", *OTHERS])


async def test_parts_are_of_no_use_without_a_hash(tmp_path: Path) -> None:
    """Nothing could show whether their bytes are right."""
    free_parts(tmp_path)
    part = await Part.open(str(tmp_path), "r.cdf")
    assert part.size == 0
    await part.write(CONTENT)
    await part.keep()
    assert (tmp_path / "r.cdf").read_bytes() == CONTENT
    assert names(tmp_path) == sorted(["r.cdf", *OTHERS])


async def test_part_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    """Both write parts of their own, and both can finish."""
    one = await Part.open(str(tmp_path), "r.cdf", SHA1)
    await one.write(CONTENT[:5])
    assert not await one.is_whole()
    other = await Part.open(str(tmp_path), "r.cdf", SHA1)
    assert other.size == 0
    assert len(names(tmp_path)) == 2
    await other.write(CONTENT)
    await other.keep()
    await one.write(CONTENT[5:])
    await one.keep()
    assert (tmp_path / "r.cdf").read_bytes() == CONTENT
    assert names(tmp_path) == ["r.cdf"]


@pytest.mark.parametrize(("announced", "kept"), [(SHA1, 5), (None, 0)])
async def test_part_that_is_left_can_be_continued(
    tmp_path: Path, announced: str | None, kept: int
) -> None:
    """It can if a hash was announced; the buffer is stored first."""
    part = await Part.open(str(tmp_path), "r.cdf", announced)
    await part.write(CONTENT[:5])
    await part.leave()
    assert len(names(tmp_path)) == bool(kept)
    again = await Part.open(str(tmp_path), "r.cdf", announced)
    assert again.size == kept
    await again.write(CONTENT[kept:])
    assert (await again.keep()).sha256 == SHA256
    assert names(tmp_path) == ["r.cdf"]


async def test_part_in_a_store_cannot_be_continued() -> None:
    """It is removed when it is left."""
    part = await Part.open("memory://left", "r.cdf", SHA1)
    await part.write(CONTENT)
    await part.leave()
    assert fsspec.filesystem("memory").find("/left") == []
