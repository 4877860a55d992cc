"""Let Python import a changed source in the place of a file, which stays as it is."""

from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType


def serve(path: Path, text: str) -> None:
    """From now on, import this text wherever the file would be imported.

    Args:
        path: The file.
        text: What stands in its place.
    """
    original = SourceFileLoader.get_code
    replaced = str(path.resolve())

    def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
        if str(Path(loader.path).resolve()) == replaced:
            return loader.source_to_code(text.encode(), loader.path)
        return original(loader, fullname)

    setattr(SourceFileLoader, "get_code", get_code)  # noqa: B010 - a method is not assigned to
