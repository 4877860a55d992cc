"""Files that are whole under their name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Lend a place to write a file or a folder; when all went well, it gets its own name.

    What had the name before is replaced, and stays where something fails.

    Args:
        path: The name that it gets.

    Yields:
        Where to write it: the same name in a scratch folder beside it.

    Raises:
        FileNotFoundError: The folder of ``path`` is missing.
    """
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        part = Path(scratch) / path.name
        yield part
        if path.is_dir():
            # A folder cannot be replaced at one stroke: the old one leaves with the scratch.
            path.rename(Path(scratch) / "before")
        part.replace(path)
