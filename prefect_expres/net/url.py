"""Show URLs without the secrets in them, and tell what they lead to."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

_WEB = re.compile(r"(?i)https?://")
_USER_INFO = re.compile(r"^([^/?#]*//)[^/?#]*@")
_PASSWORD = re.compile(r"^[^/?#]*//[^/?#:]*:[^/?#]*@")
_LONG_NAMES = r"[\w-]*(?:signature|token|credential|secret|passw(?:or)?d|authorization)"
_SHORT_NAMES = r"(?:[\w-]*[_-])?(?:sig|auth|jwt|pwd)|(?:rl|auth|access_?|api[_-]?)?key"
_SECRET = rf"(?i)(?<=[?&;])((?:{_LONG_NAMES}|{_SHORT_NAMES})=)"
_SIGNATURE = re.compile(rf"{_SECRET}[^&;#]+")
"""In a query: who has it has what the URL leads to."""

_QUOTED_USER_INFO = re.compile(r"(?<=://)[^/?#\s'\"]*@")
_QUOTED_SIGNATURE = re.compile(rf"{_SECRET}[^&;#\s'\"<>)]+")
"""In a text, where the URL ends at a space or a quotation mark."""


def shown_url(url: str) -> str:
    """Give a URL without the user, tokens and signatures in it, for messages and logs."""
    return _SIGNATURE.sub(r"\1…", _USER_INFO.sub(r"\1", url))


def shown_address(address: str) -> str:
    """Give an address as `shown_url` does, also if its scheme was forgotten."""
    return shown_url(address) if "//" in address else address.rpartition("@")[2]


def without_secrets(text: str, url: str | None = None) -> str:
    """Give a text that quotes URLs, as errors do, with each as `shown_url` gives it.

    Args:
        text: The text.
        url: A URL that it quotes, if one is known: it may have spaces in it.
    """
    known = text.replace(url, shown_url(url)) if url else text
    return _QUOTED_SIGNATURE.sub(r"\1…", _QUOTED_USER_INFO.sub("", known))


def has_password(url: str) -> bool:
    """Say whether a password stands before the host of a URL."""
    return _PASSWORD.match(url) is not None


def has_signature(url: str) -> bool:
    """Say whether a token or signature stands in the query of a URL."""
    return "://" in url and _SIGNATURE.search(url) is not None


def without_query(location: str) -> str:
    """Give the URL of a web server without query and fragment; other paths and URLs as they are."""
    return re.split("[?#]", location, maxsplit=1)[0] if _WEB.match(location) else location


def file_name(location: str) -> str:
    """Give the name of the file that a path or URL leads to."""
    if not _WEB.match(location):
        return PurePosixPath(location).name
    return PurePosixPath(unquote(without_query(location))).name
