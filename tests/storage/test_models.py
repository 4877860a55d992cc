"""Models as JSON files."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from prefect_expres.errors import StorageError
from prefect_expres.storage import read_model, write_model


class Noted(BaseModel):
    """What is kept."""

    name: str
    count: int = 0


async def test_a_model_comes_back(tmp_path: Path) -> None:
    """It is a text file that people can read, too: indented, with a last line feed."""
    stored = await write_model(str(tmp_path), "noted.json", Noted(name="Io", count=3))
    assert read_model(str(tmp_path), "noted.json", Noted) == Noted(name="Io", count=3)
    content = (tmp_path / "noted.json").read_text()
    assert content == '{\n  "name": "Io",\n  "count": 3\n}\n'
    assert stored.size == len(content)


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"null", b"[]", b'{"count": 3}', b'{"name": "Io", "count": "x"}']
)
def test_what_is_no_such_model_is_none(tmp_path: Path, content: bytes | None) -> None:
    """An absent file, one that is cut, and one of something else."""
    if content is not None:
        (tmp_path / "noted.json").write_bytes(content)
    assert read_model(str(tmp_path), "noted.json", Noted) is None


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """It may be there: to go on as if it were not could lose it."""
    (tmp_path / "noted.json").mkdir()
    with pytest.raises(StorageError, match=r"noted\.json"):
        read_model(str(tmp_path), "noted.json", Noted)
