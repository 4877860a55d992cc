"""Where files are: results are read from any URL, products are written to local paths."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect_expres.errors import UsageError
from prefect_expres.net.url import shown_url
from prefect_expres.storage import local_copy, local_path, require_readable


@contextmanager
def local_file(location: str | Path, *, folder: bool = False) -> Iterator[Path]:
    """Give a local path to a file, wherever it is.

    Args:
        location: Local path or fsspec URL, for instance ``s3://bucket/folder/file.cdf``.
        folder: It is a folder.

    Yields:
        The path of the file itself if it is local, else of a copy, which is deleted when the
        context ends.

    Raises:
        StorageError: It is not there, or cannot be read.
    """
    if (path := local_path(location)) is not None:
        require_readable(path, shown_url(str(location)))
        yield path
    else:
        with local_copy(str(location), folder=folder) as copy:
            yield copy


def local_target(location: str | Path) -> Path:
    """Give the local path to which a product is written.

    Args:
        location: Local path or ``file://`` URL.

    Raises:
        UsageError: It is the URL of another file system.
    """
    path = local_path(location)
    if path is None:
        msg = (
            f"{shown_url(str(location))} is not a local path: pictures, tables, calendars, "
            "catalogues and exports are written to local paths only; write to a local path, then "
            "copy the file there, for instance with fsspec"
        )
        raise UsageError(msg)
    return path
