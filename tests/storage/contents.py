"""What is stored in tests of files, and what a folder holds."""

import hashlib
from pathlib import Path

CONTENT = b"emission"
LARGE = bytes(range(256)) * 2**15  # two blocks
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SHA1 = hashlib.sha1(CONTENT, usedforsecurity=False).hexdigest()


def names(folder: Path) -> list[str]:
    """Give what is in a folder."""
    return sorted(path.name for path in folder.iterdir())
