"""What a store is told of a file when it is written."""

from typing import Any, ClassVar

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from prefect_expres.storage.part_files import StorePart


class Noting(MemoryFileSystem):
    """A file system in memory that notes with which options files are opened."""

    protocol: str | tuple[str, ...] = "noting"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    cachable = False

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        """Note the options."""
        self.options = options
        return super().open(path, mode)


@pytest.mark.parametrize(
    ("protocol", "name", "options"),
    [
        (("s3", "s3a"), "index.html", {"ContentType": "text/html"}),
        (("s3", "s3a"), "windows.ics", {"ContentType": "text/calendar"}),
        (("s3", "s3a"), "result.cdf.gz", {}),
        (("s3", "s3a"), "page.html.gz", {}),
        (("s3", "s3a"), "manifest", {}),
        (("gcs", "gs"), "index.html", {}),
        ("webhdfs", "index.html", {}),
    ],
)
def test_only_s3_is_told_the_type_of_a_file(
    protocol: str | tuple[str, ...], name: str, options: dict[str, str]
) -> None:
    """Others may take the option for one of their own; what is packed has no type."""
    system = Noting()
    system.protocol = protocol
    part = StorePart(system, f"/{name}")
    assert system.options == options
    part.remove()
