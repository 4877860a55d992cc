"""The hash that was announced for a file, compared with that of its bytes."""

import hashlib
import re
from typing import Any

_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_OURS = "sha256"


class FileHash:
    """The SHA-256 of a file, and the announced hash if one is known; fed block by block.

    Args:
        announced: The announced hash in hexadecimal; its length tells the algorithm.

    Attributes:
        announced: The announced hash; None if it is of no known algorithm.
    """

    def __init__(self, announced: str | None) -> None:
        self._expected = (announced or "").strip().lower()
        self._algorithm = _algorithm(self._expected)
        self.announced = announced if self._algorithm else None
        self._digests: dict[str, Any] = {
            name: hashlib.new(name, usedforsecurity=False)
            for name in {_OURS, self._algorithm or _OURS}
        }

    def update(self, block: bytes | bytearray) -> None:
        """Add the next bytes of the file."""
        for digest in self._digests.values():
            digest.update(block)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes so far."""
        return str(self._digests[_OURS].hexdigest())

    @property
    def matches(self) -> bool:
        """The bytes so far have the announced hash; false if none is known."""
        if self._algorithm is None:
            return False
        return bool(self._digests[self._algorithm].hexdigest() == self._expected)


def _algorithm(text: str) -> str | None:
    return _ALGORITHMS.get(len(text)) if re.fullmatch("[0-9a-f]+", text) else None
