"""The areas whose tests are judged, as ``areas.toml`` names them."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Source:
    """A file whose mutants are run.

    Attributes:
        path: The file.
        label: Its name for users, such as ``uws/http``.
        text: Its content.
        messages: The functions and classes that take texts for people.
    """

    path: Path
    label: str
    text: str
    messages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Area:
    """Sources, and the tests that judge them.

    Attributes:
        name: The name in the table.
        sources: The files that are mutated.
        test_files: The files whose tests are run.
        arguments: Further arguments for pytest.
        longest: The seconds from which a test is used only where no other covers a line.
        spare: The seconds that a test may take beyond what it usually takes.
    """

    name: str
    sources: tuple[Source, ...]
    test_files: tuple[Path, ...]
    arguments: tuple[str, ...]
    longest: float
    spare: float

    def content_hash(self, shared: tuple[Path, ...]) -> str:
        """Give a hash of all that says which test runs which line.

        Args:
            shared: Files outside the area that all areas depend on.
        """
        digest = hashlib.sha256(repr(self.arguments).encode())
        folders = {file.parent for file in self.test_files}
        helpers = {file for folder in folders for file in folder.glob("*.py")}
        paths = {source.path for source in self.sources} | set(self.test_files) | helpers
        for path in sorted(paths | set(shared)):
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Project:
    """What is configured.

    Attributes:
        root: The folder that the paths start from.
        areas: The areas, in the order of the file.
        preload: The modules of others that are imported once, before the first mutant.
        shared: Files that the tests of all areas depend on.
    """

    root: Path
    areas: tuple[Area, ...]
    preload: tuple[str, ...]
    shared: tuple[Path, ...]

    @classmethod
    def read(cls, file: Path, root: Path) -> "Project":
        """Read the configuration.

        Args:
            file: The TOML file.
            root: The folder that its paths start from.

        Raises:
            FileNotFoundError: A source or a test that it names does not exist.
        """
        content = tomllib.loads(file.read_text())
        return cls(
            root=root,
            areas=tuple(
                _area(name, entry, content, root) for name, entry in content["areas"].items()
            ),
            preload=tuple(content.get("preload", ())),
            shared=tuple(root / path for path in content.get("shared", ())),
        )


def selects(part: str, area: str, label: str) -> bool:
    """Tell whether a part of ``ONLY`` names a source: by its area, its folder or its label."""
    return part in {area, label} or label.startswith(f"{part}/")


def _area(name: str, entry: dict[str, Any], content: dict[str, Any], root: Path) -> Area:
    strip = content.get("strip", "")
    messages = frozenset(content.get("messages", ()))
    return Area(
        name=name,
        sources=tuple(
            Source(path, _label(path, root, strip), path.read_text(), messages)
            for path in _python_files(root, entry["sources"], "*.py")
        ),
        test_files=tuple(_python_files(root, entry["tests"], "test_*.py")),
        arguments=tuple(entry.get("arguments", ())),
        longest=float(entry.get("longest", content.get("longest", 5.0))),
        spare=float(content.get("spare", 5.0)),
    )


def _label(path: Path, root: Path, strip: str) -> str:
    return path.relative_to(root).with_suffix("").as_posix().removeprefix(strip)


def _python_files(root: Path, names: list[str], pattern: str) -> list[Path]:
    """List the files that are named or lie, at any depth, in a folder that is named."""
    files: list[Path] = []
    for name in names:
        path = root / name
        if path.is_dir():
            files += sorted(path.rglob(pattern))
        elif path.is_file():
            files.append(path)
        else:
            raise FileNotFoundError(path)
    return files
